"""Tokens, tasks and signatures for the tests of the web."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from indelible import tokens
from indelible.app import WriteTx
from indelible.kernel import Actor
from indelible.kernel.tasks import Lease
from indelible.testing.stores import BEGINNING, AnyStore
from indelible.testing.tokens.scenarios import read_again
from indelible.tokens import (
    Block,
    BlockBatch,
    BlockRange,
    Checkpoint,
    MintLog,
    RecordBlocks,
    Reorg,
    Repositories,
    RollBackBlocks,
)
from indelible.tokens.errors import ChainUnreachable, SignatureMalformed
from indelible.tokens.rules.messages import MESSAGE

R = TypeVar("R")

WORKER = Actor.system("worker")
# wallets
MAYA_S = f"0x{'a1' * 20}"
NOOR_S = f"0x{'b2' * 20}"
EARLIER = BEGINNING - timedelta(days=1)


def hash_of(number: int, fork: int = 0) -> str:
    return f"0x{fork:032x}{number:032x}"


def acted(store: AnyStore, work: Callable[[WriteTx], R]) -> R:
    """Return what `work` returns, run by a worker in one transaction."""
    with store.transaction(actor=WORKER, reason="a test") as tx:
        return work(tx)


def minted(store: AnyStore, *wallets: str, start: int = 1, block: int = 100) -> None:
    """Record a block with one mint for each author's wallet."""
    logs: list[MintLog] = []
    for index, wallet in enumerate(wallets):
        log = MintLog(
            tx_hash=hash_of(block, 7),
            log_index=index,
            block_number=block,
            block_hash=hash_of(block),
            block_timestamp=EARLIER,
            minter=NOOR_S,
            author_wallet=wallet,
            start_token_id=start + index,
            quantity=1,
            total_paid=10**15,
        )
        logs.append(log)

    batch = BlockBatch(
        blocks=BlockRange(first=block, last=block),
        checkpoint=None,
        end=Checkpoint(number=block, hash=hash_of(block)),
        start_block=block,
        mints=tuple(logs),
        is_last=True,
    )
    command = RecordBlocks(batch=read_again(store, batch))
    acted(store, lambda tx: tokens.record_blocks(tx, command))


def dropped(store: AnyStore, block: int = 100) -> None:
    """Roll back a block that the chain has dropped."""
    reorg = Reorg(
        last_canonical=Checkpoint(number=block - 1, hash=hash_of(block - 1)),
        orphaned_block_hashes=frozenset({hash_of(block)}),
    )
    acted(store, lambda tx: tokens.roll_back_blocks(tx, RollBackBlocks(reorg=reorg)))


def failed(store: AnyStore, token_id: int = 1) -> None:
    """Let a token fail."""
    error = {"code": "PROVIDER_REFUSED", "reason": "it would not draw this"}

    def fail(tx: WriteTx) -> None:
        repository = Repositories.over(tx).tokens
        token = repository.get_by_token_id(token_id)
        assert token is not None
        repository.save(token.mark_failed(error))

    acted(store, fail)


def claimed(store: AnyStore, stage: str, entity_id: str, *, is_due: bool = True) -> Lease:
    """Return the lease of a task that a worker has claimed."""

    def claim(tx: WriteTx) -> Lease:
        if is_due:
            tx.tasks.enqueue(stage, {entity_id: EARLIER})
        leases = tx.tasks.claim(stage, limit=100, until=tx.clock.now() + timedelta(hours=1))
        return next(lease for lease in leases if lease.entity_id == entity_id)

    return acted(store, claim)


def buried(
    store: AnyStore,
    stage: str = "detect",
    entity_id: str = "chain",
    reason: str = "it never answers",
) -> None:
    """Let a task fail once, and then die."""
    lease = claimed(store, stage, entity_id)
    acted(store, lambda tx: tx.tasks.retry_later(lease, due_at=EARLIER, reason="not yet"))
    again = claimed(store, stage, entity_id, is_due=False)
    acted(store, lambda tx: tx.tasks.mark_dead(again, reason=reason))


def signature_of(wallet: str, message: str) -> str:
    return f"0x{hmac.digest(wallet.lower().encode(), message.encode(), 'sha512').hex()}1b"


def signed(
    wallet: str = MAYA_S,
    prompt: str = "A lighthouse in the fog.",
    *,
    at: datetime = BEGINNING,
    nonce: str = "nonce-01",
    message: str = "",
    **other: Any,  # noqa: ANN401 - any field of the body
) -> dict[str, Any]:
    """Return the body of a request that sets a wallet's prompt."""
    if not message:
        timestamp = int(at.timestamp() * 1_000)
        message = MESSAGE.format(wallet=wallet, timestamp=timestamp, nonce=nonce)
    body = {
        "wallet_address": wallet,
        "prompt_text": prompt,
        "message": message,
        "signature": signature_of(wallet, message),
    }
    body.update(other)

    return body


class Wallets:
    """A chain that knows nothing but signatures, which `signature_of` makes."""

    contract_id = f"eip155:1:0x{9:040x}"

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.is_away = False

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        self.asked.append((wallet, message))
        if self.is_away:
            raise ChainUnreachable("it is unreachable")
        if not signature.startswith("0x") or len(signature) % 2:
            raise SignatureMalformed
        return signature == signature_of(wallet, message)

    first_token_id = 1

    def check(self) -> None:
        self._away()

    def inspect(self) -> None:
        self._away()

    def newest(self) -> int:
        self._away()

    def block(self, number: int) -> Block | None:
        self._away(number)

    def mints(self, first: int, last: int) -> tuple[MintLog, ...]:
        self._away(first, last)

    def next_token_id(self, block: int) -> int:
        self._away(block)

    def author_of(self, token_id: int) -> str | None:
        self._away(token_id)

    def metadata_of(self, token_id: int) -> str | None:
        self._away(token_id)

    def _away(self, *arguments: int) -> NoReturn:
        raise ChainUnreachable(f"no answer for {arguments}")
