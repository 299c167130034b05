"""Tasks on tokens that leave the process: scanning a chain, and recovering missed tokens."""

from indelible.tokens.tasks.canceling import cancel_all_unperformed_tasks
from indelible.tokens.tasks.detection import Detection
from indelible.tokens.tasks.recording import record_batch
from indelible.tokens.tasks.recovery import Recovered, recover_missing

__all__ = [
    "Detection",
    "Recovered",
    "cancel_all_unperformed_tasks",
    "record_batch",
    "recover_missing",
]
