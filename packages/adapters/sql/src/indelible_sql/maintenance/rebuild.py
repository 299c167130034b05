"""Compute heads again from history, as the schema's owner.

The guards of one head at a time are disabled. History and heads are read side by side, a page at a
time, and a head that differs is corrected at once: of all heads only the ids of changed ones are
kept in memory.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from attrs import frozen
from sqlalchemy import (
    BindParameter,
    Delete,
    Insert,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from indelible.kernel import Lifecycle
from indelible.kernel.progress import Progress
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.row_checks import count_rows
from indelible_sql.maintenance.head_rows import head_row, shown_record_columns
from indelible_sql.maintenance.hosts import NO_HEADS, Heads
from indelible_sql.schema.guard import Guard, guards_disabled
from indelible_sql.schema.guards import head_guards
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.tables import HISTORY, writable_columns
from indelible_sql.store.kernel_store import AnySqlStore
from indelible_sql.store.owners import owner_address

PAGE: Final = 500


@frozen(kw_only=True)
class Rebuilt:
    """The result for one head: the number of its rows, and the ids of those that were changed."""

    table: str
    rows: int
    changed: tuple[str, ...]


class Difference(NamedTuple):
    """A head's row as it is stored and as it should be; None where there is none."""

    id: str
    stored: Row | None
    expected: Row | None


def rebuild(
    store: AnySqlStore,
    owner_url: str | None = None,
    *,
    heads: Heads = NO_HEADS,
    progress: Progress | None = None,
) -> tuple[Rebuilt, ...]:
    """Make every head what its history says, and return what was changed.

    `owner_url` is needed where another role owns the schema. `heads` are a host's own that belong
    to no registered context. `progress` counts the rows.
    """
    with migrating(owner_address(store, owner_url), store.schema) as (connection, _):
        session = Session(connection, store.schema)
        session.lift_limits()
        if progress is not None:
            progress.total = count_rows(session, _read_tables(store, heads))
            session.progress = progress
        guards = _guards_by_table(store, heads, connection.dialect.name)
        results: list[Rebuilt] = []
        for head, lifecycle in {**store.catalog.heads, **heads}.items():
            expected = _expected_rows(session, head, lifecycle)
            results.append(_rebuild_table(session, head, expected, guards[head]))
        for derived in store.catalog.derived_heads:
            expected = derived.replay(session)
            results.append(_rebuild_table(session, derived.table, expected, guards[derived.table]))
        return tuple(results)


def _read_tables(store: AnySqlStore, heads: Heads) -> Iterator[Table]:
    """Yield the tables of which every row is read."""
    yield HISTORY
    yield from {**store.catalog.heads, **heads}
    for derived in store.catalog.derived_heads:
        yield derived.table


def _guards_by_table(store: AnySqlStore, heads: Heads, dialect: str) -> dict[Table, list[Guard]]:
    guards = list(store.catalog.guards(dialect))
    for head, lifecycle in heads.items():
        if head not in store.catalog.heads:
            guards += head_guards(head, lifecycle, dialect)

    by_table: dict[Table, list[Guard]] = {}
    for guard in guards:
        by_table.setdefault(guard.table, []).append(guard)
    return by_table


def _rebuild_table(
    session: Session, head: Table, expected: Iterator[Row], guards: list[Guard]
) -> Rebuilt:
    count = 0
    changed: list[str] = []
    # Before a cursor is open: PostgreSQL alters no table that an open cursor reads.
    with guards_disabled(session.connection, session.schema, guards):
        for difference in _side_by_side(_stored_rows(session, head), expected):
            if difference.expected is not None:
                count += 1
            if difference.stored != difference.expected:
                changed.append(difference.id)
                # Both cursors are at this id or behind it, so that neither meets the new row.
                _correct(session, head, difference)
        if not session.is_sqlite:  # nor one with deferred checks to come
            session.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")

    return Rebuilt(table=head.name, rows=count, changed=tuple(changed))


def _stored_rows(session: Session, head: Table) -> Iterator[Row]:
    statement: Query = select(*writable_columns(head)).order_by(head.c.id)
    return session.stream(statement, PAGE)


def _side_by_side(stored: Iterator[Row], expected: Iterator[Row]) -> Iterator[Difference]:
    """Yield every id once with its two rows; both iterators are in order of id."""
    stored_row = next(stored, None)
    expected_row = next(expected, None)
    while stored_row is not None and expected_row is not None:
        if stored_row["id"] < expected_row["id"]:
            yield Difference(stored_row["id"], stored_row, None)
            stored_row = next(stored, None)
        elif expected_row["id"] < stored_row["id"]:
            yield Difference(expected_row["id"], None, expected_row)
            expected_row = next(expected, None)
        else:
            yield Difference(stored_row["id"], stored_row, expected_row)
            stored_row = next(stored, None)
            expected_row = next(expected, None)

    while stored_row is not None:
        yield Difference(stored_row["id"], stored_row, None)
        stored_row = next(stored, None)
    while expected_row is not None:
        yield Difference(expected_row["id"], None, expected_row)
        expected_row = next(expected, None)


def _expected_rows(session: Session, head: Table, lifecycle: Lifecycle[StrEnum]) -> Iterator[Row]:
    """Yield the row of each aggregate as its last change leaves it, in order of id."""
    statement: Query = (
        select(HISTORY)
        .where(HISTORY.c.lifecycle == lifecycle.name)
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )
    changes = session.stream(statement, PAGE)
    aggregates = groupby(changes, key=itemgetter("entity_id"))
    for _, group in aggregates:
        first = last = next(group)
        for change in group:
            last = change
        row = head_row(head, first["at"], last, {})
        row.update(shown_record_columns(session, head, row))
        yield _writable(head, row)


def _writable(head: Table, row: Mapping[str, Any]) -> Row:
    values: dict[str, Any] = {}
    for column in writable_columns(head):
        if column.name in row:
            values[column.name] = row[column.name]

    return values


def _correct(session: Session, head: Table, difference: Difference) -> None:
    values: dict[str, Any] = {"id": difference.id}
    if difference.expected is None:
        session.run(_delete(head), values)
        return

    for name, value in difference.expected.items():
        values[f"new_{name}"] = value
    columns = tuple(difference.expected)
    if difference.stored is None:
        session.run(_insert(head, columns), values)
    else:
        session.run(_update(head, columns), values)


@cache
def _delete(head: Table) -> Delete:
    return delete(head).where(head.c.id == bindparam("id"))


@cache
def _insert(head: Table, columns: tuple[str, ...]) -> Insert:
    return insert(head).values(_new_values(head, columns))


@cache
def _update(head: Table, columns: tuple[str, ...]) -> Update:
    return update(head).where(head.c.id == bindparam("id")).values(_new_values(head, columns))


def _new_values(head: Table, columns: tuple[str, ...]) -> dict[str, BindParameter[Any]]:
    """Return a parameter for each column; SQLAlchemy reserves the columns' own names."""
    return {name: bindparam(f"new_{name}", type_=head.c[name].type) for name in columns}
