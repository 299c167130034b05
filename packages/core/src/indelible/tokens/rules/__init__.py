"""Rules over several entities: saving, tasks that are due, signed messages and scanning a chain."""

from indelible.tokens.rules.messages import EPOCH, MESSAGE, SignedMessage, signed_message
from indelible.tokens.rules.saving import action_between
from indelible.tokens.rules.scanning import (
    MAX_BLOCKS,
    BlockBatch,
    BlockRange,
    Checkpoint,
    Reorg,
    ScanSettings,
    next_range,
    next_size,
    shrink,
)
from indelible.tokens.rules.tasks import (
    CHECKPOINT,
    DETECT_STAGE,
    GENERATE_STAGE,
    NEXT_STAGE,
    REVEAL_STAGE,
    SCAN_TASK_ID,
    STAGE_LIFECYCLES,
    UPLOAD_STAGE,
    due_tasks,
)

__all__ = [
    "SCAN_TASK_ID",
    "STAGE_LIFECYCLES",
    "CHECKPOINT",
    "DETECT_STAGE",
    "EPOCH",
    "GENERATE_STAGE",
    "MAX_BLOCKS",
    "MESSAGE",
    "NEXT_STAGE",
    "REVEAL_STAGE",
    "UPLOAD_STAGE",
    "BlockBatch",
    "BlockRange",
    "Checkpoint",
    "Reorg",
    "ScanSettings",
    "SignedMessage",
    "action_between",
    "due_tasks",
    "next_range",
    "next_size",
    "shrink",
    "signed_message",
]
