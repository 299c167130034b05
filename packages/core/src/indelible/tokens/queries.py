"""Queries on tokens. They never write."""

from collections.abc import Iterable
from itertools import islice

from attrs import frozen

from indelible.kernel import Change
from indelible.kernel.json import instant_text
from indelible.kernel.transaction import single_statement
from indelible.tokens.commands import TokenSaved
from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.chain import InvalidLog
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.tokens import Token
from indelible.tokens.errors import AuthorNotFound, TokenNotFound
from indelible.tokens.lifecycle import SYSTEM_STATE, TOKEN, MintStatus, TokenStatus
from indelible.tokens.ports import ALL_TOKENS, TokenFilter
from indelible.tokens.repositories.finders import TokensRead
from indelible.tokens.repositories.quarantine import quarantined_between
from indelible.tokens.rules.notices import (
    CHAIN_FAULT,
    CONTRACT_STATE,
    LOGS_QUARANTINED,
    ChainNotice,
    KnownContract,
    changed_notice,
    parse_notice,
)
from indelible.tokens.rules.scanning import Checkpoint
from indelible.tokens.rules.tasks import CHECKPOINT

PAGE_SIZE = 50
LEADERBOARD_SIZE = 50
MINTS_PER_READ = 10_000
MAX_LOGS_COUNTED = 10_000
LAST_BLOCK = 2**63 - 1


@frozen(kw_only=True)
class AuthorTokens:
    """A page of an author's tokens, newest first, and the number of all of them."""

    tokens: tuple[Token, ...]
    total: int


NO_TOKENS = AuthorTokens(tokens=(), total=0)


@frozen(kw_only=True)
class TokenFigures:
    """The number of tokens in each status, the checkpoint, and the latest orphaned mints.

    `notices` are what an operator must see of the chain, `quarantined` the first quarantined logs.
    """

    statuses: dict[str, int]
    checkpoint: Checkpoint | None
    orphaned: tuple[MintEvent, ...]
    notices: tuple[ChainNotice, ...]
    quarantined: tuple[InvalidLog, ...]


@single_statement
def get_token(tx: TokensRead, token_id: int) -> TokenSaved:
    """Return the token with this on-chain id. Raises TokenNotFound."""
    heads = tx.tokens.tokens.find({"token_id": token_id}, limit=1)
    if not heads:
        raise TokenNotFound(str(token_id))

    return TokenSaved(token=heads[0].entity, seq=heads[0].revision.seq)


