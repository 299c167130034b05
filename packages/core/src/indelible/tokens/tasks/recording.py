"""Record blocks that were read again."""

from indelible.kernel import Actor, Store
from indelible.tokens.commands import BlocksRecorded, RecordBlocks
from indelible.tokens.entities.chain import InvalidLog
from indelible.tokens.handlers.blocks import record_blocks
from indelible.tokens.repositories.finders import TokensRead, TokensWrite
from indelible.tokens.rules.scanning import MAX_TOKENS_PER_BATCH, BlockBatch


def record_batch(
    store: Store[TokensRead, TokensWrite],
    batch: BlockBatch,
    *,
    actor: Actor,
    reason: str,
    max_tokens: int = MAX_TOKENS_PER_BATCH,
) -> BlocksRecorded:
    """Record a batch of blocks, in several transactions if it has more than `max_tokens` tokens.

    Raises: CheckpointMoved.
    """
    mints = 0
    tokens = 0
    quarantined: tuple[InvalidLog, ...] = ()
    for part in batch.parts(max_tokens):
        command = RecordBlocks(batch=part)
        recorded = store.run(record_blocks, command, actor=actor, reason=reason)
        mints += recorded.mints
        tokens += recorded.tokens
        quarantined = recorded.quarantined  # of the last part

    return BlocksRecorded(mints=mints, tokens=tokens, quarantined=quarantined)
