"""Steps of tokens: each becomes a command that fits the tokens of the oracle."""

from datetime import timedelta
from typing import Any

from attrs import evolve, frozen
from tests.stateful.steps import ALL, Call, Step, Twist, World, expected_seq, pick_newest

from indelible import tokens
from indelible.app import WriteTx
from indelible.testing.stores import BEGINNING
from indelible.testing.tokens.scenarios import make_batch, make_log, read_again, wallet
from indelible.tokens import Checkpoint, Repositories, Token, TokenSaved
from indelible.tokens.entities.pipeline import RevealTransaction
from indelible.tokens.queries import blocks_with_mints
from indelible.tokens.rules.scanning import Reorg

HASH = "0x" + "ab" * 32
FIRST_RECOVERED_ID = 500
UNKNOWN_ID = "nobody"


def all_tokens(world: World) -> list[TokenSaved]:
    """Return all tokens."""
    summaries = world.oracle.read(tokens.list_tokens, limit=ALL)
    return [world.oracle.read(tokens.get_token, summary.token_id) for summary in summaries]


def read_checkpoint(world: World) -> Checkpoint | None:
    """Return the last recorded block, or None before the first."""
    return world.oracle.read(tokens.token_stats).checkpoint


def mint(world: World, step: Step) -> Call:
    """Record the next block with a mint; a stale step leaves a gap before the block."""
    number = 1
    fork = 0
    checkpoint = read_checkpoint(world)
    if checkpoint is not None:
        number = checkpoint.number + 1
        fork = checkpoint.reorg_count
    if step.twist is Twist.STALE:
        number += 5

    token_id = 1 + max((saved.token.token_id for saved in all_tokens(world)), default=0)
    log = make_log(token_id, block=number, fork=fork, quantity=1 + step.pick % 3)
    batch = make_batch(number, number, log, fork=fork)
    command = tokens.RecordBlocks(batch=read_again(world.oracle, batch))
    return Call(tokens.record_blocks, command)


def roll_back(world: World, step: Step) -> Call:
    """Drop the last block, with its mints."""
    checkpoint = read_checkpoint(world)
    if checkpoint is None or checkpoint.number < 2:
        return mint(world, step)

    number = checkpoint.number - 1
    dropped_blocks = world.oracle.read(blocks_with_mints, number)
    reorg = Reorg(
        last_canonical=Checkpoint(number=number, hash=HASH, reorg_count=checkpoint.reorg_count),
        orphaned_block_hashes=frozenset(block_hash for _, block_hash in dropped_blocks),
    )
    return Call(tokens.roll_back_blocks, tokens.RollBackBlocks(reorg=reorg))


def recover(world: World, step: Step) -> Call:
    """Recover a token without its mint; an illegal one exists already."""
    token_id = FIRST_RECOVERED_ID + step.pick % 50
    existing = all_tokens(world)
    if step.twist is Twist.ILLEGAL and existing:
        token_id = existing[0].token.token_id

    command = tokens.RecoverToken(
        token_id=token_id,
        author_wallet=wallet(step.pick % 3 + 1),
        metadata_cid="cid" if step.pick % 2 else None,
    )
    return Call(tokens.recover_token, command)


def set_prompt(_: World, step: Step) -> Call:
    """Set an author's prompt."""
    command = tokens.SetAuthorPrompt(
        wallet_address=wallet(step.pick % 3 + 1), prompt_text=f"prompt {step.pick}"
    )
    return Call(tokens.set_author_prompt, command)


def retry(world: World, step: Step) -> Call:
    """Retry a token in any state; only a failed one can be retried."""
    saved = pick_newest(all_tokens(world), step.pick)
    if saved is None:
        return mint(world, step)

    command = tokens.RetryToken(
        token_id=saved.token.token_id, expected_seq=expected_seq(step, saved.seq)
    )
    return Call(tokens.retry_token, command)


@frozen
class TokenMove:
    """A transition of a token by its seed's method, and forged values of its fields."""

    token: Token
    method: str
    changes: tuple[tuple[str, object], ...] = ()


# The method that leaves a state; tokens in every other state fail.
METHODS = {
    "detected": "mark_generating",
    "generating": "mark_uploading",
    "uploading": "mark_ready",
    "ready": "mark_revealed",
}
ARGUMENTS: dict[str, tuple[object, ...]] = {
    "mark_generating": (),
    "mark_uploading": ("image.png",),
    "mark_ready": ("metadata", "image"),
    "mark_revealed": (HASH,),
    "mark_failed": ({"reason": "a program"},),
}
FORGED: tuple[tuple[str, object], ...] = (
    ("mint_timestamp", BEGINNING - timedelta(days=1)),
    ("minter_address", wallet(9)),
    ("token_id", 9_999),
    ("author_id", UNKNOWN_ID),
)


def move_token(world: World, step: Step) -> Call:
    """Move a token to its next state, or let it fail.

    An illegal step skips states or rewrites a fixed field; a stale one saves an older token.
    """
    saved = pick_newest(all_tokens(world), step.pick)
    if saved is None:
        return mint(world, step)

    token = saved.token
    method = METHODS.get(token.status.value, "mark_failed")
    changes: tuple[tuple[str, object], ...] = ()
    if step.pick % 9 == 0:
        method = "mark_failed"

    if step.twist is Twist.ILLEGAL and step.pick % 2:
        method = "mark_revealed"
    elif step.twist is Twist.ILLEGAL:
        changes = (FORGED[step.pick % len(FORGED)],)
    elif step.twist is Twist.STALE:
        token = evolve(token, updated_at=token.updated_at - timedelta(seconds=1))

    return Call(save_token, TokenMove(token, method, changes))


def save_token(tx: WriteTx, move: TokenMove) -> Token:
    """Save a token after a transition, by the seed's repository."""
    mark = getattr(move.token, move.method)
    marked: Token = mark(*ARGUMENTS[move.method])
    changes: dict[str, Any] = dict(move.changes)
    return Repositories.over(tx).tokens.save(evolve(marked, **changes))


def reveal(world: World, step: Step) -> Call:
    """Add a reveal of a token; an illegal one reveals an unknown token."""
    saved = pick_newest(all_tokens(world), step.pick)
    token_id = UNKNOWN_ID
    if saved is not None and step.twist is not Twist.ILLEGAL:
        token_id = saved.token.id

    return Call(add_reveal, (f"reveal-{step.pick}", token_id))


def add_reveal(tx: WriteTx, command: tuple[str, str]) -> RevealTransaction:
    """Add a reveal transaction by the seed's repository; the command is its id and its token."""
    reveal_id, token_id = command
    reveal_transaction = RevealTransaction.create(
        "create", now=tx.clock.now(), id=reveal_id, token_ids=(token_id,)
    )
    return Repositories.over(tx).reveal_txs.add(reveal_transaction)
