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
# History is the last record of each write.
TRANSACTION = literal_column("history.txid::text", Text()).label("txid")
Rows = Mapping[Table, Mapping[str, Any]]
# The columns of a change that many changes of one step share, and those of each change.
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
# What every change moves in its head.
CHANGE_ASSIGNMENTS = (
    "seq = given.seq",
    "status = alike.to_state",
    "hash = given.hash",
    "updated_at = given.at",
)
OWN = ("entity_id", "seq", "version", "at", "data", "prev_hash", "hash")


# MATERIALIZED, so that each value is converted to its domain once, not for each row and table.
# The list of ids lets PostgreSQL use the head's index, where a join would read all of it.
BULK_TEMPLATE = """
    WITH alike AS MATERIALIZED (
      SELECT {shared_values}
    ),
    given AS MATERIALIZED (
      SELECT *
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({types})
    ),
    head AS (
      UPDATE {schema_prefix}{head} AS head
      SET {assignments}
      FROM given, alike
      WHERE head.id = ANY(ARRAY(SELECT entity_id FROM given))
        AND head.id = given.entity_id
        AND head.seq = given.seq - 1
      RETURNING head.id
    )
    INSERT INTO {schema_prefix}history AS history ({columns})
    SELECT {values}
    FROM given
    JOIN head ON head.id = given.entity_id, alike
    ORDER BY head.id
    RETURNING history.txid::text AS txid
"""


@frozen
class AtomicWrite:
    """A head's step and its records: one statement on PostgreSQL, several in order on SQLite."""

    head: str
    fused: ReturningInsert[str]
    ordered: tuple[Insert | Update, ...]


def atomic_write(head: Table, moving: Insert | Update, *records: Table) -> AtomicWrite:
    """Return the write that adds one row to each record table, and only if the head moves."""
    moved = moving.returning(head.c.id).cte("head")
    inserts = [_insert_if_moved(record, moved) for record in records]
    *first, last = inserts
    others: list[CTE] = []
    for insert_ in first:
        others.append(insert_.cte(f"{insert_.table.name}_row"))
    fused = last.add_cte(*others).returning(TRANSACTION)

    ordered = [row(record) for record in records]
    return AtomicWrite(head=head.name, fused=fused, ordered=(moving, *ordered))


@cache
def change_write(
    head: Table, *records: Table, is_birth: bool, unchanged: tuple[str, ...] = ()
) -> AtomicWrite:
    """Return the write of one change: the head's insert or update, and the records it adds.

    An update leaves the `unchanged` columns as they are.
    """
    moving = row(head) if is_birth else step(head, *unchanged)
    return atomic_write(head, moving, *records)


@cache
def bulk_change_write(head: Table, moving: tuple[str, ...], schema_prefix: str) -> TextualSelect:
    """Return PostgreSQL's write of many changes that take the same step.

    `:rows` is a JSON text with the own columns of each change and, as `head_<name>`, the head's
    columns in `moving`, which at least one change moves. A row whose head has moved before adds
    nothing. `schema_prefix` qualifies the names of tables and domains.
    """
    own_types = [f"{name} {_domain(HISTORY.c[name], schema_prefix)}" for name in OWN]
    head_types = [f"head_{name} {_domain(head.c[name], schema_prefix)}" for name in moving]
    shared_values: list[str] = []
    for name in ALIKE:
        domain = _domain(HISTORY.c[name], schema_prefix)
        shared_values.append(f"CAST(:{name} AS {domain}) AS {name}")

    assignments = [f"{name} = given.head_{name}" for name in moving]
    columns = (*ALIKE, *OWN)
    values: list[str] = []
    for name in ALIKE:
        values.append(f"alike.{name}")
    for name in OWN:
        values.append(f"given.{name}")

    statement = BULK_TEMPLATE.format(
        schema_prefix=schema_prefix,
        head=head.name,
        shared_values=", ".join(shared_values),
        types=", ".join((*own_types, *head_types)),
        assignments=", ".join((*CHANGE_ASSIGNMENTS, *assignments)),
        columns=", ".join(columns),
        values=", ".join(values),
    )
    return text(statement).columns(txid=Text())


def _domain(column: Column[Any], schema_prefix: str) -> str:
    """Return the type of a column, with its rule."""
    return str(column.type.compile(dialect=POSTGRESQL)).replace(f"{SCHEMA}.", schema_prefix)


def step(head: Table, *unchanged: str) -> Update:
    """Return the update of a head from the seq before; the `unchanged` columns stay as they are."""
    values: dict[str, BindParameter[Any]] = {}
    for column in writable_columns(head):
        if column.name not in (*FIXED, *unchanged):
            values[column.name] = _parameter(column)

    is_head = head.c.id == _parameter(head.c.id)
    is_at_old_seq = head.c.seq == bindparam(f"{head.name}_old_seq")
    return update(head).where(is_head, is_at_old_seq).values(values)


def row(table: Table) -> Insert:
    """Return the insert of a row: a record, or the head of a new aggregate."""
    values = {column.name: _parameter(column) for column in writable_columns(table)}
    return insert(table).values(values)


def parameters(rows: Rows) -> dict[str, Any]:
    """Return the values for the parameters of an AtomicWrite."""
    values: dict[str, Any] = {}
    for table, columns in rows.items():
        for name, value in columns.items():
            values[f"{table.name}_{name}"] = value
        if "seq" in columns:
            values[f"{table.name}_old_seq"] = columns["seq"] - 1
    return values


def writable_columns(table: Table) -> list[Column[Any]]:
    """Return the columns that a write sets; the database computes the others."""
    writable: list[Column[Any]] = []
    for column in table.columns:
        if column.computed is None and column.identity is None:
            writable.append(column)

    return writable


def _insert_if_moved(record: Table, moved: CTE) -> Insert:
    columns = writable_columns(record)
    values = [_parameter(column) for column in columns]
    selected = select(*values).select_from(moved)
    return insert(record).from_select(columns, selected, include_defaults=False)


def _parameter(column: Column[Any]) -> BindParameter[Any]:
    return bindparam(f"{column.table.name}_{column.name}", type_=column.type)
