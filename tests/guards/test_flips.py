"""Verify finds and locates one changed byte in any column of a row, when every guard is lifted."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import Column, Table
from tests.guards.accepted import OPERATIONAL
from tests.guards.flips import FileFlips, Flip
from tests.guards.raw import RawFile
from tests.guards.tapes import key_names

from indelible_sql import Fault
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import writable_columns

pytestmark = pytest.mark.slow

SEED: Final = 57
TABLES: Final = [table for table in CATALOG.tables if table.name not in OPERATIONAL]
MAX_TRIED_ROWS: Final = 5
MAX_WITHOUT_VALUE: Final = 110  # columns that are always empty there, or have one legal value
Target = tuple[Table, Column[Any]]


@pytest.fixture
def unguarded_file(populated_file: Path, tmp_path: Path) -> Path:
    path = Path(shutil.copy(populated_file, tmp_path / "flips.db"))
    with closing(sqlite3.connect(path)) as connection:
        for guard in CATALOG.guards("sqlite"):
            connection.execute(f"DROP TRIGGER {guard.name}")
    return path


def rounds() -> Iterator[list[Target]]:
    """Yield one column of each table at a time, so that one run of verify names them all."""
    columns = [[(table, column) for column in writable_columns(table)] for table in TABLES]
    for targets in zip_longest(*columns):
        yield [target for target in targets if target is not None]


def flip_of(path: Path, target: Target, random: Random) -> tuple[Flip, dict[str, str]] | None:
    """Return a flip in a row that has a value, with the row; None if no row has one."""
    table, column = target
    key = key_names(table)
    query = f"SELECT {', '.join(key)}, * FROM {table.name} WHERE CAST({column.name} AS TEXT) <> ''"
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(f"{query} ORDER BY {', '.join(key)}").fetchall()
    for row in random.sample(rows, min(len(rows), MAX_TRIED_ROWS)):
        where = " AND ".join(f"{name} = '{row[name]}'" for name in key)
        try:
            flip = FileFlips(path, table, column, where).small()
        except LookupError:
            continue
        return flip, {name: str(row[name]) for name in [*row.keys()]}
    return None


def test_a_flipped_byte_in_any_column_is_named(unguarded_file: Path) -> None:
    random = Random(SEED)  # noqa: S311 - a test must be repeatable
    unnamed: list[str] = []
    unflipped: list[str] = []
    raw = RawFile(unguarded_file, foreign_keys=False)
    raw.begin()
    for targets in rounds():
        flips: list[tuple[Target, Flip, dict[str, str]]] = []
        for target in targets:
            flipped = flip_of(unguarded_file, target, random)
            if flipped is None:
                unflipped.append(str(target[1]))
            else:
                flips.append((target, *flipped))

        raw.begin()
        for _, flip, _ in flips:
            for statement in flip.statements:
                raw.connection.execute(statement)
        named = {(finding.table, finding.entity_id) for finding in raw.findings()}
        raw.begin()  # another connection finds the flips of the next round
        for (table, column), flip, row in flips:
            if not any((table.name, name) in named for name in (*row.values(), flip.value, "")):
                unnamed.append(f"{table.name}.{column.name}")
    raw.close()

    assert unnamed == []
    assert len(unflipped) < MAX_WITHOUT_VALUE, unflipped


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3)])
def test_two_swapped_positions_are_named(one: int, other: int, unguarded_file: Path) -> None:
    raw = RawFile(unguarded_file, foreign_keys=False)
    for before, after in ((one, 1_000_000), (other, one), (1_000_000, other)):
        raw.execute("UPDATE history SET position = ? WHERE position = ?", after, before)
    findings = raw.findings()
    raw.close()

    assert {Fault.POSITION, Fault.SEAL} & {finding.fault for finding in findings}


def test_a_position_that_leaves_a_gap_is_found(unguarded_file: Path) -> None:
    raw = RawFile(unguarded_file, foreign_keys=False)
    raw.execute("UPDATE history SET position = 1000000 WHERE position = 2")
    findings = raw.findings()
    raw.close()

    assert (Fault.POSITION, "history") in {(each.fault, each.table) for each in findings}
