"""Scanning a chain: the checkpoint, the next range of blocks, and the batch that was read."""

from collections.abc import Iterable
from typing import Any, Final, Self

from attrs import evolve, field, frozen

from indelible.kernel import Invalid
from indelible.kernel.values import bounded_int, instance_of
from indelible.tokens.entities.chain import ContractLog, InvalidLog, LogPosition, MintLog
from indelible.tokens.entities.fields import MAX_TOKENS_PER_MINT, NATURAL

MAX_BLOCKS: Final = 2_000
CHECK_SECONDS: Final = 60.0
# In one transaction: the embedded PostgreSQL ends one that takes a minute, and no other process can
# write to SQLite meanwhile.
MAX_TOKENS_PER_BATCH: Final = 1_000
FEW_LOGS: Final = 1_000  # a tenth of what nodes return at most


@frozen(kw_only=True)
class Checkpoint:
    """The last block whose mints are recorded.

    `contract` is its CAIP-10 id, '' for a checkpoint of unknown origin. `reorg_count` is how
    often blocks that had been read were dropped from the chain.
    """

    number: int = field(validator=bounded_int, metadata=NATURAL)
    hash: str = field(validator=instance_of(str))
    contract: str = ""
    reorg_count: int = 0

    @classmethod
    def parse(cls, value: Any) -> Self | None:  # noqa: ANN401 - any JSON value
        """Return the checkpoint stored as this JSON value.

        Return None for any other value, such as the bare block number of seed 004.
        """
        try:
            return cls(**value)
        except (TypeError, Invalid):
            return None


@frozen(kw_only=True)
class ScanSettings:
    """Settings of a scan of the chain.

    A block is confirmed when `confirmations` blocks follow it. `overlap` is the number of blocks
    that are read a second time, in case a node had not all of their logs at first. The contract's
    code is checked at the start and every `check_seconds`; while it is wrong, nothing is read. A
    mint of more than `max_tokens_per_mint` tokens is quarantined. One transaction records or
    rolls back `max_tokens_per_batch` tokens, or a single mint with more.
    """

    start_block: int = 0
    confirmations: int = 12
    max_blocks: int = MAX_BLOCKS
    overlap: int = 20
    poll_seconds: float = 2.0
    check_seconds: float = CHECK_SECONDS
    max_tokens_per_mint: int = MAX_TOKENS_PER_MINT
    max_tokens_per_batch: int = MAX_TOKENS_PER_BATCH


@frozen(kw_only=True)
class BlockRange:
    """A range of blocks, both ends included; empty and false when `last` is below `first`."""

    first: int
    last: int

    def __bool__(self) -> bool:
        return self.first <= self.last


EMPTY_RANGE: Final = BlockRange(first=1, last=0)


