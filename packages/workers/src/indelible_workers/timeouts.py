"""Count and log the tasks whose threads are still occupied after their time limits."""

from indelible.kernel.tasks import Lease
from indelible_workers.holds import RunningTask
from indelible_workers.worker import Worker, logger


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
