"""Parts of `verify` find what one process finds, in the same order and at one moment."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve
from sqlalchemy import Connection
from tests.contest_runs import ContestRun, FileProvider, TestClock
from tests.sql.conftest import code, opened
from tests.sql.unguarded import as_owner, execute_unguarded

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.contests.lifecycle import ContestStatus
from indelible.kernel import Actor, Idempotency
from indelible.testing.stores import RATIO, create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import Finding, SqlStore, open_store, seal, verify
from indelible_sql.engine.session import Session
from indelible_sql.kernel import key_ranges as ranges_of_keys
from indelible_sql.kernel.key_ranges import ALL_KEYS, KeyRange, key_ranges
from indelible_sql.kernel.row_checks import count_rows, rows
from indelible_sql.maintenance.hosts import NO_HEADS
from indelible_sql.maintenance.verify_checks import AGGREGATE_KEY, RowCheck, row_checks
from indelible_sql.maintenance.verify_parts import (
    CheckRange,
    SplitVerify,
    VerifyPart,
    split_verify,
    verify_part,
)
from indelible_sql.schema.tables import HISTORY

ROWS_OF_PART: Final = 3
CONCEPTS: Final = 8
ROWS_OF_WORK: Final = 2_000
ROWS_OF_RANGE: Final = 1_000
INSTRUCTIONS: Final = 100
MAX_WORK_RATIO: Final = 1.75  # each part reads the declarations, too
FORGER: Final = Actor.user("forger")
FORGED_HASH: Final = "0" * 64
FORGED_HEADS: Final = f"UPDATE {{prefix}}concepts SET hash = '{FORGED_HASH}'"
# Of every row, so that each range has findings at both of its borders. The first ones change what
# is read row by row, the last ones what only all rows show.
DAMAGES: Final = {
    "changes": "UPDATE {prefix}history SET reason = 'forged'",
    "heads": FORGED_HEADS,
    "records": "UPDATE {prefix}concept_versions SET definition = 'forged'",
    "lost records": "DELETE FROM {prefix}concept_versions",
    "lost heads": "DELETE FROM {prefix}concepts",
    "lost changes": "DELETE FROM {prefix}history WHERE seq = 2",
    "lost edges": "DELETE FROM {prefix}lifecycle_edges WHERE lifecycle = 'concept'",
}


@pytest.fixture
def owner_url(store: SqlStore, request: pytest.FixtureRequest) -> str:
    """Return the address by which the owner of the store's database connects."""
    if store.engines.writer.dialect.name == "sqlite":
        return store.own_url
    database: PostgresServer = request.getfixturevalue("database")
    return database.admin_url


def fill(store: SqlStore) -> None:
    """Create concepts with two changes each, and seal them."""
    for _ in range(CONCEPTS):
        edit(store, create(store))
    assert seal(store, actor=FORGER, reason="a test") is not None


def create_once(store: SqlStore, key: str) -> None:
    """Create a concept by a request with a key."""
    content = evolve(RATIO, name=key)
    request = Idempotency(key, ConceptSaved)
    command = concepts.CreateConcept(content=content)
    store.run(concepts.create_concept, command, actor=FORGER, reason="a test", idempotency=request)


@contextmanager
def split(store: SqlStore, rows_of_part: int = ROWS_OF_PART) -> Generator[SplitVerify]:
    """Split the work so that there are several parts of each kind."""
    with split_verify(store, rows_of_part=rows_of_part) as work:
        assert len(work.parts) > CONCEPTS
        yield work


def joined(store: SqlStore) -> tuple[Finding, ...]:
    """Execute the parts, the last one first, and join their findings."""
    with split(store) as work:
        results = [verify_part(store, part) for part in reversed(work.parts)]
        findings = list(work.findings)
        for result in work.joined(reversed(results)):
            findings += result.findings
    return tuple(findings)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_parts_find_what_one_process_finds(store: SqlStore, owner_url: str, damage: str) -> None:
    fill(store)
    assert joined(store) == ()

    execute_unguarded(owner_url, [DAMAGES[damage]])
    expected = verify(store)

    assert len(expected) >= CONCEPTS
    assert joined(store) == expected


