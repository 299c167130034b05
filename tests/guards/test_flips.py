"""Test that verify finds and locates one changed byte when every guard is lifted."""

from collections.abc import Callable, Generator
from itertools import zip_longest
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.conftest import DATABASES
from tests.databases import create_database
from tests.guards.flip_batches import EntityFlip, batches_of, unnamed_columns
from tests.guards.flips import (
    CHECKS_OFF,
    CHECKS_ON,
    GENERATED_COLUMNS,
    WRITTEN_COLUMNS,
    FileFlips,
    database_flip,
    drop_guards,
    is_text,
    row_of,
    unguarded_copy,
)
from tests.guards.owner_tampers import moved_position
from tests.guards.repeats import repeated
from tests.guards.situated import (
    Situated,
    VerifiedTransactions,
    transactions_in_database,
    transactions_in_file,
)

from indelible_service.embedded import PostgresServer
from indelible_sql import Fault
from indelible_sql.schema.columns import INSTANT

pytestmark = pytest.mark.slow

STEP = 6
COLUMNS = {**WRITTEN_COLUMNS, **GENERATED_COLUMNS}
TEXTS = [name for name, (_, column) in WRITTEN_COLUMNS.items() if is_text(column)]
INSTANTS = [name for name, (_, column) in WRITTEN_COLUMNS.items() if column.type is INSTANT]
PARSED = [
    *INSTANTS,
    "receipts.result",
    "concept_versions.examples",
    "concept_warnings.warnings",
]
WRITTEN_BATCHES = batches_of(WRITTEN_COLUMNS)
ALL_BATCHES = batches_of(COLUMNS)
TEXT_BATCHES = batches_of(TEXTS)
PARSED_BATCHES = batches_of(PARSED)
# Returns the flips of a column's value, and the id of the entity that the value belongs to.
FlipsOf = Callable[[str], tuple[FileFlips, str]]
SWAP = (
    CHECKS_OFF,
    "UPDATE history SET position = -1 WHERE position = {0}",
    "UPDATE history SET position = {0} WHERE position = {1}",
    "UPDATE history SET position = {1} WHERE position = -1",
    CHECKS_ON,
)


