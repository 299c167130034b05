"""The tables that all contexts share, and the functions that declare a context's own tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeGuard

from attrs import frozen
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Computed,
    Constraint,
    ForeignKeyConstraint,
    FromClause,
    Identity,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler

from indelible.kernel import Change, Lifecycle
from indelible.kernel.digest_schemes import FIRST_SCHEME
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.checks import previous_number
from indelible_sql.schema.columns import (
    ACTOR,
    BIG_INTEGER,
    DIGEST,
    DIGEST_OR_EMPTY,
    IDENTIFIER,
    INSTANT,
    JSON_OBJECT,
    NATURAL,
    NONBLANK_TEXT,
    ORDINAL,
    STATE,
    Domain,
    required,
)
from indelible_sql.schema.inline_domains import InlineDomain

metadata = MetaData(schema=SCHEMA)

# The columns of a head that no update sets.
FIXED_COLUMNS = ("id", "created_at")
NOT_REPEATED = "not repeated"  # the mark of a foreign key that no guard repeats
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


def is_column(item: SchemaItem) -> TypeGuard[Column[Any]]:
    """Return whether an item of a table is a column."""
    return isinstance(item, Column)


def table(
    name: str,
    *items: SchemaItem,
    has_rowid: bool = True,
    free_percent: int = 0,
) -> Table:
    """Return a table whose columns obey their domains: as CHECK constraints on SQLite.

    `has_rowid` makes SQLite's table an ordinary one instead of WITHOUT ROWID. `free_percent` of
    each page stays free on PostgreSQL, so that an updated row fits on the page that it is on.
    """
    checks = domain_checks(name, items)
    if has_rowid:
        # A trigger refuses a chosen rowid, but it cannot tell a rowid below 1 from none.
        checks.append(_sqlite_check("rowid >= 1", f"{name}_rowid"))

    storage_options: dict[str, int] = {}
    if free_percent:
        storage_options["fillfactor"] = 100 - free_percent

    return Table(
        name,
        metadata,
        *items,
        *checks,
        sqlite_strict=True,
        sqlite_with_rowid=has_rowid,
        postgresql_with=storage_options,
    )


def domain_checks(table_name: str, items: Iterable[SchemaItem]) -> list[Constraint]:
    """Return SQLite's checks for the columns whose type is a domain."""
    checks: list[Constraint] = []
    for item in items:
        if is_column(item) and isinstance(item.type, Domain):
            rule = item.type.sqlite_rule.format(item.name)
            checks.append(_sqlite_check(rule, f"{table_name}_{item.name}_rule"))
    return checks


def inline_checks(table_name: str, items: Iterable[SchemaItem]) -> list[Constraint]:
    """Return PostgreSQL's checks for the columns whose type is an inline domain."""
    checks: list[Constraint] = []
    for item in items:
        if is_column(item) and isinstance(item.type, InlineDomain):
            rule = item.type.rule.format(item.name)
            check = CheckConstraint(rule, name=f"{table_name}_{item.name}_is_stored")
            checks.append(check.ddl_if(dialect="postgresql"))
    return checks


def _sqlite_check(rule: str, name: str) -> Constraint:
    return CheckConstraint(rule, name=name).ddl_if(dialect="sqlite")


def key(
    name: str,
    columns: Sequence[str],
    target: str,
    target_columns: Sequence[str],
    *,
    deferred: bool = False,
    is_repeated: bool = True,
    on_delete: str | None = None,
) -> SchemaItem:
    """Return a foreign key into another of indelible's tables.

    The database checks a deferred key at the end of the transaction. A guard of SQLite repeats
    each key, a deferred one when its row changes; without `is_repeated` a row can change before
    its target is stored.
    """
    referred = [f"{SCHEMA}.{target}.{column}" for column in target_columns]
    options: dict[str, Any] = {}
    if not is_repeated:
        options["info"] = {NOT_REPEATED: True}
    if deferred:
        options.update(deferrable=True, initially="DEFERRED", use_alter=True)
    return ForeignKeyConstraint(columns, referred, name=name, ondelete=on_delete, **options)


# The transitions that history may take; migrations write them from the declared lifecycles.
EDGES = table(
    "lifecycle_edges",
    required("lifecycle", IDENTIFIER),
    required("from_state", STATE),
    required("action", IDENTIFIER),
    required("to_state", IDENTIFIER),
    required("adds_version", NATURAL),
    PrimaryKeyConstraint("lifecycle", "from_state", "action", name="lifecycle_edges_pkey"),
    UniqueConstraint(*EDGE_COLUMNS, name="lifecycle_edges_all_columns"),
    CheckConstraint("adds_version IN (0, 1)", name="lifecycle_edges_adds_version_range"),
    has_rowid=False,
)

