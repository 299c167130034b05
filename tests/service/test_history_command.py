"""`indelible history` shows the changes of every aggregate, also of a host's lifecycle."""

from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.contest_runs import ContestRun, FileProvider, TestClock
from tests.examples.loans import LOAN, lend, migrate
from tests.service.commands import error_code, json_result, run

from indelible.concepts import CreateConcept, create_concept
from indelible.contests.lifecycle import ContestStatus
from indelible.testing.stores import MAYA, RATIO
from indelible_sql import SqlStore, open_store

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Return the settings of a database that does not exist yet."""
    return {"DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}"}


@pytest.fixture
def clock() -> TestClock:
    """Return the clock of the store and of its contests."""
    return TestClock()


@pytest.fixture
def store(settings: dict[str, str], clock: TestClock) -> Generator[SqlStore]:
    """Return the store of a host that lends books."""
    url = settings["DATABASE_URL"]
    store = open_store(url, lifecycles=(LOAN,), clock=clock)
    store.upgrade()
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    yield store
    store.dispose()


def test_the_history_of_a_contest_is_shown_with_that_of_its_log(
    store: SqlStore, clock: TestClock, settings: dict[str, str], tmp_path: Path
) -> None:
    provider = FileProvider(tmp_path / "leaderboard.json")
    contest = ContestRun(store=store, provider=provider, clock=clock).bring_to(ContestStatus.LOCKED)

    changes = json_result("history", contest.id, settings=settings)
    text = run("history", contest.id, settings=settings).stdout

    actions = [change["action"] for change in changes if change["lifecycle"] == "contest"]
    assert actions == ["publish", "lock"]
    assert {change["lifecycle"] for change in changes} == {"contest", "contest_log"}
    assert all(word in text for word in ("contest_log", "publish", "lock", changes[0]["hash"][:12]))


def test_only_a_history_with_versions_has_a_column_of_them(
    store: SqlStore, settings: dict[str, str]
) -> None:
    loan = store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")
    concept = store.run(create_concept, CreateConcept(content=RATIO), actor=MAYA, reason="a start")

    heads = {}
    for entity_id in (loan.id, concept.concept.id):
        heads[entity_id] = run("history", entity_id, settings=settings).stdout.splitlines()[2]

    assert "version" not in heads[loan.id]
    assert "version" in heads[concept.concept.id]
    (change,) = json_result("history", loan.id, settings=settings)
    assert change["version"] == 0


def test_the_history_of_an_aggregate_of_a_host_is_shown(
    store: SqlStore, settings: dict[str, str]
) -> None:
    loan = store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")

    (change,) = json_result("history", loan.id, settings=settings)

    assert (change["lifecycle"], change["action"], change["reason"]) == ("loan", "lend", "a loan")


@pytest.mark.usefixtures("store")
def test_an_unknown_id_has_no_history(settings: dict[str, str]) -> None:
    assert error_code("history", "nothing", settings=settings) == "HISTORY_NOT_FOUND"