@pytest.mark.dose
@pytest.mark.parametrize("border", [ROWS_OF_PART, ROWS_OF_PART + 1])
def test_a_fault_beside_a_border_is_found_once(
    store: SqlStore, owner_url: str, border: int
) -> None:
    """The first head of a range, and the last one before it."""
    ids = sorted(edit(store, create(store)).concept.id for _ in range(CONCEPTS))
    forged = ids[border - 1]
    execute_unguarded(owner_url, [f"{FORGED_HEADS} WHERE id = '{forged}'"])

    findings = joined(store)

    assert {finding.entity_id for finding in findings} - {""} == {forged}
    assert findings == verify(store)


@pytest.mark.slow
def test_bulk_records_and_receipts_are_split(
    store: SqlStore, owner_url: str, tmp_path: Path
) -> None:
    clock = TestClock()
    contests = ContestRun(
        store=evolve(store, clock=clock),
        provider=FileProvider(tmp_path / "leaderboard.json"),
        clock=clock,
    )
    for _ in range(3):
        contests.bring_to(ContestStatus.COMPLETE)
    bulk = [table.table.name for table in store.catalog.bulk]
    execute_unguarded(owner_url, [f"UPDATE {{prefix}}receipts SET hash = '{FORGED_HASH}'"])
    execute_unguarded(owner_url, [f"DELETE FROM {{prefix}}{name}" for name in bulk])

    expected = verify(store)

    assert {finding.table for finding in expected} & set(bulk)
    assert joined(store) == expected


@pytest.mark.slow
def test_keys_that_are_not_utf_8_are_in_one_range(sqlite: SqlStore) -> None:
    """They are read as the character U+FFFD, which is after the keys that follow them."""
    create_once(sqlite, "before-them")
    for number in range(CONCEPTS):
        create_once(sqlite, f"\N{GREEK SMALL LETTER ALPHA}-{number}")
    damage = f"UPDATE receipts SET hash = '{FORGED_HASH}'"
    broken = "UPDATE receipts SET key = CAST(x'80' AS TEXT) WHERE key LIKE '%-3'"
    execute_unguarded(sqlite.own_url, [damage, broken])

    expected = verify(sqlite)
    with split(sqlite, 1) as work:
        found = [finding for part in work.parts for finding in verify_part(sqlite, part).findings]

    assert len(expected) >= CONCEPTS
    assert tuple(found) == expected


@pytest.mark.slow
def test_a_missing_table_ends_the_findings_where_one_process_ends(
    store: SqlStore, owner_url: str
) -> None:
    fill(store)
    with as_owner(owner_url) as (connection, prefix):
        connection.exec_driver_sql(f"DROP TABLE {prefix}subscriber_cursors")
    expected = verify(store)

    assert "not read" in expected[-1].detail
    assert joined(store) == expected


@pytest.mark.slow
def test_parts_on_postgresql_read_one_moment(postgresql: SqlStore) -> None:
    fill(postgresql)

    with split(postgresql) as work:
        before = [verify_part(postgresql, part).rows for part in work.parts]
        fill(postgresql)
        after = [verify_part(postgresql, part).rows for part in work.parts]

    assert after == before


@pytest.mark.slow
def test_parts_on_sqlite_read_later_rows_in_their_ranges(sqlite: SqlStore) -> None:
    fill(sqlite)

    with split(sqlite) as work:
        before = sum(verify_part(sqlite, part).rows for part in work.parts)
        fill(sqlite)
        results = [verify_part(sqlite, part) for part in work.parts]

    assert sum(result.rows for result in results) > before
    assert [result.findings for result in results] == [()] * len(results)


def test_records_on_sqlite_are_one_part(sqlite: SqlStore) -> None:
    fill(sqlite)

    with split(sqlite) as work:
        ranges = [check_range for part in work.parts for check_range in part.ranges]
        of_records = [check for check in ranges if check.check == "concept_versions"]

    assert of_records == [CheckRange(check="concept_versions", rows=2 * CONCEPTS)]


