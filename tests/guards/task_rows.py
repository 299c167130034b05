"""The tasks of the situation, and raw writes of tasks and their attempts."""

from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Final

from attrs import asdict
from sqlalchemy import Delete, Insert, Update, delete, insert, update
from tests.guards.writes import Row

from indelible.kernel import UsageError
from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.json import digest
from indelible.kernel.rates import RateLimit
from indelible.kernel.task_retention import SetTaskRetention, set_task_retention
from indelible.kernel.tasks import Attempt, AttemptOutcome, Lease, Priority
from indelible.testing.stores import BEGINNING, FAR, MAYA
from indelible_sql import SqlTransaction
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.schema.database_time import DatabaseNow

# The entity ids of tasks, by their condition.
FREE = "free"
LEASED = "leased"
EXPIRED = "expired"  # under a lease that has ended, and not claimed again
AGAIN = "again"  # enqueued during its lease
RETRIED = "retried"  # waits after a failed attempt
DONE = "done"  # with a result
DEAD = "dead"
CANCELED = "canceled"
CARRIER = "carrier"  # waits with arguments, a low priority and a slot
# A stage of which a task was pruned, and one that is left, with a higher fence.
PRUNED_STAGE = "old"
PRUNED_TASK = "pruned"
HIGHER = "higher"
# A stage with a task of three runs, and one whose second run goes on after a postponement.
RUNS_STAGE = "runs"
REPEATED = "repeated"
POSTPONED = "postponed"
PRUNED_ROW = {"stage": "work", "entity_id": DONE, "fence": 1}
RECURRING = "recurring"  # finished long ago, too, but with a slot
# The stages that have a bucket.
RATED = "rated"
OTHER_RATED = "other-rated"
# The processes that report hung threads of a stage.
HUNG_STAGE = "hung"
HUNG_PROCESS = "host:1"
ENDED_PROCESS = "host:2"

# The guards compare leases with the database's clock.
LIVE_UNTIL = datetime.now(UTC) + timedelta(hours=20)

CLOCK_TICK_SECONDS: Final = 0.001  # of SQLite

NEW_TASK: Final[Row] = {
    "stage": "work",
    "entity_id": "new",
    "due_at": BEGINNING,
    "fence": 0,
    "attempts": 0,
}
NOW: Final = DatabaseNow()
ARGUMENTS: Final = {"to": "maya"}
SLOT = FAR


def add_tasks(tx: SqlTransaction) -> Lease:
    """Add a task in each condition, buckets and reports. Return the lease of the started one."""
    dying = _claim(tx, DEAD)
    tx.tasks.mark_dead(dying, reason="it cannot be")
    tx.tasks.complete([_claim(tx, DONE)], results={DONE: {"sent": 1}})
    _add_pruned(tx)
    _add_runs(tx)
    tx.tasks.enqueue("work", {CANCELED: BEGINNING})
    tx.tasks.cancel("work", CANCELED)
    tx.tasks.retry_later(_claim(tx, RETRIED), due_at=FAR, reason="no answer")
    _claim(tx, EXPIRED)

    lease = _claim(tx, LEASED)
    tx.tasks.record_start([lease])
    again = _claim(tx, AGAIN)
    # The store's clock stands in the past: its leases have ended by the database's clock.
    schema = None if tx.connection.dialect.name == "sqlite" else SCHEMA
    for held in (lease, again):
        extension = update_task(held.entity_id, lease_until=LIVE_UNTIL)
        options = {"schema_translate_map": {SCHEMA: schema}}
        tx.connection.execute(extension, execution_options=options)
    tx.tasks.enqueue("work", {AGAIN: FAR})

    tx.tasks.enqueue("work", {FREE: tx.clock.now()})
    documents = {CARRIER: ARGUMENTS}
    tx.tasks.enqueue("work", {CARRIER: FAR}, arguments=documents, priority=Priority.LOW)
    tx.tasks.enqueue_slot("work", CARRIER, slot=SLOT)
    for stage in (RATED, OTHER_RATED):
        tx.tasks.claim(stage, limit=1, until=tx.clock.now(), rate=RateLimit(tasks=1))
    _add_reports(tx)
    return lease


def _add_reports(tx: SqlTransaction) -> None:
    """Report hung threads of two processes, one of which has ended."""
    for process, expires_at in ((HUNG_PROCESS, LIVE_UNTIL), (ENDED_PROCESS, BEGINNING)):
        report = HungThreads(
            stage=HUNG_STAGE, process=process, threads=1, since=BEGINNING, expires_at=expires_at
        )
        tx.tasks.report_hung_threads(report)


