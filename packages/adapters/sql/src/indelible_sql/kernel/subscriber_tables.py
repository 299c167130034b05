"""The table of subscribers' cursors: rows that move under the fences of tasks, and no records.

Decision: docs/design/reactions.md
"""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint

from indelible.kernel.feed_cursors import FIRST_CURSOR, HASH_DIGITS
from indelible.kernel.tasks import AttemptOutcome
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema.columns import (
    ACTOR,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    NONBLANK_TEXT,
    ORDINAL,
    required,
)
from indelible_sql.schema.feed import latest_end
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import fixed_columns_guard, undeletable_guards
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import table

SUBSCRIBER_CURSORS = table(
    "subscriber_cursors",
    required("name", IDENTIFIER),
    required("stage", IDENTIFIER),
    Column("feed_cursor", IDENTIFIER),
    Column("changed_at", INSTANT),
    required("fence", ORDINAL),
    required("updated_at", INSTANT),
    required("restarts", NATURAL),
    Column("restarted_at", INSTANT),
    Column("restarted_by", ACTOR),
    Column("restart_reason", NONBLANK_TEXT),
    PrimaryKeyConstraint("name", name="subscriber_cursors_pkey"),
    CheckConstraint(
        "(restarts = 0) = (restarted_at IS NULL)"
        " AND (restarts = 0) = (restarted_by IS NULL)"
        " AND (restarts = 0) = (restart_reason IS NULL)",
        name="subscriber_cursors_restart_has_cause",
    ),
    CheckConstraint(
        "feed_cursor IS NOT NULL OR changed_at IS NULL",
        name="subscriber_cursors_change_has_position",
    ),
    has_rowid=False,
    free_percent=80,  # every transaction that handles changes updates its row
)

_IS_FIRST = "NEW.feed_cursor IS NULL AND NEW.restarts = 0"
_IS_SAME_RESTART = (
    "NEW.restarts = OLD.restarts"
    " AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL)"
    " AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL)"
    " AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL)"
)


def subscriber_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of cursors: each moves under the fence of its task, and none is removed."""
    yield from undeletable_guards(SUBSCRIBER_CURSORS, dialect)
    yield fixed_columns_guard(SUBSCRIBER_CURSORS, ["name", "stage"])
    is_leased = _task_condition(dialect, "task.lease_owner IS NOT NULL")
    yield Guard(
        table=SUBSCRIBER_CURSORS,
        rule="first",
        event="INSERT",
        condition=f"{_IS_FIRST} AND {is_leased}",
    )
    yield Guard(
        table=SUBSCRIBER_CURSORS,
        rule="fence",
        event="UPDATE",
        condition=(
            f"CASE WHEN NEW.restarts = OLD.restarts THEN {_IS_SAME_RESTART}"
            f" AND NEW.feed_cursor IS NOT NULL AND {is_leased}"
            f" ELSE NEW.restarts = OLD.restarts + 1 AND {_restart_condition(dialect)} END"
        ),
        is_long=True,
    )
    yield Guard(
        table=SUBSCRIBER_CURSORS,
        rule="in_feed",
        event="UPDATE",
        condition=_position_condition(dialect),
        is_long=True,
    )
    if dialect == "sqlite":
        yield from value_guards(SUBSCRIBER_CURSORS, "INSERT", "UPDATE")


def _task_condition(dialect: str, condition: str) -> str:
    """Return the condition that the cursor's task has its fence and meets a condition."""
    tasks = qualified_name(TASKS, dialect)
    return (
        f"EXISTS (SELECT 1 FROM {tasks} AS task WHERE task.stage = NEW.stage"
        f" AND task.entity_id = NEW.name AND task.fence = NEW.fence AND {condition})"
    )


def _position_condition(dialect: str) -> str:
    """Return the condition that a cursor is within the feed, and that only a restart lowers it."""
    new = position_of_cursor("NEW.feed_cursor", dialect)
    old = position_of_cursor("OLD.feed_cursor", dialect)
    return (
        f"NEW.feed_cursor IS NULL OR ({new} <= {latest_end(dialect)}"
        f" AND (NEW.restarts > OLD.restarts OR OLD.feed_cursor IS NULL OR {new} >= {old}))"
    )


def position_of_cursor(cursor: str, dialect: str) -> str:
    """Return the expression of the position that a cursor names, NULL for another text."""
    if dialect == "sqlite":
        return _position_on_sqlite(cursor)

    pattern = f"^(0|[1-9][0-9]{{0,17}}[.][0-9a-f]{{{HASH_DIGITS}}})$"
    position = f"substring({cursor} FROM '^[0-9]+')::bigint"
    return f"(CASE WHEN {cursor} ~ '{pattern}' THEN {position} END)"


def _position_on_sqlite(cursor: str) -> str:
    """Return the expression of SQLite, which has no regular expressions."""
    length = f"length({cursor}) - {HASH_DIGITS + 1}"
    position = f"substr({cursor}, 1, {length})"
    rest = f"substr({cursor}, {length} + 1)"
    return (
        f"(CASE WHEN {cursor} = '{FIRST_CURSOR}' THEN 0 WHEN {length} BETWEEN 1 AND 18"
        f" AND {position} GLOB '[1-9]*' AND {position} NOT GLOB '*[^0-9]*'"
        f" AND {rest} GLOB '.*' AND substr({rest}, 2) NOT GLOB '*[^0-9a-f]*'"
        f" THEN CAST({position} AS INTEGER) END)"
    )


def _restart_condition(dialect: str) -> str:
    """Return the condition that the task is canceled by a record of the restart's cause."""
    attempts = qualified_name(TASK_ATTEMPTS, dialect)
    is_canceled = _task_condition(dialect, "task.cancel_reason = NEW.restart_reason")
    is_recorded = (
        f"EXISTS (SELECT 1 FROM {attempts} AS attempt WHERE attempt.stage = NEW.stage"
        " AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence"
        f" AND attempt.outcome = '{AttemptOutcome.CANCELED}'"
        " AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason)"
    )
    return f"{is_canceled} AND {is_recorded}"
