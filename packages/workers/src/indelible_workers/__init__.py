"""Workers: process the tasks of stages, in this process or in several that Redis wakes up.

The names that need a client of Redis are imported at their first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from indelible_workers.children.process_groups import ProcessGroupInvalid
from indelible_workers.children.processes import ChildEnded, PerformNotPicklable
from indelible_workers.clocks.thread_clock import ThreadClock, WaitingClock
from indelible_workers.clocks.virtual_clock import ThreadRefused, VirtualClock, WaitNeverEnds
from indelible_workers.processing.batches import process_batch
from indelible_workers.recurring.metrics import SchedulerMetrics
from indelible_workers.recurring.scheduler import RecurringTask, run_scheduler
from indelible_workers.wakeups.dispatching import dispatch_ready
from indelible_workers.wakeups.threads import register_actors, run_workers
from indelible_workers.worker import Worker

if TYPE_CHECKING:
    from indelible_workers.redis.broker import WakeupBroker
    from indelible_workers.redis.commit_channel import publish_commits
    from indelible_workers.redis.connection import redis_client

NAMES_OF_BROKERS: Final = {
    "WakeupBroker": "indelible_workers.redis.broker",
    "publish_commits": "indelible_workers.redis.commit_channel",
    "redis_client": "indelible_workers.redis.connection",
}

__all__ = [
    "ChildEnded",
    "PerformNotPicklable",
    "ProcessGroupInvalid",
    "RecurringTask",
    "SchedulerMetrics",
    "ThreadClock",
    "ThreadRefused",
    "VirtualClock",
    "WaitNeverEnds",
    "WaitingClock",
    "WakeupBroker",
    "Worker",
    "dispatch_ready",
    "process_batch",
    "publish_commits",
    "redis_client",
    "register_actors",
    "run_scheduler",
    "run_workers",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module defines
    """Return a name of the modules that import such a client."""
    if name not in NAMES_OF_BROKERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    # Takes 65 ms, which few processes need.
    return getattr(import_module(NAMES_OF_BROKERS[name]), name)
