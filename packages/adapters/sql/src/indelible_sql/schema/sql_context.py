"""The value by which a bounded context registers with the SQL adapter.

Generic code (schema, migrations, verify, rebuild, export, the stores) loops over these values and
names no context. A host registers its own contexts with the same value.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

from attrs import field, frozen
from sqlalchemy import Connection, Table

from indelible.kernel import Lifecycle, UsageError
from indelible.kernel.aggregates import Aggregate
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


class MappedHead(Protocol):
    """The part of a `HeadMapping` that a context registers."""

    @property
    def table(self) -> Table: ...
    @property
    def entity(self) -> type[Aggregate]: ...
    @property
    def record_tables(self) -> tuple[Table, ...]: ...
    @property
    def bulk_tables(self) -> tuple[BulkTable, ...]: ...
    def record_head_rules(self) -> tuple[RecordHeadRule, ...]: ...
    def digests(self) -> tuple[RecordDigest, ...]: ...


@frozen(kw_only=True, eq=False)
class DerivedHead:
    """A head that the context's own records move, instead of history.

    `replay` yields every row of the table, computed again from the records and read a page at a
    time. `rules` say which record may be inserted only while the head shows it.
    """

    table: Table
    replay: Callable[[Session], Iterator[Row]]
    rules: tuple[RecordHeadRule, ...] = ()


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

    Tables are created in the order heads, derived heads, task tables, records. Heads and records
    are in the order of the mappings, each after those at which its keys point.
    """

    # The context's name, and the transaction's attribute that holds its repositories.
    name: str

    # Whether `upgrade` of a store makes the tables with all guards. A host's own migrations make
    # those of its other contexts, and guard the heads.
    made_by_upgrade: bool = False

    # The aggregates, with the tables of their current rows and of what their changes add.
    mappings: tuple[MappedHead, ...] = ()
    # Current rows that follow from the context's records.
    derived_heads: tuple[DerivedHead, ...] = ()
    # Insert-only tables that no mapping has, or that are created before the other ones.
    _records: tuple[Table, ...] = field(default=(), alias="records")
    # Tables whose rows change without history, such as tasks; the context's own guards decide how.
    task_tables: tuple[Table, ...] = ()
    # Those of them, and of the records, that lose rows as far as the context's own guards allow.
    prunable_tables: tuple[Table, ...] = ()

    # The stages whose tasks belong to aggregates, each with its lifecycle; all others stand alone.
    # The context's own guards contain `task_entity_guard` for them.
    stages: Mapping[str, Lifecycle[StrEnum]] = field(factory=dict[str, Lifecycle[StrEnum]])

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

    def __attrs_post_init__(self) -> None:
        """Check that the tables, the stages and the rules fit each other.

        Raises:
            UsageError: They do not; each fault is on a line of its own.
        """
        faults = (*self._table_faults(), *self._lifecycle_faults(), *self._rule_faults())
        if faults:
            lines = "\n".join(faults)
            raise UsageError(f"context {self.name} has faults:\n{lines}")

    @cached_property
    def heads(self) -> Mapping[Table, Lifecycle[StrEnum]]:
        """Map each head to the lifecycle whose history moves it.

        A head comes after those at which its keys point.
        """
        lifecycles = {mapping.table: mapping.entity.lifecycle for mapping in self.mappings}
        return {table: lifecycles[table] for table in in_order_of_keys(lifecycles)}

    @cached_property
    def records(self) -> tuple[Table, ...]:
        """Return the insert-only tables, each after those at which its keys point."""
        others = [table for table in self._mapped_records() if table not in self._records]
        return in_order_of_keys((*self._records, *others))

    @cached_property
    def record_head_rules(self) -> tuple[RecordHeadRule, ...]:
        """Return which record may be inserted only while which head shows it."""
        of_mappings = (mapping.record_head_rules() for mapping in self.mappings)
        of_derived = (head.rules for head in self.derived_heads)
        return tuple(chain.from_iterable((*of_mappings, *of_derived)))

    @cached_property
    def digests(self) -> Mapping[Table, tuple[RecordDigest, ...]]:
        """Map each head to the records that its changes add, with the digests in the changes."""
        digests = {mapping.table: mapping.digests() for mapping in self.mappings}
        return {table: records for table, records in digests.items() if records}

    @cached_property
    def bulk(self) -> tuple[BulkTable, ...]:
        """Return the tables, among the records, to which one change of a head adds many rows."""
        return tuple(chain.from_iterable(mapping.bulk_tables for mapping in self.mappings))

    def _mapped_records(self) -> tuple[Table, ...]:
        return tuple(chain.from_iterable(mapping.record_tables for mapping in self.mappings))

    def _table_faults(self) -> Iterator[str]:
        mapped = self._mapped_records()
        unmapped = [table for table in self._records if table not in mapped]
        derived = [head.table for head in self.derived_heads]
        heads = [mapping.table for mapping in self.mappings]
        tables = Counter([*heads, *derived, *self.task_tables, *mapped, *unmapped])
        for table, count in tables.items():
            if count > 1:
                yield f"table {table.name} is registered twice"
        for table in self.prunable_tables:
            if table not in (*self.task_tables, *self._records):
                yield f"table {table.name} is prunable, and not among the task tables or records"

    def _lifecycle_faults(self) -> Iterator[str]:
        lifecycles = Counter(mapping.entity.lifecycle.name for mapping in self.mappings)
        for name, count in lifecycles.items():
            if count > 1:
                yield f"lifecycle {name} has two heads"
        for stage, lifecycle in self.stages.items():
            if lifecycle.name not in lifecycles:
                yield f"stage {stage} is of lifecycle {lifecycle.name}, which has no head"

    def _rule_faults(self) -> Iterator[str]:
        for head in self.derived_heads:
            for rule in head.rules:
                if rule.head is not head.table:
                    yield f"derived head {head.table.name} has a rule of {rule.head.name}"
                if rule.record not in self.records:
                    yield (
                        f"rule {rule.rule} of {head.table.name} is about {rule.record.name},"
                        " which is no record"
                    )


def in_order_of_keys(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Return the tables in their order, each after those at which its keys point.

    A deferred key may point at a table that comes later.
    """
    waiting = list(dict.fromkeys(tables))
    ordered: list[Table] = []
    while waiting:
        names = {table.fullname for table in waiting}
        ready = [table for table in waiting if not names & (_targets(table) - {table.fullname})]
        following = ready[0] if ready else waiting[0]
        ordered.append(following)
        waiting.remove(following)

    return tuple(ordered)


def _targets(table: Table) -> set[str]:
    """Return the full names of the tables at which keys point that are not deferred."""
    names: set[str] = set()
    for key in table.foreign_key_constraints:
        if not key.use_alter:
            names.update(element.target_fullname.rpartition(".")[0] for element in key.elements)

    return names
