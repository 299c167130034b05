"""`--jobs` and `--dask` share the work of a command, and change nothing of its result."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from tests.architecture.sources import ROOT
from tests.contest_runs import ContestRun, FileProvider, TestClock
from tests.service.commands import run
from tests.sql.conftest import code
from tests.sql.unguarded import execute_unguarded

from indelible.contests.lifecycle import ContestStatus
from indelible.kernel import IndelibleError
from indelible.kernel.progress import Progress
from indelible.testing.stores import create, edit
from indelible_service.embedded import PostgresServer
from indelible_service.independent_work import MAX_JOBS, WorkerLost, Workers
from indelible_service.split_checks import replay_all
from indelible_sql import open_store

FORGED: Final = ["UPDATE {prefix}history SET reason = 'forged'"]
NOBODY: Final = "tcp://127.0.0.1:1"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, sqlite_url: str) -> dict[str, str]:
    """Return the settings of a database whose changes are forged."""
    url = owner_url = sqlite_url
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("database")
        url, owner_url = server.url, server.admin_url
    store = open_store(url)
    for _ in range(5):
        edit(store, create(store))
    store.dispose()
    execute_unguarded(owner_url, FORGED)
    return {"DATABASE_URL": url}


def result_of(*words: str, settings: dict[str, str] | None = None, code: int = 0) -> Any:  # noqa: ANN401 - each command's own
    """Run a command and return its JSON; a slow one says on standard error how far it is."""
    result = run(*words, "--json", settings=settings)

    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.mark.slow
def test_processes_find_what_one_process_finds(settings: dict[str, str]) -> None:
    expected = result_of("verify", settings=settings, code=1)

    assert result_of("verify", "--jobs", "2", settings=settings, code=1) == expected
    assert len(expected) >= 10


def replayed(settings: dict[str, str], *words: str, code: int) -> Any:  # noqa: ANN401 - JSON
    return result_of("contests", "replay-all", *words, settings=settings, code=code)


def completed_contests(url: str, directory: Path, number: int) -> list[str]:
    """Complete so many contests, and return their ids in order."""
    clock = TestClock()
    store = open_store(url, clock=clock)
    provider = FileProvider(directory / "leaderboard.json")
    contests = ContestRun(store=store, provider=provider, clock=clock)
    ids = sorted(contests.bring_to(ContestStatus.COMPLETE).id for _ in range(number))
    store.dispose()
    return ids


@pytest.mark.slow
def test_all_contests_are_replayed(sqlite_url: str, tmp_path: Path) -> None:
    ids = completed_contests(sqlite_url, tmp_path, 3)
    settings = {"DATABASE_URL": sqlite_url}

    events = 0
    for contest_id in ids:
        events += result_of("contests", "replay", contest_id, settings=settings)["event_number"]
    assert replayed(settings, code=0) == {"contests": 3, "events": events, "different": []}

    third_event = f"number = 3 AND contest_id = '{ids[1]}'"
    forged = f"UPDATE contest_events SET body_hash = prev_hash WHERE {third_event}"
    execute_unguarded(sqlite_url, [forged])
    document = replayed(settings, code=1)
    (different,) = document["different"]

    assert different["contest_id"] == ids[1]
    assert replayed(settings, "--jobs", "2", code=1) == document
    shown = run("contests", "replay-all", settings=settings)
    assert f"Contests: 3, events: {events}, different: 1" in shown.stdout
    assert ids[1] in shown.stdout


@pytest.mark.slow
def test_a_replay_with_another_database_is_refused(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed_contests(sqlite_url, tmp_path, 1)
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
    store = open_store(sqlite_url)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{copy}")

    assert code(lambda: list(replay_all(Workers(), store, Progress()))) == "OTHER_DATABASE_VERIFIED"
    store.dispose()


@pytest.mark.parametrize(
    "words",
    [
        ("contests", "replay-all", "one"),
        ("contests", "replay-all", "--jobs", "0"),
        ("verify", "--jobs", "0"),
        ("verify", "--jobs", f"{MAX_JOBS + 1}"),
    ],
)
def test_options_that_do_not_fit_are_refused(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.dose
@pytest.mark.parametrize("words", [("verify",), ("contests", "replay-all")])
def test_a_cluster_that_does_not_answer_is_refused(sqlite_url: str, words: tuple[str, ...]) -> None:
    result = run(*words, "--dask", NOBODY, settings={"DATABASE_URL": sqlite_url})

    assert (result.exit_code, result.stdout) == (3, "")
    assert "CLUSTER_UNREACHABLE" in result.stderr


def square(number: int) -> int:
    """Return a square."""
    return number * number


def die_at_three(number: int) -> int:
    """Kill the process at the third number."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(_: int) -> int:
    """Raise an error with a code and a detail."""
    raise WorkerLost(2, 3, "a test")


@pytest.mark.slow
def test_results_are_in_the_order_of_the_items() -> None:
    assert list(Workers(jobs=2).map(square, range(5))) == [0, 1, 4, 9, 16]
    assert list(Workers().map(square, range(5))) == [0, 1, 4, 9, 16]


@pytest.mark.dose
def test_a_process_that_is_killed_is_named() -> None:
    with pytest.raises(WorkerLost):
        list(Workers(jobs=1, hash_seed=0).map(die_at_three, [1, 2, 3]))


@pytest.mark.slow
def test_an_error_of_a_process_keeps_its_code() -> None:
    with pytest.raises(IndelibleError) as raised:
        list(Workers(jobs=2).map(refuse, [1]))

    assert (raised.value.code, raised.value.describe()) == (
        "WORKER_LOST",
        WorkerLost(2, 3, "a test").describe(),
    )


@pytest.mark.dose
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_cluster_does_lost_work_again_and_keeps_codes(settings: dict[str, str]) -> None:
    words = (sys.executable, "-m", "tests.service.dask_child")
    environment = {**os.environ, **settings}
    output = subprocess.run(
        words, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=environment
    ).stdout
    document = json.loads(output.splitlines()[-1])

    assert document["findings"] == result_of("verify", settings=settings, code=1)
    assert document["contests"] == {"contests": 0, "events": 0, "different": []}
    assert document["numbers"] == [0, 1, 2, 3]
    assert document["deaths"] == 1
    assert document["codes"] == ["WORKER_LOST", "WORKER_LOST", "CLUSTER_LOST", "CLUSTER_LOST"]
