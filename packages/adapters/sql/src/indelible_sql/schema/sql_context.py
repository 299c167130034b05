"""The value by which a bounded context registers with the SQL adapter.

Generic code (schema, migrations, verify, rebuild, export, the stores) loops over these values and
names no context. A host registers its own contexts with the same value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, Table

from indelible.kernel import Lifecycle
from indelible.kernel.settings import ConfigKey
from indelible_sql.engine.session import Row, Session
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.findings import Finding
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.guards import RecordHeadRule
from indelible_sql.schema.tables import RecordDigest


def no_guards(_: str) -> Iterable[Guard]:
    """Return no guard: the context has none beside those that every head and record has."""
    return ()


def no_ddl(_: str) -> Iterable[str]:
    """Return no statement: the context needs nothing but its tables and guards."""
    return ()


def no_findings(_: Session) -> Iterable[Finding]:
    """Return no finding: the generic checks cover all tables of the context."""
    return ()


@frozen(kw_only=True, eq=False)
class DerivedHead:
    """A head that the context's own records move, instead of history.

    `replay` yields every row of the table, computed again from the records and read a page at a
    time.
    """

    table: Table
    replay: Callable[[Session], Iterator[Row]]


TableRow = tuple[Table, Row]


@frozen(kw_only=True, eq=False)
class RecordExport:
    """The rows outside history that travel in an export, as they are stored.

    `rows` yields them in the order of the export. `check` passes the rows of an export on, and
    raises ValueError at the first that does not follow from those before it. `save` writes rows and
    yields, for each record, whether it was written; false means that the same one was there.
    Every row of `hashed` has a hash, which tells a downgrade whether the row was exported.
    """

    tables: tuple[Table, ...]
    hashed: tuple[Table, ...]
    rows: Callable[[Session], Iterator[TableRow]]
    check: Callable[[Iterator[TableRow]], Iterator[TableRow]]
    save: Callable[[Session, Iterator[TableRow]], Iterator[bool]]


@frozen(kw_only=True, eq=False)
class SqlContext:
    """The registration of one bounded context with the SQL adapter.

    Tables are created in the order heads, derived heads, task tables, records; a foreign key that
    is not deferred points at a table that is created before its own.
    """

    # The context's name, and the transaction's attribute that holds its repositories.
    name: str

    # Current rows of aggregates, each with the lifecycle whose history moves it.
    heads: Mapping[Table, Lifecycle[StrEnum]] = field(factory=dict[Table, Lifecycle[StrEnum]])
    # Current rows that follow from the context's records.
    derived_heads: tuple[DerivedHead, ...] = ()
    # Insert-only tables.
    records: tuple[Table, ...] = ()
    # Tables whose rows change without history, such as tasks; the context's own guards decide how.
    task_tables: tuple[Table, ...] = ()
    # Those of them that lose rows, as far as the context's own guards allow.
    prunable_tables: tuple[Table, ...] = ()

    # The stages whose tasks belong to aggregates, each with its lifecycle; all others stand alone.
    # The context's own guards contain `task_entity_guard` for them.
    stages: Mapping[str, Lifecycle[StrEnum]] = field(factory=dict[str, Lifecycle[StrEnum]])

    # Which record may be inserted only while which head shows it.
    record_head_rules: tuple[RecordHeadRule, ...] = ()
    # The records that a change of a head adds, with the digests that the change keeps of them.
    digests: Mapping[Table, tuple[RecordDigest, ...]] = field(
        factory=dict[Table, tuple[RecordDigest, ...]]
    )
    # The tables, among the records, to which one change of a head adds many rows.
    bulk: tuple[BulkTable, ...] = ()
    # The context's own guards for a dialect ("sqlite" or "postgresql"), beside the generic ones.
    guards: Callable[[str], Iterable[Guard]] = no_guards
    # The column types that no other context registers.
    domains: tuple[Domain, ...] = ()
    # Statements for a dialect that create what is neither table nor guard, in the placeholder
    # schema SCHEMA, which `in_schema` replaces.
    extra_ddl: Callable[[str], Iterable[str]] = no_ddl
    # PostgreSQL functions, beside the guards', that belong to the schema's digest.
    functions: tuple[str, ...] = ()
    # LIKE patterns of indexes that differ from database to database and are left out of the
    # schema's digest.
    optional_indexes: tuple[str, ...] = ()
    # Runs after each upgrade of a PostgreSQL schema, with the owner's connection and the schema's
    # name.
    after_upgrade: Callable[[Connection, str], None] | None = None
    # Maps the functions that `after_upgrade` would repair to "missing" or "broken".
    function_faults: Callable[[Connection, str], Mapping[str, str]] | None = None

    # The context's settings by name.
    settings: Mapping[str, ConfigKey[Any]] = field(factory=dict[str, ConfigKey[Any]])

    # How the rows outside history travel in an export.
    record_export: RecordExport | None = None
    # Checks of `verify` beside the generic ones.
    verify: Callable[[Session], Iterable[Finding]] = no_findings

    # Make the context's repositories for a read transaction, and for a write transaction.
    open_reader: Callable[[Any], object] | None = None
    open_writer: Callable[[Any], object] | None = None
    # Runs before the COMMIT of a write transaction; raises to roll it back.
    before_commit: Callable[[Any], None] | None = None
