"""The only writers of tokens: load, decide, record."""

from collections.abc import Sequence

from attrs import asdict, evolve

from indelible.kernel import Head
from indelible.kernel.tasks import Leases
from indelible.tokens import commands
from indelible.tokens.commands import AuthorSaved, BlocksRecorded, BlocksRolledBack, TokenSaved
from indelible.tokens.entities import ORPHANED, Author, MintEvent, MintLog, Token
from indelible.tokens.errors import (
    AuthorExists,
    CheckpointMoved,
    MintOrphaned,
    TokenExists,
    TokenNotFound,
)
from indelible.tokens.lifecycle import MintStatus
from indelible.tokens.ports import TokensWrite
from indelible.tokens.repositories import (
    Repositories,
    canonical_mint,
    find_many,
    find_one,
    save_all,
    save_if_unchanged,
)
from indelible.tokens.rules import CHAIN, CHECKPOINT, DETECT, Checkpoint

MOST_IN_A_BLOCK = 100_000  # mints: its gas is enough for hundreds


def retry_token(tx: TokensWrite, command: commands.RetryToken) -> TokenSaved:
    """Give a failed token another chance; MintOrphaned while the chain has no mint of it."""
    tokens = Repositories.over(tx).tokens
    found = tokens.get_by_token_id(command.token_id)
    if found is None:
        raise TokenNotFound(str(command.token_id))
    head = tx.tokens.tokens.load(found.id, expected_seq=command.expected_seq)
    if _has_lost_its_mint(tx, head.entity):
        raise MintOrphaned(command.token_id)
    token = save_if_unchanged(tx, tx.tokens.tokens, head, head.entity.requeued())
    tokens.make_due_again(token)
    return TokenSaved(token=token, seq=head.revision.seq + 1)


def set_author_prompt(tx: TokensWrite, command: commands.SetAuthorPrompt) -> AuthorSaved:
    """Let a wallet's tokens be made from this prompt; an author who was never seen is known from now on."""
    head = tx.tokens.authors.lock(_author(tx, command.wallet_address).id)
    author = save_if_unchanged(
        tx, tx.tokens.authors, head, head.entity.prompted(command.prompt_text)
    )
    return AuthorSaved(author=author, seq=tx.tokens.authors.get(author.id).revision.seq)


def record_blocks(tx: TokensWrite, command: commands.RecordBlocks) -> BlocksRecorded:
    """Keep the mints of a page that are new, and go on behind it; CheckpointMoved where blocks before it are unread."""
    page, before = command.page, checkpoint_of(tx)
    if not page.follows(before):
        raise CheckpointMoved(page.span.first, page.span.last)
    minted = [made for log in page.mints if (made := _minted(tx, log)) is not None]
    if not before or before.number < page.end.number:
        _set_checkpoint(tx, page.end)
    return BlocksRecorded(mints=len(minted), tokens=sum(minted))


def roll_back_blocks(tx: TokensWrite, command: commands.RollBackBlocks) -> BlocksRolledBack:
    """Quarantine what was minted in blocks that the chain has dropped, and read on from the last that it kept."""
    reorg, before, mints = command.reorg, checkpoint_of(tx), tx.tokens.mints
    stood = (
        {"block_hash": each, "status": MintStatus.CANONICAL.value}
        for each in sorted(reorg.orphaned_block_hashes)
    )
    gone = [event for where in stood for event in find_many(mints, where, ("id",), MOST_IN_A_BLOCK)]
    tokens = [token for event in gone for token in _orphaned(tx, event)]
    _set_checkpoint(
        tx, evolve(reorg.last_canonical, reorg_count=(before.reorg_count if before else 0) + 1)
    )
    revealed = tuple(token.token_id for token in tokens if token.is_shown)
    return BlocksRolledBack(mints=len(gone), tokens=len(tokens), already_revealed=revealed)


def recover_token(tx: TokensWrite, command: commands.RecoverToken) -> TokenSaved:
    """Keep a token that the chain has and nobody told of; TokenExists."""
    tokens, now = Repositories.over(tx).tokens, tx.clock.now()
    if tokens.get_by_token_id(command.token_id):
        raise TokenExists(command.token_id)
    author = _author(tx, command.author_wallet)
    said = {
        "token_id": command.token_id,
        "author_id": author.id,
        "metadata_cid": command.metadata_cid,
    }
    action = (
        "recover" if command.metadata_cid else "detect"
    )  # the mint itself was not seen: its time is now
    return TokenSaved(
        token=tokens.add(
            Token.create(action, now=now, id=tx.ids.new(), mint_timestamp=now, **said)
        ),
        seq=1,
    )


def request_scan(tx: TokensWrite, _: commands.RequestScan) -> None:
    """Look at the chain now; what was hinted at is not believed."""
    tx.tasks.enqueue(DETECT, {CHAIN: tx.clock.now()})


