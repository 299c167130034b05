"""What follows from several entities: which step was taken, which blocks to read, which message a wallet signs."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from attrs import field, frozen

from indelible.kernel import Invalid, InvalidTransition, Lifecycle
from indelible.kernel.values import bounded_int, instance_of
from indelible.tokens.entities import NATURAL, MintLog, Token
from indelible.tokens.errors import MessageExpired, MessageWrong
from indelible.tokens.lifecycle import TokenStatus

MESSAGE: Final = "Update prompt for wallet: {wallet}\nTimestamp: {timestamp}\nNonce: {nonce}"
SIGNED: Final = re.compile(
    r"Update prompt for wallet: \S+\nTimestamp: ([0-9]{13})\nNonce: ([A-Za-z0-9_-]{8,100})"
)
WINDOW: Final = timedelta(minutes=5)
MOST_BLOCKS: Final = 2_000
GENERATE, UPLOAD, REVEAL_TOKENS, DETECT = "generate", "upload", "reveal", "detect"
CHAIN, CHECKPOINT = (
    "chain",
    "last_processed_block",
)  # what is detected; the key under which is kept how far
NEXT_STAGE: Final = {
    TokenStatus.DETECTED: GENERATE,
    TokenStatus.UPLOADING: UPLOAD,
    TokenStatus.READY: REVEAL_TOKENS,
}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def step_between(lifecycle: Lifecycle[StrEnum], old: str, new: StrEnum) -> str:
    """The action that leads from a state to another, or InvalidTransition."""
    for edge in lifecycle.edges:
        if (edge.from_state, edge.to_state) == (old, new):
            return edge.action
    raise InvalidTransition(lifecycle.name, old, f"become {new}", lifecycle.allowed(old))


def due_next(tokens: Iterable[Token]) -> dict[str, dict[str, datetime]]:
    """What is to be done with tokens next: by stage the ids, each due as its mint was, so that the oldest is first."""
    due: dict[str, dict[str, datetime]] = {}
    for token in tokens:
        if token.status in NEXT_STAGE:
            due.setdefault(NEXT_STAGE[token.status], {})[token.id] = token.mint_timestamp
    return due


@frozen(kw_only=True)
class SignedMessage:
    """What a wallet says when it signs."""

    timestamp: int  # milliseconds since 1970
    nonce: str


def signed_message(message: str, wallet: str, now: datetime) -> SignedMessage:
    """What the message says, or MessageWrong, or MessageExpired."""
    found = SIGNED.fullmatch(message)
    timestamp, nonce = found.groups() if found else ("0", "")
    if message != MESSAGE.format(wallet=wallet, timestamp=timestamp, nonce=nonce) or not found:
        raise MessageWrong(MESSAGE)
    if abs(now - (EPOCH + timedelta(milliseconds=int(timestamp)))) > WINDOW:
        raise MessageExpired(int(timestamp))
    return SignedMessage(timestamp=int(timestamp), nonce=nonce)


@frozen(kw_only=True)
class Checkpoint:
    """The last block that was read, by number and hash, of which contract, and how often what was read was dropped."""

    number: int = field(validator=bounded_int, metadata=NATURAL)
    hash: str = field(validator=instance_of(str))
    contract: str = ""
    reorg_count: int = 0

    @classmethod
    def parse(cls, value: Any) -> Self | None:  # noqa: ANN401 - what JSON knows
        """The checkpoint that a state's value is; None for any other, such as the bare number of the hand-off."""
        try:
            return cls(**value)
        except (TypeError, Invalid):
            return None


@frozen(kw_only=True)
class ScanSettings:
    """How a chain is read: from which block, how far behind its newest, how many at once, how many again."""

    start: int = 0
    confirmations: int = 12
    most_blocks: int = MOST_BLOCKS
    overlap: int = 20
    poll_seconds: float = 2.0


@frozen(kw_only=True)
class BlockRange:
    """Blocks to be read, both ends included; none where the last lies before the first."""

    first: int
    last: int

    def __bool__(self) -> bool:
        return self.first <= self.last


def next_span(
    checkpoint: Checkpoint | None, newest: int, size: int, how: ScanSettings
) -> BlockRange:
    """The next `size` blocks; some of them were read before, in case a node had not all of them then.

    At least half are new, so that reading goes on however little a node gives at once.
    """
    confirmed = newest - how.confirmations
    unread = how.start if checkpoint is None else checkpoint.number + 1
    first = max(
        min(how.start, unread), unread - min(how.overlap, size // 2)
    )  # a start that is set later skips nothing
    return (
        BlockRange(first=first, last=min(confirmed, first + size - 1))
        if unread <= confirmed
        else BlockRange(first=1, last=0)
    )


def shrink(span: BlockRange, advised_last: int | None) -> int:
    """How many blocks a node may answer for that did not for this span."""
    if advised_last is not None and span.first <= advised_last < span.last:
        return advised_last - span.first + 1
    return max(1, (span.last - span.first + 1) // 2)


def next_size(size: int, logs: int, how: ScanSettings) -> int:
    """How many blocks to ask for next: more while there is little in them."""
    return min(how.most_blocks, size * 2) if logs < 1_000 else size  # noqa: PLR2004 - a tenth of what nodes give


@frozen(kw_only=True)
class BlockBatch:
    """What the chain says of some blocks, how far it is read with them, and how far it was read before."""

    span: BlockRange
    end: Checkpoint
    seen: Checkpoint | None
    start: int  # where reading begins that has no checkpoint
    mints: tuple[MintLog, ...]
    is_last: bool  # whether nothing confirmed lies beyond

    def follows(self, checkpoint: Checkpoint | None) -> bool:
        """Whether it may be kept over the checkpoint: no block is left out, and it is of the chain that was read."""
        unread, drops = (
            (checkpoint.number + 1, checkpoint.reorg_count) if checkpoint else (self.start, 0)
        )
        was_read = (
            self.seen is not None
            and self.end.number <= self.seen.number
            and drops == self.end.reorg_count
        )
        return self.span.first <= unread and (was_read or checkpoint == self.seen)


@frozen(kw_only=True)
class Reorg:
    """The chain has dropped blocks that were read: how far it kept them, and the blocks of mints that are gone."""

    last_canonical: Checkpoint
    orphaned_block_hashes: frozenset[str]
