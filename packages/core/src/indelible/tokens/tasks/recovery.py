"""Recover tokens that the chain has counted and the store has not."""

import logging

from attrs import frozen

from indelible.kernel import Actor, IndelibleError, Store
from indelible.tokens.commands import RecoverToken
from indelible.tokens.errors import TokenExists
from indelible.tokens.handlers import recover_token
from indelible.tokens.ports import Chain, TokensRead, TokensWrite
from indelible.tokens.queries import missing_tokens

REASON = "recovery from the chain"

logger = logging.getLogger("indelible.tokens")

TokenStore = Store[TokensRead, TokensWrite]


@frozen(kw_only=True)
class Recovered:
    """The result of a recovery: the number of tokens on the chain, and ids by outcome."""

    on_chain: int
    missing: tuple[int, ...]
    recovered: tuple[int, ...]
    failed: tuple[int, ...]


def recover_missing(
    store: TokenStore,
    chain: Chain,
    *,
    actor: Actor,
    confirmations: int = 12,
    limit: int = 1_000,
    dry_run: bool = False,
) -> Recovered:
    """Recover up to `limit` tokens that the chain has and the store has not.

    Tokens minted in the last `confirmations` blocks are not counted yet. A dry run reports the
    missing tokens and recovers none.
    """
    chain.check()
    confirmed = chain.newest() - confirmations
    next_token_id = chain.next_token_id(confirmed) if confirmed >= 0 else 1
    missing = store.read(missing_tokens, next_token_id, limit=limit)

    recovered: list[int] = []
    failed: list[int] = []
    if not dry_run:
        for token_id in missing:
            outcome = recovered if _recover(store, chain, actor, token_id) else failed
            outcome.append(token_id)

    return Recovered(
        on_chain=next_token_id - 1,
        missing=tuple(missing),
        recovered=tuple(recovered),
        failed=tuple(failed),
    )


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
