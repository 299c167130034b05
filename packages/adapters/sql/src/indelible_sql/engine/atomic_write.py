"""One write: a head and the records that it shows."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen
from sqlalchemy import (
    CTE,
    Column,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    insert,
    literal_column,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import TextualSelect

from indelible_sql.schema.columns import SCHEMA
from indelible_sql.schema.tables import HISTORY

FIXED = ("id", "created_at")
POSTGRESQL = make_url("postgresql://").get_dialect()()
TRANSACTION = literal_column("history.txid::text", Text()).label(
    "txid"
)  # history is the last record
Rows = Mapping[Table, Mapping[str, Any]]
# Of a change's columns, those that many share which take one step, and those that each has for itself.
ALIKE = (
    "lifecycle",
    "action",
    "from_state",
    "to_state",
    "adds_version",
    "actor",
    "reason",
    "request_id",
)
OWN = ("entity_id", "seq", "version", "at", "data", "prev_hash", "hash")


@frozen
class AtomicWrite:
    """A head's step and its records, in both databases' forms."""

    head: str
    fused: ReturningInsert[str]
    ordered: tuple[Insert | Update, ...]


def atomic_write(head: Table, moving: Insert | Update, *records: Table) -> AtomicWrite:
    """The write that adds one row to each record table, and only if the head moves."""
    moved = moving.returning(head.c.id).cte("head")
    *first, last = (_beside(record, moved) for record in records)
    fused = last.add_cte(*(each.cte(f"{each.table.name}_row") for each in first))
    return AtomicWrite(
        head=head.name, fused=fused.returning(TRANSACTION), ordered=(moving, *map(row, records))
    )


@cache
def change_write(
    head: Table, *records: Table, is_birth: bool, kept: tuple[str, ...] = ()
) -> AtomicWrite:
    """Return the write of one change: the head's insert or update, and the records it adds.

    An update leaves the `kept` columns as they are.
    """
    moving = row(head) if is_birth else step(head, *kept)
    return atomic_write(head, moving, *records)


@cache
def bulk_change_write(head: Table, moving: tuple[str, ...], place: str) -> TextualSelect:
    """PostgreSQL's write of many changes that take one step, what is their own given as the rows of one JSON text.

    Of the head's columns only those are written that one of them moves, beside the four that its change says;
    a row whose head is not where its change found it adds nothing.
    """
    given = [f"{name} {_domain(HISTORY.c[name], place)}" for name in OWN]
    given += [f"head_{name} {_domain(head.c[name], place)}" for name in moving]
    setting = "".join(f", {name} = given.head_{name}" for name in moving)
    alike = ", ".join(
        f"CAST(:{name} AS {_domain(HISTORY.c[name], place)}) AS {name}" for name in ALIKE
    )
    return text(
        # Each value becomes one of its domain here, once, and not again in each row and each table.
        f"WITH alike AS MATERIALIZED (SELECT {alike}),"
        f" given AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({', '.join(given)})),"
        f" head AS (UPDATE {place}{head.name} AS head SET seq = given.seq, status = alike.to_state,"
        f" hash = given.hash, updated_at = given.at{setting} FROM given, alike"
        " WHERE head.id = ANY(ARRAY(SELECT entity_id FROM given))"  # else a table of some thousands is read whole
        " AND head.id = given.entity_id AND head.seq = given.seq - 1 RETURNING head.id)"
        f" INSERT INTO {place}history AS history ({', '.join((*ALIKE, *OWN))})"
        f" SELECT {', '.join(f'alike.{name}' for name in ALIKE)}, {', '.join(f'given.{name}' for name in OWN)}"
        " FROM given JOIN head ON head.id = given.entity_id, alike ORDER BY head.id"
        " RETURNING history.txid::text AS txid"
    ).columns(txid=Text())


def _domain(column: Column[Any], place: str) -> str:
    """The type of a column, with its rule."""
    return str(column.type.compile(dialect=POSTGRESQL)).replace(f"{SCHEMA}.", place)


def step(head: Table, *kept: str) -> Update:
    """Move a head from the seq that the change found it at; some of its columns may be kept as they are."""
    moving = {
        column.name: _new(column)
        for column in writable_columns(head)
        if column.name not in (*FIXED, *kept)
    }
    here = (head.c.id == _new(head.c.id), head.c.seq == bindparam(f"{head.name}_old_seq"))
    return update(head).where(*here).values(moving)


def row(table: Table) -> Insert:
    """Add a row: a record, or the head of an entity that is born."""
    return insert(table).values({column.name: _new(column) for column in writable_columns(table)})


def parameters(rows: Rows) -> dict[str, Any]:
    """The values that the statements of a Together take."""
    values = {
        f"{table.name}_{name}": value
        for table, columns in rows.items()
        for name, value in columns.items()
    }
    olds = {
        f"{table.name}_old_seq": columns["seq"] - 1
        for table, columns in rows.items()
        if "seq" in columns
    }
    return values | olds


def writable_columns(table: Table) -> list[Column[Any]]:
    """The columns that a write gives; the database makes the others."""
    return [
        column for column in table.columns if column.computed is None and column.identity is None
    ]


def _beside(record: Table, moved: CTE) -> Insert:
    columns = writable_columns(record)
    values = select(*map(_new, columns)).select_from(moved)
    return insert(record).from_select(columns, values, include_defaults=False)


def _new(column: Column[Any]) -> BindParameter[Any]:
    return bindparam(f"{column.table.name}_{column.name}", type_=column.type)