def next_range(
    checkpoint: Checkpoint | None, newest: int, size: int, settings: ScanSettings
) -> BlockRange:
    """Return the next range of at most `size` blocks; empty when no confirmed block is unread.

    At least half of the blocks are unread ones, so that a scan advances however few blocks a
    node returns at once.
    """
    confirmed = newest - settings.confirmations
    unread = settings.start_block if checkpoint is None else checkpoint.number + 1
    if unread > confirmed:
        return EMPTY_RANGE

    overlap = min(settings.overlap, size // 2)
    # A start block that is raised after the first scan must not skip unread blocks.
    earliest = min(settings.start_block, unread)
    first = max(earliest, unread - overlap)

    return BlockRange(first=first, last=min(confirmed, first + size - 1))


def shrink(blocks: BlockRange, advised_last: int | None) -> int:
    """Return how many blocks to ask for after a node refused this range as too large."""
    if advised_last is not None and blocks.first <= advised_last < blocks.last:
        return advised_last - blocks.first + 1

    count = blocks.last - blocks.first + 1
    return max(1, count // 2)


def next_size(size: int, log_count: int, settings: ScanSettings) -> int:
    """Return how many blocks to ask for next: twice as many while they hold few logs."""
    if log_count >= FEW_LOGS:
        return size
    return min(settings.max_blocks, size * 2)


def split_logs(
    logs: Iterable[ContractLog], settings: ScanSettings
) -> tuple[tuple[MintLog, ...], tuple[InvalidLog, ...]]:
    """Return the mints among the logs of a contract, and the logs to quarantine."""
    limit = settings.max_tokens_per_mint
    mints: list[MintLog] = []
    invalid: list[InvalidLog] = []
    for log in logs:
        if isinstance(log, InvalidLog):
            invalid.append(log)
        elif log.quantity > limit:
            problem = f"The mint has {log.quantity} tokens: expected at most {limit}."
            invalid.append(log.position.invalid("quantity", problem))
        else:
            mints.append(log)

    return tuple(mints), tuple(invalid)


@frozen(kw_only=True)
class BlockBatch:
    """The mints of a range of blocks.

    `checkpoint` is the one that the batch was read after, `end` the one to store with it.
    `start_block` is where a scan without a checkpoint starts. `is_last` is true when no
    confirmed block follows the range. `invalid_logs` cannot be mints, and are quarantined.
    A batch that is continued is a part of one that is too large for one transaction: a further
    part follows. The first part has the mints of all others as `later_mints`.
    """

    blocks: BlockRange
    checkpoint: Checkpoint | None
    end: Checkpoint
    start_block: int
    mints: tuple[MintLog, ...]
    is_last: bool
    invalid_logs: tuple[InvalidLog, ...] = ()
    is_continued: bool = False
    later_mints: tuple[MintLog, ...] = ()

    def up_to_block_of(self, log: LogPosition) -> Self:
        """Return the part of the batch that ends with the block of one of its logs."""
        number = log.block_number
        return evolve(
            self,
            blocks=BlockRange(first=self.blocks.first, last=number),
            end=evolve(self.end, number=number, hash=log.block_hash),
            mints=tuple(mint for mint in self.mints if mint.block_number <= number),
            invalid_logs=tuple(odd for odd in self.invalid_logs if odd.block_number <= number),
            is_last=False,
        )

    def limit_new_tokens(self, limit: int) -> Self:
        """Return the first blocks with at most `limit` tokens in unread blocks.

        At least one unread block is among them, whatever it holds.
        """
        checkpoint_number = self.checkpoint.number if self.checkpoint else -1
        tokens = 0
        last: MintLog | None = None
        for mint in self.mints:
            if mint.block_number <= checkpoint_number:
                continue
            tokens += mint.quantity
            if last and tokens > limit and mint.block_number > last.block_number:
                return self.up_to_block_of(last)
            last = mint

        return self

    def parts(self, limit: int) -> list[Self]:
        """Return the batch in parts with at most `limit` tokens, or a single mint with more."""
        sizes: list[int] = []
        tokens = 0
        for mint in self.mints:
            tokens += mint.quantity
            if not sizes or tokens > limit:
                sizes.append(0)
                tokens = mint.quantity
            sizes[-1] += 1

        parts: list[Self] = []
        start = 0
        for size in sizes[:-1]:
            end = start + size
            later_mints = self.mints[end:] if start == 0 else ()
            mints = self.mints[start:end]
            parts.append(evolve(self, mints=mints, later_mints=later_mints, is_continued=True))
            start = end
        return [*parts, evolve(self, mints=self.mints[start:])]

    def follows(self, current: Checkpoint | None) -> bool:
        """Return True when the batch may be recorded after the current checkpoint.

        No block may be left out, and the batch must come from the chain that the checkpoint is
        on.
        """
        return not self._leaves_blocks_out(current) and self._is_from_chain_of(current)

    def _leaves_blocks_out(self, current: Checkpoint | None) -> bool:
        """Return True when there are unread blocks before the batch."""
        unread = self.start_block if current is None else current.number + 1
        return self.blocks.first > unread

    def _is_from_chain_of(self, current: Checkpoint | None) -> bool:
        """Return True when the batch is from the chain that the checkpoint is on.

        It was read after this very checkpoint, or it repeats blocks that had been read before,
        without a reorg since.
        """
        if self.checkpoint == current:
            return True
        if self.checkpoint is None or self.end.number > self.checkpoint.number:
            return False

        reorg_count = 0 if current is None else current.reorg_count
        return self.end.reorg_count == reorg_count


@frozen(kw_only=True)
class Reorg:
    """A change of the chain below the checkpoint.

    `last_canonical` is the last checkpoint that the chain still has. `orphaned_block_hashes` are
    the dropped blocks with recorded mints.
    """

    last_canonical: Checkpoint
    orphaned_block_hashes: frozenset[str]
