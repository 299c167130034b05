"""Steps of tokens: each becomes a command that fits what the oracle holds."""

from datetime import timedelta
from typing import Any

from attrs import evolve, frozen
from tests.stateful.steps import Call, Step, Twist, expected_seq, pick_near

from indelible import tokens
from indelible.app import WriteTx
from indelible.testing.stores import BEGINNING, AnyStore
from indelible.testing.tokens.scenarios import make_batch, make_log, read_again, wallet
from indelible.tokens import Checkpoint, Repositories, Token, TokenSaved
from indelible.tokens.entities import RevealTransaction
from indelible.tokens.queries import blocks_with_mints
from indelible.tokens.rules import Reorg

MANY = 1_000
HASH = "0x" + "ab" * 32


def stored_tokens(oracle: AnyStore) -> list[TokenSaved]:
    """Return every token."""
    listed = oracle.read(tokens.list_tokens, limit=MANY)
    return [oracle.read(tokens.get_token, token.token_id) for token in listed]


def last_block(oracle: AnyStore) -> int:
    """Return the number of the last recorded block, 0 before any."""
    checkpoint = oracle.read(tokens.token_stats).checkpoint
    return 0 if checkpoint is None else checkpoint.number


def mint(oracle: AnyStore, step: Step) -> Call:
    """Record the next block with a mint; a stale step records it behind a gap."""
    number = last_block(oracle) + 1
    if step.twist is Twist.STALE:
        number += 5
    known = stored_tokens(oracle)
    token_id = 1 + max((saved.token.token_id for saved in known), default=0)
    fork = oracle.read(tokens.token_stats).checkpoint
    log = make_log(
        token_id, block=number, fork=fork.reorg_count if fork else 0, quantity=1 + step.pick % 3
    )
    batch = make_batch(number, number, log, fork=fork.reorg_count if fork else 0)
    return Call(tokens.record_blocks, tokens.RecordBlocks(batch=read_again(oracle, batch)))


def roll_back(oracle: AnyStore, step: Step) -> Call:
    """Drop the last block that has a mint."""
    checkpoint = oracle.read(tokens.token_stats).checkpoint
    if checkpoint is None or checkpoint.number < 2:
        return mint(oracle, step)

    blocks = oracle.read(blocks_with_mints, checkpoint.number - 1)
    last = Checkpoint(number=checkpoint.number - 1, hash=HASH, reorg_count=checkpoint.reorg_count)
    dropped = frozenset(block_hash for _, block_hash in blocks)
    reorg = Reorg(last_canonical=last, orphaned_block_hashes=dropped)
    return Call(tokens.roll_back_blocks, tokens.RollBackBlocks(reorg=reorg))


def recover(oracle: AnyStore, step: Step) -> Call:
    """Recover a token without its mint; an illegal one is known already."""
    known = [saved.token.token_id for saved in stored_tokens(oracle)]
    token_id = 500 + step.pick % 50
    if step.twist is Twist.ILLEGAL and known:
        token_id = known[0]
    command = tokens.RecoverToken(
        token_id=token_id,
        author_wallet=wallet(step.pick % 3 + 1),
        metadata_cid="cid" if step.pick % 2 else None,
    )
    return Call(tokens.recover_token, command)


def set_prompt(oracle: AnyStore, step: Step) -> Call:
    """Set an author's prompt."""
    del oracle
    command = tokens.SetAuthorPrompt(
        wallet_address=wallet(step.pick % 3 + 1), prompt_text=f"prompt {step.pick}"
    )
    return Call(tokens.set_author_prompt, command)


def retry(oracle: AnyStore, step: Step) -> Call:
    """Retry a token, whether it has failed or not."""
    saved = pick_near(stored_tokens(oracle), step.pick)
    if saved is None:
        return mint(oracle, step)

    command = tokens.RetryToken(
        token_id=saved.token.token_id, expected_seq=expected_seq(step, saved.seq)
    )
    return Call(tokens.retry_token, command)


@frozen
class TokenMove:
    """A transition of a token by its seed's method, and a change that no method makes."""

    token: Token
    method: str
    changes: tuple[tuple[str, object], ...] = ()


MOVES = {
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
    ("author_id", "nobody"),
)


def move_token(oracle: AnyStore, step: Step) -> Call:
    """Move a token along its pipeline; a wrong step skips a state or rewrites a fixed field."""
    saved = pick_near(stored_tokens(oracle), step.pick)
    if saved is None:
        return mint(oracle, step)

    token = saved.token
    method = MOVES.get(token.status.value, "mark_failed")
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
    moved: Token = getattr(move.token, move.method)(*ARGUMENTS[move.method])
    changes: dict[str, Any] = dict(move.changes)
    changed = evolve(moved, **changes)
    return Repositories.over(tx).tokens.save(changed)


def reveal(oracle: AnyStore, step: Step) -> Call:
    """Add a reveal of a token; an illegal one reveals a token that nobody knows."""
    saved = pick_near(stored_tokens(oracle), step.pick)
    token_id = "nobody" if saved is None or step.twist is Twist.ILLEGAL else saved.token.id
    return Call(add_reveal, (f"reveal-{step.pick}", token_id))


def add_reveal(tx: WriteTx, command: tuple[str, str]) -> RevealTransaction:
    """Add a reveal transaction by the seed's repository."""
    reveal_id, token_id = command
    new = RevealTransaction.create(
        "create", now=tx.clock.now(), id=reveal_id, token_ids=(token_id,)
    )
    return Repositories.over(tx).reveal_txs.add(new)
