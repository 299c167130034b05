"""Recover tokens that the chain has and the store has not."""

import logging
from collections.abc import Iterable

from attrs import evolve, frozen

from indelible.kernel import Actor, IndelibleError, Store
from indelible.tokens.commands import RecoverToken
from indelible.tokens.entities.chain import MintLog
from indelible.tokens.entities.fields import MAX_TOKENS_PER_MINT
from indelible.tokens.errors import TokenExists
from indelible.tokens.handlers.tokens import recover_token
from indelible.tokens.ports import Chain
from indelible.tokens.queries import missing_tokens, unknown_tokens
from indelible.tokens.repositories.finders import TokensRead, TokensWrite
from indelible.tokens.rules.scanning import BlockBatch, BlockRange, ScanSettings
from indelible.tokens.tasks.detection import Detection
from indelible.tokens.tasks.recording import record_batch

REASON = "recovery from the chain"

logger = logging.getLogger("indelible.tokens")

TokenStore = Store[TokensRead, TokensWrite]


@frozen(kw_only=True)
class Recovered:
    """The result of a recovery: the number of tokens on the chain, and ids by outcome."""

    on_chain: int
    missing: tuple[int, ...]
    recovered: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()


def recover_missing(
    store: TokenStore,
    chain: Chain,
    *,
    actor: Actor,
    confirmations: int = 12,
    limit: int = 1_000,
    dry_run: bool = False,
    start_block: int = 0,
    max_tokens_per_mint: int = MAX_TOKENS_PER_MINT,
) -> Recovered:
    """Recover up to `limit` tokens that the chain has and the store has not.

    Tokens minted in the last `confirmations` blocks are not counted yet. A dry run reports the
    missing tokens and recovers none.

    Where the contract does not count its tokens, its blocks from `start_block` on are read and
    recorded up to the block with the last missing token, which may exceed the limit. A mint of
    more than `max_tokens_per_mint` tokens is quarantined.

    Raises: CheckpointMoved where blocks are read, and another process has recorded them.
    """
    settings = ScanSettings(
        start_block=start_block,
        confirmations=confirmations,
        max_tokens_per_mint=max_tokens_per_mint,
    )
    detection = Detection(store=store, chain=chain, settings=settings)
    detection.check()
    confirmed = chain.newest() - confirmations
    next_token_id = chain.next_token_id(confirmed) if confirmed >= 0 else chain.first_token_id
    if next_token_id is None:
        batches = detection.read_blocks(BlockRange(first=start_block, last=confirmed))
        recorder = None if dry_run else actor
        return _recover_from_blocks(store, batches, actor=recorder, limit=limit)

    first = chain.first_token_id
    ids = store.read(missing_tokens, next_token_id, first=first, limit=limit)
    counted = Recovered(on_chain=next_token_id - first, missing=tuple(ids))
    return counted if dry_run else _recover_counted(store, chain, actor, counted)


def _recover_counted(
    store: TokenStore, chain: Chain, actor: Actor, counted: Recovered
) -> Recovered:
    """Recover the missing tokens of a contract that counts its tokens and has their authors."""
    recovered: list[int] = []
    failed: list[int] = []
    for token_id in counted.missing:
        outcome = recovered if _recover(store, chain, actor, token_id) else failed
        outcome.append(token_id)

    return evolve(counted, recovered=tuple(recovered), failed=tuple(failed))


def _recover_from_blocks(
    store: TokenStore, batches: Iterable[BlockBatch], *, actor: Actor | None, limit: int
) -> Recovered:
    """Record the missing tokens of blocks. Without an actor, only report them.

    Recording the blocks, as detection does, connects each token with its mint. A token without
    one would get the author of the next mint of its id.
    """
    on_chain: set[int] = set()
    missing: dict[int, None] = {}  # in chain order
    for batch in batches:
        on_chain.update(_token_ids(batch.mints))
        if len(missing) >= limit:
            continue  # only count the tokens

        recorded, new_ids = _up_to_limit(store, batch, limit - len(missing))
        missing.update(dict.fromkeys(new_ids))
        if actor is not None:
            record_batch(store, recorded, actor=actor, reason=REASON)

    ids = tuple(missing)
    return Recovered(on_chain=len(on_chain), missing=ids, recovered=ids if actor else ())


def _up_to_limit(store: TokenStore, batch: BlockBatch, limit: int) -> tuple[BlockBatch, list[int]]:
    """Return the part of a batch with up to `limit` missing tokens, and their ids.

    A block is not divided: its other missing tokens are returned as well.
    """
    ids = store.read(unknown_tokens, _token_ids(batch.mints), limit=limit)
    if len(ids) < limit:
        return batch, ids

    for mint in batch.mints:
        if ids[-1] in mint.token_ids:
            batch = batch.up_to_block_of(mint)
            break

    token_ids = _token_ids(batch.mints)
    return batch, store.read(unknown_tokens, token_ids, limit=len(token_ids))


def _token_ids(mints: Iterable[MintLog]) -> list[int]:
    """Return the ids of the tokens of mints in chain order, each of them once."""
    token_ids: dict[int, None] = {}
    for mint in mints:
        token_ids.update(dict.fromkeys(mint.token_ids))

    return list(token_ids)


def _recover(store: TokenStore, chain: Chain, actor: Actor, token_id: int) -> bool:
    """Recover one token.

    Return False when the chain knows no author of it, or when an error, which is logged, refuses
    the recovery.
    """
    try:
        wallet = chain.author_of(token_id)
        if wallet is None:
            return False

        command = RecoverToken(
            token_id=token_id, author_wallet=wallet, metadata_cid=chain.metadata_of(token_id)
        )
        store.run(recover_token, command, actor=actor, reason=REASON)
    except TokenExists:  # another process has recovered it in between
        return True
    except IndelibleError as error:
        logger.warning("token %d: recovery failed (%s)", token_id, error.code)
        return False

    return True
