"""Values that PostgreSQL's types refuse, written to SQLite's tables."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, DateTime, Table, Text
from tests.guards.attack_parts import Kind, Write
from tests.guards.attacks_on_columns import write_with
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import raw
from tests.guards.situation import Situation
from tests.guards.task_rows import EXPIRED, raise_pruned, update_task

from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.rate_tables import RATE_BUCKETS
from indelible_sql.kernel.subject_tables import SUBJECTS
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.tables import RECEIPTS

TABLES = (
    TASKS,
    TASK_ATTEMPTS,
    PRUNED_STAGES,
    PRUNED_TABLES,
    RATE_BUCKETS,
    BREAKERS,
    HUNG_THREADS,
    SUBSCRIBER_CURSORS,
    SUBJECTS,
    RECEIPTS,
)
# Each is well-formed for a comparison of characters.
IMPOSSIBLE_INSTANTS = (
    "2026-02-31T00:00:00.000000+00:00",
    "2026-13-01T00:00:00.000000+00:00",
    "2026-01-01T29:00:00.000000+00:00",
    "2026-01-01T24:00:00.000000+00:00",
)
TEXTS_WITH_NUL = ("'a' || char(0) || 'b'", "'user:a' || char(0) || 'b'")


def _unstorable(column: Column[Any]) -> tuple[str, ...]:
    """Return the values, as SQL, that no column of this type may have."""
    assert isinstance(column.type, Domain)
    if isinstance(column.type.native, DateTime):
        return tuple(f"'{instant}'" for instant in IMPOSSIBLE_INSTANTS)
    if isinstance(column.type.native, Text):
        return TEXTS_WITH_NUL
    return ()


def _insert(table: Table, column: str, value: str) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        return write_with(s, table, **{column: raw(value)})

    return write


def _update(column: str, value: str) -> Write:
    return lambda _: (update_task(EXPIRED, **{column: raw(value)}),)


def _update_pruned(column: str, value: str) -> Write:
    return lambda _: (raise_pruned(**{column: raw(value)}),)


def _unstorable_values() -> Iterator[tuple[str, Write]]:
    for table in TABLES:
        for column in table.columns:
            for value in _unstorable(column):
                yield f"{table.name}.{column.name} is {value}", _insert(table, column.name, value)
    for column in TASKS.columns:
        for value in _unstorable(column):
            yield f"tasks.{column.name} becomes {value}", _update(column.name, value)
    for column in PRUNED_STAGES.columns:
        for value in _unstorable(column):
            name = f"pruned_stages.{column.name} becomes {value}"
            yield name, _update_pruned(column.name, value)


UNSTORABLE: Kind = dict(_unstorable_values())