def start_generation(tx: TokensWrite, leases: Leases) -> Sequence[Head[Token] | None]:
    """The tokens of these leases, being generated from now on; None for one that is past that."""
    heads, now = tx.tokens.locked([lease.entity_id for lease in leases]), tx.clock.now()
    moves = [(head, token) for head in heads if head and (token := head.entity.generating(now=now))]
    moved = save_all(
        tx, tx.tokens.tokens, [(head, token) for head, token in moves if token is not head.entity]
    )
    begun = {head.entity.id: head for head in (*(head for head, _ in moves), *moved)}
    return [begun.get(lease.entity_id) for lease in leases]


def finish_generation(tx: TokensWrite, made: Sequence[tuple[Head[Token], str]]) -> None:
    """Keep that the images of these tokens are made, and make their upload due; Stale where one has moved since."""
    now = tx.clock.now()
    moves = [(head, head.entity.uploading(path, now=now)) for head, path in made]
    save_all(tx, tx.tokens.tokens, moves)
    Repositories.over(tx).tokens.make_all_due([token for _, token in moves])


def fail_generation(tx: TokensWrite, token_uuid: str, reason: str) -> None:
    """Let a token fail whose generation is given up."""
    tokens = Repositories.over(tx).tokens
    token = tokens.get_by_id(token_uuid)
    failed = token and token.failed_with(reason=reason)
    if failed:
        tokens.save(failed)


def checkpoint_of(tx: TokensWrite) -> Checkpoint | None:
    """How far the chain was read."""
    return Checkpoint.parse(Repositories.over(tx).system_state.get_state(CHECKPOINT))


def _set_checkpoint(tx: TokensWrite, checkpoint: Checkpoint) -> None:
    Repositories.over(tx).system_state.set_state(CHECKPOINT, asdict(checkpoint))


def _author(tx: TokensWrite, wallet: str) -> Author:
    """The author with this wallet, known from now on."""
    authors, now = Repositories.over(tx).authors, tx.clock.now()
    known = authors.get_by_wallet(wallet)
    try:
        return known or authors.add(
            Author.create("create", now=now, id=tx.ids.new(), wallet_address=wallet)
        )
    except AuthorExists:  # another was first, and has committed since
        return _author(tx, wallet)


def _minted(tx: TokensWrite, log: MintLog) -> int | None:
    """How many tokens are to be made now because of the mint; None where it was known."""
    events, now = Repositories.over(tx).mint_events, tx.clock.now()
    event = events.find(log.block_hash, log.tx_hash, log.log_index)
    if event and event.is_canonical:
        return None
    if stands := canonical_mint(
        tx, log.tx_hash, log.log_index
    ):  # in a block that the chain has no more
        _orphaned(tx, stands)
    if event:
        event = events.save(event.restored())
    else:
        event = events.add(
            MintEvent.create("detect", now=now, id=tx.ids.new(), detected_at=now, **log.as_event)
        )
    author = _author(tx, event.author_wallet)
    return sum(_made(tx, event, author, token_id) for token_id in event.token_ids)


def _made(tx: TokensWrite, event: MintEvent, author: Author, token_id: int) -> bool:
    """Whether the token begins, or begins again, because of the mint."""
    tokens, now = Repositories.over(tx).tokens, tx.clock.now()
    found = tokens.get_by_token_id(token_id)
    if found is None:
        said = {"token_id": token_id, "author_id": author.id, **event.minting}
        tokens.add(Token.create("detect", now=now, id=tx.ids.new(), **said))
        return True
    is_anothers = (
        found.mint_event_id is None and found.author_id != author.id
    )  # as was counted, and has changed since
    if is_anothers and (failed := found.failed_with(ORPHANED)):
        found = tokens.save(failed)
    if is_lost := _has_lost_its_mint(tx, found):
        tokens.make_due_again(tokens.save(found.with_new_mint(event, author.id)))
    return is_lost


def _has_lost_its_mint(tx: TokensWrite, token: Token) -> bool:
    """Whether a token that goes no further has no mint in the chain, whatever it failed of."""
    event = find_one(tx.tokens.mints, {"id": token.mint_event_id}) if token.has_failed else None
    return token.is_quarantined or (event is not None and not event.is_canonical)


def _orphaned(tx: TokensWrite, event: MintEvent) -> Sequence[Token]:
    """The tokens of a mint that the chain has dropped, as they are then."""
    seven = Repositories.over(tx)
    seven.mint_events.save(event.orphaned())
    found = [token for each in event.token_ids if (token := seven.tokens.get_by_token_id(each))]
    own = [
        token for token in found if token.mint_event_id in (event.id, None)
    ]  # None where it was only counted
    return [
        seven.tokens.save(failed) if (failed := token.failed_with(ORPHANED)) else token
        for token in own
    ]
