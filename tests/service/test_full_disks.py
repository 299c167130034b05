"""A full disk ends a start or a migration with a coded error, and the next start continues."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.service import full_disks
from tests.service.conftest import foreign_variables
from tests.service.full_disks import (
    COMMAND_SECONDS,
    SCENARIOS,
    UNAVAILABLE,
    can_mount,
    code_of,
    namespace_words,
)
from tests.service.processes import (
    get,
    read_json_line,
    start_command,
    start_program,
    stop_command,
)

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

SCENARIO_SECONDS = 3 * COMMAND_SECONDS
MEBIBYTE = 2**20
COMMANDS: dict[tuple[str, ...], int] = {
    ("up",): 64 * 1024,  # in the migration
    ("up", "--full"): MEBIBYTE,  # in initdb
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_full_disk_is_an_error_and_the_next_start_continues(scenario: str, empty: Path) -> None:
    if not can_mount(empty):
        pytest.skip("this kernel lets this user mount no disk; file sizes are limited below")

    process = subprocess.run(
        (*namespace_words(empty), sys.executable, "-m", full_disks.__name__, str(empty), scenario),
        cwd=Path(__file__).parents[2],
        env=foreign_variables(),
        capture_output=True,
        text=True,
        check=False,
        timeout=SCENARIO_SECONDS,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert not list(empty.iterdir())  # the disk was that of the namespace


@pytest.mark.parametrize("words", COMMANDS)
def test_a_file_that_may_not_grow_is_an_error_and_the_next_start_continues(
    words: tuple[str, ...], empty: Path
) -> None:
    max_bytes = COMMANDS[words]

    def limit_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))

    limited = start_program(
        (sys.executable,),
        *words,
        "--json",
        cwd=empty,
        settings={},
        options={"preexec_fn": limit_files},
    )
    with limited as process:
        assert process.wait(COMMAND_SECONDS) == UNAVAILABLE
    assert code_of((empty / "log").read_text()) in {"DATABASE_FAULT", "EMBEDDED_SERVER_FAILED"}

    with start_command(*words, "--json", cwd=empty) as process:
        started = read_json_line(process)
        assert get(started["address"], "/v1/concepts", started["key"])[0] == 200
        assert stop_command(process) == 0


def test_a_first_key_that_cannot_be_saved_is_created_by_the_next_start(tmp_path: Path) -> None:
    key_file = tmp_path / "indelible-data" / "first.key"
    key_file.mkdir(parents=True)
    with start_command("up", "--json", cwd=tmp_path) as process:
        assert process.wait(COMMAND_SECONDS) == UNAVAILABLE
    assert code_of((tmp_path / "log").read_text()) == "FILE_UNUSABLE"

    key_file.rmdir()
    with start_command("up", "--json", cwd=tmp_path) as process:
        started = read_json_line(process)
        assert get(started["address"], "/v1/concepts", started["key"])[0] == 200
        assert stop_command(process) == 0

    assert key_file.read_text() == started["key"]
