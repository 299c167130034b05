"""The registration of a host's context: its table, guards and repository from the declaration."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, Text, text

from indelible.kernel import UsageError
from indelible.kernel.contexts import AnyContext
from indelible.kernel.references import references_of_record
from indelible.kernel.repository import Repository
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session import Session
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.own_records import own_record_guards, own_record_tables
from indelible_sql.schema.own_tables import long_names, own_guards, own_table
from indelible_sql.schema.references import NO_TARGETS, TargetTables, unknown_targets
from indelible_sql.schema.sql_context import SqlContext


def own_context(
    context: AnyContext, *, schema: str = SCHEMA, targets: TargetTables = NO_TARGETS
) -> SqlContext:
    """Return the registration of a context; `schema` is the one of indelible's own tables.

    `targets` are the tables of the aggregates that the context's own refers to.

    Raises:
        UsageError: PostgreSQL would cut off a name; all of them are named.
    """
    entity = context.aggregate
    table = own_table(context.name, entity, context.filters, schema=schema, targets=targets)
    records = own_record_tables(table, entity, targets)
    mapping: HeadMapping[Any] = HeadMapping(table=table, entity=entity, bulk=records)

    def repository(tx: Any) -> Repository[Any]:
        return Repository(SqlAggregateRepository(tx.session, mapping))

    registration = SqlContext(
        name=context.name,
        made_by_upgrade=True,
        mappings=(mapping,),
        guards=partial(_guards, mapping),
        verify=partial(_unknown_targets, mapping),
        open_reader=repository,
        open_writer=repository,
    )
    catalog = Catalog((registration,))
    guards: list[Guard] = []
    for dialect in DIALECTS:
        guards.extend(catalog.context_guards(registration, dialect))
    names = list(long_names((table, *records.values()), guards))
    if names:
        raise UsageError(
            f"context {context.name} has names of more than 63 characters: {', '.join(names)}"
        )
    return registration


def _guards(mapping: HeadMapping[Any], dialect: str) -> Iterator[Guard]:
    """Yield the guards of a context's table, then those of its records."""
    yield from own_guards(mapping.table, mapping.entity, dialect)
    for bulk in mapping.bulk_tables:
        yield from own_record_guards(bulk, dialect)


def _unknown_targets(mapping: HeadMapping[Any], session: Session) -> Iterator[Finding]:
    """Yield the heads that refer to an aggregate which does not exist."""
    name = qualified_name(mapping.table, session.dialect.name)
    for reference in mapping.entity.references:
        query = text(unknown_targets(mapping.table, name, reference)).columns(id=Text())
        for row in session.rows(query, {}):
            yield Finding(
                fault=Fault.HEAD,
                table=mapping.table.name,
                entity_id=row["id"],
                detail=f"field {reference.field} has an unknown id",
            )
    for bulk in mapping.bulk_tables:
        yield from _unknown_targets_of_rows(bulk, session)


def _unknown_targets_of_rows(bulk: BulkTable, session: Session) -> Iterator[Finding]:
    """Yield the rows of a record that refer to an aggregate which does not exist."""
    name = qualified_name(bulk.table, session.dialect.name)
    for reference in references_of_record(bulk.record):
        query = text(unknown_targets(bulk.table, name, reference, "entity_id, seq"))
        for row in session.rows(query.columns(entity_id=Text(), seq=BigInteger()), {}):
            yield Finding(
                fault=Fault.RECORD,
                table=bulk.table.name,
                entity_id=row["entity_id"],
                seq=row["seq"],
                detail=f"field {reference.field} has an unknown id",
            )
