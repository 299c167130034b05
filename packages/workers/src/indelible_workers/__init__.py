"""Workers: stages are drained in process, and in processes that Redis wakes."""

from indelible_workers.hints import dispatch_ready, register, run_workers
from indelible_workers.processing import process_batch
from indelible_workers.recurring import Periodic, schedule
from indelible_workers.redis import WakeupBroker, client_of
from indelible_workers.worker import Worker

__all__ = [
    "WakeupBroker",
    "Periodic",
    "Worker",
    "client_of",
    "process_batch",
    "register",
    "schedule",
    "dispatch_ready",
    "run_workers",
]
