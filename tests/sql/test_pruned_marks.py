"""`verify` finds each deletion that no recorded retention allowed, and accepts all others."""

import sqlite3
from datetime import timedelta
from io import BytesIO
from typing import Final

import psycopg
import pytest
from tests.sql.operational import (
    ATTEMPTS,
    HOUR_SECONDS,
    LONGEST_SECONDS,
    REJECTIONS,
    RUNS,
    Tampering,
    fill,
    open_old,
    prune,
    retain,
    seal_all,
    stored_rows,
)
from tests.sql.test_clock_jumps import ShiftedClock

from indelible.kernel import UsageError
from indelible.kernel.retention import MAX_DELETED_ROWS, deleted_rows
from indelible.testing.kernel.webhooks import rejection_of
from indelible.testing.stores import MAYA, create, within
from indelible_service.embedded import PostgresServer
from indelible_sql import Finding, SqlStore, export_histories, import_histories, verify
from indelible_sql.maintenance.verify import verify_rows
from indelible_sql.maintenance.verify_pruned import NOTHING_ALLOWED

MARKS: Final = "pruned_tables"
NOW: Final = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')",
    "postgresql": "statement_timestamp()",
}


@pytest.fixture
def tampering(store: SqlStore, request: pytest.FixtureRequest) -> Tampering:
    server: PostgresServer | None = None
    if store.own_url.startswith("postgresql"):
        server = request.getfixturevalue("database")
    return Tampering(store, server)


def insert_mark(store: SqlStore, number: int) -> str:
    """Return the insert of a mark that says that so many rejections were just deleted."""
    now = NOW[store.engines.writer.dialect.name]
    return f"INSERT INTO {{}}pruned_tables VALUES ('webhook_rejections', {now}, {number}, {number})"


def details(findings: tuple[Finding, ...]) -> list[str]:
    """Return what is found, without hashes."""
    return [finding.detail.partition(" hash ")[0] for finding in findings]


@pytest.mark.slow
def test_a_mark_that_no_retention_ever_allowed_is_found_with_the_rows(
    store: SqlStore, tampering: Tampering
) -> None:
    fill(store)
    seal_all(store)
    retain(store, ATTEMPTS, 0)  # of another table
    tampering.run(MARKS, insert_mark(store, RUNS))
    tampering.run("webhook_rejections", "DELETE FROM {}webhook_rejections")

    found = details(verify(store))
    assert NOTHING_ALLOWED in found
    assert found.count("webhook_rejections: no row has the sealed") == RUNS


@pytest.mark.slow
def test_a_mark_above_what_a_retention_allowed_is_found(
    store: SqlStore, tampering: Tampering
) -> None:
    fill(store)
    retain(store, REJECTIONS, LONGEST_SECONDS)
    tampering.run(MARKS, insert_mark(store, 0))

    (found,) = details(verify(store))
    assert found.startswith("rows before ")
    assert " were deleted, and retentions allowed it before " in found


@pytest.mark.slow
def test_a_mark_in_the_future_is_found(store: SqlStore, tampering: Tampering) -> None:
    fill(store)
    retain(store, REJECTIONS, 0)
    prune(store, REJECTIONS, limit=1)
    future = "'2999-01-01T00:00:00.000000+00:00'"
    tampering.run(MARKS, f"UPDATE {{}}pruned_tables SET pruned_before = {future}")

    (found,) = details(verify(store))
    assert found.startswith("rows before 2999-01-01 ")


@pytest.mark.slow
def test_a_sealed_row_that_is_missing_after_the_mark_is_found(
    store: SqlStore, tampering: Tampering
) -> None:
    fill(store)
    seal_all(store)
    retain(store, REJECTIONS, HOUR_SECONDS)
    prune(store, REJECTIONS)
    tampering.run("webhook_rejections", "DELETE FROM {}webhook_rejections")

    found = details(verify_rows(store))
    assert found.count("webhook_rejections: no row has the sealed") == RUNS


