"""Handlers of blocks: record their mints, roll dropped ones back, and keep the checkpoint."""

from collections.abc import Iterable

from attrs import asdict, evolve

from indelible.tokens import commands
from indelible.tokens.commands import BlocksRecorded, BlocksRolledBack
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.tokens import Token
from indelible.tokens.errors import CheckpointMoved
from indelible.tokens.handlers.mints import (
    orphan_former_mint,
    orphan_mint,
    record_mints,
    return_to_other_mint,
)
from indelible.tokens.lifecycle import MintStatus
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.quarantine import replace_quarantined
from indelible.tokens.repositories.saving import find_many
from indelible.tokens.rules.scanning import Checkpoint
from indelible.tokens.rules.tasks import CHECKPOINT, DETECT_STAGE, SCAN_TASK_ID

LAST_BLOCK = 2**63 - 1


def record_blocks(tx: TokensWrite, command: commands.RecordBlocks) -> BlocksRecorded:
    """Record the mints of a batch of blocks that are new, and move the checkpoint to its end.

    Logs that cannot be mints are quarantined. A batch that is continued only records its mints.

    Raises: CheckpointMoved when the batch does not follow the checkpoint.
    """
    batch = command.batch
    checkpoint = checkpoint_of(tx)
    if not batch.follows(checkpoint):
        raise CheckpointMoved(batch.blocks.first, batch.blocks.last)

    # Every former mint is orphaned first: the mints may have exchanged their tokens.
    for log in batch.later_mints:
        orphan_former_mint(tx, log)
    recorded = record_mints(tx, batch.mints)
    if batch.is_continued:
        return recorded

    blocks = batch.blocks
    quarantined = replace_quarantined(tx, blocks.first, blocks.last, batch.invalid_logs)
    if checkpoint is None or checkpoint.number < batch.end.number:
        _set_checkpoint(tx, batch.end)

    return evolve(recorded, quarantined=quarantined)


def roll_back_blocks(tx: TokensWrite, command: commands.RollBackBlocks) -> BlocksRolledBack:
    """Orphan mints of dropped blocks, and move the checkpoint back to the last kept block."""
    reorg = command.reorg
    checkpoint = checkpoint_of(tx)
    reorg_count = 0 if checkpoint is None else checkpoint.reorg_count

    events = _canonical_mints(tx, reorg.orphaned_block_hashes, command.max_tokens)
    tokens: list[Token] = []
    for event in events:
        tokens.extend(orphan_mint(tx, event))
    for token in tokens:
        return_to_other_mint(tx, token)
    # The blocks after the checkpoint are read again.
    replace_quarantined(tx, reorg.last_canonical.number + 1, LAST_BLOCK, ())
    _set_checkpoint(tx, evolve(reorg.last_canonical, reorg_count=reorg_count + 1))

    revealed = tuple(token.token_id for token in tokens if token.is_revealed)
    return BlocksRolledBack(mints=len(events), tokens=len(tokens), already_revealed=revealed)


def request_scan(tx: TokensWrite, _: commands.RequestScan) -> None:
    """Make the scan of the chain due now. Nothing else in the hint is trusted."""
    tx.tasks.enqueue(DETECT_STAGE, {SCAN_TASK_ID: tx.clock.now()})


def checkpoint_of(tx: TokensWrite) -> Checkpoint | None:
    """Return the checkpoint of the last recorded block, None before the first."""
    return Checkpoint.parse(Repositories.over(tx).system_state.get_state(CHECKPOINT))


def _set_checkpoint(tx: TokensWrite, checkpoint: Checkpoint) -> None:
    Repositories.over(tx).system_state.set_state(CHECKPOINT, asdict(checkpoint))


def _canonical_mints(
    tx: TokensWrite, block_hashes: Iterable[str], max_tokens: int
) -> list[MintEvent]:
    """Return canonical mints of these blocks: of `max_tokens` tokens, or a single one of more."""
    events: list[MintEvent] = []
    tokens = 0
    for block_hash in sorted(block_hashes):
        where = {"block_hash": block_hash, "status": MintStatus.CANONICAL.value}
        for event in find_many(tx.tokens.mints, where, ("id",), max_tokens):
            tokens += event.quantity
            if events and tokens > max_tokens:
                return events
            events.append(event)

    return events
