"""Record and orphan mints, with the tokens that they have."""

from collections.abc import Iterable, Sequence

from indelible.tokens.commands import BlocksRecorded
from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.chain import MintLog
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.tokens import Token
from indelible.tokens.handlers.authors import find_or_add_author
from indelible.tokens.lifecycle import MintStatus
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import find_one, insert
from indelible.tokens.repositories.tokens import enqueue_next_tasks, revive_tasks


def record_mints(tx: TokensWrite, logs: Sequence[MintLog]) -> BlocksRecorded:
    """Record the new mints of logs, then detect their tokens.

    Orphan every former mint before a token is detected: the mints may have exchanged their tokens.
    """
    mint_count = 0
    events: dict[tuple[str, int], MintEvent] = {}
    for log in logs:
        event = _record_mint(tx, log)
        if event is not None:
            mint_count += 1
            events[log.tx_hash, log.log_index] = event  # a later log orphans the earlier mint

    token_count = _detect_tokens(tx, events.values())
    return BlocksRecorded(mints=mint_count, tokens=token_count)


def _detect_tokens(tx: TokensWrite, events: Iterable[MintEvent]) -> int:
    """Add the tokens of mints, or detect them anew, and return their number."""
    token_count = 0
    authors: dict[str, Author] = {}
    added: list[Token] = []
    for event in events:
        wallet = event.author_wallet
        if wallet not in authors:
            authors[wallet] = find_or_add_author(tx, wallet)
        for token_id in event.token_ids:
            token_count += _detect_token(tx, event, authors[wallet], token_id, added)
    enqueue_next_tasks(tx, added)

    return token_count


def _record_mint(tx: TokensWrite, log: MintLog) -> MintEvent | None:
    """Record the mint of a log as canonical. Return None when it already is."""
    events = Repositories.over(tx).mint_events
    event = events.find(log.block_hash, log.tx_hash, log.log_index)
    if event and event.is_canonical:
        return None

    orphan_former_mint(tx, log)
    if event:
        return events.save(event.restore())

    now = tx.clock.now()
    new = MintEvent.create("detect", now=now, id=tx.ids.new(), detected_at=now, **log.event_fields)
    return insert(tx, tx.tokens.mints, new)


def orphan_former_mint(tx: TokensWrite, log: MintLog) -> None:
    """Orphan the mint of a log's transaction in another block: that block was dropped."""
    former = Repositories.over(tx).mint_events.find_canonical(log.tx_hash, log.log_index)
    if former and former.block_hash != log.block_hash:
        orphan_mint(tx, former)


def orphan_mint(tx: TokensWrite, event: MintEvent) -> list[Token]:
    """Orphan a mint whose block was dropped, and return every token of it.

    Unfinished tokens are quarantined.
    """
    repositories = Repositories.over(tx)
    repositories.mint_events.save(event.orphan())

    tokens: list[Token] = []
    for token_id in event.token_ids:
        token = repositories.tokens.get_by_token_id(token_id)
        if token is None or not token.may_come_from(event):
            continue
        if token.is_unfinished:
            token = repositories.tokens.save(token.mark_orphaned())
        tokens.append(token)

    return tokens


def _detect_token(
    tx: TokensWrite, event: MintEvent, author: Author, token_id: int, added: list[Token]
) -> bool:
    """Add a minted token, or detect it anew if its former mint is lost. Return False otherwise.

    A new token is appended to `added`, and waits for its next task.
    """
    tokens = Repositories.over(tx).tokens
    token = tokens.get_by_token_id(token_id)
    if token is None:
        added.append(_add_minted_token(tx, event, author, token_id))
        return True

    if token.has_wrong_recovered_author(author.id):
        token = tokens.save(token.mark_orphaned())
    if not has_lost_its_mint(tx, token):
        return False

    revive_tasks(tx, tokens.save(token.with_new_mint(event, author.id)))
    return True


def return_to_other_mint(tx: TokensWrite, token: Token) -> None:
    """Detect a quarantined token anew if another mint of its id is in the chain.

    An ERC-1155 id may be minted several times, and an ERC-721 id again after it was burned.
    """
    if not token.is_quarantined:
        return

    where = {"token_id": token.token_id, "status": MintStatus.CANONICAL.value}
    event = find_one(tx.tokens.mints, where, ("block_number", "log_index", "id"))
    if event is not None:
        author = find_or_add_author(tx, event.author_wallet)
        tokens = Repositories.over(tx).tokens
        revive_tasks(tx, tokens.save(token.with_new_mint(event, author.id)))


def _add_minted_token(tx: TokensWrite, event: MintEvent, author: Author, token_id: int) -> Token:
    """Add a token with its mint, and return it. Its next task is not enqueued yet."""
    token = Token.create(
        "detect",
        now=tx.clock.now(),
        id=tx.ids.new(),
        token_id=token_id,
        author_id=author.id,
        **event.token_fields,
    )
    return insert(tx, tx.tokens.tokens, token)


def has_lost_its_mint(tx: TokensWrite, token: Token) -> bool:
    """Return True for a failed token whose mint is not in the chain, whatever it failed of."""
    if not token.has_failed:
        return False
    if token.is_quarantined:
        return True
    if token.mint_event_id is None:
        return False

    event = find_one(tx.tokens.mints, {"id": token.mint_event_id})
    return event is not None and not event.is_canonical
