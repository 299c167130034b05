"""Handlers of token commands. They load, let entities and rules decide, and save."""

from collections.abc import Iterable, Sequence

from attrs import asdict, evolve

from indelible.kernel import Head
from indelible.kernel.json import instant_text
from indelible.kernel.tasks import Leases
from indelible.tokens import commands
from indelible.tokens.commands import AuthorSaved, BlocksRecorded, BlocksRolledBack, TokenSaved
from indelible.tokens.entities import Author, MintEvent, MintLog, Token
from indelible.tokens.errors import (
    AuthorExists,
    CheckpointMoved,
    MintOrphaned,
    TokenExists,
    TokenNotFound,
)
from indelible.tokens.lifecycle import MintStatus
from indelible.tokens.ports import TokensWrite
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.quarantine import replace_quarantined
from indelible.tokens.repositories.saving import find_many, find_one, insert, save_all, save_over
from indelible.tokens.repositories.tokens import enqueue_next_tasks, insert_token, revive_tasks
from indelible.tokens.rules import (
    CHAIN_FAULT,
    CHECKPOINT,
    CONTRACT_STATE,
    DETECT_STAGE,
    SCAN_TASK_ID,
    Checkpoint,
    KnownContract,
    parse_notice,
)

MAX_MINTS_PER_BLOCK = 100_000  # the gas of a block is enough for hundreds
LAST_BLOCK = 2**63 - 1


def retry_token(tx: TokensWrite, command: commands.RetryToken) -> TokenSaved:
    """Start a failed or generating token again from its detection, and requeue its tasks.

    Raises: TokenNotFound, Stale, InvalidTransition, MintOrphaned while no mint of the token is in
    the chain.
    """
    token = Repositories.over(tx).tokens.get_by_token_id(command.token_id)
    if token is None:
        raise TokenNotFound(str(command.token_id))

    head = tx.tokens.tokens.load(token.id, expected_seq=command.expected_seq)
    if _has_lost_its_mint(tx, head.entity):
        raise MintOrphaned(command.token_id)

    saved = save_over(tx, tx.tokens.tokens, head, head.entity.requeue())
    revive_tasks(tx, saved)

    return TokenSaved(token=saved, seq=head.revision.seq + 1)


def set_author_prompt(tx: TokensWrite, command: commands.SetAuthorPrompt) -> AuthorSaved:
    """Set the prompt of a wallet's author, who is added if the wallet has none."""
    author = _find_or_add_author(tx, command.wallet_address)
    head = tx.tokens.authors.lock(author.id)
    saved = save_over(tx, tx.tokens.authors, head, head.entity.set_prompt(command.prompt_text))

    return AuthorSaved(author=saved, seq=tx.tokens.authors.get(saved.id).revision.seq)


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
        _orphan_former_mint(tx, log)
    recorded = _record_mints(tx, batch.mints)
    if batch.is_continued:
        return recorded

    blocks = batch.blocks
    quarantined = replace_quarantined(tx, blocks.first, blocks.last, batch.invalid_logs)
    if checkpoint is None or checkpoint.number < batch.end.number:
        _set_checkpoint(tx, batch.end)

    return evolve(recorded, quarantined=quarantined)


def roll_back_blocks(tx: TokensWrite, command: commands.RollBackBlocks) -> BlocksRolledBack:
    """Orphan the mints of dropped blocks, and move the checkpoint back to the last kept block."""
    reorg = command.reorg
    checkpoint = checkpoint_of(tx)
    reorg_count = 0 if checkpoint is None else checkpoint.reorg_count

    events = _canonical_mints(tx, reorg.orphaned_block_hashes)
    tokens: list[Token] = []
    for event in events:
        tokens.extend(_orphan_mint(tx, event))
    for token in tokens:
        _return_to_other_mint(tx, token)
    # The blocks after the checkpoint are read again.
    replace_quarantined(tx, reorg.last_canonical.number + 1, LAST_BLOCK, ())
    _set_checkpoint(tx, evolve(reorg.last_canonical, reorg_count=reorg_count + 1))

    revealed = tuple(token.token_id for token in tokens if token.is_revealed)
    return BlocksRolledBack(mints=len(events), tokens=len(tokens), already_revealed=revealed)


