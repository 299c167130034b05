"""A disk that takes no more ends a start with a coded error, and the next start continues.

The limit of a file's size stands for the disk; `nox -s doses -- chaos` fills a disk itself.
"""

import resource
import signal
import sys
from pathlib import Path

import pytest
from tests.service.full_disks import COMMAND_SECONDS, UNAVAILABLE, code_of
from tests.service.processes import (
    get,
    read_json_line,
    start_command,
    start_program,
    stop_command,
)

pytestmark = pytest.mark.slow

MEBIBYTE = 2**20
COMMANDS: dict[tuple[str, ...], int] = {
    ("up",): 64 * 1024,  # in the migration
    ("up", "--full"): MEBIBYTE,  # in initdb
}


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