def _add_pruned(tx: SqlTransaction) -> None:
    """Complete two tasks, and prune the one with the lower fence."""
    set_task_retention(tx, SetTaskRetention(seconds=0))
    for entity_id in (PRUNED_TASK, HIGHER, HIGHER):
        lease = _claim(tx, entity_id, stage=PRUNED_STAGE)
        tx.tasks.record_start([lease])
        tx.tasks.complete([lease])
        sleep(CLOCK_TICK_SECONDS)  # the first one finishes first, and is the one that is pruned

    # By the database's clock, the tasks finished later than now until it has ticked.
    while not tx.tasks.prune(PRUNED_STAGE, limit=1):
        sleep(CLOCK_TICK_SECONDS)

    tx.tasks.enqueue_slot(PRUNED_STAGE, RECURRING, slot=BEGINNING)
    tx.tasks.complete([_claim(tx, RECURRING, stage=PRUNED_STAGE)])


def _add_runs(tx: SqlTransaction) -> None:
    """Run a task three times, first in vain, and postpone another one in its second run."""
    tx.tasks.mark_dead(_start(tx, REPEATED), reason="it cannot be")
    tx.tasks.requeue(RUNS_STAGE, REPEATED)
    for entity_id in (REPEATED, REPEATED, POSTPONED):
        tx.tasks.complete([_start(tx, entity_id)])
    tx.tasks.postpone(_start(tx, POSTPONED), after_seconds=1)
    _start(tx, POSTPONED)


def _start(tx: SqlTransaction, entity_id: str) -> Lease:
    lease = _claim(tx, entity_id, stage=RUNS_STAGE)
    tx.tasks.record_start([lease])
    return lease


def _claim(tx: SqlTransaction, entity_id: str, *, stage: str = "work") -> Lease:
    tx.tasks.enqueue(stage, {entity_id: BEGINNING})
    until = tx.clock.now() + timedelta(hours=1)
    (lease,) = tx.tasks.claim(stage, limit=1, until=until)
    assert lease.entity_id == entity_id
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
    row = asdict(failed.with_hash())
    row["actor"] = MAYA
    row["outcome"] = AttemptOutcome.FAILED.value

    return row


def insert_task(**columns: object) -> Insert:
    """Return the insert of a new task, with some columns changed."""
    return insert(TASKS).values({**NEW_TASK, **columns})


def update_task(entity_id: str, /, **columns: object) -> Update:
    """Return an update of a task."""
    return update(TASKS).where(TASKS.c.entity_id == entity_id).values(**columns)


def end_lease(entity_id: str, /, **columns: object) -> Update:
    """Return an update that ends the lease of a task."""
    return update_task(entity_id, lease_owner=None, lease_until=None, **columns)


def complete_task(entity_id: str, /, **columns: object) -> Update:
    """Return an update that completes a leased task."""
    return end_lease(entity_id, **{"due_at": None, "finished_at": NOW, **columns})


def begin_run(entity_id: str, /, **columns: object) -> Update:
    """Return an update that begins another run of a completed task."""
    run = {"due_at": BEGINNING, "attempts": 0, "result": None, "finished_at": None}
    return update_task(entity_id, **{**run, **columns})


def cancel_task(entity_id: str, /, *, fence: int, **columns: object) -> Update:
    """Return an update that cancels a task, which takes the fence."""
    row = {"due_at": None, "cancel_reason": "no answer", "finished_at": NOW, "fence": fence}
    return end_lease(entity_id, **{**row, **columns})


def insert_pruned(**columns: object) -> Insert:
    """Return the insert of the fence of a finished task, with some columns changed."""
    return insert(PRUNED_STAGES).values({**PRUNED_ROW, **columns})


def raise_pruned(**columns: object) -> Update:
    """Return the update of the highest pruned fence of a stage, with some columns changed."""
    row = {"entity_id": HIGHER, "fence": 2}
    of_stage = PRUNED_STAGES.c.stage == PRUNED_STAGE
    return update(PRUNED_STAGES).where(of_stage).values({**row, **columns})


def delete_task(entity_id: str, /) -> Delete:
    """Return the deletion of a task."""
    return delete(TASKS).where(TASKS.c.entity_id == entity_id)


def insert_attempt(attempt: Row, **columns: object) -> Insert:
    """Return the insert of an attempt, with some columns changed and their digest."""
    row = {**attempt, **columns}
    if "hash" not in columns:
        row["hash"] = _digest_of(row) or attempt["hash"]
    return insert(TASK_ATTEMPTS).values(row)


def _digest_of(row: Row) -> str:
    """Return the digest of an attempt's row, or '' where a value has none."""
    fields = [value for name, value in row.items() if name != "hash"]
    try:
        return digest(fields)
    except (UsageError, TypeError, ValueError):
        return ""
