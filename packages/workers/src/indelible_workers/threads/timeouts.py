"""Count, log and record the tasks whose threads are still occupied after their time limits."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Lease
from indelible_workers.leases.holds import HeldLeases, RunningTask
from indelible_workers.worker import Worker, logger

RECORD_RETRY_SECONDS: Final = 0.5  # while the task is locked or the database is unavailable
AnyStage = Stage[Any, Any, Any]


def count_timed_out(worker: Worker, running: RunningTask) -> None:
    """Note that a task exceeded its limit and still occupies its thread."""
    lease = running.handle.lease
    number = worker.stage_threads.count_timed_out(lease.stage, 1)
    worker.count(lease.stage, "timed_out")
    logger.error(
        "stage %s: task %s exceeded its limit of %s seconds and still runs; timed-out tasks "
        "occupy %s of %s threads",
        lease.stage,
        lease.entity_id,
        running.timeout_seconds,
        number,
        worker.stage_threads.limit(lease.stage) or "unlimited",
    )


def count_returned(worker: Worker, lease: Lease) -> None:
    """Note that the thread of a timed-out task is free again."""
    worker.stage_threads.count_timed_out(lease.stage, -1)
    logger.warning(
        "stage %s: task %s returned after its limit; its result is discarded",
        lease.stage,
        lease.entity_id,
    )


def record_in_thread(
    worker: Worker, stage: AnyStage, lease: Lease, record: Callable[[], None]
) -> None:
    """Record the death of a timed-out task in a thread of its own, where `on_dead` may be slow.

    Without a thread it is recorded at once: leases may expire meanwhile, but no death is lost.
    """
    record_until_stored = partial(_record_until_stored, worker, stage, lease, record)
    if not worker.finishers.start(stage.name, record_until_stored):
        record()


def _record_until_stored(
    worker: Worker, stage: AnyStage, lease: Lease, record: Callable[[], None]
) -> None:
    """Record a death, tried again until the worker stops; then another worker finds the task."""
    with worker.hold_leases(HeldLeases(stage, [lease], worker.clock)):
        while True:
            try:
                record()
            except Exception as error:  # noqa: BLE001 - locked, or without a database
                logger.warning(
                    "stage %s: death of task %s not recorded yet (%s)",
                    stage.name,
                    lease.entity_id,
                    type(error).__name__,
                )
            else:
                return

            if worker.clock.wait(worker.stopping, RECORD_RETRY_SECONDS):
                return
