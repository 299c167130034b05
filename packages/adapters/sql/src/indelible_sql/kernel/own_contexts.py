"""The registration of a host's context: its table, guards and repository from the declaration."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Text, text

from indelible.kernel import UsageError
from indelible.kernel.contexts import AnyContext
from indelible.kernel.repository import Repository
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session import Session
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.guard import Guard, qualified_name
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
    mapping: HeadMapping[Any] = HeadMapping(table=table, entity=entity)

    def repository(tx: Any) -> Repository[Any]:
        return Repository(SqlAggregateRepository(tx.session, mapping))

    registration = SqlContext(
        name=context.name,
        made_by_upgrade=True,
        mappings=(mapping,),
        guards=lambda dialect: own_guards(table, entity, dialect),
        verify=partial(_unknown_targets, mapping),
        open_reader=repository,
        open_writer=repository,
    )
    catalog = Catalog((registration,))
    guards: list[Guard] = []
    for dialect in DIALECTS:
        guards.extend(catalog.context_guards(registration, dialect))
    names = list(long_names(table, guards))
    if names:
        raise UsageError(
            f"context {context.name} has names of more than 63 characters: {', '.join(names)}"
        )
    return registration


def _unknown_targets(mapping: HeadMapping[Any], session: Session) -> Iterator[Finding]:
    """Yield the heads that refer to an aggregate which does not exist."""
    name = qualified_name(mapping.table, session.connection.dialect.name)
    for reference in mapping.entity.references:
        query = text(unknown_targets(mapping.table, name, reference)).columns(id=Text())
        for row in session.rows(query, {}):
            yield Finding(
                fault=Fault.HEAD,
                table=mapping.table.name,
                entity_id=row["id"],
                detail=f"field {reference.field} has an unknown id",
            )
