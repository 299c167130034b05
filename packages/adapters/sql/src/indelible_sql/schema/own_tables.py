"""The table of a host's own aggregate, and its guards: both follow from the declaration."""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve
from sqlalchemy import CheckConstraint, Index, MetaData, Table
from sqlalchemy.schema import SchemaItem

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.conditions import Condition, WithConditions
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.declarations import RETIRED_RULE, step_text
from indelible_sql.schema.defaults import add_defaults
from indelible_sql.schema.entity_columns import entity_columns
from indelible_sql.schema.entity_conditions import entity_checks, entity_guards
from indelible_sql.schema.finder_indexes import finder_indexes
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.references import (
    EVENTS,
    NO_TARGETS,
    TargetTables,
    reference_guards,
    reference_keys,
)
from indelible_sql.schema.tables import HISTORY, domain_checks, head_columns, inline_checks

MAX_NAME_BYTES: Final = 63  # PostgreSQL cuts longer names off


def own_table(
    name: str,
    entity: type[Aggregate],
    filters: Iterable[str],
    *,
    schema: str,
    targets: TargetTables = NO_TARGETS,
) -> Table:
    """Return the table of an aggregate, with an index for each filter of its lists and finder.

    It is in the host's own schema; `schema` is the one of indelible's tables. `targets` are the
    tables of the aggregates that it refers to.
    """
    own_columns = entity_columns(entity)
    add_defaults(entity, own_columns)
    head = head_columns(entity.lifecycle, name=name, schema=schema)
    items: tuple[SchemaItem, ...] = (*head, *own_columns)
    indexed = tuple(dict.fromkeys(("created_at", *filters)))  # a list begins with the newest
    indexes = [Index(f"{name}_by_{field}", field, "id") for field in indexed]
    indexes.extend(finder_indexes(name, entity, indexed))
    return Table(
        name,
        MetaData(),
        *items,
        *domain_checks(name, items),
        *inline_checks(name, items),
        *checks_on_postgresql(name, entity),
        *one_per_parent_indexes(name, entity),
        *reference_keys(name, entity, targets),
        *indexes,
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def own_guards(table: Table, entity: type[Aggregate], dialect: str) -> Iterator[Guard]:
    """Yield the guards of an aggregate's conditions, beside those that every head has."""
    for guard in entity_guards(table, entity, dialect):
        if guard.table is HISTORY:
            # The names of the guards on history are those of all contexts.
            yield evolve(guard, rule=f"{guard.rule}_of_{table.name}")
        else:
            yield guard
    if entity.lifecycle.retired:
        yield _retired_guard(table, entity, dialect)
    if dialect == "sqlite":
        yield from guards_of_checks(table, entity)
        yield from reference_guards(table, entity)


def long_names(tables: Iterable[Table], guards: Iterable[Guard]) -> Iterator[str]:
    """Yield the names of parts of tables that PostgreSQL would cut off."""
    names = {guard.name for guard in guards}
    for table in tables:
        names.add(table.name)
        names.update(str(index.name) for index in table.indexes)
        names.update(str(constraint.name) for constraint in table.constraints if constraint.name)
    for name in sorted(names):
        if len(name.encode()) > MAX_NAME_BYTES:
            yield name


def _retired_guard(table: Table, entity: type[Aggregate], dialect: str) -> Guard:
    """Return the guard of history that refuses a retired edge from the time of its retirement on.

    An older change, which an import writes, may take it: the stored declaration of the change's
    time decides.
    """
    lifecycle = entity.lifecycle
    step = "NEW.from_state || ' ' || NEW.action"
    is_retired_now = (
        f"NEW.lifecycle = '{lifecycle.name}'"
        f" AND {step} IN ({quoted(step_text(edge) for edge in lifecycle.retired)})"
    )
    if dialect == "sqlite":
        is_retired = (
            "EXISTS (SELECT 1 FROM json_each(declared.document, '$.retired') AS retired"
            f" WHERE retired.value = {step})"
        )
    else:
        is_retired = f"declared.document -> 'retired' @> to_jsonb({step})"
    was_retired = (
        f"SELECT {is_retired} FROM {qualified_name(DECLARATIONS, dialect)} AS declared"
        " WHERE declared.lifecycle = NEW.lifecycle AND declared.declared_at <= NEW.at"
        " ORDER BY declared.declared_at DESC LIMIT 1"
    )
    return Guard(
        table=HISTORY,
        rule=f"{RETIRED_RULE}_{table.name}",
        event="INSERT",
        condition=f"NOT ({is_retired_now}) OR NOT coalesce(({was_retired}), FALSE)",
        row_filter=is_retired_now,
    )


def checks_on_postgresql(name: str, entity: type[WithConditions]) -> tuple[CheckConstraint, ...]:
    """Return the CHECKs of the conditions; SQLite, which cannot change a CHECK, has guards."""
    checks = entity_checks(name, entity)
    for check in checks:
        check.ddl_if(dialect="postgresql")
    return checks


def guards_of_checks(
    table: Table, entity: type[WithConditions], events: Iterable[str] = EVENTS
) -> Iterator[Guard]:
    """Yield SQLite's guards of the conditions that every row must fulfill."""
    columns = [column.name for column in table.columns if column.computed is None]
    row = ", ".join(f"NEW.{name} AS {name}" for name in columns)
    checks = entity_checks(table.name, entity, dialect="sqlite")
    texts = {str(check.name): str(check.sqltext) for check in checks}
    for condition in entity.conditions:
        if not isinstance(condition, Condition):
            continue
        text = texts[f"{table.name}_{condition.name}"]
        for event in events:
            yield Guard(
                table=table,
                rule=f"{condition.name}_on_{event.lower()}",
                event=event,
                # As in a CHECK, a comparison with nothing is fulfilled.
                condition=f"SELECT coalesce({text}, TRUE) FROM (SELECT {row})",
            )
