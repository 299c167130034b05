"""The only writers of tokens: load, decide, record."""

from collections.abc import Sequence

from attrs import asdict, evolve

from indelible.kernel import Head
from indelible.kernel.tasks import Leases
from indelible.tokens import commands
from indelible.tokens.commands import AuthorSaved, BlocksDropped, PageKept, TokenSaved
from indelible.tokens.entities import ORPHANED, Author, MintEvent, MintLog, Token
from indelible.tokens.errors import AuthorExists, CheckpointMoved, MintOrphaned, TokenExists, TokenNotFound
from indelible.tokens.lifecycle import MintStatus
from indelible.tokens.ports import TokensWrite
from indelible.tokens.repositories import Repositories, first_of, kept_all, listed, saved_over, standing
from indelible.tokens.rules import CHAIN, CHECKPOINT, DETECT, Checkpoint

MOST_IN_A_BLOCK = 100_000  # mints: its gas is enough for hundreds


def retry_token(tx: TokensWrite, command: commands.RetryToken) -> TokenSaved:
    """Give a failed token another chance; MintOrphaned while the chain has no mint of it."""
    tokens = Repositories.over(tx).tokens
    found = tokens.get_by_token_id(command.token_id)
    if found is None:
        raise TokenNotFound(str(command.token_id))
    head = tx.collection.tokens.load(found.id, expected_seq=command.expected_seq)
    if _has_lost_its_mint(tx, head.entity):
        raise MintOrphaned(command.token_id)
    token = saved_over(tx, tx.collection.tokens, head, head.entity.requeued())
    tokens.make_due_again(token)
    return TokenSaved(token=token, seq=head.place.seq + 1)


def set_author_prompt(tx: TokensWrite, command: commands.SetAuthorPrompt) -> AuthorSaved:
    """Let a wallet's tokens be made from this prompt; an author who was never seen is known from now on."""
    head = tx.collection.authors.hold(_author(tx, command.wallet_address).id)
    author = saved_over(tx, tx.collection.authors, head, head.entity.prompted(command.prompt_text))
    return AuthorSaved(author=author, seq=tx.collection.authors.get(author.id).place.seq)


def keep_page(tx: TokensWrite, command: commands.KeepPage) -> PageKept:
    """Keep the mints of a page that are new, and go on behind it; CheckpointMoved where blocks before it are unread."""
    page, before = command.page, checkpoint_of(tx)
    if not page.follows(before):
        raise CheckpointMoved(page.span.first, page.span.last)
    minted = [made for log in page.mints if (made := _minted(tx, log)) is not None]
    if not before or before.number < page.end.number:
        _set_checkpoint(tx, page.end)
    return PageKept(mints=len(minted), tokens=sum(minted))


def drop_blocks(tx: TokensWrite, command: commands.DropBlocks) -> BlocksDropped:
    """Quarantine what was minted in blocks that the chain has dropped, and read on from the last that it kept."""
    reorg, before, mints = command.reorg, checkpoint_of(tx), tx.collection.mints
    stood = ({"block_hash": each, "status": MintStatus.CANONICAL.value} for each in sorted(reorg.gone))
    gone = [event for where in stood for event in listed(mints, where, ("id",), MOST_IN_A_BLOCK)]
    tokens = [token for event in gone for token in _orphaned(tx, event)]
    _set_checkpoint(tx, evolve(reorg.kept, drops=(before.drops if before else 0) + 1))
    revealed = tuple(token.token_id for token in tokens if token.is_shown)
    return BlocksDropped(mints=len(gone), tokens=len(tokens), already_revealed=revealed)


def recover_token(tx: TokensWrite, command: commands.RecoverToken) -> TokenSaved:
    """Keep a token that the chain has and nobody told of; TokenExists."""
    tokens, now = Repositories.over(tx).tokens, tx.clock.now()
    if tokens.get_by_token_id(command.token_id):
        raise TokenExists(command.token_id)
    author = _author(tx, command.author_wallet)
    said = {"token_id": command.token_id, "author_id": author.id, "metadata_cid": command.metadata_cid}
    action = "recover" if command.metadata_cid else "detect"  # the mint itself was not seen: its time is now
    return TokenSaved(token=tokens.add(Token.born(action, now=now, id=tx.ids.new(), mint_timestamp=now, **said)), seq=1)


def hint_detection(tx: TokensWrite, _: commands.HintDetection) -> None:
    """Look at the chain now; what was hinted at is not believed."""
    tx.work.put(DETECT, {CHAIN: tx.clock.now()})


