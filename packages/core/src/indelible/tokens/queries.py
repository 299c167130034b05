"""Questions about tokens; none of them writes."""

from attrs import frozen

from indelible.kernel import Change
from indelible.tokens.commands import TokenSaved
from indelible.tokens.entities import Author, MintEvent, Token
from indelible.tokens.errors import AuthorNotFound, TokenNotFound
from indelible.tokens.lifecycle import SYSTEM_STATE, TOKEN, MintStatus, TokenStatus
from indelible.tokens.ports import TokensRead
from indelible.tokens.rules import CHECKPOINT, Checkpoint

PAGE = 50
LEADERS = 50
MANY = 10_000  # mints that are looked through at once


@frozen(kw_only=True)
class AuthorTokens:
    """A page of an author's tokens, newest first, and how many there are."""

    tokens: tuple[Token, ...]
    total: int


@frozen(kw_only=True)
class TokenFigures:
    """How many tokens there are of each status, how far the chain was read, and what it has dropped."""

    statuses: dict[str, int]
    checkpoint: Checkpoint | None
    orphaned: tuple[MintEvent, ...]


def get_token(tx: TokensRead, token_id: int) -> TokenSaved:
    """The token with this number on the chain, and its seq; TokenNotFound."""
    found = tx.tokens.tokens.find({"token_id": token_id}, limit=1)
    if not found:
        raise TokenNotFound(str(token_id))
    return TokenSaved(token=found[0].entity, seq=found[0].revision.seq)


def list_tokens(
    tx: TokensRead, *, status: TokenStatus | None = None, after: int = 0, limit: int = PAGE
) -> tuple[Token, ...]:
    """The next `limit` tokens after a number, of one status or of all, in order of number."""
    return tuple(head.entity for head in tx.tokens.numbered(status, after=after, limit=limit))


def token_history(
    tx: TokensRead, token_id: int, *, after: int = 0, limit: int | None = None
) -> tuple[Change, ...]:
    """What happened to the token after a seq, oldest first."""
    return tx.history.of(TOKEN.name, get_token(tx, token_id).token.id, after=after, limit=limit)


def get_author(tx: TokensRead, wallet_address: str) -> Author:
    """The author with this wallet, whose capitals do not count; AuthorNotFound."""
    found = tx.tokens.authors.find({"wallet_address": wallet_address.lower()}, limit=1)
    if not found:
        raise AuthorNotFound(wallet_address)
    return found[0].entity


def author_tokens(
    tx: TokensRead, wallet_address: str, *, offset: int = 0, limit: int = 20
) -> AuthorTokens:
    """A page of the tokens of the author with this wallet; none for a wallet that was never seen."""
    found = tx.tokens.authors.find({"wallet_address": wallet_address.lower()}, limit=1)
    if not found:
        return AuthorTokens(tokens=(), total=0)
    where = {"author_id": found[0].entity.id}
    page = tx.tokens.tokens.find(where, order=("-token_id",), limit=limit, offset=offset)
    return AuthorTokens(
        tokens=tuple(head.entity for head in page), total=tx.tokens.count_of(where["author_id"])
    )


def leaderboard(tx: TokensRead) -> tuple[tuple[str, int], ...]:
    """The fifty authors with most tokens, and how many each has."""
    return tx.tokens.leaderboard(limit=LEADERS)


def token_stats(tx: TokensRead) -> TokenFigures:
    """Tokens in numbers, and the state of detection."""
    counts = tx.tokens.counts()
    dropped = tx.tokens.mints.find(
        {"status": MintStatus.ORPHANED.value}, order=("-block_number", "id"), limit=PAGE
    )
    states = tx.tokens.states.find({"id": CHECKPOINT}, limit=1)
    return TokenFigures(
        statuses={status.value: counts.get(status, 0) for status in TokenStatus},
        checkpoint=Checkpoint.parse(states[0].entity.state_value) if states else None,
        orphaned=tuple(head.entity for head in dropped),
    )


def missing_tokens(tx: TokensRead, next_token_id: int, *, limit: int = 1_000) -> list[int]:
    """The numbers below the chain's next that no token has, in order."""
    return tx.tokens.missing_ids(next_token_id, limit=limit)


def checkpoints(
    tx: TokensRead, *, before: int | None = None, limit: int = 100
) -> tuple[tuple[int, Checkpoint], ...]:
    """How far the chain had been read, newest first, each with its seq; those before a seq, where one is given."""
    states = tx.tokens.states.find({"id": CHECKPOINT}, limit=1)
    end = (states[0].revision.seq + 1 if states else 1) if before is None else before
    found = tx.history.of(
        SYSTEM_STATE.name, CHECKPOINT, after=max(0, end - 1 - limit), limit=min(limit, end - 1)
    )
    told = ((each.seq, Checkpoint.parse(each.data["state_value"])) for each in reversed(found))
    return tuple((seq, checkpoint) for seq, checkpoint in told if checkpoint)


def blocks_of_mints(tx: TokensRead, after: int) -> frozenset[tuple[int, str]]:
    """The blocks above a number in which mints are kept that are taken to be in the chain: number and hash."""
    blocks, first = set[tuple[int, str]](), after + 1
    while found := [head.entity for head in tx.tokens.mints_between(first, 2**63 - 1, limit=MANY)]:
        blocks |= {(each.block_number, each.block_hash) for each in found if each.is_canonical}
        last = found[-1].block_number
        first = last + (
            last == first or len(found) < MANY
        )  # of a full page the last block may have more
    return frozenset(blocks)