def report_chain_fault(tx: TokensWrite, command: commands.ReportChainFault) -> bool:
    """Show that detection pauses because of a fault. Return False when the fault is known."""
    states = Repositories.over(tx).system_state
    known = parse_notice(states.get_state(CHAIN_FAULT))
    fault = command.fault
    if known and (known.code, known.message) == (fault.code, fault.message):
        return False

    states.set_state(CHAIN_FAULT, fault.state_value(instant_text(tx.clock.now())))
    return True


def record_contract(tx: TokensWrite, command: commands.RecordContract) -> KnownContract | None:
    """Record the code that a contract has now, and end a fault of the chain.

    Return the contract if it had other code before, None otherwise.
    """
    states = Repositories.over(tx).system_state
    states.delete_state(CHAIN_FAULT)
    if command.state is None:
        return None

    known = KnownContract.parse(states.get_state(CONTRACT_STATE))
    is_known = known is not None and known.contract == command.contract_id
    if known and is_known and known.state == command.state:
        return None

    changed_at = instant_text(tx.clock.now()) if is_known else ""
    contract = KnownContract(
        contract=command.contract_id, state=command.state, changed_at=changed_at
    )
    states.set_state(CONTRACT_STATE, contract.state_value)
    return contract if is_known else None


def acknowledge_contract(tx: TokensWrite, _: commands.AcknowledgeContract) -> None:
    """Remove the notice that the contract's code has changed."""
    states = Repositories.over(tx).system_state
    known = KnownContract.parse(states.get_state(CONTRACT_STATE))
    if known and known.changed_at:
        states.set_state(CONTRACT_STATE, evolve(known, changed_at="").state_value)


def recover_token(tx: TokensWrite, command: commands.RecoverToken) -> TokenSaved:
    """Add a token that the chain has and the store has not.

    Its mint was not read, so its mint timestamp is the present instant.

    Raises: TokenExists.
    """
    if Repositories.over(tx).tokens.get_by_token_id(command.token_id):
        raise TokenExists(command.token_id)

    now = tx.clock.now()
    author = _find_or_add_author(tx, command.author_wallet)
    action = "recover" if command.metadata_cid else "detect"
    token = Token.create(
        action,
        now=now,
        id=tx.ids.new(),
        token_id=command.token_id,
        author_id=author.id,
        mint_timestamp=now,
        metadata_cid=command.metadata_cid,
    )
    return TokenSaved(token=insert_token(tx, token), seq=1)


def request_scan(tx: TokensWrite, _: commands.RequestScan) -> None:
    """Make the scan of the chain due now. Nothing else in the hint is trusted."""
    tx.tasks.enqueue(DETECT_STAGE, {SCAN_TASK_ID: tx.clock.now()})


def start_generation(tx: TokensWrite, leases: Leases) -> Sequence[Head[Token] | None]:
    """Start the image generation of leased tokens.

    Return a head for each lease: also of a token that an earlier lease started, and None for a
    token that is past generation or missing.
    """
    started: dict[str, Head[Token]] = {}
    updates: list[tuple[Head[Token], Token]] = []
    for head in tx.tokens.lock_tokens([lease.entity_id for lease in leases]):
        if head and head.entity.is_generating:
            started[head.entity.id] = head
        elif head and head.entity.awaits_generation:
            updates.append((head, head.entity.mark_generating()))

    for saved in save_all(tx, tx.tokens.tokens, updates):
        started[saved.entity.id] = saved

    return [started.get(lease.entity_id) for lease in leases]


def finish_generation(tx: TokensWrite, images: Sequence[tuple[Head[Token], str]]) -> None:
    """Mark tokens as uploading, each with the path of its image, and enqueue their uploads.

    Raises: Stale when one of the tokens has changed since its generation was started.
    """
    updates = [(head, head.entity.mark_uploading(path)) for head, path in images]
    saved = save_all(tx, tx.tokens.tokens, updates)
    enqueue_next_tasks(tx, [head.entity for head in saved])


def fail_generation(tx: TokensWrite, token_uuid: str, reason: str) -> None:
    """Mark an unfinished token as failed because its generation is given up.

    Do nothing for a token that is revealed, failed or unknown.
    """
    tokens = Repositories.over(tx).tokens
    token = tokens.get_by_id(token_uuid)
    if token and token.is_unfinished:
        tokens.save(token.give_up(reason))


