"""References of a host's aggregates in SQL: foreign keys of PostgreSQL, and guards on SQLite.

SQLite checks keys only where the connection asks for it, cannot add or remove one of a table, and
does not name the one that refuses.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Table

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.references import Reference
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.tables import NOT_REPEATED

EVENTS = ("INSERT", "UPDATE")
TargetTables = Mapping[type[Any], Table]
NO_TARGETS: TargetTables = {}


def reference_keys(
    name: str, entity: type[Aggregate], targets: TargetTables
) -> Iterator[ForeignKeyConstraint]:
    """Yield the foreign keys of an aggregate's references, for its table of this name."""
    for reference in entity.references:
        target = f"{name}.id" if reference.target is None else targets[reference.target].c.id
        yield reference_key(name, reference, target)


def reference_key(
    name: str, reference: Reference, target: str | Column[Any]
) -> ForeignKeyConstraint:
    """Return the foreign key of a reference to a column, for the table of this name."""
    key_name = key_of(name, reference)
    key = ForeignKeyConstraint(
        [reference.field], [target], name=key_name, info={NOT_REPEATED: True}
    )
    return key.ddl_if(dialect="postgresql")


def reference_guards(table: Table, entity: type[Aggregate]) -> Iterator[Guard]:
    """Yield SQLite's guards of the references of an aggregate."""
    for reference in entity.references:
        name = reference.field
        target = target_table(table, reference)
        is_itself = f" OR NEW.{name} = NEW.id" if reference.target is None else ""
        for event in EVENTS:
            yield Guard(
                table=table,
                rule=f"{name}_exists_on_{event.lower()}",
                event=event,
                condition=(
                    f"NEW.{name} IS NULL{is_itself}"
                    f" OR EXISTS (SELECT 1 FROM main.{target.name} AS target"
                    f" WHERE target.id = NEW.{name})"
                ),
            )


def reports_of_references(table: Table, entity: type[Aggregate]) -> dict[str, Reference]:
    """Return the references by the names under which the databases report an unknown id."""
    reports: dict[str, Reference] = {}
    for reference in entity.references:
        reports[key_of(table.name, reference)] = reference
        for event in EVENTS:
            reports[f"{table.name}_{reference.field}_exists_on_{event.lower()}"] = reference
    return reports


def key_of(table_name: str, reference: Reference) -> str:
    """Return the name of the foreign key of a reference."""
    return f"{table_name}_{reference.field}_reference"


def target_table(table: Table, reference: Reference) -> Table:
    """Return the table that a reference of a table points at."""
    for key in table.foreign_key_constraints:
        if key.name == key_of(table.name, reference):
            return key.referred_table
    raise LookupError(f"{table.name} has no key of {reference.field}")


def unknown_targets(table: Table, name: str, reference: Reference, columns: str = "id") -> str:
    """Return the query of the rows of a table, called `name`, whose target does not exist."""
    target = target_table(table, reference).name
    qualified = f"{name.rpartition('.')[0]}.{target}" if "." in name else target
    return (
        f"SELECT {columns} FROM {name} AS source WHERE source.{reference.field} IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {qualified} AS target"
        f" WHERE target.id = source.{reference.field})"
    )
