"""The tables that every context shares, and the shapes of heads and records."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeGuard

from attrs import frozen
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler

from indelible.kernel import Lifecycle
from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    DOCUMENT,
    IDENTIFIER,
    INSTANT,
    LINK,
    NATURAL,
    ORDINAL,
    SCHEMA,
    SENTENCE,
    STATE,
    WHOLE,
    Domain,
    required,
)

metadata = MetaData(schema=SCHEMA)

EDGE_COLUMNS = ("lifecycle", "from_state", "action", "to_state", "adds_version")
REVISION_COLUMNS = ("lifecycle", "entity_id", "seq", "to_state", "version", "hash")
PREDECESSOR_COLUMNS = (
    "lifecycle",
    "entity_id",
    "previous_seq",
    "from_state",
    "previous_version",
    "prev_hash",
)


def _is_column(item: SchemaItem) -> TypeGuard[Column[Any]]:
    return isinstance(item, Column)


def table(
    name: str, *items: SchemaItem, has_rowid: bool = True, to: MetaData = metadata, room: int = 0
) -> Table:
    """Return a table whose columns' rules are domains on PostgreSQL and CHECKs on SQLite.

    PostgreSQL leaves `room`, in hundredths of a page, for rows that are written again where they
    stand.
    """
    rules: list[CheckConstraint] = []
    for item in items:
        if _is_column(item) and isinstance(item.type, Domain):
            rule = item.type.sqlite_rule.format(item.name)
            constraint = CheckConstraint(rule, name=f"{name}_{item.name}_rule")
            rules.append(constraint.ddl_if(dialect="sqlite"))
    if has_rowid:  # no row is hidden before the first, and a replaced one would be
        rules.append(CheckConstraint("rowid >= 1", name=f"{name}_rowid").ddl_if(dialect="sqlite"))
    leaving = {"fillfactor": 100 - room} if room else {}
    return Table(
        name,
        to,
        *items,
        *rules,
        sqlite_strict=True,
        sqlite_with_rowid=has_rowid,
        postgresql_with=leaving,
    )


def key(
    name: str,
    columns: Sequence[str],
    of: str,
    theirs: Sequence[str],
    *,
    deferred: bool = False,
    on_delete: str | None = None,
) -> SchemaItem:
    """Return a key into another of indelible's tables.

    A deferred key is checked at the end of the transaction.
    """
    referred = [f"{SCHEMA}.{of}.{column}" for column in theirs]
    options: dict[str, Any] = {}
    if deferred:
        options = {"deferrable": True, "initially": "DEFERRED", "use_alter": True}
    return ForeignKeyConstraint(columns, referred, name=name, ondelete=on_delete, **options)


EDGES = table(
    "lifecycle_edges",
    required("lifecycle", IDENTIFIER),
    required("from_state", STATE),
    required("action", IDENTIFIER),
    required("to_state", IDENTIFIER),
    required("adds_version", NATURAL),
    PrimaryKeyConstraint("lifecycle", "from_state", "action", name="lifecycle_edges_step"),
    UniqueConstraint(*EDGE_COLUMNS, name="lifecycle_edges_edge"),
    CheckConstraint("adds_version IN (0, 1)", name="lifecycle_edges_adds"),
    has_rowid=False,
)

HISTORY = table(
    "history",
    Column("position", WHOLE, Identity(always=True), nullable=False),
    required("lifecycle", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    required("seq", ORDINAL),
    Column("previous_seq", WHOLE, Computed("NULLIF(seq - 1, 0)", persisted=True)),
    required("action", IDENTIFIER),
    required("from_state", STATE),
    required("to_state", IDENTIFIER),
    required("adds_version", NATURAL),
    required("version", NATURAL),
    required("previous_version", WHOLE, Computed("version - adds_version", persisted=True)),
    required("actor", ACTOR),
    required("reason", SENTENCE),
    required("at", INSTANT),
    Column("request_id", IDENTIFIER),
    required("data", DOCUMENT),
    required("prev_hash", LINK),
    required("hash", DIGEST),
    PrimaryKeyConstraint("position", name="history_position").ddl_if(dialect="sqlite"),
    UniqueConstraint("lifecycle", "entity_id", "seq", name="history_seq"),
    UniqueConstraint(*REVISION_COLUMNS, name="history_place"),
    key("history_edge", EDGE_COLUMNS, "lifecycle_edges", EDGE_COLUMNS),
    key("history_predecessor", PREDECESSOR_COLUMNS, "history", REVISION_COLUMNS),
    CheckConstraint(
        "CASE WHEN seq = 1 THEN from_state = '' AND prev_hash = '' AND previous_version = 0"
        " ELSE from_state <> '' AND prev_hash <> '' END",
        name="history_birth",
    ),
)

RECEIPTS = table(
    "receipts",
    required("owner", ACTOR),
    required("key", SENTENCE),
    required("fingerprint", DIGEST),
    required("result", DOCUMENT),
    required("at", INSTANT),
    required("hash", DIGEST),
    PrimaryKeyConstraint("owner", "key", name="receipts_key"),
    has_rowid=False,
)


def rows_by(table: Table, *names: str) -> Select[*tuple[Any, ...]]:
    """Return the query of the rows whose columns equal the parameters of the same names."""
    return select(table).where(*(table.c[name] == bindparam(name) for name in names))


def page_by(table: Table, names: Sequence[str], order: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the query of the next `limit` rows whose first column in order is past `after`."""
    following = rows_by(table, *names).where(table.c[order[0]] > bindparam("after"))
    return following.order_by(*(table.c[name] for name in order)).limit(bindparam("limit"))