# One row per change of an aggregate. Each change refers to a declared edge and to the change before
# it, so that the chain of an aggregate has neither gaps nor forks.
HISTORY = table(
    "history",
    Column("position", BIG_INTEGER, Identity(always=True), nullable=False),
    required("lifecycle", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    required("seq", ORDINAL),
    previous_number("seq"),
    required("action", IDENTIFIER),
    required("from_state", STATE),
    required("to_state", IDENTIFIER),
    required("adds_version", NATURAL),
    required("version", NATURAL),
    required("previous_version", BIG_INTEGER, Computed("version - adds_version", persisted=True)),
    required("actor", ACTOR),
    required("reason", NONBLANK_TEXT),
    required("at", INSTANT),
    Column("request_id", IDENTIFIER),
    required("data", JSON_OBJECT),
    required("prev_hash", DIGEST_OR_EMPTY),
    required("hash", DIGEST),
    # The scheme of `hash`, and of the digests of the records that the change adds.
    required("digest_scheme", ORDINAL, server_default=text(str(FIRST_SCHEME))),
    PrimaryKeyConstraint("position", name="history_position").ddl_if(dialect="sqlite"),
    # PostgreSQL's primary key (see `ddl.py`); SQLite's is the position.
    UniqueConstraint("lifecycle", "entity_id", "seq", name="history_seq").ddl_if(dialect="sqlite"),
    UniqueConstraint(*REVISION_COLUMNS, name="history_revision"),
    key("history_edge", EDGE_COLUMNS, "lifecycle_edges", EDGE_COLUMNS),
    key("history_predecessor", PREDECESSOR_COLUMNS, "history", REVISION_COLUMNS),
    CheckConstraint(
        "CASE WHEN seq = 1 THEN from_state = '' AND prev_hash = '' AND previous_version = 0"
        " ELSE from_state <> '' AND prev_hash <> '' END",
        name="history_first_change",
    ),
)

# One row per idempotency key of an actor, with the result that a repeated request gets.
RECEIPTS = table(
    "receipts",
    required("owner", ACTOR),
    required("key", NONBLANK_TEXT),
    required("fingerprint", DIGEST),
    required("result", JSON_OBJECT),
    required("at", INSTANT),
    required("hash", DIGEST),
    PrimaryKeyConstraint("owner", "key", name="receipts_key"),
    has_rowid=False,
)


def rows_by(table: Table, *names: str) -> Select[*tuple[Any, ...]]:
    """Return the query of the rows whose columns equal the parameters of the same names."""
    conditions = [table.c[name] == bindparam(name) for name in names]
    return select(table).where(*conditions)


def page_by(table: Table, names: Sequence[str], order: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the query of the next `limit` rows whose first column in `order` is past `after`.

    The columns in `names` equal the parameters of the same names.
    """
    is_past = table.c[order[0]] > bindparam("after")
    ordering = [table.c[name] for name in order]
    return rows_by(table, *names).where(is_past).order_by(*ordering).limit(bindparam("limit"))


HEAD_TIMES = "CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END"


class HeadHistoryKey(Constraint):
    """The deferred foreign key from a head to its last change.

    SQLAlchemy's ForeignKeyConstraint cannot express it: the head of a host's own context may be in
    another schema and in another MetaData.
    """

    def __init__(self, name: str, counter: str, schema: str = SCHEMA) -> None:
        """Refer to the change by the head's columns; `counter` is the column of its version."""
        super().__init__(name=name)
        self.counter = counter
        self.revision_columns = ("lifecycle", "id", "seq", "status", counter, "hash")
        self.schema = schema


@compiles(HeadHistoryKey)
def _compile_head_history_key(key: HeadHistoryKey, compiler: DDLCompiler, **_: object) -> str:
    history = "history"
    if compiler.dialect.name != "sqlite":
        history = f"{key.schema}.history"

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
    """Return the columns and constraints of a table with the current row of each aggregate.

    `name` is the prefix of the constraints' names, by default the lifecycle's name. `version` is
    the column with the number of the current version; without it all aggregates are at version 0.
    `schema` is PostgreSQL's schema of indelible's own tables.
    """
    prefix = name or lifecycle.name
    if version is None:
        version = required("version", BIG_INTEGER, Computed("0", persisted=True))

    return (
        required("id", IDENTIFIER, primary_key=True),
        required("lifecycle", IDENTIFIER, Computed(f"'{lifecycle.name}'", persisted=True)),
        required("status", IDENTIFIER),
        required("seq", ORDINAL),
        version,
        required("hash", DIGEST),
        required("created_at", INSTANT),
        required("updated_at", INSTANT),
        HeadHistoryKey(f"{prefix}_history", version.name, schema),
        CheckConstraint(HEAD_TIMES, name=f"{prefix}_times"),
    )


def head(
    name: str, lifecycle: Lifecycle[StrEnum], *items: SchemaItem, version: Column[Any] | None = None
) -> Table:
    """Return the head table of one of indelible's own lifecycles."""
    common_items = head_columns(lifecycle, name=name, version=version)
    return table(name, *common_items, *items, has_rowid=False)


@frozen(kw_only=True)
class RecordDigest:
    """The comparison of a record's row with the change that added it.

    The primary key of `table` is the aggregate's id and the version's number. `change_field` names
    the field of the change's data that contains the row's digest, and `digest` computes it from the
    row and the change's digest scheme. `derived` computes the columns that no digest covers.

    Each change that adds a version adds the record. With `only_first`, only the aggregate's first
    change does, and it must add a version.
    """

    table: Table
    change_field: str
    digest: Callable[[Mapping[str, Any], int], str]
    derived: Callable[[Mapping[str, Any]], dict[str, Any]]
    only_first: bool = False

    def is_added_by(self, change: Change) -> bool:
        """Return whether a change of the record's lifecycle adds the record."""
        if self.only_first and change.seq > 1:
            return False
        return change.adds_version == 1

    def is_adding_change(self, lifecycle: str) -> ColumnElement[bool]:
        """Return the condition that a row of history is a change that adds the record."""
        conditions = [HISTORY.c.lifecycle == lifecycle, HISTORY.c.adds_version == 1]
        if self.only_first:
            conditions.append(HISTORY.c.seq == 1)
        return and_(*conditions)

    def is_of_change(self, change: FromClause = HISTORY) -> ColumnElement[bool]:
        """Return the condition that the record has the aggregate and the version of a change."""
        owner, number = self.table.primary_key.columns
        return and_(change.c.entity_id == owner, change.c.version == number)


def writable_columns(table: Table) -> list[Column[Any]]:
    """Return the columns that a write sets; the database computes the others."""
    writable: list[Column[Any]] = []
    for column in table.columns:
        if column.computed is None and column.identity is None:
            writable.append(column)

    return writable
