"""The stage that scans a chain for mints, and rolls back what a reorg has dropped."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from attrs import Factory, define, field, frozen

from indelible.kernel import Actor, Store
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.silence import StandingTask
from indelible.kernel.stages import PermanentFailure, RetryLater, Stage
from indelible.kernel.tasks import Leases
from indelible.tokens.commands import RecordBlocks, RecordContract, ReportChainFault, RollBackBlocks
from indelible.tokens.entities.chain import Block, ContractState
from indelible.tokens.errors import (
    ChainUnreachable,
    CheckpointMoved,
    InvalidNodeResponse,
    RangeTooLarge,
    ReorgTooDeep,
)
from indelible.tokens.handlers.blocks import checkpoint_of, record_blocks, roll_back_blocks
from indelible.tokens.handlers.contract import has_chain_fault, record_contract, report_chain_fault
from indelible.tokens.ports import Chain
from indelible.tokens.queries import blocks_with_mints, checkpoints
from indelible.tokens.repositories.finders import TokensRead, TokensWrite
from indelible.tokens.rules.notices import CHAIN_FAULTS, ChainFault
from indelible.tokens.rules.scanning import (
    BlockBatch,
    BlockRange,
    Checkpoint,
    Reorg,
    ScanSettings,
    next_range,
    next_size,
    shrink,
    split_logs,
)
from indelible.tokens.rules.tasks import DETECT_STAGE, SCAN_TASK_ID
from indelible.tokens.tasks.watching import ContractWatch

# The stage has a single task. Reading a chain changes nothing there, so no attempt is recorded
# before it begins.
BATCH_SIZE: Final = 100
# Only a reorg that is too deep makes the task dead. A node that was unreachable for a month is
# asked again afterwards.
UNLIMITED_ATTEMPTS: Final = 2**31
CHECKPOINTS_PER_READ: Final = 100
MAX_CHECKPOINTS_COMPARED: Final = 100_000
DETECTION: Final = Actor.system("detection")

logger = logging.getLogger("indelible.tokens")

R = TypeVar("R")
ScanResult = BlockBatch | Reorg | ChainFault | None


@frozen
class ScanStart:
    """The checkpoint that a scan starts after, None before the first block, and the present.

    `is_faulty` is true while a fault of the chain is shown.
    """

    checkpoint: Checkpoint | None
    now: datetime
    is_faulty: bool = False


@frozen
class CheckedContract:
    """The contract's code as a scan found it, None where the chain knows nothing of it."""

    state: ContractState | None


@frozen
class Scan:
    """The result of a scan, and the contract if the scan has checked it."""

    result: ScanResult
    checked: CheckedContract | None = None