@pytest.mark.slow
def test_a_snapshot_that_has_ended_is_refused(postgresql: SqlStore) -> None:
    fill(postgresql)
    with split(postgresql) as work:
        (part, *_) = work.parts

    assert code(verify_part, postgresql, part) == "SNAPSHOT_LOST"
    no_name = evolve(part, snapshot="'; DROP TABLE history")
    assert code(verify_part, postgresql, no_name) == "SNAPSHOT_LOST"


@pytest.mark.slow
def test_a_worker_with_another_database_is_refused(sqlite: SqlStore, tmp_path: Path) -> None:
    fill(sqlite)
    other_url = f"sqlite:///{tmp_path / 'other.db'}"
    open_store(other_url).upgrade()
    with split(sqlite) as work, opened(other_url) as other:
        assert code(verify_part, other, work.parts[0]) == "OTHER_DATABASE_VERIFIED"


def test_a_worker_without_the_check_is_refused(sqlite: SqlStore) -> None:
    fill(sqlite)
    with split(sqlite) as work:
        part: VerifyPart = evolve(work.parts[0], ranges=(CheckRange(check="loans"),))

        assert code(verify_part, sqlite, part) == "CHECK_UNKNOWN"


@pytest.mark.slow
def test_ranges_have_each_row_once_and_no_aggregate_twice(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    columns = (HISTORY.c.lifecycle, HISTORY.c.entity_id)
    key = (*AGGREGATE_KEY, "seq")

    def keys_of(session: Session, limit: int) -> list[list[tuple[str, str]]]:
        split_rows: list[list[tuple[str, str]]] = []
        for key_range in key_ranges(session, HISTORY, AGGREGATE_KEY, limit, 2 * CONCEPTS):
            found = rows(session, HISTORY, key, *key_range.conditions(*columns))
            split_rows.append([(row["lifecycle"], row["entity_id"]) for row in found])
        return split_rows

    with store.engines.reader.connect() as connection:
        session = Session(connection, store.schema)
        for limit in range(1, 2 * CONCEPTS):
            parts = keys_of(session, limit)
            owners = [set(part) for part in parts]
            assert sum(len(part) for part in parts) == 2 * CONCEPTS
            assert sum(len(owner) for owner in owners) == CONCEPTS
            assert len(parts) >= CONCEPTS // limit

        assert key_ranges(session, HISTORY, AGGREGATE_KEY, 99, 2 * CONCEPTS) == (ALL_KEYS,)
        monkeypatch.setattr(ranges_of_keys, "MAX_RANGES", 3)
        assert len(keys_of(session, 1)) <= 3


def work_of(connection: Connection, read: Callable[[], object]) -> int:
    """Return how often SQLite has executed so many instructions while it reads."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    steps = count()
    driver.set_progress_handler(lambda: next(steps) and 0, INSTRUCTIONS)
    try:
        read()
    finally:
        driver.set_progress_handler(None, INSTRUCTIONS)
    return next(steps)


@pytest.mark.slow
def test_ranges_on_sqlite_need_the_work_of_the_whole(sqlite: SqlStore) -> None:
    """A join that reads all rows for each row would need 70 times as much."""
    with sqlite.transaction(actor=FORGER, reason="a test") as tx:
        for number in range(ROWS_OF_WORK):
            content = evolve(RATIO, name=f"Concept {number}")
            concepts.create_concept(tx, concepts.CreateConcept(content=content))

    compared: set[str] = set()
    with sqlite.engines.reader.connect() as connection:
        session = Session(connection, sqlite.schema)
        for check in row_checks(sqlite, NO_HEADS, None, is_later=False):
            total = count_rows(session, [check.table])
            if not check.is_split(is_sqlite=True) or not total:
                continue

            def read(key_range: KeyRange, check: RowCheck = check) -> None:
                assert list(check.findings(session, key_range)) == []

            ranges = key_ranges(session, check.table, check.key, ROWS_OF_RANGE, total)
            whole = work_of(connection, partial(read, ALL_KEYS))
            parts = sum(work_of(connection, partial(read, key_range)) for key_range in ranges)
            assert parts < MAX_WORK_RATIO * whole, check.name
            compared.add(check.name)

    assert compared == {"history", "concepts"}
