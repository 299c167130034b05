"""Enqueue recurring tasks: one for each slot of a schedule, once for any number of schedulers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import field, frozen

from indelible.kernel.tasks import TaskKey
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, is_identifier
from indelible_workers.masking import failure_reason
from indelible_workers.worker import Worker, logger

TICK_SECONDS: Final = 1.0
ERROR_PAUSE_SECONDS: Final = 10.0
NEVER: Final = datetime.min.replace(tzinfo=UTC)
# A task's id is the name, an @ and the slot's instant.
MAX_NAME_CHARACTERS: Final = IDENTIFIER["max_length"] - len("@2026-11-21T04:00:00Z")


@frozen(kw_only=True)
class RecurringTask:
    """A task that is due every so many seconds, counted from 1970; each slot is one task."""

    name: str = field(validator=is_identifier, metadata={"max_length": MAX_NAME_CHARACTERS})
    stage: str
    every_seconds: int = field(validator=bounded_int, metadata=COUNT)

    def __attrs_post_init__(self) -> None:
        TaskKey(self.stage, self.name)  # refuses what cannot be a task's key

    def latest_slot(self, now: datetime) -> datetime:
        """Return the newest slot that is due; older slots that were missed are skipped."""
        number = now.timestamp() // self.every_seconds
        return datetime.fromtimestamp(number * self.every_seconds, UTC)


def run_scheduler(worker: Worker, recurring_tasks: Sequence[RecurringTask]) -> None:
    """Enqueue the newest slot of each recurring task until the worker stops.

    Several schedulers may run at once. A slot that was enqueued before stays as it is.
    """
    enqueued = dict.fromkeys(recurring_tasks, NEVER)
    pause_seconds = 0.0
    while not worker.stopping.wait(pause_seconds):
        pause_seconds = TICK_SECONDS
        due = _due_slots(enqueued, worker.clock.now())
        if not due:
            continue

        try:
            _enqueue_slots(worker, due)
        except Exception as error:  # noqa: BLE001 - the database may be unavailable for a while
            logger.warning("scheduler: enqueueing failed: %s", failure_reason(error))
            pause_seconds = ERROR_PAUSE_SECONDS
        else:
            enqueued.update(due)


def _due_slots(
    enqueued: Mapping[RecurringTask, datetime], now: datetime
) -> dict[RecurringTask, datetime]:
    due: dict[RecurringTask, datetime] = {}
    for task, last_slot in enqueued.items():
        slot = task.latest_slot(now)
        if last_slot < slot:
            due[task] = slot

    return due


def _enqueue_slots(worker: Worker, due: Mapping[RecurringTask, datetime]) -> None:
    with worker.store.transaction(actor=worker.actor, reason="recurring schedule") as tx:
        for task, slot in due.items():
            entity_id = f"{task.name}@{slot:%Y-%m-%dT%H:%M:%SZ}"
            tx.tasks.enqueue_once(task.stage, entity_id, due_at=slot)
