"""Long commands show on standard error how far they are, and keep standard output clean."""

import json
import os
import pty
import sys
import time
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
from tests.service.commands import run

from indelible.kernel.progress import Progress
from indelible.testing.stores import MAYA, create
from indelible_service.cli import progress as progress_module
from indelible_service.cli.output import Command
from indelible_service.cli.progress import shown_progress
from indelible_sql import SqlStore, export_histories, import_histories, open_store, rebuild, verify

LONG_COMMANDS = (
    ("verify",),
    ("rebuild",),
    ("export", "again.jsonl"),
    ("import", "export.jsonl"),
    ("import", "foreign.jsonl"),
)


class ReportedThread(Thread):
    """A thread that has printed something to standard error when `start` returns."""

    def start(self) -> None:
        super().start()
        stderr: Any = sys.stderr
        while not stderr.buffer.getvalue():
            time.sleep(0.001)


@pytest.fixture
def lines_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first line be printed before the command begins its work."""
    monkeypatch.setattr(progress_module, "LINE_SECONDS", 0.0)
    monkeypatch.setattr(progress_module, "Thread", ReportedThread)


@pytest.fixture
def files(environment: dict[str, str], tmp_path: Path) -> None:
    """Write an export, and the history of another system."""
    run("export", "export.jsonl", settings=environment)
    step = {
        "concept_id": "c-1",
        "action": "create",
        "actor": "user:maya",
        "reason": "a test",
        "at": "2020-01-01T00:00:00Z",
        "content": {"name": "Ratio", "definition": "a comparison of two numbers"},
    }
    (tmp_path / "foreign.jsonl").write_text(json.dumps(step) + "\n")


@pytest.mark.dose
@pytest.mark.usefixtures("files", "lines_at_once")
@pytest.mark.parametrize("words", LONG_COMMANDS)
def test_a_long_command_prints_lines_where_there_is_no_terminal(
    environment: dict[str, str], words: tuple[str, ...]
) -> None:
    result = run(*words, settings=environment)

    assert result.exit_code == 0, result.output
    assert result.stderr.startswith(f"{words[0]}: 0 rows\n")
    assert f"{words[0]}: 0 rows" not in result.stdout


@pytest.mark.dose
@pytest.mark.usefixtures("lines_at_once")
def test_with_json_each_line_is_json(environment: dict[str, str]) -> None:
    result = run("verify", "--json", settings=environment)

    first, *_ = [json.loads(line) for line in result.stderr.splitlines()]
    assert first == {"progress": {"command": "verify", "done": 0, "total": None, "unit": "rows"}}
    assert json.loads(result.stdout) == []


@pytest.mark.slow
def test_a_short_command_prints_no_line(environment: dict[str, str]) -> None:
    assert run("verify", settings=environment).stderr == ""


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar shows the part that is done, and ends with a new line."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal, click.Context(Command("verify")) as context:
        context.meta["indelible.json"] = False
        monkeypatch.setattr(sys, "stderr", terminal)
        with shown_progress("verify") as progress:
            progress.total, progress.done = 200, 80
            shown = b""
            while b" 40%" not in shown:
                shown += os.read(master, 1_000)
            progress.done = 200
        while not shown.endswith(b"\n"):
            shown += os.read(master, 1_000)
    os.close(master)

    assert b"verify" in shown
    assert b"100%" in shown


@pytest.fixture
def stores(tmp_path: Path) -> Any:  # noqa: ANN401 - two stores until the end of the test
    """Yield a store with ten concepts, and an empty one."""
    full, empty = (open_store(f"sqlite:///{tmp_path / name}.db") for name in ("full", "empty"))
    for store in (full, empty):
        store.upgrade()
    for _ in range(10):
        create(full)
    yield full, empty
    for store in (full, empty):
        store.dispose()


@pytest.mark.dose
def test_each_operation_counts_to_its_total(stores: tuple[SqlStore, SqlStore]) -> None:
    full, empty = stores
    verified, rebuilt, exported, imported = (Progress() for _ in range(4))
    file = BytesIO()

    verify(full, progress=verified)
    rebuild(full, progress=rebuilt)
    full.read(lambda tx: export_histories(tx, file, progress=exported))
    import_histories(empty, file, by=MAYA, progress=imported)

    for progress in (verified, rebuilt, exported):
        assert progress.done >= progress.total >= 10, progress
        assert progress.unit == "rows"
    assert imported == Progress(unit="bytes", total=len(file.getvalue()), done=imported.done)
    assert imported.done > imported.total // 2
