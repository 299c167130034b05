"""The table of deletions from operational tables, and the guards of each deletion.

Decision: docs/design/retention.md
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table

from indelible.kernel.retention import (
    MAX_DELETED_ROWS,
    MAX_PRUNED,
    MAX_RETENTION_DIGITS,
    RETENTIONS,
    OperationalTable,
    Retention,
)
from indelible.kernel.settings import SETTING
from indelible.kernel.tasks import AttemptOutcome
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.kernel.settings import SETTINGS
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.database_time import seconds_ago
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import undeletable_guards
from indelible_sql.schema.isolation import if_read_committed
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import HISTORY, table

_NAMES: Final = ", ".join(repr(name.value) for name in OperationalTable)
_IS_NUMBER: Final = {
    "sqlite": (
        f"length(setting.value) <= {MAX_RETENTION_DIGITS} AND setting.value NOT GLOB '*[^0-9]*'"
    ),
    "postgresql": f"setting.value ~ '^[0-9]{{1,{MAX_RETENTION_DIGITS}}}$'",
}
_SECONDS: Final = {"sqlite": "setting.value", "postgresql": "CAST(setting.value AS integer)"}

# No row of a table is younger than `pruned_before` and deleted. A seal lists `deleted_sealed_rows`.
PRUNED_TABLES = table(
    "pruned_tables",
    required("table_name", IDENTIFIER),
    required("pruned_before", INSTANT),
    required("deleted_rows", NATURAL),
    required("deleted_sealed_rows", NATURAL),
    PrimaryKeyConstraint("table_name", name="pruned_tables_pkey"),
    CheckConstraint(f"table_name IN ({_NAMES})", name="pruned_tables_known"),
    CheckConstraint(f"deleted_rows <= {MAX_DELETED_ROWS}", name="pruned_tables_counted"),
    CheckConstraint("deleted_sealed_rows <= deleted_rows", name="pruned_tables_sealed"),
    has_rowid=False,
)
# The tables from which rows are deleted by age alone; tasks have edges of their own.
TABLES_BY_AGE: Final = {
    OperationalTable.ATTEMPTS: TASK_ATTEMPTS,
    OperationalTable.WEBHOOK_REJECTIONS: WEBHOOK_REJECTIONS,
}


def pruned_table_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of what was deleted, and of the deletion of attempts and rejections."""
    yield from undeletable_guards(PRUNED_TABLES, dialect)
    yield from _mark_guards(dialect)
    if dialect == "sqlite":
        yield from value_guards(PRUNED_TABLES, "INSERT", "UPDATE")
    for name, operational in TABLES_BY_AGE.items():
        yield _deletion_guard(name, operational, dialect)
    yield _needed_guard(dialect)
    yield _stays_deleted_guard(dialect)


def retention_cutoff(retention: Retention, dialect: str) -> str:
    """Return the time before which rows may be deleted, NULL where no retention is recorded.

    The value must be that of its change: raw SQL may store another one.
    """
    return (
        f"(SELECT CASE WHEN {_IS_NUMBER[dialect]} THEN {seconds_ago(_SECONDS[dialect], dialect)}"
        f" END FROM {qualified_name(SETTINGS, dialect)} AS setting"
        f" JOIN {qualified_name(HISTORY, dialect)} AS change"
        f" ON change.lifecycle = '{SETTING.name}' AND change.entity_id = setting.id"
        " AND change.seq = setting.seq AND change.data ->> 'value' = setting.value"
        f" WHERE setting.id = '{retention.setting}')"
    )


