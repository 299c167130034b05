"""Contests in SQL: races, crashes, batches, plans, and what verify and exports contain.

The shared suites of contests run in `tests/conformance/test_stores.py`.
"""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy.sql.base import Executable
from tests.sql.conftest import codes_of
from tests.sql.crashes import Crash, crashing_at_failpoint
from tests.sql.plans import has_line, plan

from indelible import contests
from indelible.contests import ContestStatus, EligibleEntry, RunStatus
from indelible.contests.repositories.finders import EVENT_PAGE_SIZE
from indelible.testing.contests.payloads import PLAYERS
from indelible.testing.contests.scenarios import (
    ContestScenario,
    due_contest,
    new_contest,
)
from indelible.testing.stores import FAR, TickingClock
from indelible_sql import SqlReading, SqlStore, verify
from indelible_sql.contests import statements
from indelible_sql.engine.failpoints import no_failpoint

PLACES = 4
JOINS = 10
SMALL_BATCH = 2
OF_CONTEST: dict[str, object] = {"contest_id": "a"}
STATEMENTS: dict[str, tuple[Executable, dict[str, object]]] = {
    "open contests": (statements.OPEN_OF_TOURNAMENT, {"provider_event_id": "a"}),
    "occupied places": (statements.COUNT_OCCUPIED, OF_CONTEST),
    "the highest place": (statements.HIGHEST_PLACE_NUMBER, OF_CONTEST),
    "the lowest free place": (statements.LOWEST_FREE_PLACE_NUMBER, OF_CONTEST),
    "the contest of an entry": (statements.LOCK_OF_ENTRY, {"entry_id": "a"}),
    "the newest field": (statements.NEWEST_FIELD, OF_CONTEST),
    "joined entries": (statements.COUNT_JOINED, OF_CONTEST),
    "any entry": (statements.HAS_ENTRY, OF_CONTEST),
    "the revision of entries": (statements.ENTRIES_REVISION, OF_CONTEST),
    "eligible entries": (
        statements.ELIGIBLE,
        {**OF_CONTEST, "paid_until": FAR, "after": "a", "limit": 9},
    ),
    "replayed events": (statements.PAGE_REPLAYED_EVENTS, {**OF_CONTEST, "after": 0, "limit": 9}),
    "faults": (
        statements.PAGE_FAULTS,
        {"entity_id": "a", "event_number": 1, "after": 0, "limit": 9},
    ),
    "the faults of a log": (
        statements.PAGE_FAULTS_OF_LOG,
        {"entity_id": "a", "event_number": 1, "number": 1, "limit": 9},
    ),
    "lines": (statements.PAGE_LINES, {"entity_id": "a", "after": 0, "limit": 9}),
    "the lines of a user": (statements.LINES_OF_USER, {"entity_id": "a", "user_id": "a"}),
}


@pytest.fixture(autouse=True)
def accelerate(request: pytest.FixtureRequest) -> None:
    """Begin a store's clock now, since the database's own clock decides about leases."""
    for name in ("store", "sqlite"):
        if name in request.fixturenames:
            request.getfixturevalue(name).clock = TickingClock(datetime.now(UTC))


@pytest.mark.slow
def test_ten_joins_at_once_for_the_last_place_create_one_entry(store: SqlStore) -> None:
    scenario = new_contest(store, max_entries=PLACES)
    for number in range(1, PLACES):
        scenario.enter(f"early-{number}")

    joins = [partial(scenario.enter, f"late-{number}") for number in range(JOINS)]
    codes = codes_of(*joins)

    assert sorted(codes) == [""] + ["CONTEST_FULL"] * (JOINS - 1)
    assert place_numbers(scenario) == list(range(1, PLACES + 1))
    assert verify(store) == ()


