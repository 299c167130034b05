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
    CHAIN,
    CHECKPOINT,
    DETECT,
    GENERATE,
    NEXT_STAGE,
    REVEAL_TOKENS,
    UPLOAD,
    due_tasks,
)

__all__ = [
    "CHAIN",
    "CHECKPOINT",
    "DETECT",
    "EPOCH",
    "GENERATE",
    "MAX_BLOCKS",
    "MESSAGE",
    "NEXT_STAGE",
    "REVEAL_TOKENS",
    "UPLOAD",
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