@pytest.mark.slow
def test_more_missing_rows_than_were_recorded_are_found(
    store: SqlStore, tampering: Tampering
) -> None:
    fill(store)
    seal_all(store)
    retain(store, REJECTIONS, 0)
    assert prune(store, REJECTIONS, limit=5) == 5
    tampering.run("webhook_rejections", "DELETE FROM {}webhook_rejections WHERE id LIKE '%11'")

    assert details(verify(store)) == [
        "6 rows that seals list are missing, and the deletion of 5 is recorded"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("is_sealed", [True, False])
def test_recorded_deletions_that_did_not_happen_are_found(
    store: SqlStore, tampering: Tampering, *, is_sealed: bool
) -> None:
    fill(store)
    if is_sealed:
        seal_all(store)
    retain(store, REJECTIONS, 0)
    prune(store, REJECTIONS, limit=5)
    assert verify(store) == ()
    tampering.run(MARKS, "UPDATE {}pruned_tables SET deleted_sealed_rows = 3")

    missing = 5 if is_sealed else 0
    assert details(verify(store)) == [
        f"{missing} rows that seals list are missing, and the deletion of 3 is recorded"
    ]


@pytest.mark.slow
def test_what_a_shorter_retention_allowed_once_is_accepted(store: SqlStore) -> None:
    fill(store)
    seal_all(store)
    retain(store, REJECTIONS, 0)
    assert prune(store, REJECTIONS) == RUNS
    retain(store, REJECTIONS, LONGEST_SECONDS)

    assert verify(store) == ()


def seal_ahead(store: SqlStore, hours: int) -> None:
    """Seal everything by a clock that is so many hours ahead."""
    clock = store.clock
    store.clock = ShiftedClock(timedelta(hours=hours))
    try:
        seal_all(store)
    finally:
        store.clock = clock


@pytest.mark.slow
def test_a_seal_of_a_clock_that_was_behind_is_as_young_as_its_changes(store: SqlStore) -> None:
    fill(store)
    retain(store, REJECTIONS, 30 * 24 * HOUR_SECONDS)
    seal_ahead(store, hours=-40 * 24)
    assert prune(store, REJECTIONS) == RUNS

    found = details(verify(store))
    assert found.count("webhook_rejections: no row has the sealed") == RUNS


@pytest.mark.slow
def test_clocks_that_differ_by_hours_make_no_finding(store: SqlStore) -> None:
    fill(store)
    retain(store, REJECTIONS, 6 * HOUR_SECONDS)
    seal_ahead(store, hours=-12)
    assert prune(store, REJECTIONS) == RUNS

    assert verify(store) == ()


@pytest.mark.slow
def test_a_seal_of_a_clock_that_was_ahead_makes_no_later_seal_younger(store: SqlStore) -> None:
    fill(store)
    create(store)
    seal_ahead(store, hours=23)
    old = open_old(store.own_url)
    within(old, lambda tx: tx.webhook_rejections.add(rejection_of("rejection-new")))
    old.dispose()
    seal_all(store)
    retain(store, REJECTIONS, 0)

    assert prune(store, REJECTIONS) == 1  # the first seal lists the others
    assert verify(store) == ()


@pytest.mark.slow
def test_no_seal_is_saved_by_a_clock_that_is_more_than_a_day_ahead(store: SqlStore) -> None:
    fill(store)
    with pytest.raises(UsageError, match="more than a day after the database's time"):
        seal_ahead(store, hours=25)

    saved = seal_all(store)
    assert saved is not None
    assert saved.number == 1


@pytest.mark.slow
def test_an_export_from_before_a_deletion_brings_no_deleted_row_back(store: SqlStore) -> None:
    fill(store)
    seal_all(store)
    export = BytesIO()
    store.read(export_histories, export)
    retain(store, REJECTIONS, 0)
    assert prune(store, REJECTIONS, limit=5) == 5

    imported = import_histories(store, export, by=MAYA)

    assert imported.records_left_out == 5
    assert imported.records == 0
    assert stored_rows(store)[1] == RUNS - 5
    assert verify(store) == ()


@pytest.mark.slow
def test_an_export_brings_back_rows_that_no_recorded_deletion_removed(
    store: SqlStore, tampering: Tampering
) -> None:
    fill(store)
    seal_all(store)
    export = BytesIO()
    store.read(export_histories, export)
    tampering.run("webhook_rejections", "DELETE FROM {}webhook_rejections")

    imported = import_histories(store, export, by=MAYA)

    assert imported.records == RUNS
    assert imported.records_left_out == 0
    assert verify(store) == ()


@pytest.mark.slow
def test_a_number_of_deleted_rows_stays_at_its_maximum(
    store: SqlStore, tampering: Tampering
) -> None:
    fill(store)
    retain(store, REJECTIONS, 0)
    prune(store, REJECTIONS, limit=1)
    full = f"UPDATE {{}}pruned_tables SET deleted_rows = {MAX_DELETED_ROWS - 1}"
    tampering.run(MARKS, full)

    assert prune(store, REJECTIONS) == RUNS - 1
    assert store.read(deleted_rows)[REJECTIONS] == MAX_DELETED_ROWS
    assert prune(store, REJECTIONS) == 0


def test_no_number_of_deleted_rows_exceeds_its_maximum(
    store: SqlStore, tampering: Tampering
) -> None:
    retain(store, REJECTIONS, 0)
    prune(store, REJECTIONS)
    beyond = f"UPDATE {{}}pruned_tables SET deleted_rows = {MAX_DELETED_ROWS + 1}"

    with pytest.raises((sqlite3.Error, psycopg.Error), match="pruned_tables_counted"):
        tampering.run(MARKS, beyond)