def place_numbers(scenario: ContestScenario) -> list[int | None]:
    """Return the place of each entry of a contest, lowest first."""

    def read(tx: SqlReading) -> list[int | None]:
        where = {"contest_id": scenario.contest_id}
        heads = tx.contests.entries.find(where, order=("place_number",), limit=99)
        return [head.entity.place_number for head in heads]

    assert isinstance(scenario.store, SqlStore)
    return scenario.store.read(read)


@pytest.mark.slow
def test_of_two_settlements_at_once_one_is_saved(store: SqlStore) -> None:
    scenario = due_contest(store)
    run = scenario.start_run()

    codes = codes_of(partial(scenario.finish, run), partial(scenario.finish, run))

    assert codes.count("") == 1, codes
    assert [run.status for run in scenario.runs] == [RunStatus.COMPLETE]
    assert scenario.contest.settlement_run_id == run.id
    assert verify(store) == ()


@pytest.mark.slow
def test_a_crash_at_any_failpoint_leaves_contest_run_and_lines_together(store: SqlStore) -> None:
    scenario = due_contest(store)
    run = scenario.start_run()
    command = contests.FinishRun.of(run.id, scenario.settlement(run))
    number = 1
    is_settled = False
    while not is_settled:
        store.at_failpoint = crashing_at_failpoint(number)
        try:
            scenario.run(contests.finish_run, command)
        except Crash:
            number += 1
        finally:
            store.at_failpoint = no_failpoint
        is_settled = scenario.contest.status is ContestStatus.COMPLETE
        assert (scenario.runs[0].status is RunStatus.COMPLETE) == is_settled, number
        assert bool(scenario.lines_of(run.id)) == is_settled, number

    assert number > 5
    assert verify(store) == ()


@pytest.mark.slow
def test_valid_events_are_read_in_batches_up_to_a_number(store: SqlStore) -> None:
    scenario = new_contest(store)
    for number in range(EVENT_PAGE_SIZE + 5):
        scenario.import_field((*PLAYERS, f"late-{number}"))

    def read(tx: SqlReading) -> list[int]:
        found = tx.contests.logs.valid_events(
            scenario.contest_id, after=1, until=EVENT_PAGE_SIZE + 3
        )
        return [event.number for event in found]

    assert store.read(read) == list(range(2, EVENT_PAGE_SIZE + 4))


def test_eligible_entries_follow_each_other_across_batches(store: SqlStore) -> None:
    scenario = new_contest(store)
    for number in range(2 * SMALL_BATCH + 1):
        scenario.paid_entry(f"user-{number}")
    scenario.enter("unpaid")

    def read_in_small_batches(tx: SqlReading) -> list[EligibleEntry]:
        values: dict[str, object] = {
            "contest_id": scenario.contest_id,
            "paid_until": FAR,
            "after": "",
            "limit": SMALL_BATCH,
        }
        entries: list[EligibleEntry] = []
        while rows := tx.session.rows(statements.ELIGIBLE, values):
            entries += [EligibleEntry(**row) for row in rows]
            values["after"] = rows[-1]["entry_id"]

        return entries

    expected = store.read(
        lambda tx: list(tx.contests.entries.joins.eligible(scenario.contest_id, FAR))
    )
    assert len(expected) == 2 * SMALL_BATCH + 1
    assert store.read(read_in_small_batches) == expected


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_finds_the_records_of_a_contest_by_an_index(sqlite: SqlStore, name: str) -> None:
    statement, values = STATEMENTS[name]

    lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **values)
    lines = [line for line in lines if "SCAN CONSTANT ROW" not in line]  # a statement of subqueries

    assert lines
    assert not has_line(lines, "SCAN", "TEMP B-TREE"), lines


def test_sqlite_finds_due_contests_by_the_indexes_of_their_times(sqlite: SqlStore) -> None:
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", statements.DUE, now=FAR, after="", limit=9)

    assert has_line(lines, "contests_lock_time"), lines
    assert has_line(lines, "contests_start_time"), lines
    assert not has_line(lines, "SCAN contests"), lines
