"""A signal while a server of `indelible up --full` is starting ends the command soon."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import folder
from tests.service.conftest import foreign_variables

from indelible_service.embedded.children import MAX_START_SECONDS

pytestmark = pytest.mark.slow

# Far below the limit of a start, also on a busy machine.
END_SECONDS = MAX_START_SECONDS / 5
POLL_SECONDS = 0.05
UP = """
import sys
from importlib import import_module
from pathlib import Path
from indelible_service.cli import main

programs = Path(sys.argv.pop())
if sys.argv.pop() == "redis":
    redis = import_module("indelible_service.embedded.redis")
    redis.server_program = lambda: programs / "redis-server"
else:
    postgresql = import_module("indelible_service.embedded.postgresql")
    postgresql.programs_directory = lambda *_: programs
main(["up", "--full"])
"""
WAITS = "#!/bin/sh\necho waiting $$\nexec sleep 3600\n"
SUCCEEDS = "#!/bin/sh\ncat > /dev/null\n"
WAITS_AS_SERVER = f'#!/bin/sh\n[ "$1" != --single ] || exec cat\n{WAITS}'
PROGRAMS = {
    "initdb": {"initdb": WAITS},
    "postgresql": {"initdb": SUCCEEDS, "postgres": WAITS_AS_SERVER},
    "redis": {"redis-server": WAITS},
}


def write_programs(directory: Path, scripts: dict[str, str]) -> None:
    directory.mkdir()
    directory.parent.chmod(0o755)  # the account of PostgreSQL runs them
    directory.chmod(0o755)
    for name, script in scripts.items():
        (directory / name).write_text(script)
        (directory / name).chmod(0o755)


def waiting_process(log: Path, process: "subprocess.Popen[bytes]") -> int:
    """Return the id of the program that never becomes ready, when it has written to the log."""
    deadline = time.monotonic() + END_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        line = log.read_text() if log.exists() else ""
        if line.startswith("waiting ") and line.endswith("\n"):
            return int(line.split()[1])
        time.sleep(POLL_SECONDS)

    process.kill()
    raise AssertionError(f"the program was not started; exit code {process.returncode}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("program", list(PROGRAMS))
def test_a_signal_while_a_server_starts_ends_the_command_and_the_server(
    program: str, number: signal.Signals
) -> None:
    server = "redis" if program == "redis" else "postgresql"
    with folder() as directory:
        write_programs(directory / "programs", PROGRAMS[program])
        log = directory / "indelible-data" / server / "server.log"
        command = (sys.executable, "-c", UP, program, str(directory / "programs"))
        with (
            (directory / "log").open("wb") as output,
            subprocess.Popen[bytes](
                command,
                cwd=directory,
                env={**foreign_variables(), "INDELIBLE_PORT": "0"},
                stdout=output,
                stderr=output,
            ) as process,
        ):
            waiting = waiting_process(log, process)
            process.send_signal(number)
            try:
                code = process.wait(END_SECONDS)
            finally:
                process.kill()

        assert (code, "Traceback" in (directory / "log").read_text()) == (0, False)
        assert not Path("/proc", str(waiting)).exists()
