"""The document of a host's declaration: what `declarations` stores of a lifecycle.

It says what changes may do, and is the same for every database.
"""

from typing import Any, Final

from sqlalchemy import Column

from indelible.kernel import to_json_value
from indelible.kernel.bulk import json_defaults
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.ddl import DIALECTS
from indelible_sql.schema.declarations import Document, step_text
from indelible_sql.schema.entity_conditions import entity_checks, entity_guards
from indelible_sql.schema.guards import own_column_names
from indelible_sql.schema.own_records import most_rows
from indelible_sql.schema.sql_context import MappedHead
from indelible_sql.schema.version_numbers import document_part

DIALECT: Final = "postgresql"  # whose names of types and conditions the document has


def document_of(mapping: MappedHead) -> Document:
    """Return the document of an aggregate; one without records says nothing of them."""
    table = mapping.table
    entity = mapping.entity
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
    document: dict[str, Any] = {
        "table": table.name,
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
    records = {bulk.record.record_name: _record_of(bulk) for bulk in mapping.bulk_tables}
    if records:
        document["records"] = records
    return document


def _record_of(bulk: BulkTable) -> dict[str, Any]:
    """Return what a document says about a record: who appends it, and what it holds."""
    checks = entity_checks(bulk.table.name, bulk.record)
    return {
        "table": bulk.table.name,
        "actions": sorted(bulk.actions),
        "most_rows": most_rows(bulk),
        "fields": {column.name: _column_text(column) for column in bulk.own_columns},
        "defaults": to_json_value(dict(json_defaults(bulk.record))),
        "conditions": {str(check.name): str(check.sqltext) for check in checks},
    }


def _column_text(column: Column[Any]) -> str:
    """Return the type of a column, and whether each row has a value of it."""
    text = column.type.compile(dialect=DIALECTS[DIALECT])
    return text if column.nullable else f"{text} required"
