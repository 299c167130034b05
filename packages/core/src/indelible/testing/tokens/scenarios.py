"""Values and short scenarios for the suites of tokens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import TaskState
from indelible.testing.stores import BEGINNING, AnyStore, do, within
from indelible.tokens import (
    Author,
    Block,
    BlockBatch,
    BlockRange,
    BlocksRecorded,
    Checkpoint,
    MintEvent,
    MintLog,
    RecordBlocks,
    Repositories,
    Token,
    record_blocks,
    token_stats,
)
from indelible.tokens.rules.tasks import STAGE_LIFECYCLES

MAX_LISTED = 100
R = TypeVar("R")


def wallet(number: int) -> str:
    """Return a wallet of its own for each number."""
    return f"0x{number:040x}"


def chain_hash(number: int, fork: int = 0) -> str:
    """Return the hash of a block or transaction, another one on each fork."""
    return f"0x{fork:08x}{number:056x}"


def upper(text: str) -> str:
    """Return a wallet or hash in upper case, behind its 0x."""
    return f"0x{text[2:].upper()}"


def with_repositories(store: AnyStore, work: Callable[[Repositories], R]) -> R:
    """Return what `work` on the seven repositories returns, run in one transaction."""
    return within(store, lambda tx: work(Repositories.over(tx)))


def make_author(number: int = 1, **fields: Any) -> Author:  # noqa: ANN401 - any field
    """Return an author."""
    values: dict[str, Any] = {"id": f"author-{number}", "wallet_address": wallet(number)}
    values.update(fields)

    return Author.create("create", now=BEGINNING, **values)


def make_token(number: int, **fields: Any) -> Token:  # noqa: ANN401 - any field
    """Return a token of the first author, minted a second after the one before it."""
    values: dict[str, Any] = {
        "id": f"token-{number}",
        "token_id": number,
        "author_id": "author-1",
        "mint_timestamp": BEGINNING + timedelta(seconds=number),
    }
    values.update(fields)

    return Token.create("detect", now=BEGINNING, **values)


def make_mint(
    number: int,
    *,
    block: int = 1,
    **fields: Any,  # noqa: ANN401 - any field
) -> MintEvent:
    """Return a mint of one token."""
    values: dict[str, Any] = {
        "id": f"mint-{number}-{block}",
        "tx_hash": chain_hash(number),
        "log_index": 0,
        "block_number": block,
        "block_hash": chain_hash(block),
        "block_timestamp": BEGINNING,
        "token_id": number,
        "quantity": 1,
        "author_wallet": wallet(1),
        "recipient": wallet(2),
        "detected_at": BEGINNING,
    }
    values.update(fields)

    return MintEvent.create("detect", now=BEGINNING, **values)


def make_log(number: int, *, block: int, fork: int = 0, quantity: int = 1) -> MintLog:
    """Return a mint as the chain reports it, in a block on a fork."""
    return MintLog(
        tx_hash=chain_hash(number),
        log_index=0,
        block_number=block,
        block_hash=chain_hash(block, fork),
        block_timestamp=BEGINNING + timedelta(seconds=block),
        minter=wallet(2),
        author_wallet=wallet(1),
        start_token_id=number,
        quantity=quantity,
        total_paid=7,
    )


def make_block(number: int, fork: int = 0) -> Block:
    """Return a block on a fork."""
    return Block(
        number=number,
        hash=chain_hash(number, fork),
        parent_hash=chain_hash(number - 1, fork),
        at=BEGINNING + timedelta(seconds=number),
    )


def make_batch(first: int, last: int, *mints: MintLog, fork: int = 0) -> BlockBatch:
    """Return a batch of blocks, read before anything was recorded."""
    return BlockBatch(
        blocks=BlockRange(first=first, last=last),
        checkpoint=None,
        end=Checkpoint(number=last, hash=chain_hash(last, fork)),
        start_block=1,
        mints=mints,
        is_last=True,
    )


def read_again(store: AnyStore, batch: BlockBatch) -> BlockBatch:
    """Return the batch as if it were read after the present checkpoint."""
    checkpoint = store.read(token_stats).checkpoint
    reorg_count = 0 if checkpoint is None else checkpoint.reorg_count
    end = evolve(batch.end, reorg_count=reorg_count)

    return evolve(batch, checkpoint=checkpoint, end=end)


def record(store: AnyStore, batch: BlockBatch) -> BlocksRecorded:
    """Record a batch as if it were read after the present checkpoint."""
    return do(store, record_blocks, RecordBlocks(batch=read_again(store, batch)))


def add_tokens(store: AnyStore, count: int) -> list[Token]:
    """Add an author and this many tokens, and return the tokens from the newest to the oldest."""

    def work(repositories: Repositories) -> list[Token]:
        repositories.authors.add(make_author())
        return [repositories.tokens.add(make_token(number)) for number in range(count, 0, -1)]

    return with_repositories(store, work)


def cancel_token_tasks(store: AnyStore) -> None:
    """Cancel the waiting tasks of all stages, so that no token belongs to a stage."""

    def work(tx: WriteTx) -> None:
        for stage in STAGE_LIFECYCLES:
            waiting = TaskFilter(stage=stage, state=TaskState.WAITING)
            for task in tx.tasks.list_tasks(
                waiting, now=tx.clock.now(), after="", limit=MAX_LISTED
            ):
                tx.tasks.cancel(stage, task.entity_id)

    within(store, work)
