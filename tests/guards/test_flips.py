"""Test that verify finds and locates one changed byte when every guard is lifted."""

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.guards.flips import (
    MADE,
    RULES_OFF,
    RULES_ON,
    SUPPLIED,
    FileFlips,
    in_database,
    is_text,
    row_of,
    without_guards,
)
from tests.guards.places import Inside, Place, inside_database, inside_file

from indelible_service.embedded import PostgresServer
from indelible_sql import Fault
from indelible_sql.schema.columns import INSTANT

pytestmark = pytest.mark.slow

EVERY = {**SUPPLIED, **MADE}
INSTANTS = [name for name, (_, column) in SUPPLIED.items() if column.type is INSTANT]
FORGIVABLE = [
    *INSTANTS,
    "receipts.result",
    "concept_versions.examples",
    "concept_warnings.warnings",
]
SWAP = (
    RULES_OFF,
    "UPDATE history SET position = -1 WHERE position = {0}",
    "UPDATE history SET position = {0} WHERE position = {1}",
    "UPDATE history SET position = {1} WHERE position = -1",
    RULES_ON,
)


@pytest.fixture(scope="module")
def unguarded_file(situated_file: Place[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_guards(situated_file.where, tmp_path_factory.mktemp("flips") / "flips.db")


@pytest.fixture(scope="module")
def inside_sqlite(unguarded_file: Path) -> Generator[Inside]:
    found = inside_file(unguarded_file, keys=False)
    yield found
    found.close()


@pytest.fixture(scope="module")
def inside_postgresql(situated_database: Place[PostgresServer]) -> Generator[Inside]:
    found = inside_database(situated_database.where.admin_url)
    yield found
    found.close()


def test_before_any_flip_there_is_nothing_to_find(
    inside_sqlite: Inside, inside_postgresql: Inside
) -> None:
    assert inside_sqlite.findings(()) == []
    assert inside_postgresql.findings(()) == []


@pytest.mark.parametrize("column", SUPPLIED)
def test_a_flipped_byte_is_named_on_postgresql(
    column: str, situated_database: Place[PostgresServer], inside_postgresql: Inside
) -> None:
    where, entity = row_of(SUPPLIED[column][0], situated_database.situation)
    flip = in_database(situated_database.where.admin_url, *SUPPLIED[column], where)

    assert flip.is_named(inside_postgresql.findings(flip.statements), entity)


@pytest.mark.parametrize("column", EVERY)
def test_a_flipped_byte_is_named_on_sqlite(
    column: str, situated_file: Place[Path], unguarded_file: Path, inside_sqlite: Inside
) -> None:
    where, entity = row_of(EVERY[column][0], situated_file.situation)
    flip = FileFlips(unguarded_file, *EVERY[column], where).plain()

    assert flip.is_named(inside_sqlite.findings(flip.statements), entity)


@pytest.mark.parametrize(
    "column", [name for name, (_, column) in SUPPLIED.items() if is_text(column)]
)
def test_a_byte_that_no_text_has_is_named(
    column: str, situated_file: Place[Path], unguarded_file: Path, inside_sqlite: Inside
) -> None:
    where, entity = row_of(EVERY[column][0], situated_file.situation)
    flip = FileFlips(unguarded_file, *EVERY[column], where).unreadable()

    assert flip.is_named(inside_sqlite.findings(flip.statements), entity)


@pytest.mark.parametrize("column", FORGIVABLE)
def test_a_byte_that_a_reader_forgives_is_named(
    column: str, situated_file: Place[Path], unguarded_file: Path, inside_sqlite: Inside
) -> None:
    where, entity = row_of(EVERY[column][0], situated_file.situation)
    flips = FileFlips(unguarded_file, *EVERY[column], where).forgiven()

    assert flips
    assert [
        flip.value
        for flip in flips
        if not flip.is_named(inside_sqlite.findings(flip.statements), entity)
    ] == []


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3)])
def test_two_positions_of_an_entity_that_change_places_are_named(
    one: int, other: int, situated_file: Place[Path], inside_sqlite: Inside
) -> None:
    swap = [text(each.format(one, other)) for each in SWAP]

    found = inside_sqlite.findings(swap)

    assert situated_file.situation.reviewed.entity_id in {each.entity_id for each in found}


def test_a_position_that_leaves_a_hole_is_found(inside_sqlite: Inside) -> None:
    found = inside_sqlite.findings([text("UPDATE history SET position = 99 WHERE position = 2")])

    assert (Fault.POSITION, "history") in {(each.fault, each.table) for each in found}


def test_a_transaction_s_number_that_puts_changes_out_of_order_is_named(
    situated_database: Place[PostgresServer], inside_postgresql: Inside
) -> None:
    entity_id = situated_database.situation.reviewed.entity_id
    later = (
        "UPDATE indelible.history"
        " SET txid = '99999999'"
        f" WHERE entity_id = '{entity_id}' AND seq = 1"
    )

    found = inside_postgresql.findings(
        [text("ALTER TABLE indelible.history DISABLE TRIGGER ALL"), text(later)]
    )

    assert [(each.fault, each.entity_id) for each in found] == [(Fault.POSITION, entity_id)]