@define(kw_only=True)
class Detection:
    """Scans a contract's confirmed blocks in order, each once, and again after a reorg."""

    store: Store[TokensRead, TokensWrite]
    chain: Chain
    settings: ScanSettings = field(factory=ScanSettings)
    _watch: ContractWatch = field(
        init=False,
        default=Factory(
            lambda self: ContractWatch(chain=self.chain, settings=self.settings), takes_self=True
        ),
    )
    _blocks_per_read: int = field(
        init=False, default=Factory(lambda self: self.settings.max_blocks, takes_self=True)
    )

    def stage(self) -> Stage[TokensWrite, ScanStart, Scan]:
        """Return the stage. Its only task is the scan of the chain."""
        return Stage(
            name=DETECT_STAGE,
            batch=BATCH_SIZE,
            acts_outside=False,
            lifecycle=None,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            max_attempts=UNLIMITED_ATTEMPTS,
            standing_tasks=(StandingTask(entity_id=SCAN_TASK_ID),),
        )

    def claim(self, tx: TokensWrite, leases: Leases) -> Sequence[ScanStart]:
        """Return the start of the scan for each lease."""
        start = ScanStart(checkpoint_of(tx), tx.clock.now(), has_chain_fault(tx))
        return [start] * len(leases)

    def perform(self, start: ScanStart, handle: LeaseHandle) -> Scan:
        """Return the next batch, the reorg that comes first, or None when nothing is unread.

        While the chain or the contract is wrong, return the fault, and read nothing.

        Raises: ChainUnreachable, InvalidNodeResponse, RetryLater, PermanentFailure for a reorg
        that is too deep, PerformStopped.
        """
        checked: CheckedContract | None = None
        try:
            self._watch.check_chain(start.checkpoint)
            if start.is_faulty or self._watch.is_due(start.now):
                checked = CheckedContract(self._watch.inspect(start.now))
        except CHAIN_FAULTS as error:
            return Scan(ChainFault(code=error.code, message=error.describe()))

        result = self._read_next(start, handle)
        if isinstance(result, BlockBatch):
            result = self._record_first_parts(result, handle)
        return Scan(result, checked)

    def _record_first_parts(self, batch: BlockBatch, handle: LeaseHandle) -> BlockBatch:
        """Record a batch that is too large for one transaction, and return its last part.

        Raises: PerformStopped, LeaseLost, CheckpointMoved.
        """
        *first_parts, last = batch.parts(self.settings.max_tokens_per_batch)
        for part in first_parts:
            handle.check()
            with self.store.transaction(actor=DETECTION, reason="first mints of a block") as tx:
                tx.tasks.require_lease(handle.lease)
                record_blocks(tx, RecordBlocks(batch=part))

        return last

    def _read_next(self, start: ScanStart, handle: LeaseHandle) -> BlockBatch | Reorg | None:
        # The checkpoint is compared after the batch was read: if the chain still has it then,
        # the batch is from the same chain.
        batch = self._read_next_batch(start.checkpoint)
        if self._chain_has_recorded_blocks(start.checkpoint):
            return batch

        find_reorg = partial(self._find_reorg, handle)
        _, reorg = self._read_while_unchanged(self.chain.newest(), find_reorg)
        return reorg

    def finish(self, tx: TokensWrite, done: Sequence[tuple[ScanStart, Scan]]) -> None:
        """Record each result, and enqueue the next scan: at once when more blocks are confirmed."""
        for _, scan in done:
            if scan.checked is not None:
                self._record_contract(tx, scan.checked)
            pause_seconds = self._record(tx, scan.result)
            due_at = tx.clock.now() + timedelta(seconds=pause_seconds)
            tx.tasks.enqueue(DETECT_STAGE, {SCAN_TASK_ID: due_at})

    def check(self) -> None:
        """Raise unless the chain has the configured contract; for a check before the first scan.

        Raises: ChainUnreachable, InvalidNodeResponse, ChainIdMismatch, WrongContract,
        ContractCodeMissing, InterfaceMissing.
        """
        self._watch.check_chain(self._current_checkpoint())
        self.chain.inspect()

    def confirmed_range(self, first: int | None, last: int | None) -> BlockRange:
        """Return the confirmed blocks from `first` to `last`; by default all that are unread."""
        checkpoint = self._current_checkpoint()
        unread = checkpoint.number + 1 if checkpoint else self.settings.start_block
        confirmed = self.chain.newest() - self.settings.confirmations

        return BlockRange(
            first=unread if first is None else first,
            last=confirmed if last is None else min(last, confirmed),
        )

    def read_blocks(self, blocks: BlockRange) -> Iterator[BlockBatch]:
        """Read a range of blocks in batches, also blocks that were read before. Record nothing.

        Raises: CheckpointMoved after a reorg, which only the stage handles.
        """
        self.check()
        newest = self.chain.newest()
        while blocks:
            checkpoint = self._current_checkpoint()
            last = min(blocks.last, blocks.first + self._blocks_per_read - 1)
            batch = self._read_batch(BlockRange(first=blocks.first, last=last), newest, checkpoint)
            if batch is None:
                continue  # the node refused so many blocks: try again with fewer
            if not self._chain_has_recorded_blocks(checkpoint):
                raise CheckpointMoved(blocks.first, last)
            yield batch
            blocks = BlockRange(first=batch.end.number + 1, last=blocks.last)

    def _record_contract(self, tx: TokensWrite, checked: CheckedContract) -> None:
        """Record the contract's code, which ends a fault, and log a change of it."""
        command = RecordContract(contract_id=self.chain.contract_id, state=checked.state)
        changed = record_contract(tx, command)
        if changed is not None:
            logger.warning("contract %s: its code has changed: %s", changed.contract, changed.state)

    def _record(self, tx: TokensWrite, result: ScanResult) -> float:
        """Record the result of a scan, and return the seconds until the next one."""
        if result is None:
            return self.settings.poll_seconds
        if isinstance(result, ChainFault):
            if report_chain_fault(tx, ReportChainFault(fault=result)):
                logger.error("detection pauses: %s: %s", result.code, result.message)
            return self.settings.check_seconds
        if isinstance(result, BlockBatch):
            self._record_batch(tx, result)
            return self.settings.poll_seconds if result.is_last else 0

        max_tokens = self.settings.max_tokens_per_batch
        rolled_back = roll_back_blocks(tx, RollBackBlocks(reorg=result, max_tokens=max_tokens))
        logger.warning(
            "chain reorg after block %d: rolled back %s",
            result.last_canonical.number,
            rolled_back,
        )
        return 0

    def _record_batch(self, tx: TokensWrite, batch: BlockBatch) -> None:
        """Record a batch of blocks, and log the logs that are quarantined."""
        recorded = record_blocks(tx, RecordBlocks(batch=batch))
        for log in recorded.quarantined:
            logger.warning(
                "quarantined log %d of transaction %s in block %d: field %s: %s",
                log.log_index,
                log.tx_hash,
                log.block_number,
                log.field,
                log.problem,
            )

    def _read_next_batch(self, checkpoint: Checkpoint | None) -> BlockBatch | None:
        """Return the next batch of unread blocks, None when no confirmed block is unread."""
        newest = self.chain.newest()
        while True:
            blocks = next_range(checkpoint, newest, self._blocks_per_read, self.settings)
            if not blocks:
                return None
            batch = self._read_batch(blocks, newest, checkpoint)
            if batch is not None:
                return batch

    def _read_batch(
        self, blocks: BlockRange, newest: int, checkpoint: Checkpoint | None
    ) -> BlockBatch | None:
        """Return the mints of blocks. Return None when fewer blocks must be asked for at once."""
        try:
            last, logs = self._read_while_unchanged(
                blocks.last, lambda: self.chain.mints(blocks.first, blocks.last)
            )
        except RangeTooLarge as error:
            if blocks.first == blocks.last:
                raise RetryLater(f"the node refused the logs of block {blocks.first}") from error
            self._blocks_per_read = shrink(blocks, error.advised_last)
            return None

        for log in logs:
            if not blocks.first <= log.block_number <= blocks.last:
                problem = f"a log of block {log.block_number} is not of blocks"
                raise InvalidNodeResponse(f"{problem} {blocks.first} to {blocks.last}")
        mints, invalid_logs = split_logs(logs, self.settings)
        self._blocks_per_read = next_size(self._blocks_per_read, len(logs), self.settings)
        end = Checkpoint(
            number=last.number,
            hash=last.hash,
            contract=self.chain.contract_id,
            reorg_count=checkpoint.reorg_count if checkpoint else 0,
        )
        batch = BlockBatch(
            blocks=blocks,
            checkpoint=checkpoint,
            end=end,
            start_block=self.settings.start_block,
            mints=mints,
            invalid_logs=invalid_logs,
            is_last=blocks.last >= newest - self.settings.confirmations,
        )
        return batch.limit_new_tokens(self.settings.max_tokens_per_batch)

    def _read_while_unchanged(self, number: int, read: Callable[[], R]) -> tuple[Block, R]:
        """Return a block and what `read` returns while the block stays the same.

        Raises: ChainUnreachable when the block was replaced in between.
        """
        block = self._block(number)
        value = read()
        if self._block(number) != block:
            raise ChainUnreachable(f"block {number} was replaced while the chain was read")

        return block, value

    def _block(self, number: int) -> Block:
        """Return a block. Raises ChainUnreachable when the node does not have it yet."""
        block = self.chain.block(number)
        if block is None:
            raise ChainUnreachable(f"the node has no block {number} yet")

        return block

    def _is_in_chain(self, number: int, block_hash: str) -> bool:
        """Return True when the chain has this block.

        Raises: ChainUnreachable when the node is not at this height, which decides nothing.
        """
        return self._block(number).hash == block_hash

    def _chain_has_recorded_blocks(self, checkpoint: Checkpoint | None) -> bool:
        """Return True when the chain has the checkpoint and every later block with mints.

        There are later blocks with mints when an earlier reorg is not yet read to its end.
        """
        if checkpoint and not self._is_in_chain(checkpoint.number, checkpoint.hash):
            return False

        later = self.store.read(blocks_with_mints, checkpoint.number if checkpoint else -1)
        return all(self._is_in_chain(number, block_hash) for number, block_hash in later)

    def _find_reorg(self, handle: LeaseHandle) -> Reorg:
        """Return the last checkpoint that the chain has, and the dropped blocks with mints."""
        last_canonical = self._last_canonical_checkpoint(handle)
        orphaned: set[str] = set()
        for number, block_hash in self.store.read(blocks_with_mints, last_canonical.number):
            if not self._is_in_chain(number, block_hash):
                orphaned.add(block_hash)

        return Reorg(last_canonical=last_canonical, orphaned_block_hashes=frozenset(orphaned))

    def _last_canonical_checkpoint(self, handle: LeaseHandle) -> Checkpoint:
        """Return the last checkpoint that the chain has; its first block when it has none.

        Raises: PermanentFailure when too many checkpoints are no longer in the chain,
        PerformStopped.
        """
        before: int | None = None
        oldest = 0
        for _ in range(0, MAX_CHECKPOINTS_COMPARED, CHECKPOINTS_PER_READ):
            page = self.store.read(checkpoints, before=before, limit=CHECKPOINTS_PER_READ)
            if not page:
                return self._first_checkpoint()
            handle.check()
            for _, checkpoint in page:
                if self._is_in_chain(checkpoint.number, checkpoint.hash):
                    return checkpoint
            before = page[-1][0]
            oldest = page[-1][1].number

        raise PermanentFailure(str(ReorgTooDeep(oldest)))

    def _first_checkpoint(self) -> Checkpoint:
        """Return the checkpoint before the first block to scan. Block 0 holds no mints."""
        block = self._block(max(0, self.settings.start_block - 1))
        return Checkpoint(number=block.number, hash=block.hash, contract=self.chain.contract_id)

    def _current_checkpoint(self) -> Checkpoint | None:
        """Return the newest stored checkpoint, None before the first."""
        newest = self.store.read(checkpoints, limit=1)
        if not newest:
            return None
        return newest[0][1]