class HeadHistoryKey(Constraint):
    """A head's deferred key into the change that it shows.

    It is written out, not a ForeignKeyConstraint: a host's head may live in another schema and
    another MetaData.
    """

    def __init__(self, name: str, counter: str, schema: str = SCHEMA) -> None:
        super().__init__(name=name)
        self.counter = counter
        self.revision_columns = ("lifecycle", "id", "seq", "status", counter, "hash")
        self.schema = schema


@compiles(HeadHistoryKey)
def _shown_key(key: HeadHistoryKey, compiler: DDLCompiler, **_: object) -> str:
    history = "history" if compiler.dialect.name == "sqlite" else f"{key.schema}.history"
    return (
        f"CONSTRAINT {key.name} FOREIGN KEY ({', '.join(key.revision_columns)})"
        f" REFERENCES {history} ({', '.join(REVISION_COLUMNS)}) DEFERRABLE INITIALLY DEFERRED"
    )


def head_columns(
    lifecycle: Lifecycle[StrEnum],
    *,
    name: str | None = None,
    version: Column[Any] | None = None,
    schema: str = SCHEMA,
) -> tuple[SchemaItem, ...]:
    """Return what makes a table the head of a lifecycle: the columns and key of its change.

    `name` begins the names of its constraints; `schema` is where indelible's own tables live.
    """
    prefix = name or lifecycle.name
    counter = (
        required("version", WHOLE, Computed("0", persisted=True)) if version is None else version
    )
    times = "CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END"
    return (
        required("id", IDENTIFIER, primary_key=True),
        required("lifecycle", IDENTIFIER, Computed(f"'{lifecycle.name}'", persisted=True)),
        required("status", IDENTIFIER),
        required("seq", ORDINAL),
        counter,
        required("hash", DIGEST),
        required("created_at", INSTANT),
        required("updated_at", INSTANT),
        HeadHistoryKey(f"{prefix}_shown", counter.name, schema),
        CheckConstraint(times, name=f"{prefix}_times"),
    )


def head(
    name: str, lifecycle: Lifecycle[StrEnum], *items: SchemaItem, version: Column[Any] | None = None
) -> Table:
    """Return the head table of one of indelible's lifecycles."""
    return table(
        name, *head_columns(lifecycle, name=name, version=version), *items, has_rowid=False
    )


@frozen(kw_only=True)
class RecordDigest:
    """The check of a record table's row against the change that added it.

    The table has `concept_id`-like and number columns as its primary key; `change_field` is where
    the change's data holds the row's digest; `derived` recomputes the columns that no digest
    covers.
    """

    table: Table
    change_field: str
    digest: Callable[[Mapping[str, Any]], str]
    derived: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _: {}
