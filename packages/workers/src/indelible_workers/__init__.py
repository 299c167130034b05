"""Workers: process the tasks of stages, in this process or in several that Redis wakes up."""

from indelible_workers.children import ChildEnded, PerformNotPicklable
from indelible_workers.processing import process_batch
from indelible_workers.recurring import RecurringTask, run_scheduler
from indelible_workers.redis import WakeupBroker, redis_client
from indelible_workers.wakeups import dispatch_ready, register_actors, run_workers
from indelible_workers.worker import Worker

__all__ = [
    "ChildEnded",
    "PerformNotPicklable",
    "RecurringTask",
    "WakeupBroker",
    "Worker",
    "dispatch_ready",
    "process_batch",
    "redis_client",
    "register_actors",
    "run_scheduler",
    "run_workers",
]