def checkpoint_of(tx: TokensWrite) -> Checkpoint | None:
    """Return the checkpoint of the last recorded block, None before the first."""
    return Checkpoint.parse(Repositories.over(tx).system_state.get_state(CHECKPOINT))


def has_chain_fault(tx: TokensWrite) -> bool:
    """Return True while detection pauses because of a fault."""
    return Repositories.over(tx).system_state.get_state(CHAIN_FAULT) is not None


def _set_checkpoint(tx: TokensWrite, checkpoint: Checkpoint) -> None:
    Repositories.over(tx).system_state.set_state(CHECKPOINT, asdict(checkpoint))


def _find_or_add_author(tx: TokensWrite, wallet: str) -> Author:
    """Return the author of a wallet, added if the wallet has none."""
    authors = Repositories.over(tx).authors
    author = authors.get_by_wallet(wallet)
    if author:
        return author

    new = Author.create("create", now=tx.clock.now(), id=tx.ids.new(), wallet_address=wallet)
    try:
        return authors.add(new)
    except AuthorExists:  # another transaction has added the author and committed in between
        return _find_or_add_author(tx, wallet)


def _record_mints(tx: TokensWrite, logs: Sequence[MintLog]) -> BlocksRecorded:
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

    token_count = 0
    authors: dict[str, Author] = {}
    added: list[Token] = []
    for event in events.values():
        wallet = event.author_wallet
        if wallet not in authors:
            authors[wallet] = _find_or_add_author(tx, wallet)
        for token_id in event.token_ids:
            token_count += _detect_token(tx, event, authors[wallet], token_id, added)
    enqueue_next_tasks(tx, added)

    return BlocksRecorded(mints=mint_count, tokens=token_count)


def _record_mint(tx: TokensWrite, log: MintLog) -> MintEvent | None:
    """Record the mint of a log as canonical. Return None when it already is."""
    events = Repositories.over(tx).mint_events
    event = events.find(log.block_hash, log.tx_hash, log.log_index)
    if event and event.is_canonical:
        return None

    _orphan_former_mint(tx, log)
    if event:
        return events.save(event.restore())

    now = tx.clock.now()
    new = MintEvent.create("detect", now=now, id=tx.ids.new(), detected_at=now, **log.event_fields)
    return insert(tx, tx.tokens.mints, new)


def _orphan_former_mint(tx: TokensWrite, log: MintLog) -> None:
    """Orphan the mint of a log's transaction in another block: that block was dropped."""
    former = Repositories.over(tx).mint_events.find_canonical(log.tx_hash, log.log_index)
    if former and former.block_hash != log.block_hash:
        _orphan_mint(tx, former)


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
    if not _has_lost_its_mint(tx, token):
        return False

    revive_tasks(tx, tokens.save(token.with_new_mint(event, author.id)))
    return True


def _return_to_other_mint(tx: TokensWrite, token: Token) -> None:
    """Detect a quarantined token anew if another mint of its id is in the chain.

    An ERC-1155 id may be minted several times, and an ERC-721 id again after it was burned.
    """
    if not token.is_quarantined:
        return

    where = {"token_id": token.token_id, "status": MintStatus.CANONICAL.value}
    event = find_one(tx.tokens.mints, where, ("block_number", "log_index", "id"))
    if event is not None:
        author = _find_or_add_author(tx, event.author_wallet)
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


def _has_lost_its_mint(tx: TokensWrite, token: Token) -> bool:
    """Return True for a failed token whose mint is not in the chain, whatever it failed of."""
    if not token.has_failed:
        return False
    if token.is_quarantined:
        return True
    if token.mint_event_id is None:
        return False

    event = find_one(tx.tokens.mints, {"id": token.mint_event_id})
    return event is not None and not event.is_canonical


def _canonical_mints(tx: TokensWrite, block_hashes: Iterable[str]) -> list[MintEvent]:
    """Return the canonical mints of these blocks."""
    events: list[MintEvent] = []
    for block_hash in sorted(block_hashes):
        where = {"block_hash": block_hash, "status": MintStatus.CANONICAL.value}
        events.extend(find_many(tx.tokens.mints, where, ("id",), MAX_MINTS_PER_BLOCK))

    return events


def _orphan_mint(tx: TokensWrite, event: MintEvent) -> list[Token]:
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
