"""Names of the stages and tasks of tokens, and the tasks that a token's state makes due."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from indelible.kernel import Lifecycle
from indelible.tokens.entities import Token
from indelible.tokens.lifecycle import TOKEN, TokenStatus

# Names of the stages.
DETECT_STAGE: Final = "detect"
GENERATE_STAGE: Final = "generate"
UPLOAD_STAGE: Final = "upload"
REVEAL_STAGE: Final = "reveal"

SCAN_TASK_ID: Final = "chain"  # the id of the only task of the stage
CHECKPOINT: Final = "last_processed_block"  # the key of the system state with the checkpoint

NEXT_STAGE: Final[Mapping[TokenStatus, str]] = {
    TokenStatus.DETECTED: GENERATE_STAGE,
    TokenStatus.UPLOADING: UPLOAD_STAGE,
    TokenStatus.READY: REVEAL_STAGE,
}

# The stages whose tasks belong to tokens. The scan of the chain stands alone.
STAGE_LIFECYCLES: Final[Mapping[str, Lifecycle[StrEnum]]] = dict.fromkeys(
    NEXT_STAGE.values(), TOKEN
)


def due_tasks(tokens: Iterable[Token]) -> dict[str, dict[str, datetime]]:
    """Return the next tasks of tokens: for each stage, when the task of each token id is due.

    A task is due at the instant of its token's mint, so that the oldest mint comes first.
    """
    due: dict[str, dict[str, datetime]] = {}
    for token in tokens:
        stage = NEXT_STAGE.get(token.status)
        if stage is not None:
            due.setdefault(stage, {})[token.id] = token.mint_timestamp

    return due
