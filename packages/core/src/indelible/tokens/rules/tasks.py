"""Names of the stages and tasks of tokens, and the tasks that a token's state makes due."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import Attribute, field, frozen

from indelible.kernel import Lifecycle
from indelible.tokens.entities.tokens import Token
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


def _names(stages: Iterable[str]) -> frozenset[str]:
    return frozenset(stages)


def _are_stages(_: object, __: "Attribute[frozenset[str]]", stages: frozenset[str]) -> None:
    unknown = sorted(stages - STAGE_LIFECYCLES.keys())
    if unknown:
        raise ValueError(f"no stage of tokens is named {', '.join(unknown)}")


@frozen(kw_only=True)
class TokenPolicy:
    """The stages of tokens that a worker performs: `generate`, `upload` and `reveal` at most.

    indelible has none of them; a host writes them. Only their tasks are enqueued.
    """

    stages: frozenset[str] = field(
        default=frozenset(),
        converter=_names,
        validator=_are_stages,
    )

    @property
    def unperformed_stages(self) -> list[str]:
        """Return the stages that no worker performs, in order."""
        return sorted(STAGE_LIFECYCLES.keys() - self.stages)


def due_tasks(tokens: Iterable[Token], stages: Collection[str]) -> dict[str, dict[str, datetime]]:
    """Return the next tasks of tokens: for each stage, when the task of each token id is due.

    A task is due at the instant of its token's mint, so that the oldest mint comes first. Only
    `stages` have tasks.
    """
    due: dict[str, dict[str, datetime]] = {}
    for token in tokens:
        stage = NEXT_STAGE.get(token.status)
        if stage is not None and stage in stages:
            due.setdefault(stage, {})[token.id] = token.mint_timestamp

    return due