def _mark_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards that a mark is not above the retention's cutoff, and only rises.

    The numbers rise by no more than one transaction deletes.
    """
    cases: list[str] = []
    for name, retention in RETENTIONS.items():
        cases.append(f"WHEN '{name}' THEN {retention_cutoff(retention, dialect)}")
    is_old = f"NEW.pruned_before <= CASE NEW.table_name {' '.join(cases)} END"

    yield Guard(
        table=PRUNED_TABLES,
        rule="retained",
        event="INSERT",
        condition=if_read_committed(f"{is_old} AND NEW.deleted_rows <= {MAX_PRUNED}", dialect),
    )
    rises = (
        "NEW.table_name = OLD.table_name"
        f" AND {_rises_slowly('deleted_rows')} AND {_rises_slowly('deleted_sealed_rows')}"
        " AND (NEW.pruned_before = OLD.pruned_before"
        f" OR NEW.pruned_before > OLD.pruned_before AND {is_old})"
    )
    yield Guard(
        table=PRUNED_TABLES,
        rule="rises",
        event="UPDATE",
        condition=if_read_committed(rises, dialect),
    )


def _rises_slowly(column: str) -> str:
    return f"NEW.{column} BETWEEN OLD.{column} AND OLD.{column} + {MAX_PRUNED}"


def _deletion_guard(name: OperationalTable, operational: Table, dialect: str) -> Guard:
    """Return the guard that only a row before the mark is deleted, which no younger seal lists.

    The row and its seal must be older than the present retention, too, which may be longer than the
    one under which the mark was stored.
    """
    age = f"OLD.{RETENTIONS[name].age_column}"
    cutoff = retention_cutoff(RETENTIONS[name], dialect)
    mark = (
        f"(SELECT pruned.pruned_before FROM {qualified_name(PRUNED_TABLES, dialect)} AS pruned"
        f" WHERE pruned.table_name = '{name}')"
    )
    is_listed = (
        f"EXISTS (SELECT 1 FROM {qualified_name(SEAL_RECORDS, dialect)} AS listed"
        f" JOIN {qualified_name(SEALS, dialect)} AS seal ON seal.number = listed.seal_number"
        f" WHERE listed.record_table = '{operational.name}' AND listed.record_hash = OLD.hash"
        f" AND (seal.at >= {mark} OR seal.at >= {cutoff}))"
    )
    condition = f"{age} < {mark} AND {age} < {cutoff} AND NOT {is_listed}"
    return Guard(
        table=operational,
        rule="prune",
        event="DELETE",
        condition=if_read_committed(condition, dialect),
    )


def _needed_guard(dialect: str) -> Guard:
    """Return the guard that nobody needs a deleted attempt: `is_attempt_over` of the domain.

    A task may be enqueued again after the deletion has found it finished: the deletion runs again.
    """
    first_start = (
        f"(SELECT min(start.fence) FROM {qualified_name(TASK_ATTEMPTS, dialect)} AS start"
        " WHERE start.stage = OLD.stage AND start.entity_id = OLD.entity_id"
        f" AND start.outcome = '{AttemptOutcome.STARTED}')"
    )
    is_needed = (
        "head.finished_at IS NULL"
        " OR OLD.fence >= head.fence OR OLD.fence > head.fence - head.attempts"
        f" OR OLD.fence = {first_start}"
    )
    return Guard(
        table=TASK_ATTEMPTS,
        rule="needed",
        event="DELETE",
        condition=(
            f"NOT EXISTS (SELECT 1 FROM {qualified_name(TASKS, dialect)} AS head"
            " WHERE head.stage = OLD.stage AND head.entity_id = OLD.entity_id"
            f" AND ({is_needed}))"
        ),
        raises="serialization_failure",
    )


def _stays_deleted_guard(dialect: str) -> Guard:
    """Return the guard that no deleted rejection that a seal lists comes back, as by an import.

    `verify` expects as many missing rows as were deleted. No attempt comes back either: the fence
    of its task is higher.
    """
    is_pruned = (
        f"SELECT 1 FROM {qualified_name(SEAL_RECORDS, dialect)} AS listed"
        f" JOIN {qualified_name(SEALS, dialect)} AS seal ON seal.number = listed.seal_number"
        f" JOIN {qualified_name(PRUNED_TABLES, dialect)} AS pruned"
        " ON pruned.table_name = listed.record_table"
        f" WHERE listed.record_table = '{OperationalTable.WEBHOOK_REJECTIONS}'"
        " AND listed.record_hash = NEW.hash"
        " AND NEW.at < pruned.pruned_before AND seal.at < pruned.pruned_before"
    )
    return Guard(
        table=WEBHOOK_REJECTIONS,
        rule="stays_deleted",
        event="INSERT",
        condition=f"NOT EXISTS ({is_pruned})",
    )
