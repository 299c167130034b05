"""Scan a simulated chain into a memory store, and compare the two."""

from typing import Any

from tests.core.tokens.simulator import Simulator

from indelible.kernel import Actor, IndelibleError
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.tasks import Leases
from indelible.memory import MemoryStore
from indelible.testing.stores import LEASE_END, AnyStore, CountedIds, TickingClock, within
from indelible.testing.tokens.scenarios import with_repositories
from indelible.tokens import (
    Detection,
    MintEvent,
    RecordBlocks,
    ScanSettings,
    list_tokens,
    record_blocks,
    token_stats,
)
from indelible.tokens.rules.scanning import split_logs
from indelible.tokens.rules.tasks import DETECT_STAGE, SCAN_TASK_ID
from indelible.tokens.tasks.detection import ScanStart

DETECTOR = Actor.system("detector")
CONFIRMATIONS = 3
SETTINGS = ScanSettings(confirmations=CONFIRMATIONS, max_blocks=8, overlap=4, poll_seconds=0.0)
MAX_STEPS = 400
ALL = 10_000


def empty_store() -> AnyStore:
    return MemoryStore(clock=TickingClock(), ids=CountedIds())


def new_detection(
    chain: Simulator, store: AnyStore, settings: ScanSettings = SETTINGS
) -> Detection:
    return Detection(store=store, chain=chain, settings=settings)


def started_detection(
    chain: Simulator, store: AnyStore, settings: ScanSettings = SETTINGS
) -> Detection:
    """Return a detection that has read the first block, which no reorg drops."""
    detection = new_detection(chain, store, settings)
    chain.mine(CONFIRMATIONS)
    settle(detection, store)

    return detection


def step(detection: Detection, store: AnyStore) -> str:
    """Run the stage's task once, as a worker does. Return the code of its error, '' for none."""
    stage = detection.stage()
    within(store, lambda tx: tx.tasks.enqueue(DETECT_STAGE, {SCAN_TASK_ID: tx.clock.now()}))

    def claim(tx: Any) -> tuple[Leases, ScanStart]:  # noqa: ANN401 - any transaction
        leases = tx.tasks.claim(DETECT_STAGE, limit=1, until=LEASE_END)
        (task,) = detection.claim(tx, leases)
        return leases, task

    leases, task = within(store, claim)

    def finish(tx: Any) -> None:  # noqa: ANN401 - any transaction
        tx.tasks.complete(leases)
        detection.finish(tx, [(task, result)])

    try:
        result = stage.perform(task, LeaseHandle(leases[0]))
        within(store, finish)
    except IndelibleError as error:
        within(store, lambda tx: tx.tasks.release(leases))
        return error.code
    return ""


def settle(detection: Detection, store: AnyStore) -> None:
    """Scan until all confirmed blocks are read, and once more."""
    chain = detection.chain
    last = chain.newest() - CONFIRMATIONS
    for _ in range(MAX_STEPS):
        assert step(detection, store) == ""
        checkpoint = store.read(token_stats).checkpoint
        block = chain.block(last)
        if checkpoint and block and checkpoint.hash == block.hash:
            break

    assert step(detection, store) == ""


def backfill(
    detection: Detection, store: AnyStore, first: int | None = None, last: int | None = None
) -> str:
    """Read a range of blocks again, as `recover-events` does. Return the code of its error."""
    try:
        for batch in detection.read_blocks(detection.confirmed_range(first, last)):
            command = RecordBlocks(batch=batch)
            store.run(record_blocks, command, actor=DETECTOR, reason="backfill")
    except IndelibleError as error:
        return error.code
    return ""


def stored_mints(store: AnyStore) -> list[MintEvent]:
    return with_repositories(store, lambda r: r.mint_events.get_by_block_range(0, ALL))


def stored_tokens(store: AnyStore) -> dict[int, tuple[int, int]]:
    """Return the author and the mint's block of each token that is not quarantined."""
    authors = with_repositories(store, lambda r: r.authors.list_all(1_000))
    author_numbers = {author.id: int(author.wallet_address, 16) for author in authors}
    blocks = {event.id: event.block_number for event in stored_mints(store)}

    tokens: dict[int, tuple[int, int]] = {}
    for token in store.read(list_tokens, limit=ALL):
        if not token.is_quarantined:
            author = author_numbers[token.author_id]
            tokens[token.token_id] = (author, blocks[token.mint_event_id or ""])

    return tokens


def confirmed_tokens(chain: Simulator) -> dict[int, tuple[int, int]]:
    """Return the author and the block of each confirmed token in the chain."""
    last = chain.newest() - CONFIRMATIONS
    return {
        token_id: (author, block)
        for token_id, (author, block) in chain.truth.items()
        if block <= last
    }


def canonical_blocks(store: AnyStore) -> set[tuple[int, str]]:
    """Return number and hash of the blocks with stored canonical mints."""
    return {
        (event.block_number, event.block_hash)
        for event in stored_mints(store)
        if event.is_canonical
    }


def check_equal(store: AnyStore, chain: Simulator) -> None:
    """Check that the store holds the chain's confirmed tokens and mints, and nothing else."""
    assert stored_tokens(store) == confirmed_tokens(chain)

    last = chain.newest() - CONFIRMATIONS
    blocks: set[tuple[int, str]] = set()
    for number in range(last + 1):
        mints, _ = split_logs(chain.mints(number, number), SETTINGS)
        blocks.update((log.block_number, log.block_hash) for log in mints)
    assert canonical_blocks(store) == blocks

    checkpoint = store.read(token_stats).checkpoint
    assert checkpoint is None or checkpoint.number == last
