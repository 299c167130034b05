"""Run `promtool`, the program of Prometheus that checks and tests rules.

It is taken from PATH. Otherwise Debian's package is fetched and unpacked, not installed.
"""

import fcntl
import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Final

from tests.architecture.sources import ROOT

PACKAGE: Final = "prometheus"
FOLDER: Final = ROOT / ".nox" / "promtool"
PROGRAM: Final = Path("usr", "bin", "promtool")
MISSING: Final = f"promtool is missing: install Debian's package {PACKAGE}"


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool, and return its result with the output of both streams in `stdout`."""
    return subprocess.run(
        (_program(), *words),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _program() -> str:
    """Return the path of promtool. Raises RuntimeError where it cannot be had."""
    installed = which(PROGRAM.name)
    if installed is not None:
        return installed

    unpacked = FOLDER / PROGRAM
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes of the tests, one fetches it
        if not unpacked.exists():
            _unpack()
    return str(unpacked)


def _unpack() -> None:
    with TemporaryDirectory() as downloads:
        try:
            _run("apt-get", "download", PACKAGE, cwd=downloads)
            (package,) = Path(downloads).glob("*.deb")
            _run("dpkg-deb", "--extract", str(package), str(FOLDER), cwd=downloads)
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise RuntimeError(MISSING) from error


def _run(*words: str, cwd: str) -> None:
    subprocess.run(words, cwd=cwd, check=True, capture_output=True)
