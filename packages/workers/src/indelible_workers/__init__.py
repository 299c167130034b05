"""Workers: stages are drained in process, and in processes that Redis wakes."""

from indelible_workers.drains import drain
from indelible_workers.hints import Stages, queue_of, register, sweep, working
from indelible_workers.periodic import Periodic, schedule, tick
from indelible_workers.redis import HintBroker, client_of
from indelible_workers.shift import Shift

__all__ = [
    # one batch
    "drain",
    # a process
    "Shift",
    "Stages",
    "working",
    # messages
    "HintBroker",
    "client_of",
    "queue_of",
    "register",
    "sweep",
    # the clock
    "Periodic",
    "schedule",
    "tick",
]
