"""Workers: stages are drained in process, and in processes that Redis wakes."""

from indelible_workers.hints import register, sweep, working
from indelible_workers.processing import drain
from indelible_workers.recurring import Periodic, schedule
from indelible_workers.redis import HintBroker, client_of
from indelible_workers.worker import Shift

__all__ = ["HintBroker", "Periodic", "Shift", "client_of", "drain", "register", "schedule", "sweep", "working"]
