"""Recover tokens that the chain has and the store has not."""

import logging
from collections.abc import Callable, Iterable

from attrs import frozen

from indelible.kernel import Actor, IndelibleError, Store
from indelible.tokens.commands import RecoverToken
from indelible.tokens.entities import MintLog
from indelible.tokens.errors import TokenExists
from indelible.tokens.handlers import recover_token
from indelible.tokens.ports import Chain, TokensRead, TokensWrite
from indelible.tokens.queries import missing_tokens, unknown_tokens
from indelible.tokens.rules import BlockRange, ScanSettings
from indelible.tokens.tasks.detection import Detection

REASON = "recovery from the chain"

logger = logging.getLogger("indelible.tokens")

TokenStore = Store[TokensRead, TokensWrite]
Wallets = dict[int, str]  # of authors, by the on-chain ids of tokens
FindAuthor = Callable[[int], str | None]


@frozen(kw_only=True)
class Recovered:
    """The result of a recovery: the number of tokens on the chain, and ids by outcome."""

    on_chain: int
    missing: tuple[int, ...]
    recovered: tuple[int, ...]
    failed: tuple[int, ...]


@frozen(kw_only=True)
class _Missing:
    """The number of tokens on the chain, the missing ones, and the function of their authors."""

    on_chain: int
    ids: tuple[int, ...]
    author_of: FindAuthor


def recover_missing(
    store: TokenStore,
    chain: Chain,
    *,
    actor: Actor,
    confirmations: int = 12,
    limit: int = 1_000,
    dry_run: bool = False,
    start_block: int = 0,
) -> Recovered:
    """Recover up to `limit` tokens that the chain has and the store has not.

    Tokens minted in the last `confirmations` blocks are not counted yet. The mints from
    `start_block` on are read where the contract does not count its tokens. A dry run reports the
    missing tokens and recovers none.
    """
    settings = ScanSettings(start_block=start_block, confirmations=confirmations)
    Detection(store=store, chain=chain, settings=settings).check()
    missing = _find_missing(store, chain, settings, limit)

    recovered: list[int] = []
    failed: list[int] = []
    if not dry_run:
        for token_id in missing.ids:
            is_recovered = _recover(store, chain, actor, token_id, missing.author_of)
            outcome = recovered if is_recovered else failed
            outcome.append(token_id)

    return Recovered(
        on_chain=missing.on_chain,
        missing=missing.ids,
        recovered=tuple(recovered),
        failed=tuple(failed),
    )


def _find_missing(store: TokenStore, chain: Chain, settings: ScanSettings, limit: int) -> _Missing:
    """Return the missing tokens: those that the contract counts, or those of its mints."""
    first = chain.first_token_id
    confirmed = chain.newest() - settings.confirmations
    next_token_id = chain.next_token_id(confirmed) if confirmed >= 0 else first
    if next_token_id is not None:
        ids = store.read(missing_tokens, next_token_id, first=first, limit=limit)
        return _Missing(on_chain=next_token_id - first, ids=tuple(ids), author_of=chain.author_of)

    wallets = _read_wallets(store, chain, settings, confirmed)
    unknown = store.read(unknown_tokens, sorted(wallets), limit=limit)
    return _Missing(on_chain=len(wallets), ids=tuple(unknown), author_of=wallets.get)


def _read_wallets(
    store: TokenStore, chain: Chain, settings: ScanSettings, confirmed: int
) -> Wallets:
    """Return the author of each token in the mints of all confirmed blocks."""
    detection = Detection(store=store, chain=chain, settings=settings)
    wallets: Wallets = {}
    blocks = BlockRange(first=settings.start_block, last=confirmed)
    for batch in detection.read_blocks(blocks):
        _add_wallets(wallets, batch.mints)

    return wallets


def _add_wallets(wallets: Wallets, mints: Iterable[MintLog]) -> None:
    """Add the author of each token. A later mint of the same id does not change the author."""
    for mint in mints:
        for token_id in mint.token_ids:
            wallets.setdefault(token_id, mint.author_wallet)


def _recover(
    store: TokenStore, chain: Chain, actor: Actor, token_id: int, author_of: FindAuthor
) -> bool:
    """Recover one token.

    Return False when the chain knows no author of it, or when an error, which is logged, refuses
    the recovery.
    """
    try:
        wallet = author_of(token_id)
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
