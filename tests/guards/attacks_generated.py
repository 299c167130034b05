"""Illegal writes to every table of every registered context, generated from the registration."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from tests.guards.attack_parts import Kind, Write
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import raw
from tests.guards.situation import Situation
from tests.guards.task_rows import insert_task

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.schema.tables import writable_columns

LONG_AGO = timedelta(days=365)


def _delete(table: Table) -> Write:
    return lambda _: (delete(table),)


def _update(table: Table, **values: object) -> Write:
    return lambda _: (update(table).values(**values),)


def _create_earlier(table: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        return (update(table).values(created_at=s.reviewed.at - LONG_AGO),)

    return write


def _enqueue_nothing(stage: str) -> Write:
    return lambda _: (insert_task(stage=stage, entity_id="nothing"),)


def _head_attacks(head: Table) -> Iterator[tuple[str, Write]]:
    yield f"{head.name}: rows deleted", _delete(head)
    yield f"{head.name}: another id", _update(head, id=raw("id || 'x'"))
    yield f"{head.name}: a seq skipped", _update(head, seq=raw("seq + 2"))
    yield f"{head.name}: a seq gone back", _update(head, seq=raw("seq - 1"))
    yield f"{head.name}: a step without its change", _update(head, seq=raw("seq + 1"))
    yield f"{head.name}: created earlier", _create_earlier(head)


def _record_attacks(record: Table) -> Iterator[tuple[str, Write]]:
    column = writable_columns(record)[-1]
    yield f"{record.name}: rows deleted", _delete(record)
    yield f"{record.name}: {column.name} updated", _update(record, **{column.name: column})


def bulk_attacks(bulk: BulkTable) -> Iterator[tuple[str, Write]]:
    """Yield additions of rows to the changes in history; the table must have rows."""
    name = bulk.table.name
    yield f"{name}: rows added later", _add_copies(bulk, number="number + 1000000")
    yield f"{name}: rows of the next change", _add_copies(bulk, seq="seq + 1")
    yield f"{name}: rows of the change before", _add_copies(bulk, seq="seq - 1")
    yield f"{name}: rows of nothing", _add_copies(bulk, entity_id="entity_id || 'x'")


def _add_copies(bulk: BulkTable, **changed: str) -> Write:
    """Return the insert of a copy of each row, with a key of its own."""
    columns = writable_columns(bulk.table)
    values: list[ColumnElement[Any]] = []
    for column in columns:
        values.append(raw(changed[column.name]) if column.name in changed else column)

    return lambda _: (insert(bulk.table).from_select(columns, select(*values)),)


def _context_attacks(context: SqlContext) -> Kind:
    """Return the attacks on one context's heads, records and task tables."""
    heads = [*context.heads]
    heads += [derived.table for derived in context.derived_heads]

    attacks: dict[str, Write] = {}
    for head in heads:
        attacks.update(_head_attacks(head))
    for record in context.records:
        attacks.update(_record_attacks(record))
    for bulk in context.bulk:
        attacks.update(bulk_attacks(bulk))
    for table in context.task_tables:
        attacks[f"{table.name}: rows deleted"] = _delete(table)
    for stage, lifecycle in context.stages.items():
        attacks[f"a task of stage {stage} for no {lifecycle.name}"] = _enqueue_nothing(stage)
    return attacks


GENERATED = {
    f"rows of {context.name} rewritten": _context_attacks(context) for context in CATALOG.contexts
}
