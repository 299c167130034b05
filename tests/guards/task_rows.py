"""The tasks of the situation, and raw writes of tasks and their attempts."""

from datetime import timedelta
from typing import Final

from attrs import asdict
from sqlalchemy import Insert, Update, insert, update
from tests.guards.writes import Row

from indelible.kernel.tasks import Attempt, AttemptOutcome, Lease
from indelible.testing.stores import BEGINNING, MAYA
from indelible_sql import SqlTransaction
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS

# The entity ids of three tasks: not leased, leased and dead.
FREE = "free"
LEASED = "leased"
DEAD = "dead"

NEW_TASK: Final[Row] = {
    "stage": "work",
    "entity_id": "new",
    "due_at": BEGINNING,
    "fence": 0,
    "attempts": 0,
}


def add_tasks(tx: SqlTransaction) -> Lease:
    """Add a free task, a dead task and a started one. Return the lease of the last."""
    until = BEGINNING + timedelta(days=800)
    tx.tasks.enqueue("bury", {DEAD: BEGINNING})
    (dying,) = tx.tasks.claim("bury", limit=1, until=until)
    tx.tasks.mark_dead(dying, reason="it cannot be")

    tx.tasks.enqueue("work", {LEASED: BEGINNING})
    (lease,) = tx.tasks.claim("work", limit=1, until=until)
    tx.tasks.record_start([lease])

    tx.tasks.enqueue("work", {FREE: tx.clock.now()})
    return lease


def attempt_row(lease: Lease) -> Row:
    """Return the row of a failed attempt under the lease."""
    failed = Attempt(
        stage=lease.stage,
        entity_id=lease.entity_id,
        fence=lease.fence,
        outcome=AttemptOutcome.FAILED,
        actor=MAYA,
        reason="no answer",
        at=BEGINNING,
        request_id="request-2",
    )
    row = asdict(failed)
    row["actor"] = MAYA
    row["outcome"] = AttemptOutcome.FAILED.value

    return row


def insert_task(**columns: object) -> Insert:
    """Return the insert of a new task, with some columns changed."""
    return insert(TASKS).values({**NEW_TASK, **columns})


def update_task(entity_id: str, /, **columns: object) -> Update:
    """Return an update of a task."""
    return update(TASKS).where(TASKS.c.entity_id == entity_id).values(**columns)


def insert_attempt(attempt: Row, **columns: object) -> Insert:
    """Return the insert of an attempt, with some columns changed."""
    return insert(TASK_ATTEMPTS).values({**attempt, **columns})
