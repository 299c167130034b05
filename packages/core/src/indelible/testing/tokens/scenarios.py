"""Small stories that the suites of tokens and of work tell."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel.tasks import Lease
from indelible.testing.stores import BEGINNING, AnyStore, do
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

R = TypeVar("R")

FAR: Final = BEGINNING + timedelta(days=900)  # beyond all that a test's clock shows
OVER: Final = BEGINNING  # a lease until then is over


def wallet(number: int) -> str:
    """A wallet of its own."""
    return f"0x{number:040x}"


def chain_hash(number: int, fork: int = 0) -> str:
    """The hash of a block or of a transaction, another one on each fork."""
    return f"0x{fork:08x}{number:056x}"


def within(store: AnyStore, work: Callable[[WriteTx], R]) -> R:
    """What the work gives, done in one transaction."""

    def handler(tx: WriteTx, _: None) -> R:
        return work(tx)

    return do(store, handler, None)


def with_repositories(store: AnyStore, work: Callable[[Repositories], R]) -> R:
    """What the work on the seven repositories gives, done in one transaction."""
    return within(store, lambda tx: work(Repositories.over(tx)))


def an_author(number: int = 1, **other: Any) -> Author:  # noqa: ANN401 - whatever a field takes
    """An author."""
    said: dict[str, Any] = {"id": f"author-{number}", "wallet_address": wallet(number)}
    return Author.create("create", now=BEGINNING, **(said | other))


def a_token(number: int, **other: Any) -> Token:  # noqa: ANN401 - as above
    """A token of the first author, minted a second after the one before it."""
    said: dict[str, Any] = {"id": f"token-{number}", "token_id": number, "author_id": "author-1"}
    said |= {"mint_timestamp": BEGINNING + timedelta(seconds=number)}
    return Token.create("detect", now=BEGINNING, **(said | other))


def a_mint(number: int, *, block: int = 1, **other: Any) -> MintEvent:  # noqa: ANN401 - as above
    """A mint of one token."""
    said: dict[str, Any] = {
        "id": f"mint-{number}-{block}",
        "tx_hash": chain_hash(number),
        "log_index": 0,
    }
    said |= {"block_number": block, "block_hash": chain_hash(block), "block_timestamp": BEGINNING}
    said |= {"token_id": number, "quantity": 1, "author_wallet": wallet(1), "recipient": wallet(2)}
    return MintEvent.create("detect", now=BEGINNING, detected_at=BEGINNING, **(said | other))


def a_log(number: int, *, block: int, fork: int = 0, quantity: int = 1) -> MintLog:
    """A mint as the chain tells it, of a block on a fork."""
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


def a_block(number: int, fork: int = 0) -> Block:
    """A block on a fork."""
    at = BEGINNING + timedelta(seconds=number)
    return Block(
        number=number,
        hash=chain_hash(number, fork),
        parent_hash=chain_hash(number - 1, fork),
        at=at,
    )


def a_page(first: int, last: int, *mints: MintLog, fork: int = 0) -> BlockBatch:
    """What the chain says of some blocks, where reading begins with the first; `keep` reads it now."""
    end = Checkpoint(number=last, hash=chain_hash(last, fork))
    return BlockBatch(
        blocks=BlockRange(first=first, last=last),
        end=end,
        checkpoint=None,
        start_block=1,
        mints=mints,
        is_last=True,
    )


def read_now(store: AnyStore, page: BlockBatch) -> BlockBatch:
    """The page as it is when it is read now."""
    seen = store.read(token_stats).checkpoint
    return evolve(
        page, checkpoint=seen, end=evolve(page.end, reorg_count=seen.reorg_count if seen else 0)
    )


def keep(store: AnyStore, page: BlockBatch) -> BlocksRecorded:
    """What was new in the page, which is read now."""
    return do(store, record_blocks, RecordBlocks(batch=read_now(store, page)))


def filled(store: AnyStore, count: int) -> list[Token]:
    """So many tokens, the newest added first."""

    def work(repositories: Repositories) -> list[Token]:
        repositories.authors.add(an_author())
        return [repositories.tokens.add(a_token(number)) for number in range(count, 0, -1)]

    return with_repositories(store, work)


def enqueue(store: AnyStore, *ids: str, stage: str = "work", due_at: datetime = BEGINNING) -> None:
    """Work, due."""
    within(store, lambda tx: tx.tasks.enqueue(stage, dict.fromkeys(ids, due_at)))


def claim(
    store: AnyStore, limit: int = 1, *, stage: str = "work", until: datetime = FAR
) -> tuple[Lease, ...]:
    """What is claimed."""
    return within(store, lambda tx: tx.tasks.claim(stage, limit=limit, until=until))


def ids(found: Iterable[Any]) -> list[str]:
    """The ids of leases or of work."""
    return [each.entity_id for each in found]
