"""Workers: process the tasks of stages, in this process or in several that Redis wakes up.

The names that need the client of Redis are imported at their first use.
"""

from typing import TYPE_CHECKING, Any

from indelible_workers.children import ChildEnded, PerformNotPicklable
from indelible_workers.dispatching import dispatch_ready
from indelible_workers.process_groups import ProcessGroupInvalid
from indelible_workers.processing import process_batch
from indelible_workers.recurring import RecurringTask, run_scheduler
from indelible_workers.scheduler_metrics import SchedulerMetrics
from indelible_workers.wakeups import register_actors, run_workers
from indelible_workers.worker import Worker

if TYPE_CHECKING:
    from indelible_workers.redis import WakeupBroker, redis_client

__all__ = [
    "ChildEnded",
    "PerformNotPicklable",
    "ProcessGroupInvalid",
    "RecurringTask",
    "SchedulerMetrics",
    "WakeupBroker",
    "Worker",
    "dispatch_ready",
    "process_batch",
    "redis_client",
    "register_actors",
    "run_scheduler",
    "run_workers",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module defines
    """Return a name of the module that imports Redis."""
    if name not in {"WakeupBroker", "redis_client"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    from indelible_workers import redis  # noqa: PLC0415 - takes 65 ms, which few processes need

    return getattr(redis, name)
