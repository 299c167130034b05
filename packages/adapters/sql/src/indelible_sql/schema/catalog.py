"""All tables and guards of some contexts.

The declarations from which every statement of DDL is written.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Any

from attrs import field, frozen
from sqlalchemy import Table

from indelible.kernel import Lifecycle, UsageError
from indelible.kernel.conditions import NamesActor
from indelible.kernel.settings import ConfigKey
from indelible_sql.schema.bulk import BulkTable, bulk_guards
from indelible_sql.schema.columns import KERNEL_DOMAINS, Domain
from indelible_sql.schema.database_time import DATABASE_TIME
from indelible_sql.schema.feed import FEED_END_FUNCTION_NAME
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.guards import (
    edge_guards,
    head_guards,
    own_column_names,
    record_guards,
    record_head_guard,
)
from indelible_sql.schema.json_rules import IS_WITHIN
from indelible_sql.schema.schema_names import SHARED_PREFIXES, FactNames, SchemaNames
from indelible_sql.schema.sql_context import DerivedHead, SqlContext
from indelible_sql.schema.tables import EDGES, HISTORY, RecordDigest


@frozen(eq=False, slots=False)
class Catalog:
    """The contexts of a store, with their declarations joined in the order of registration."""

    _contexts: tuple[SqlContext, ...] = field(alias="contexts")

    def __attrs_post_init__(self) -> None:
        """Check that no two contexts have the same name, table or lifecycle.

        Raises:
            UsageError: Two have; each fault is on a line of its own.
        """
        self._check_shared_names((), {})

    def _check_shared_names(self, taken: Iterable[str], owners: Mapping[str, str]) -> None:
        """Check the contexts against each other, and against names of contexts outside them."""
        faults = tuple(_shared_names(self._contexts, taken, owners))
        if faults:
            lines = "\n".join(faults)
            raise UsageError(f"the contexts of a store have faults:\n{lines}")

    @property
    def contexts(self) -> tuple[SqlContext, ...]:
        """Return the contexts in the order of registration."""
        return self._contexts

    @property
    def used_contexts(self) -> tuple[SqlContext, ...]:
        """Return the contexts that a transaction may have used."""
        return self.contexts

    def find(self, name: str) -> SqlContext | None:
        """Return the context of this name."""
        return self.context_by_name.get(name)

    def extended(self, contexts: tuple[SqlContext, ...]) -> "Catalog":
        """Return the catalog with more contexts.

        Raises:
            UsageError: Two contexts have the same name, table or lifecycle.
        """
        return Catalog((*self.contexts, *contexts))

    @cached_property
    def names(self) -> SchemaNames:
        """Return the names of what the contexts register."""
        owners: dict[str, str] = {}
        stages: dict[str, str] = {}
        settings: dict[str, str] = {}
        for context in self.contexts:
            owners.update(dict.fromkeys(_registered(context), context.name))
            stages.update(dict.fromkeys(context.stages, context.name))
            settings.update(dict.fromkeys(context.settings, context.name))

        return SchemaNames(
            facts=self._fact_names(),
            updatable=tuple(table.name for table in self.updatable_tables),
            prunable=tuple(table.name for table in self.prunable_tables),
            owners=owners,
            stages=stages,
            settings=settings,
        )

    def _fact_names(self) -> FactNames:
        functions = [DATABASE_TIME, IS_WITHIN, FEED_END_FUNCTION_NAME]
        optional_indexes: list[str] = []
        for context in self.contexts:
            functions += context.functions
            optional_indexes += context.optional_indexes

        return FactNames(
            tables=tuple(table.name for table in self.tables),
            guards=tuple(self._history_guards()),
            lifecycles=tuple(lifecycle.name for lifecycle in self.heads.values()),
            functions=tuple(functions),
            optional_indexes=tuple(optional_indexes),
        )

    def _history_guards(self) -> Iterator[str]:
        """Yield the names of the guards on history that begin with a shared prefix."""
        needs, keeps_fields, declares_data, names_actor, _ = SHARED_PREFIXES
        for context in self.contexts:
            for mapping in context.mappings:
                for prefix in (needs, keeps_fields, declares_data):
                    yield f"{prefix}{mapping.table.name}"
                for condition in mapping.entity.conditions:
                    if isinstance(condition, NamesActor):
                        yield f"{names_actor}{condition.field}"

    @cached_property
    def context_by_name(self) -> Mapping[str, SqlContext]:
        """Map each context's name to the context."""
        return {context.name: context for context in self.contexts}

    @cached_property
    def heads(self) -> Mapping[Table, Lifecycle[StrEnum]]:
        """Return every head that history moves, with its lifecycle."""
        heads: dict[Table, Lifecycle[StrEnum]] = {}
        for context in self.contexts:
            heads.update(context.heads)
        return heads

    @cached_property
    def heads_by_lifecycle(self) -> Mapping[str, Table]:
        """Map each lifecycle's name to its head."""
        return {lifecycle.name: head for head, lifecycle in self.heads.items()}

    @cached_property
    def derived_heads(self) -> tuple[DerivedHead, ...]:
        """Return every head that records move."""
        return tuple(chain.from_iterable(context.derived_heads for context in self.contexts))

    @cached_property
    def records(self) -> tuple[Table, ...]:
        """Return every insert-only table."""
        return tuple(chain.from_iterable(context.records for context in self.contexts))

    @cached_property
    def sealed_records(self) -> tuple[Table, ...]:
        """Return the insert-only tables with hashes that no change contains: seals list them."""
        in_changes: set[Table] = {HISTORY}
        for digests in self.digests.values():
            in_changes.update(digest.table for digest in digests)

        sealed: list[Table] = []
        for record in self.records:
            is_seal = "prev_hash" in record.columns
            if "hash" in record.columns and not is_seal and record not in in_changes:
                sealed.append(record)
        return tuple(sealed)

    @cached_property
    def task_tables(self) -> tuple[Table, ...]:
        """Return every table whose rows change without history."""
        return tuple(chain.from_iterable(context.task_tables for context in self.contexts))

    @cached_property
    def prunable_tables(self) -> tuple[Table, ...]:
        """Return every table that loses rows."""
        return tuple(chain.from_iterable(context.prunable_tables for context in self.contexts))

    @cached_property
    def updatable_tables(self) -> tuple[Table, ...]:
        """Return every table whose rows may change: heads, derived heads and task tables."""
        derived = tuple(head.table for head in self.derived_heads)
        return (*self.heads, *derived, *self.task_tables)

    @cached_property
    def stages(self) -> Mapping[str, Lifecycle[StrEnum]]:
        """Map each stage whose tasks belong to aggregates to their lifecycle."""
        stages: dict[str, Lifecycle[StrEnum]] = {}
        for context in self.contexts:
            stages.update(context.stages)
        return stages

    @cached_property
    def digests(self) -> Mapping[Table, tuple[RecordDigest, ...]]:
        """Map each head to the records that its changes add."""
        digests: dict[Table, tuple[RecordDigest, ...]] = {}
        for context in self.contexts:
            digests.update(context.digests)
        return digests

    @cached_property
    def bulk(self) -> tuple[BulkTable, ...]:
        """Return every table of bulk records."""
        return tuple(chain.from_iterable(context.bulk for context in self.contexts))

    @cached_property
    def data_keys(self) -> Mapping[str, frozenset[str]]:
        """Map each lifecycle's name to all keys that the data of its changes may have."""
        keys_by_lifecycle: dict[str, frozenset[str]] = {}
        for head, lifecycle in self.heads.items():
            keys = {*lifecycle.data_keys, *own_column_names(head)}
            keys.update(digest.change_field for digest in self.digests.get(head, ()))
            keys.update(bulk.record.record_name for bulk in self.bulk if bulk.head is head)
            keys_by_lifecycle[lifecycle.name] = frozenset(keys)
        return keys_by_lifecycle

    @cached_property
    def settings(self) -> Mapping[str, ConfigKey[Any]]:
        """Map each setting's name to its key."""
        keys: dict[str, ConfigKey[Any]] = {}
        for context in self.contexts:
            keys.update(context.settings)
        return keys

    @cached_property
    def domains(self) -> tuple[Domain, ...]:
        """Return every column type: the kernel's, then the contexts' own."""
        own = chain.from_iterable(context.domains for context in self.contexts)
        return (*KERNEL_DOMAINS, *own)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Return every table in the order of creation: first those that all heads point at."""
        tables = [EDGES, HISTORY]
        for context in self.contexts:
            tables += context.heads
            tables += [head.table for head in context.derived_heads]
            tables += context.task_tables
            tables += [record for record in context.records if record is not HISTORY]
        return tuple(tables)

    def guards(self, dialect: str) -> Iterator[Guard]:
        """Yield every guard for a dialect."""
        yield from edge_guards(dialect)
        for context in self.contexts:
            yield from self.context_guards(context, dialect)

    def context_guards(self, context: SqlContext, dialect: str) -> Iterator[Guard]:
        """Yield every guard of one of the contexts for a dialect."""
        for record in context.records:
            is_prunable = record in context.prunable_tables
            yield from record_guards(record, dialect, is_prunable=is_prunable)
        for bulk in context.bulk:
            yield from bulk_guards(bulk, dialect)
        for rule in context.record_head_rules:
            yield record_head_guard(rule, dialect)
        for head, lifecycle in context.heads.items():
            keys = self.data_keys[lifecycle.name]
            yield from head_guards(head, lifecycle, dialect, data_keys=keys)
        for derived in context.derived_heads:
            yield from head_guards(derived.table, None, dialect)
        yield from context.guards(dialect)


def _shared_names(
    contexts: Collection[SqlContext], taken: Iterable[str], owners: Mapping[str, str]
) -> Iterator[str]:
    """Yield the tables and the lifecycles that two contexts register, and names that two have.

    `taken` are the names of other contexts; `owners` map what these register to their names.
    """
    names = Counter([*taken, *(context.name for context in contexts)])
    for name, count in names.items():
        if count > 1:
            yield f"context {name} is registered twice"

    known = dict(owners)
    for context in contexts:
        for subject in _registered(context):
            owner = known.setdefault(subject, context.name)
            if owner != context.name:
                yield f"{subject} is registered by contexts {owner} and {context.name}"


def _registered(context: SqlContext) -> Iterator[str]:
    """Yield what a context registers and no other context may."""
    for table, lifecycle in context.heads.items():
        yield f"table {table.name}"
        yield f"lifecycle {lifecycle.name}"
    derived = [head.table for head in context.derived_heads]
    for table in (*derived, *context.task_tables, *context.records):
        yield f"table {table.name}"