def begin_generation(tx: TokensWrite, leases: Leases) -> Sequence[Head[Token] | None]:
    """The tokens of these leases, being generated from now on; None for one that is past that."""
    heads, now = tx.collection.locked([lease.entity_id for lease in leases]), tx.clock.now()
    moves = [(head, token) for head in heads if head and (token := head.entity.generating(now=now))]
    moved = kept_all(tx, tx.collection.tokens, [(head, token) for head, token in moves if token is not head.entity])
    begun = {head.entity.id: head for head in (*(head for head, _ in moves), *moved)}
    return [begun.get(lease.entity_id) for lease in leases]


def finish_generation(tx: TokensWrite, made: Sequence[tuple[Head[Token], str]]) -> None:
    """Keep that the images of these tokens are made, and make their upload due; Stale where one has moved since."""
    now = tx.clock.now()
    moves = [(head, head.entity.uploading(path, now=now)) for head, path in made]
    kept_all(tx, tx.collection.tokens, moves)
    Repositories.over(tx).tokens.make_all_due([token for _, token in moves])


def bury_generation(tx: TokensWrite, token_uuid: str, reason: str) -> None:
    """Let a token fail whose generation is given up."""
    tokens = Repositories.over(tx).tokens
    token = tokens.get_by_id(token_uuid)
    failed = token and token.given_up(reason=reason)
    if failed:
        tokens.save(failed)


def checkpoint_of(tx: TokensWrite) -> Checkpoint | None:
    """How far the chain was read."""
    return Checkpoint.told(Repositories.over(tx).system_state.get_state(CHECKPOINT))


def _set_checkpoint(tx: TokensWrite, checkpoint: Checkpoint) -> None:
    Repositories.over(tx).system_state.set_state(CHECKPOINT, asdict(checkpoint))


def _author(tx: TokensWrite, wallet: str) -> Author:
    """The author with this wallet, known from now on."""
    authors, now = Repositories.over(tx).authors, tx.clock.now()
    known = authors.get_by_wallet(wallet)
    try:
        return known or authors.add(Author.born("create", now=now, id=tx.ids.new(), wallet_address=wallet))
    except AuthorExists:  # another was first, and has committed since
        return _author(tx, wallet)


def _minted(tx: TokensWrite, log: MintLog) -> int | None:
    """How many tokens are to be made now because of the mint; None where it was known."""
    events, now = Repositories.over(tx).mint_events, tx.clock.now()
    event = events.find(log.block_hash, log.tx_hash, log.log_index)
    if event and event.is_canonical:
        return None
    if stands := standing(tx, log.tx_hash, log.log_index):  # in a block that the chain has no more
        _orphaned(tx, stands)
    if event:
        event = events.save(event.restored())
    else:
        event = events.add(MintEvent.born("detect", now=now, id=tx.ids.new(), detected_at=now, **log.as_event))
    author = _author(tx, event.author_wallet)
    return sum(_made(tx, event, author, token_id) for token_id in event.token_ids)


def _made(tx: TokensWrite, event: MintEvent, author: Author, token_id: int) -> bool:
    """Whether the token begins, or begins again, because of the mint."""
    tokens, now = Repositories.over(tx).tokens, tx.clock.now()
    found = tokens.get_by_token_id(token_id)
    if found is None:
        said = {"token_id": token_id, "author_id": author.id, **event.minting}
        tokens.add(Token.born("detect", now=now, id=tx.ids.new(), **said))
        return True
    is_anothers = found.mint_event_id is None and found.author_id != author.id  # as was counted, and has changed since
    if is_anothers and (failed := found.given_up(ORPHANED)):
        found = tokens.save(failed)
    if is_lost := _has_lost_its_mint(tx, found):
        tokens.make_due_again(tokens.save(found.reminted(event, author.id)))
    return is_lost


def _has_lost_its_mint(tx: TokensWrite, token: Token) -> bool:
    """Whether a token that goes no further has no mint in the chain, whatever it failed of."""
    event = first_of(tx.collection.mints, {"id": token.mint_event_id}) if token.has_failed else None
    return token.is_quarantined or (event is not None and not event.is_canonical)


def _orphaned(tx: TokensWrite, event: MintEvent) -> Sequence[Token]:
    """The tokens of a mint that the chain has dropped, as they are then."""
    seven = Repositories.over(tx)
    seven.mint_events.save(event.orphaned())
    found = [token for each in event.token_ids if (token := seven.tokens.get_by_token_id(each))]
    own = [token for token in found if token.mint_event_id in (event.id, None)]  # None where it was only counted
    return [seven.tokens.save(failed) if (failed := token.given_up(ORPHANED)) else token for token in own]