@pytest.fixture(scope="module")
def unguarded_file(situated_file: Situated[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unguarded_copy(situated_file.location, tmp_path_factory.mktemp("flips") / "flips.db")


@pytest.fixture(scope="module")
def sqlite_transactions(unguarded_file: Path) -> Generator[VerifiedTransactions]:
    transactions = transactions_in_file(unguarded_file, foreign_keys=False)
    yield transactions
    transactions.close()


@pytest.fixture(scope="module")
def flips_of(situated_file: Situated[Path], unguarded_file: Path) -> FlipsOf:
    def of_column(column: str) -> tuple[FileFlips, str]:
        table, table_column = COLUMNS[column]
        where, entity_id = row_of(table, table_column, situated_file.situation)
        return FileFlips(unguarded_file, table, table_column, where), entity_id

    return of_column


@pytest.fixture(scope="module")
def unguarded_url(server: PostgresServer, situated_database: Situated[PostgresServer]) -> str:
    source = situated_database.location.url.rpartition("/")[2]
    url = create_database(server, f"guards_flips_{next(DATABASES)}", source).admin_url
    drop_guards(url)
    return url


@pytest.fixture(scope="module")
def postgresql_transactions(unguarded_url: str) -> Generator[VerifiedTransactions]:
    transactions = transactions_in_database(unguarded_url)
    yield transactions
    transactions.close()


@pytest.mark.dose
def test_without_a_flip_verify_finds_nothing(
    sqlite_transactions: VerifiedTransactions, postgresql_transactions: VerifiedTransactions
) -> None:
    assert sqlite_transactions.findings(()) == []
    assert postgresql_transactions.findings(()) == []


@pytest.mark.dose
@pytest.mark.parametrize("batch", repeated(WRITTEN_BATCHES, STEP))
def test_flipped_bytes_are_named_on_postgresql(
    batch: str,
    situated_database: Situated[PostgresServer],
    unguarded_url: str,
    postgresql_transactions: VerifiedTransactions,
) -> None:
    flips: list[EntityFlip] = []
    for column in WRITTEN_BATCHES[batch]:
        table, table_column = COLUMNS[column]
        where, entity_id = row_of(table, table_column, situated_database.situation)
        flip = database_flip(unguarded_url, table, table_column, where)
        flips.append(EntityFlip(column, flip, entity_id))

    assert unnamed_columns(flips, postgresql_transactions) == []


@pytest.mark.dose
@pytest.mark.parametrize("batch", repeated(ALL_BATCHES, STEP))
def test_flipped_bytes_are_named_on_sqlite(
    batch: str, flips_of: FlipsOf, sqlite_transactions: VerifiedTransactions
) -> None:
    flips: list[EntityFlip] = []
    for column in ALL_BATCHES[batch]:
        file_flips, entity_id = flips_of(column)
        flips.append(EntityFlip(column, file_flips.small(), entity_id))

    assert unnamed_columns(flips, sqlite_transactions) == []


@pytest.mark.dose
@pytest.mark.parametrize("batch", repeated(TEXT_BATCHES, STEP))
def test_bytes_that_no_text_has_are_named(
    batch: str, flips_of: FlipsOf, sqlite_transactions: VerifiedTransactions
) -> None:
    flips: list[EntityFlip] = []
    for column in TEXT_BATCHES[batch]:
        file_flips, entity_id = flips_of(column)
        flips.append(EntityFlip(column, file_flips.unreadable(), entity_id))

    assert unnamed_columns(flips, sqlite_transactions) == []


@pytest.mark.dose
@pytest.mark.parametrize("batch", repeated(PARSED_BATCHES, STEP))
def test_bytes_that_a_reader_ignores_are_named(
    batch: str, flips_of: FlipsOf, sqlite_transactions: VerifiedTransactions
) -> None:
    flips_by_column: list[list[EntityFlip]] = []
    for column in PARSED_BATCHES[batch]:
        file_flips, entity_id = flips_of(column)
        flips = [EntityFlip(column, flip, entity_id) for flip in file_flips.ignored()]
        assert flips
        flips_by_column.append(flips)

    unnamed: list[str] = []
    for together in zip_longest(*flips_by_column):
        unnamed += unnamed_columns([flip for flip in together if flip], sqlite_transactions)

    assert unnamed == []


@pytest.mark.dose
def test_every_column_is_flipped_once() -> None:
    for names, batches in (
        (WRITTEN_COLUMNS, WRITTEN_BATCHES),
        (COLUMNS, ALL_BATCHES),
        (TEXTS, TEXT_BATCHES),
        (PARSED, PARSED_BATCHES),
    ):
        flipped = [column for batch in batches.values() for column in batch]
        assert sorted(flipped) == sorted(names)


@pytest.mark.dose
@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3)])
def test_two_swapped_positions_of_an_entity_are_named(
    one: int,
    other: int,
    situated_file: Situated[Path],
    sqlite_transactions: VerifiedTransactions,
) -> None:
    swap = [text(statement.format(one, other)) for statement in SWAP]

    findings = sqlite_transactions.findings(swap)

    entity_ids = {finding.entity_id for finding in findings}
    assert situated_file.situation.reviewed.entity_id in entity_ids


@pytest.mark.dose
def test_a_position_that_leaves_a_gap_is_found(sqlite_transactions: VerifiedTransactions) -> None:
    statement = text("UPDATE history SET position = 1000000 WHERE position = 2")

    findings = sqlite_transactions.findings([statement])

    faults = {(finding.fault, finding.table) for finding in findings}
    assert (Fault.POSITION, "history") in faults


@pytest.mark.dose
def test_a_position_that_reorders_the_changes_of_an_entity_is_named(
    situated_database: Situated[PostgresServer], postgresql_transactions: VerifiedTransactions
) -> None:
    entity_id = situated_database.situation.reviewed.entity_id
    first = f"(SELECT position FROM indelible.history WHERE entity_id = '{entity_id}' AND seq = 1)"
    statements = [text(statement) for statement in moved_position(first, 1_000_000)]

    findings = postgresql_transactions.findings(statements)

    faults = [(finding.fault, finding.entity_id) for finding in findings]
    assert (Fault.POSITION, entity_id) in faults
    assert {fault for fault, _ in faults} == {Fault.POSITION, Fault.SEAL}
