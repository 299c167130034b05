"""The marks of deletions from operational tables in the situation, and raw writes of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import Delete, Executable, Insert, Update, delete, insert, update
from tests.guards.subject_rows import update_subject
from tests.guards.task_rows import DONE, NOW, PRUNED_STAGE, delete_task, insert_pruned

from indelible.kernel.retention import OperationalTable, SetRetention, set_retention
from indelible.testing.stores import BEGINNING
from indelible_sql import SqlTransaction
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS
from indelible_sql.schema.writes import row

NEW_MARK: Final[Mapping[str, object]] = {
    "table_name": OperationalTable.WEBHOOK_REJECTIONS.value,
    "pruned_before": BEGINNING,
    "deleted_rows": 0,
    "deleted_sealed_rows": 0,
}
SQLITE_CLOCK_STEP: Final = timedelta(milliseconds=1)  # a mark is not after the database's time
# The name of the table whose mark is stored here, after all attempts of the situation.
MARKED: Final = OperationalTable.ATTEMPTS.value


def add_marks(tx: SqlTransaction) -> None:
    """Set the retentions, and store up to when attempts were deleted."""
    for table in (OperationalTable.ATTEMPTS, OperationalTable.WEBHOOK_REJECTIONS):
        set_retention(tx, SetRetention(table=table, seconds=0))
    before = tx.clock.now() - SQLITE_CLOCK_STEP
    mark = {**NEW_MARK, "table_name": MARKED, "pruned_before": before, "deleted_rows": 1}
    tx.session.step(row(PRUNED_TABLES), parameters({PRUNED_TABLES: mark}))


def insert_mark(**columns: object) -> Insert:
    """Return the insert of the first mark of a table, with some columns changed."""
    return insert(PRUNED_TABLES).values({**NEW_MARK, **columns})


def update_mark(name: str = MARKED, /, **columns: object) -> Update:
    """Return an update of the mark of a table."""
    return update(PRUNED_TABLES).where(PRUNED_TABLES.c.table_name == name).values(**columns)


def prune_done() -> tuple[Executable, ...]:
    """Return the deletion of a finished task, after what has to be kept of it."""
    return insert_pruned(), update_subject("work", succeeded_at=NOW), delete_task(DONE)


def delete_attempts(entity_id: str, /, fence: int = 1, stage: str = PRUNED_STAGE) -> Delete:
    """Return the deletion of the attempts of a task under a fence."""
    return delete(TASK_ATTEMPTS).where(
        TASK_ATTEMPTS.c.stage == stage,
        TASK_ATTEMPTS.c.entity_id == entity_id,
        TASK_ATTEMPTS.c.fence == fence,
    )
