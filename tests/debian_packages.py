"""Unpack programs from Debian's packages into a folder that all later runs use."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import mkdtemp

from indelible_service.embedded.postgresql import COPIES


class ProgramMissing(Exception):
    """A program that tests need cannot be had."""


def unpacked(
    name: str, packages: Sequence[str], prepare: Callable[[Path, Path], None] | None = None
) -> Path:
    """Return the folder of this name with the packages, which the first call fetches for all.

    `prepare` changes what was unpacked: it gets the folder, and the place to which that moves.
    Raises: ProgramMissing.
    """
    folder = COPIES / name
    if not folder.exists():
        COPIES.mkdir(parents=True, exist_ok=True)
        new = Path(mkdtemp(dir=COPIES))
        try:
            _run(name, new, "apt-get", "download", *packages)
            for package in new.glob("*.deb"):
                _run(name, new, "dpkg-deb", "--extract", str(package), str(new))
                package.unlink()
            if prepare is not None:
                prepare(new, folder)
            if not folder.exists():  # another process may have been first
                new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    return folder


def _run(name: str, folder: Path, *command: str) -> None:
    """Run a command of Debian in a folder. Raises: ProgramMissing."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "stderr", "")
        raise ProgramMissing(
            f"{name} comes from Debian's packages, and `{' '.join(command)}` failed:"
            f" {error} {output}"
        ) from error
