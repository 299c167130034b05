"""The document of a host's declaration: what `declarations` stores of a lifecycle.

It says what changes may do, and is the same for every database.
"""

from typing import Any, Final

from sqlalchemy import Column, Table

from indelible.kernel import to_json_value
from indelible.kernel.aggregates import Aggregate
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.declarations import Document, step_text
from indelible_sql.schema.entity_conditions import entity_checks, entity_guards
from indelible_sql.schema.guards import own_column_names
from indelible_sql.schema.version_numbers import document_part

DIALECT: Final = "postgresql"  # whose names of types and conditions the document has


def document_of(table: Table, entity: type[Aggregate]) -> Document:
    """Return the document of an aggregate, whose heads are in a table."""
    lifecycle = entity.lifecycle
    edges = sorted(
        [edge.from_state, edge.action, str(edge.to_state)] for edge in lifecycle.known_edges
    )
    conditions = {
        str(check.name): str(check.sqltext) for check in entity_checks(table.name, entity)
    }
    for guard in entity_guards(table, entity, DIALECT):
        conditions[guard.name] = guard.condition
    latest = {name: int(ahead.total_seconds()) for name, ahead in lifecycle.latest.items()}
    return {
        "edges": edges,
        "retired": sorted(step_text(edge) for edge in lifecycle.retired),
        "changes": {name: list(fields) for name, fields in (lifecycle.changes or {}).items()},
        "initial": to_json_value(dict(lifecycle.initial or {})),
        "latest_seconds": latest,
        "fields": {name: _column_text(table.c[name]) for name in own_column_names(table)},
        "conditions": conditions,
        "unique": [rule.name for rule in entity.one_per_parent],
        **document_part(entity.numbered_versions),
    }


def _column_text(column: Column[Any]) -> str:
    """Return the type of a column, and whether each row has a value of it."""
    text = column.type.compile(dialect=DIALECTS[DIALECT])
    return text if column.nullable else f"{text} required"
