"""`indelible contests`: checks, replays, dry runs and bundles."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import frozen
from tests.architecture.sources import ROOT
from tests.contest_runs import ContestRun, FileProvider, TestClock
from tests.service.commands import error_code, json_result, run, tamper

from indelible.contests.entities.contests import Contest
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.samples import sample_configuration
from indelible.kernel import Actor, to_json_value
from indelible_sql import open_store

SCRIPT = ROOT / "docs" / "scripts" / "recompute_payout.py"
ANN = Actor.user("ann")


@frozen
class Database:
    """A database with contests, and the settings of commands that use it."""

    path: Path
    contests: ContestRun

    @property
    def settings(self) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{self.path}"}

    def bring_to(self, status: ContestStatus) -> Contest:
        return self.contests.bring_to(status)


@pytest.fixture
def database(tmp_path: Path) -> Generator[Database]:
    """Return an empty database."""
    path = tmp_path / "contests.db"
    clock = TestClock()
    store = open_store(f"sqlite:///{path}", clock=clock)
    store.upgrade()
    provider = FileProvider(tmp_path / "leaderboard.json")
    yield Database(path, ContestRun(store=store, provider=provider, clock=clock))
    store.dispose()


def configuration_file(folder: Path, **changes: Any) -> str:  # noqa: ANN401 - of a document
    """Write the sample configuration with changes, and return the path of the file."""
    file = folder / "configuration.json"
    file.write_text(json.dumps({**sample_configuration("masters"), **changes}))
    return str(file)


# check


def test_a_valid_configuration_has_a_digest(tmp_path: Path) -> None:
    document = json_result("contests", "check", configuration_file(tmp_path))

    assert document["valid"] is True
    assert len(document["digest"]) == 64


def test_all_faults_of_a_configuration_are_listed_with_their_paths(tmp_path: Path) -> None:
    file = configuration_file(tmp_path, round_count=4.5, colour="red", currency="usd")

    document = json_result("contests", "check", file, code=1)

    assert document["valid"] is False
    paths = {fault["path"] for fault in document["faults"]}
    assert {"$.round_count", "$.colour", "$.currency"} <= paths
    result = run("contests", "check", file)
    assert (result.exit_code, "$.colour" in result.stdout) == (1, True)


def test_a_configuration_is_read_from_standard_input() -> None:
    content = json.dumps(sample_configuration("masters")).encode()

    assert run("contests", "check", "-", stdin=content).exit_code == 0


@pytest.mark.parametrize("content", [b"\xff", b" " * 1_048_577])
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "configuration.json"
    file.write_bytes(content)

    assert error_code("contests", "check", str(file)) == "CONFIGURATION_UNREADABLE"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_a_file_that_is_no_object_has_a_fault(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "configuration.json"
    file.write_bytes(content)

    assert json_result("contests", "check", str(file), code=1)["faults"]


# replay


@pytest.mark.slow
def test_a_replay_equals_the_stored_state(database: Database) -> None:
    contest = database.bring_to(ContestStatus.COMPLETE)

    document = json_result("contests", "replay", contest.id, settings=database.settings)

    assert document["is_equal"] is True
    assert document["event_number"] == 5
    assert document["replayed_digest"] == document["stored_digest"]


@pytest.mark.slow
def test_a_changed_event_is_named(database: Database) -> None:
    contest = database.bring_to(ContestStatus.COMPLETE)
    with sqlite3.connect(database.path) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name = 'contest_events'"
        ).fetchall()
    tamper(
        database.path,
        *[f'DROP TRIGGER "{name}"' for name, _ in triggers],
        "UPDATE contest_events SET body_hash = prev_hash WHERE number = 3",
        *[sql for _, sql in triggers],
    )

    result = run("contests", "replay", contest.id, settings=database.settings)

    assert result.exit_code == 1
    assert "event 3" in result.stdout


# settle --dry-run


@pytest.mark.slow
def test_a_dry_run_shows_the_result_and_stores_nothing(database: Database) -> None:
    contest = database.bring_to(ContestStatus.LIVE)

    words = ("contests", "settle", contest.id, "--dry-run")
    document = json_result(*words, settings=database.settings)

    assert len(document["run"]["result"]["results"]) == 3
    assert document["other"] is None
    assert database.contests.runs(contest) == []
    database.contests.settle()
    assert database.contests.runs(contest)[0].result_digest == document["run"]["result_digest"]


@pytest.mark.slow
def test_a_dry_run_with_another_configuration_shows_the_difference(
    database: Database, tmp_path: Path
) -> None:
    contest = database.bring_to(ContestStatus.LIVE)
    stored = database.contests.store.read(
        lambda tx: tx.contests.contests.configuration(contest.id, 1)
    )
    document = cast("dict[str, Any]", to_json_value(stored.configuration))
    changes = {**document, "payout": {"kind": "bps", "table": [10_000]}}
    file = configuration_file(tmp_path, **changes)

    words = ("contests", "settle", contest.id, "--dry-run", "--configuration", file)
    document = json_result(*words, settings=database.settings)

    assert document["differences"]
    result = run(*words, settings=database.settings)
    assert "lines differ" in result.stdout


def test_a_settlement_without_dry_run_is_wrong_usage(database: Database) -> None:
    assert run("contests", "settle", "x", settings=database.settings).exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("words", [("settle", "--dry-run"), ("replay",)])
def test_an_unknown_contest_is_not_found(database: Database, words: tuple[str, ...]) -> None:
    command, *options = words

    code = error_code("contests", command, "unknown", *options, settings=database.settings)

    assert code == "CONTEST_NOT_FOUND"


@pytest.mark.slow
def test_a_contest_that_goes_on_has_no_result(database: Database) -> None:
    contest = database.bring_to(ContestStatus.LOCKED)

    words = ("contests", "settle", contest.id, "--dry-run")

    assert error_code(*words, settings=database.settings) == "LEADERBOARD_NOT_KNOWN"


# bundle


@pytest.mark.slow
def test_the_script_of_the_documentation_recomputes_the_bundle(
    database: Database, tmp_path: Path
) -> None:
    contest = database.bring_to(ContestStatus.COMPLETE)
    file = tmp_path / "bundle.json"

    words = ("contests", "bundle", contest.id, str(file))
    json_result(*words, settings=database.settings)

    (settled,) = database.contests.runs(contest)
    assert json.loads(file.read_text())["result_digest"] == settled.result_digest
    completed = subprocess.run(
        (sys.executable, str(SCRIPT), str(file)), capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
