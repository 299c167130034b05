"""Illegal writes to every table of every registered context, generated from the registrations."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Table, delete, update
from tests.guards.kinds import Kind, Write
from tests.guards.raw import raw
from tests.guards.situation import Situation

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.atomic_write import writable_columns

LONG_AGO = timedelta(days=365)


def _deleted(table: Table) -> Write:
    return lambda _: (delete(table),)


def _updated(table: Table, **values: object) -> Write:
    return lambda _: (update(table).values(**values),)


def _created_earlier(table: Table) -> Write:
    def write(s: Situation) -> tuple[object, ...]:
        return (update(table).values(created_at=s.reviewed.at - LONG_AGO),)

    return write  # type: ignore[return-value]


def _head_attacks(head: Table) -> Iterator[tuple[str, Write]]:
    yield f"{head.name}: rows deleted", _deleted(head)
    yield f"{head.name}: another id", _updated(head, id=raw("id || 'x'"))
    yield f"{head.name}: a seq skipped", _updated(head, seq=raw("seq + 2"))
    yield f"{head.name}: a seq gone back", _updated(head, seq=raw("seq - 1"))
    yield f"{head.name}: a step without its change", _updated(head, seq=raw("seq + 1"))
    yield f"{head.name}: created earlier", _created_earlier(head)


def _record_attacks(record: Table) -> Iterator[tuple[str, Write]]:
    column = writable_columns(record)[-1].name
    yield f"{record.name}: rows deleted", _deleted(record)
    yield f"{record.name}: {column} updated", _updated(record, **{column: record.c[column]})


def attacks_of_context(name: str) -> Kind:
    """Return the attacks on one context's heads and records."""
    attacks: dict[str, Write] = {}
    for context in CATALOG.contexts:
        if context.name != name:
            continue
        for head in (*context.heads, *(derived.table for derived in context.derived_heads)):
            attacks.update(_head_attacks(head))
        for record in context.records:
            attacks.update(_record_attacks(record))
        for table in context.task_tables:
            attacks[f"{table.name}: rows deleted"] = _deleted(table)
    return attacks


GENERATED = {
    f"rows of {context.name} rewritten": attacks_of_context(context.name)
    for context in CATALOG.contexts
}
