"""The statements that create the schema in an empty database, written from a catalog."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, ForeignKeyConstraint, Index, Table, make_url
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, ExecutableDDLElement

from indelible.kernel import Lifecycle
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import JsonDomain
from indelible_sql.schema.database_time import DATABASE_TIME_FUNCTION
from indelible_sql.schema.feed import FEED_END_FUNCTION, HOLD_FEED
from indelible_sql.schema.guard import statements
from indelible_sql.schema.json_rules import IS_WITHIN_FUNCTION
from indelible_sql.schema.tables import EDGE_COLUMNS, EDGES

DIALECTS: Mapping[str, Dialect] = {
    name: make_url(f"{name}://").get_dialect()() for name in ("postgresql", "sqlite")
}

# SQLAlchemy knows one primary key of a table, which is SQLite's. Replication needs one here too.
HISTORY_KEY = (
    "ALTER TABLE indelible.history"
    " ADD CONSTRAINT history_seq PRIMARY KEY (lifecycle, entity_id, seq)"
)
# SQLAlchemy has no type xid8. The number of the transaction tells whether a COMMIT whose reply was
# lost took effect, and is no part of the feed's order. SQLite has no such numbers.
TXID = (
    "ALTER TABLE indelible.history ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE UNIQUE INDEX history_feed ON indelible.history (position)",
)
# The filters of the feed. In each index the changes of a value are in the order of the feed. The
# lifecycle is indexed as an expression, which only the feed's filter uses: with the bare column, a
# connection that began with an empty database would look up single changes in this index, and
# read every change of their lifecycle.
FILTERED_EXPRESSIONS: Mapping[str, str] = {
    "lifecycle": "(lifecycle || '')",
    "actor": "actor",
    "action": "action",
    "at": "at",
}


@lru_cache(maxsize=2)
def baseline(catalog: Catalog, dialect: str) -> Sequence[str]:
    """Return every statement that makes the schema, compiled once.

    To compile them takes a third of the processor time of a migration on SQLite, and a process that
    makes many databases, as tests do, makes them from the same catalog.
    """
    return tuple(ddl(catalog, dialect))


def ddl(catalog: Catalog, dialect: str) -> Iterator[str]:
    """Yield every statement that makes the schema.

    PostgreSQL's names are in the placeholder schema SCHEMA, which `in_schema` replaces.
    """
    if dialect == "sqlite":
        yield from _tables(catalog, dialect)
        yield from _filter_indexes("history", "position")
        yield from _edges(catalog, "")
    else:
        for domain in catalog.domains:
            yield domain.create(domain.native.compile(dialect=DIALECTS[dialect]))
        yield IS_WITHIN_FUNCTION
        yield DATABASE_TIME_FUNCTION
        for domain in catalog.domains:
            if isinstance(domain, JsonDomain):
                yield domain.create_limits()
        yield from _tables(catalog, dialect)
        yield from _late_keys(catalog, dialect)
        yield HISTORY_KEY
        yield from TXID
        yield from _filter_indexes("indelible.history", "position")
        yield from _edges(catalog, f"{SCHEMA}.")
        yield FEED_END_FUNCTION
        yield from HOLD_FEED

    yield from statements(catalog.guards(dialect), dialect)
    for context in catalog.contexts:
        yield from context.extra_ddl(dialect)


def edge_rows(lifecycle: Lifecycle[StrEnum], prefix: str) -> str:
    """Return the statement that declares a lifecycle's edges.

    `prefix` qualifies the table's name.
    """
    rows: list[str] = []
    for edge in lifecycle.known_edges:
        texts = (lifecycle.name, edge.from_state, edge.action, edge.to_state)
        quoted_texts = ", ".join(f"'{text}'" for text in texts)
        rows.append(f"({quoted_texts}, {edge.adds_version})")

    columns = ", ".join(EDGE_COLUMNS)
    return f"INSERT INTO {prefix}{EDGES.name} ({columns}) VALUES {', '.join(rows)}"


def _edges(catalog: Catalog, prefix: str) -> Iterator[str]:
    for lifecycle in catalog.heads.values():
        yield edge_rows(lifecycle, prefix)


def _filter_indexes(table: str, order: str) -> Iterator[str]:
    for name, expression in FILTERED_EXPRESSIONS.items():
        yield f"CREATE INDEX history_by_{name} ON {table} ({expression}, {order})"


def _tables(catalog: Catalog, dialect: str) -> Iterator[str]:
    for table in catalog.tables:
        yield compiled(CreateTable(table), dialect)
        for index in sorted(table.indexes, key=_index_name):
            yield compiled(CreateIndex(index), dialect)


def _late_keys(catalog: Catalog, dialect: str) -> Iterator[str]:
    """Yield PostgreSQL's keys that point at tables created later.

    SQLite has them in its tables already.
    """
    for key in sorted(_keys_to_alter(catalog.tables), key=_key_name):
        yield compiled(AddConstraint(key, isolate_from_table=False), dialect)


def _keys_to_alter(tables: tuple[Table, ...]) -> Iterator[ForeignKeyConstraint]:
    for table in tables:
        for key in table.foreign_key_constraints:
            if key.use_alter:
                yield key


def _index_name(index: Index) -> str:
    return str(index.name)


def _key_name(key: ForeignKeyConstraint) -> str:
    return str(key.name)


def compiled(element: ExecutableDDLElement, dialect: str) -> str:
    """Return a statement of DDL as text, in the placeholder schema SCHEMA on PostgreSQL."""
    options: dict[str, Any] = {"dialect": DIALECTS[dialect]}
    if dialect == "sqlite":
        options["schema_translate_map"] = {SCHEMA: None}

    text = str(element.compile(**options)).replace(f"__[SCHEMA_{SCHEMA}].", "")
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