@single_statement
def list_tokens(
    tx: TokensRead,
    *,
    matching: TokenFilter = ALL_TOKENS,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[Token, ...]:
    """Return the next matching tokens after a position, in the filter's order."""
    heads = tx.tokens.tokens.list_page(matching, after=after, limit=limit)
    return tuple(head.entity for head in heads)


def token_history(
    tx: TokensRead, token_id: int, *, after: int = 0, limit: int | None = None
) -> tuple[Change, ...]:
    """Return the changes of a token after a seq, oldest first. Raises TokenNotFound."""
    token = get_token(tx, token_id).token
    return tx.history.of(TOKEN.name, token.id, after=after, limit=limit)


@single_statement
def get_author(tx: TokensRead, wallet_address: str) -> Author:
    """Return the author of a wallet, in any case of letters. Raises AuthorNotFound."""
    author = _find_author(tx, wallet_address)
    if author is None:
        raise AuthorNotFound(wallet_address)

    return author


def author_tokens(
    tx: TokensRead, wallet_address: str, *, offset: int = 0, limit: int = 20
) -> AuthorTokens:
    """Return a page of the tokens of a wallet's author; none for an unknown wallet."""
    author = _find_author(tx, wallet_address)
    if author is None:
        return NO_TOKENS

    heads, total = tx.read_together(
        lambda: tx.tokens.tokens.find(
            {"author_id": author.id}, order=("-token_id",), limit=limit, offset=offset
        ),
        lambda: tx.tokens.tokens.joins.count_by_author(author.id),
    )
    return AuthorTokens(tokens=tuple(head.entity for head in heads), total=total)


@single_statement
def leaderboard(tx: TokensRead) -> tuple[tuple[str, int], ...]:
    """Return the wallets of the 50 authors with most tokens, each with its number of tokens.

    Of authors with as many tokens, the lowest wallet comes first.
    """
    return tx.tokens.tokens.joins.leaderboard(limit=LEADERBOARD_SIZE)


def token_stats(tx: TokensRead) -> TokenFigures:
    """Return the figures of tokens and the state of the scan."""
    counts, checkpoint, orphaned, quarantined, notices = tx.read_together(
        tx.tokens.tokens.count_by_status,
        lambda: Checkpoint.parse(_state_value(tx, CHECKPOINT)),
        lambda: tx.tokens.mints.find(
            {"status": MintStatus.ORPHANED.value}, order=("-block_number", "id"), limit=PAGE_SIZE
        ),
        lambda: quarantined_logs(tx),
        lambda: chain_notices(tx),
    )
    return TokenFigures(
        statuses={status.value: counts.get(status, 0) for status in TokenStatus},
        checkpoint=checkpoint,
        orphaned=tuple(head.entity for head in orphaned),
        notices=notices,
        quarantined=quarantined,
    )


def quarantined_logs(
    tx: TokensRead, *, first: int = 0, last: int = LAST_BLOCK, limit: int = PAGE_SIZE
) -> tuple[InvalidLog, ...]:
    """Return the quarantined logs from one block to another, both included, in chain order."""
    logs = quarantined_between(tx, first, last)
    return tuple(log for _, log in islice(logs, limit))


def chain_notices(tx: TokensRead) -> tuple[ChainNotice, ...]:
    """Return what an operator must see of the chain: a fault, changed code, quarantined logs."""
    fault, known, quarantined = tx.read_together(
        lambda: parse_notice(_state_value(tx, CHAIN_FAULT)),
        lambda: KnownContract.parse(_state_value(tx, CONTRACT_STATE)),
        lambda: _quarantine_notice(tx),
    )
    changed = changed_notice(known) if known else None

    notices = (fault, changed, quarantined)
    return tuple(notice for notice in notices if notice is not None)


def _quarantine_notice(tx: TokensRead) -> ChainNotice | None:
    """Return the notice of quarantined logs, None without any."""
    first = next(quarantined_between(tx, 0, LAST_BLOCK), None)
    if first is None:
        return None

    key, log = first
    count = len(quarantined_logs(tx, limit=MAX_LOGS_COUNTED))
    counted = f"at least {count}" if count == MAX_LOGS_COUNTED else str(count)
    message = (
        f"Logs of the contract that cannot be mints are quarantined: {counted}. The first is log"
        f" {log.log_index} of transaction {log.tx_hash} in block {log.block_number}, field"
        f" {log.field}: {log.problem}"
    )
    since = instant_text(tx.tokens.states.get(key).entity.updated_at)
    return ChainNotice(code=LOGS_QUARANTINED, message=message, since=since)


def _state_value(tx: TokensRead, key: str) -> object:
    """Return the value of a system state, None when it has none."""
    states = tx.tokens.states.find({"id": key}, limit=1)
    if not states:
        return None
    return states[0].entity.state_value


def missing_tokens(
    tx: TokensRead, next_token_id: int, *, first: int = 1, limit: int = 1_000
) -> list[int]:
    """Return the ids from the first one below the chain's next one that no token has, in order."""
    return tx.tokens.tokens.joins.missing_ids(first, next_token_id, limit=limit)


def unknown_tokens(tx: TokensRead, token_ids: Iterable[int], *, limit: int = 1_000) -> list[int]:
    """Return the first of these on-chain ids that no token has."""
    unknown: list[int] = []
    for token_id in token_ids:
        if len(unknown) == limit:
            break
        if not tx.tokens.tokens.find({"token_id": token_id}, limit=1):
            unknown.append(token_id)

    return unknown


def checkpoints(
    tx: TokensRead, *, before: int | None = None, limit: int = 100
) -> tuple[tuple[int, Checkpoint], ...]:
    """Return earlier and present checkpoints with their seqs, newest first.

    With `before`, return those before this seq. Values that are no checkpoint are left out.
    """
    if before is None:
        states = tx.tokens.states.find({"id": CHECKPOINT}, limit=1)
        before = states[0].revision.seq + 1 if states else 1
    first = max(1, before - limit)
    changes = tx.history.of(SYSTEM_STATE.name, CHECKPOINT, after=first - 1, limit=before - first)

    valid: list[tuple[int, Checkpoint]] = []
    for change in reversed(changes):
        checkpoint = Checkpoint.parse(change.data["state_value"])
        if checkpoint is not None:
            valid.append((change.seq, checkpoint))

    return tuple(valid)


def blocks_with_mints(tx: TokensRead, after: int) -> frozenset[tuple[int, str]]:
    """Return number and hash of the blocks above a number that hold canonical mints."""
    blocks: set[tuple[int, str]] = set()
    first = after + 1
    while True:
        heads = tx.tokens.mints.between(first, LAST_BLOCK, limit=MINTS_PER_READ)
        for head in heads:
            if head.entity.is_canonical:
                blocks.add((head.entity.block_number, head.entity.block_hash))
        if len(heads) < MINTS_PER_READ:
            return frozenset(blocks)

        # The last block of a full read may hold more mints: read it again from its start.
        last = heads[-1].entity.block_number
        first = last + 1 if last == first else last


def _find_author(tx: TokensRead, wallet_address: str) -> Author | None:
    heads = tx.tokens.authors.find({"wallet_address": wallet_address.lower()}, limit=1)
    if not heads:
        return None
    return heads[0].entity
