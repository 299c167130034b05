"""The statements that write a change: the head, the new records and the row of history."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    BigInteger,
    Column,
    ColumnClause,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy import column as column_clause
from sqlalchemy.sql.elements import BindParameter

from indelible_sql.engine.atomic_write import AtomicWrite, ManyChanges
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.one_per_parent import reports_of
from indelible_sql.schema.tables import FIXED_COLUMNS, HISTORY, writable_columns

POSTGRESQL = make_url("postgresql://").get_dialect()()
# History is the last table of each write, so that its row returns the transaction's number.
TRANSACTION = literal_column("history.txid::text", Text()).label("txid")
# The error NOT_ALL_UPDATED where no row was written.
ONE_OR_ERROR = literal_column("1 / count(*)", BigInteger()).label("written")
# The columns of history that all changes of one bulk write have in common.
SHARED_COLUMNS = (
    "lifecycle",
    "action",
    "from_state",
    "to_state",
    "adds_version",
    "actor",
    "reason",
    "request_id",
    "digest_scheme",
)
# The columns of history that each change of a bulk write has of its own.
OWN_COLUMNS = ("entity_id", "seq", "version", "at", "data", "prev_hash", "hash")
# The columns that every change sets in its head.
CHANGE_ASSIGNMENTS = (
    "seq = changes.seq",
    "status = shared.to_state",
    "hash = changes.hash",
    "updated_at = changes.at",
)

# MATERIALIZED, so that PostgreSQL converts each value to its domain once, not for each row and
# table. With the list of ids it uses the head's index; with a join it would read the whole table.
MANY_TEMPLATE = """
    WITH shared AS MATERIALIZED (
      SELECT {shared_values}
    ),
    changes AS MATERIALIZED (
      SELECT *
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS fields({types})
    ),
    head AS ({heads}
      RETURNING head.id
    ){record_inserts},
    history_row AS (
      INSERT INTO {schema_prefix}history AS history ({columns})
      SELECT {values}
      FROM changes
      JOIN head ON head.id = changes.entity_id, shared
      ORDER BY changes.ordinal
      RETURNING history.txid::text AS txid
    )
"""
MOVED_HEADS = """
      UPDATE {head} AS head
      SET {assignments}
      FROM changes, shared
      WHERE head.id = ANY(ARRAY(SELECT entity_id FROM changes))
        AND head.id = changes.entity_id
        AND head.seq = changes.seq - 1"""
# The head of each new aggregate, with the columns that its change determines.
NEW_HEADS = """
      INSERT INTO {head} AS head ({head_columns})
      SELECT {head_values}
      FROM changes, shared
      ORDER BY changes.ordinal"""
EACH_ROW = "    SELECT txid FROM history_row"
# The error NOT_ALL_UPDATED where fewer rows than changes were written.
ALL_OR_ERROR = """
    SELECT max(txid) AS txid, 1 / (count(*) = CAST(:number AS bigint))::integer AS written
    FROM history_row
