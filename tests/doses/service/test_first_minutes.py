"""The README's first command in an empty environment, and every demonstration after it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from attrs import frozen
from tests.architecture.sources import ROOT
from tests.docs.examples import SHELL
from tests.service.conftest import foreign_variables
from tests.service.processes import (
    TIMEOUT_SECONDS,
    only_choice_of_ports,
    stop_command,
    wait_until_ready,
)

from indelible_service.contexts.declaration import DEFAULT_DATA_DIR
from indelible_service.instance.record import running_instance

pytestmark = pytest.mark.slow

LARGE_FILES: Final = Path("/var/tmp")  # noqa: S108 - the environment has half a gigabyte
NAMES: Final = re.compile(r"\[([a-z]+(?:\|[a-z]+)+)\]")  # the choices in the usage of `demo`


@frozen
class Installation:
    """A copy of the checkout with an environment that only the README's command has filled."""

    folder: Path
    start: str  # the command that starts an instance

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the installed `indelible` command."""
        command = (".venv/bin/indelible", *words)
        return subprocess.run(
            command,
            cwd=self.folder,
            env=foreign_variables(),
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )

    def demonstrations(self) -> list[str]:
        """Return the names of the demonstrations that `--help` lists."""
        match = NAMES.search(self.run("demo", "--help").stdout)
        assert match is not None
        return match[1].split("|")

    @contextmanager
    def running(self, *options: str) -> Generator[None]:
        """Start an instance as the README does, until the block ends."""
        with (
            only_choice_of_ports(),
            (self.folder / "up.log").open("a") as log,
            subprocess.Popen(
                (*shlex.split(self.start), *options),
                cwd=self.folder,
                env=foreign_variables(),
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            ) as process,
        ):
            try:
                wait_until_ready(self.address(process))
                yield
                assert stop_command(process, signal.SIGINT) == 0
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def address(self, process: "subprocess.Popen[str]") -> str:
        """Return the address that the starting instance records."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            instance = running_instance(self.folder / DEFAULT_DATA_DIR)
            if instance is not None and instance.address is not None:
                return instance.address
            time.sleep(0.05)

        pytest.fail((self.folder / "up.log").read_text())


def copy_checkout(target: Path) -> None:
    """Copy what belongs to the checkout, and nothing that was built or installed in it."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.strip("\0").split("\0"):
        source, copy = ROOT / name, target / name
        if source.is_symlink() or source.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy, follow_symlinks=False)


@pytest.fixture(scope="module")
def installation() -> Generator[Installation]:
    """Type the README's first command, all but its last part, into a fresh checkout."""
    with TemporaryDirectory(dir=LARGE_FILES, prefix="indelible-first-minutes-") as name:
        yield install(Path(name))


def install(folder: Path) -> Installation:
    """Copy the checkout into a folder, and install it there with the README's command."""
    copy_checkout(folder)
    first, *_ = SHELL.findall((folder / "README.md").read_text(encoding="utf-8"))
    installing, _, start = first.strip().rpartition(" && ")
    python = str(Path(sys.base_prefix, "bin"))
    variables = {**foreign_variables(), "PATH": f"{python}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(("/bin/sh", "-c", installing), cwd=folder, env=variables, check=True)

    return Installation(folder, start)


@pytest.mark.parametrize("options", [(), ("--full",)], ids=["up", "up --full"])
def test_every_demonstration_works_after_the_first_command(
    options: tuple[str, ...], installation: Installation
) -> None:
    failures: dict[str, str] = {}
    with installation.running(*options):
        for name in installation.demonstrations():
            started_at = time.monotonic()
            done = installation.run("demo", name)
            seconds = time.monotonic() - started_at
            sys.stdout.write(f"demo {name} after up {' '.join(options)}: {seconds:.0f} s\n")
            if done.returncode != 0:
                failures[name] = f"{done.returncode}: {done.stdout[-500:]}{done.stderr}"

    assert failures == {}
