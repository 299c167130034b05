"""Decide whether a task that failed is tried again, and when."""

from datetime import datetime, timedelta
from typing import Any, Final

from indelible.kernel.stages import Stage, TasksRead, backoff_seconds, lease_fraction
from indelible.kernel.tasks import Lease
from indelible.kernel.transaction import Store

JITTER: Final = 0.2  # of a wait of `Stage.retry_waits`, in both directions


def wait_seconds(stage: Stage[Any, Any, Any], lease: Lease) -> float:
    """Return the seconds to wait before the next attempt, by the stage's schedule if it has one.

    The last wait of a schedule repeats. Each is shortened or extended by up to 20 percent, which
    follows from the lease.
    """
    if not stage.retry_waits:
        return backoff_seconds(lease)

    index = min(max(lease.attempt, 1), len(stage.retry_waits)) - 1
    return stage.retry_waits[index] * (1 - JITTER + 2 * JITTER * lease_fraction(lease))


def is_last_attempt(
    store: Store[TasksRead, Any], stage: Stage[Any, Any, Any], lease: Lease, now: datetime
) -> bool:
    """Return True if no attempt follows this one when it fails; read only where time decides."""
    if stage.retry_seconds is None:
        return lease.attempt >= stage.max_attempts

    first_at = store.read(_first_attempt_at, lease)
    if first_at is None:
        return False

    return now - first_at >= timedelta(seconds=stage.retry_seconds)


def _first_attempt_at(tx: TasksRead, lease: Lease) -> datetime | None:
    return tx.tasks.first_attempt_at(lease)