"""
# The rows of a bulk record, each with the id and the seq of its change.
RECORD_TEMPLATE = """,
    {table_name}_rows AS (
      INSERT INTO {table} ({columns})
      SELECT {values}
      FROM jsonb_to_recordset(CAST(:{table_name}_rows AS jsonb)) AS line({types})
      JOIN head ON head.id = line.entity_id
      ORDER BY line.entity_id, line.number
    )"""
# The columns that every birth sets in its head, with their values.
BIRTH_VALUES = {
    "id": "changes.entity_id",
    "status": "shared.to_state",
    "seq": "changes.seq",
    "hash": "changes.hash",
    "created_at": "changes.at",
    "updated_at": "changes.at",
}


def atomic_write(
    head: Table, moving: Insert | Update, *records: Table, bulk: tuple[Table, ...] = ()
) -> AtomicWrite:
    """Return the write that adds a row to each record table if `moving` changes the head.

    It adds many rows to each table in `bulk`.
    """
    moved = moving.returning(head.c.id).cte("head")
    inserts = [_insert_if_moved(record, moved) for record in records]
    *first, last = inserts
    others: list[CTE] = []
    for insert_ in first:
        others.append(insert_.cte(f"{insert_.table.name}_row"))
    for table in bulk:
        others.append(_insert_rows_if_moved(table, moved).cte(f"{table.name}_rows"))
    fused = last.add_cte(*others).returning(TRANSACTION)
    written = last.returning(TRANSACTION).cte(f"{last.table.name}_row")
    number = func.max(written.c.txid).label("txid")
    all_or_none = select(number, ONE_OR_ERROR).select_from(written).add_cte(*others)

    ordered = [row(record) for record in records]
    return AtomicWrite(
        head=head.name,
        fused=fused,
        all_or_none=all_or_none,
        ordered=(moving, *ordered),
        rule_reports=frozenset(reports_of(head)),
        bulk=tuple(row(table) for table in bulk),
    )


@cache
def change_write(
    head: Table,
    *records: Table,
    is_birth: bool,
    unchanged: tuple[str, ...] = (),
    bulk: tuple[Table, ...] = (),
) -> AtomicWrite:
    """Return the write of one change: the head's insert or update, and the records it adds.

    An update leaves the `unchanged` columns as they are.
    """
    moving = row(head) if is_birth else step(head, *unchanged)
    return atomic_write(head, moving, *records, bulk=bulk)


@cache
def bulk_change_write(
    head: Table, moving: tuple[str, ...], schema_prefix: str, records: tuple[Table, ...] = ()
) -> ManyChanges:
    """Return PostgreSQL's write of many changes that take the same step.

    `:rows` is a JSON text with the own columns of each change and, as `head_<name>`, the head's
    columns in `moving`, which at least one change sets. A change whose head is no longer at the
    seq before adds no row. `schema_prefix` qualifies the names of tables and domains. For each
    table of bulk `records`, `:<table>_rows` is a JSON text with its rows.
    """
    assignments = [f"{name} = changes.head_{name}" for name in moving]
    heads = MOVED_HEADS.format(
        head=_table_name(head, schema_prefix),
        assignments=", ".join((*CHANGE_ASSIGNMENTS, *assignments)),
    )
    return _many_changes(heads, _bulk_parts(head, moving, schema_prefix, records))


@cache
def bulk_birth_write(
    head: Table, names: tuple[str, ...], schema_prefix: str, records: tuple[Table, ...] = ()
) -> ManyChanges:
    """Return PostgreSQL's write of many new aggregates that the same action creates.

    `:rows` is as in `bulk_change_write`; `names` are the head's columns beside BIRTH_VALUES. The
    rows are inserted in the order of their ordinals.
    """
    own_values = [f"changes.head_{name}" for name in names]
    heads = NEW_HEADS.format(
        head=_table_name(head, schema_prefix),
        head_columns=", ".join((*BIRTH_VALUES, *names)),
        head_values=", ".join((*BIRTH_VALUES.values(), *own_values)),
    )
    return _many_changes(heads, _bulk_parts(head, names, schema_prefix, records))


def _many_changes(heads: str, parts: Mapping[str, str]) -> ManyChanges:
    """Return the write that stores heads by this statement, with their records and changes."""
    statement = MANY_TEMPLATE.format(heads=heads, **parts)
    return ManyChanges(
        fused=text(statement + EACH_ROW).columns(txid=Text()),
        all_or_none=text(statement + ALL_OR_ERROR).columns(txid=Text(), written=BigInteger()),
    )


def _bulk_parts(
    head: Table, names: tuple[str, ...], schema_prefix: str, records: tuple[Table, ...]
) -> dict[str, str]:
    """Return the parts that the writes of many changes have in common."""
    own_types = [f"{name} {_domain(HISTORY.c[name], schema_prefix)}" for name in OWN_COLUMNS]
    head_types = [f"head_{name} {_domain(head.c[name], schema_prefix)}" for name in names]
    shared_values: list[str] = []
    for name in SHARED_COLUMNS:
        domain = _domain(HISTORY.c[name], schema_prefix)
        shared_values.append(f"CAST(:{name} AS {domain}) AS {name}")

    values = [f"shared.{name}" for name in SHARED_COLUMNS]
    values.extend(f"changes.{name}" for name in OWN_COLUMNS)
    return {
        "schema_prefix": schema_prefix,
        "shared_values": ", ".join(shared_values),
        "types": ", ".join((*own_types, "ordinal bigint", *head_types)),
        "columns": ", ".join((*SHARED_COLUMNS, *OWN_COLUMNS)),
        "values": ", ".join(values),
        "record_inserts": "".join(_record_insert(record, schema_prefix) for record in records),
    }


def _record_insert(record: Table, schema_prefix: str) -> str:
    """Return the part of a write that inserts the rows of a bulk record."""
    names = [column.name for column in record.columns]
    types = [f"{column.name} {_domain(column, schema_prefix)}" for column in record.columns]
    return RECORD_TEMPLATE.format(
        table_name=record.name,
        table=_table_name(record, schema_prefix),
        columns=", ".join(names),
        values=", ".join(f"line.{name}" for name in names),
        types=", ".join(types),
    )


def _table_name(table: Table, schema_prefix: str) -> str:
    """Return the name of a table in a statement; a host's own table is in the host's schema."""
    if table.schema == SCHEMA:
        return f"{schema_prefix}{table.name}"
    if table.schema is None:
        return table.name

    return f"{table.schema}.{table.name}"


def _domain(column: Column[Any], schema_prefix: str) -> str:
    """Return the name of a column's domain or native type."""
    return str(column.type.compile(dialect=POSTGRESQL)).replace(f"{SCHEMA}.", schema_prefix)


