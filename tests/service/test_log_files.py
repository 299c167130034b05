"""Log files: their size is limited, several processes share one, and a full disk stops nothing."""

import json
import logging
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.service.log_lines import lines_in_the_format

from indelible_service.logs import files as log_files
from indelible_service.logs.files import MAX_OLD_FILES, LogFile
from indelible_service.logs.lines import LineFormatter, ScreenFormatter

MAX_BYTES = 4_000  # of a file, instead of the constant


def handler_of(path: Path) -> LogFile:
    """Return a handler that writes lines of JSON."""
    handler = LogFile(path)
    handler.setFormatter(LineFormatter())
    return handler


def record(event: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("indelible.service", logging.WARNING, "", 0, event, arguments, None)


def events(path: Path) -> list[str]:
    return [line["event"] for line in lines_in_the_format(path.read_text())]


def test_full_files_are_renamed_and_the_oldest_one_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "MAX_FILE_BYTES", MAX_BYTES)
    path = tmp_path / "web.log"
    handler = handler_of(path)

    for number in range(500):
        handler.emit(record("line %s", number))
    handler.close()

    names = ["web.log", *(f"web.log.{number}" for number in range(1, MAX_OLD_FILES + 1))]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in tmp_path.iterdir())
    assert all(file.stat().st_size < MAX_BYTES + 200 for file in tmp_path.iterdir())
    kept: list[str] = []
    for name in reversed(names):
        kept += events(tmp_path / name)
    assert kept == [f"line {number}" for number in range(500 - len(kept), 500)]


def test_processes_that_share_a_file_lose_no_line_when_one_begins_the_next_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each handler has an open file of its own, as in two processes."""
    monkeypatch.setattr(log_files, "MAX_FILE_BYTES", MAX_BYTES)
    path = tmp_path / "web.log"
    handlers = [handler_of(path), handler_of(path)]

    for number in range(60):
        handlers[number % 2].emit(record("line %s", number))
    for handler in handlers:
        handler.close()

    assert (tmp_path / "web.log.1").exists()
    assert not (tmp_path / "web.log.3").exists()
    written = [event for file in tmp_path.iterdir() for event in events(file)]
    assert sorted(written) == sorted(f"line {number}" for number in range(60))


def test_a_full_disk_is_reported_once_and_the_program_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = handler_of(Path("/dev/full"))

    for _ in range(3):
        handler.emit(record("a line"))
    handler.close()

    error = "Log file /dev/full cannot be written: No space left on device."
    assert capsys.readouterr().err == f"{error} Lines of the log are lost.\n"


def test_lines_are_written_again_when_the_folder_is_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "logs" / "web.log"
    handler = handler_of(path)
    handler.emit(record("lost"))
    path.parent.mkdir()
    handler.emit(record("written"))
    path.unlink()
    handler.emit(record("written to a new file"))
    handler.close()

    assert events(path) == ["written to a new file"]
    assert capsys.readouterr().err.count("No such file or directory") == 1


@contextmanager
def files_of_at_most(max_bytes: int) -> Generator[None]:
    """Limit the size of files, as a full disk does: a line is written in part."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_that_a_full_disk_has_cut_does_not_damage_the_next_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "web.log"
    handler = handler_of(path)
    with files_of_at_most(20):
        handler.emit(record("cut"))
        handler.emit(record("lost"))
    handler.emit(record("whole"))
    handler.close()

    cut, whole = path.read_text().splitlines()
    assert len(cut) == 20
    assert json.loads(whole)["event"] == "whole"
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_a_person_reads_the_first_line_of_a_warning_and_where_the_rest_is() -> None:
    error = ValueError("two\nlines \x1b[31m")
    warning = record("task %s raised \x1b\na traceback", "seal")
    failure = record("a request failed")
    failure.exc_info = (ValueError, error, None)
    formatter = ScreenFormatter("worker-1.log")

    texts = [formatter.format(warning), formatter.format(failure)]

    assert texts[0].endswith("Z WARNING task seal raised ? [worker-1.log]")
    assert "Z WARNING a request failed: ValueError: two" in texts[1]
    assert not any("\n" in text or "\x1b" in text for text in texts)