def step(head: Table, *unchanged: str) -> Update:
    """Return the update of a head to its next seq, without the `unchanged` columns."""
    values: dict[str, BindParameter[Any]] = {}
    for column in writable_columns(head):
        if column.name not in (*FIXED_COLUMNS, *unchanged):
            values[column.name] = _parameter(column)

    is_head = head.c.id == _parameter(head.c.id)
    is_at_old_seq = head.c.seq == bindparam(f"{head.name}_old_seq")
    return update(head).where(is_head, is_at_old_seq).values(values)


def row(table: Table) -> Insert:
    """Return the insert of a row: a record, or the head of a new aggregate."""
    return insert(table).values(row_values(table))


def row_values(table: Table) -> dict[str, BindParameter[Any]]:
    """Return the parameter of each column that a row of the table sets."""
    return {column.name: _parameter(column) for column in writable_columns(table)}


def _insert_if_moved(record: Table, moved: CTE) -> Insert:
    columns = writable_columns(record)
    values = [_parameter(column) for column in columns]
    selected = select(*values).select_from(moved)
    return insert(record).from_select(columns, selected, include_defaults=False)


def _insert_rows_if_moved(table: Table, moved: CTE) -> Insert:
    """Return the insert of the rows in a JSON array, each with the aggregate's id and the seq."""
    owner = [table.c.entity_id, table.c.seq]
    own = [column for column in table.columns if column.name not in ("entity_id", "seq")]
    types = [_native_column(column) for column in own]
    array = cast(bindparam(f"{table.name}_rows", type_=Text()), JSON())
    rows = func.json_to_recordset(array).table_valued(*types, name=f"{table.name}_values")
    rows = rows.render_derived(with_types=True)

    values = [_parameter(column) for column in owner]
    columns = [rows.c[column.name] for column in own]
    selected = select(*values, *columns).select_from(moved, rows)
    return insert(table).from_select([*owner, *own], selected, include_defaults=False)


def _native_column(column: Column[Any]) -> ColumnClause[Any]:
    """Return a column of the same name with PostgreSQL's native type, for rows of JSON.

    The table's domain checks a value when it is inserted.
    """
    kind = column.type.native if isinstance(column.type, Domain) else column.type
    return column_clause(column.name, kind)


def _parameter(column: Column[Any]) -> BindParameter[Any]:
    return bindparam(f"{column.table.name}_{column.name}", type_=column.type)
