"""Detection records exactly the chain, whatever reorgs, lags, failures and limits it has."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tokens.scans import (
    CONFIRMATIONS,
    SETTINGS,
    backfill,
    canonical_blocks,
    check_equal,
    empty_store,
    new_detection,
    settle,
    started_detection,
    step,
    stored_mints,
    stored_tokens,
)
from tests.core.tokens.simulator import Simulator

from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.stages import PermanentFailure, RetryLater
from indelible.testing.stores import BEGINNING, AnyStore, claim, do, enqueue
from indelible.testing.tokens.lifecycle import advance
from indelible.testing.tokens.scenarios import chain_hash, make_mint, wallet, with_repositories
from indelible.tokens import (
    ContractLog,
    Detection,
    MintEvent,
    RecordBlocks,
    TokenFilter,
    TokenStatus,
    chain_notices,
    list_tokens,
    queries,
    record_blocks,
    token_history,
    token_stats,
)
from indelible.tokens.rules.tasks import CHECKPOINT, DETECT_STAGE, SCAN_TASK_ID
from indelible.tokens.tasks import detection as detection_module
from indelible.tokens.tasks.detection import UNLIMITED_ATTEMPTS, ScanStart

MINTS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=2)
EVENTS = st.one_of(
    st.tuples(st.just("mine"), st.integers(1, 12), MINTS),
    st.tuples(st.just("reorg"), st.integers(1, 10), st.booleans()),
    st.tuples(st.just("scan"), st.integers(1, 4), st.none()),
    st.tuples(st.just("lag"), st.integers(0, 5), st.none()),
    st.tuples(st.just("unreachable"), st.booleans(), st.none()),
    st.tuples(st.just("limit"), st.integers(1, 9), st.booleans()),
)
REORGS = st.tuples(st.integers(0, 9), st.integers(6, 14), st.booleans())


def play(event: tuple[Any, ...], detection: Detection, store: AnyStore, chain: Simulator) -> None:
    """Change the chain, or scan it, as the event says."""
    name, first, second = event
    match name:
        case "mine":
            chain.mine(first, *second)
        case "reorg":
            chain.reorg(first, keeps=second)
        case "scan":
            for _ in range(first):
                assert step(detection, store) in ("", "CHAIN_UNREACHABLE")
        case "lag":
            chain.lag = first
        case "unreachable":
            chain.is_unreachable = first
        case _:
            chain.max_blocks = first
            chain.advises = second


@pytest.mark.slow
@given(st.lists(EVENTS, max_size=30), st.integers(1, 12), st.integers(1, 12))
def test_after_any_events_the_store_holds_exactly_the_chain(
    events: list[tuple[Any, ...]], max_blocks: int, max_tokens: int
) -> None:
    chain = Simulator()
    store = empty_store()
    settings = evolve(SETTINGS, max_blocks=max_blocks, max_tokens_per_batch=max_tokens)
    detection = started_detection(chain, store, settings)
    for event in events:
        play(event, detection, store, chain)

    chain.is_unreachable = False
    chain.lag = 0
    chain.mine(20)
    settle(detection, store)

    check_equal(store, chain)


@pytest.mark.slow
@given(st.lists(REORGS, min_size=1, max_size=4))
def test_a_chain_that_changes_between_two_calls_is_not_recorded_as_one(
    reorgs: list[tuple[int, int, bool]],
) -> None:
    chain = Simulator()
    store = empty_store()
    detection = started_detection(chain, store)
    chain.mine(6, (2, 1))
    chain.mine(8, (1, 2), (3, 1))

    def reorg_between_calls() -> Iterator[None]:
        for calls, depth, keeps in reorgs:
            for _ in range(calls):
                yield
            chain.reorg(depth, keeps=keeps)
            yield

    chain.before_calls = reorg_between_calls()
    for _ in range(40):
        assert step(detection, store) in ("", "CHAIN_UNREACHABLE")
    chain.before_calls = None
    chain.mine(20)
    settle(detection, store)

    check_equal(store, chain)


def test_only_confirmed_blocks_are_read(chain: Simulator, store: AnyStore) -> None:
    chain.mine(5, (2, 1))
    chain.mine(1, (1, 2))
    settle(new_detection(chain, store), store)
    assert sorted(stored_tokens(store)) == [1, 2]

    chain.mine(CONFIRMATIONS)
    settle(new_detection(chain, store), store)
    assert stored_tokens(store) == {1: (1, 1), 2: (1, 1), 3: (2, 6)}


def test_a_deep_reorg_quarantines_the_dropped_tokens(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(5, (2, 1))
    chain.mine(9, (1, 2))
    settle(detection, store)
    chain.reorg(10, keeps=False)
    settle(detection, store)

    assert sorted(stored_tokens(store)) == [1, 2]
    (orphaned,) = store.read(token_stats).orphaned
    assert (orphaned.token_id, orphaned.author_wallet) == (3, wallet(2))
    (failed,) = store.read(list_tokens, matching=TokenFilter(status=TokenStatus.FAILED))
    assert (failed.token_id, failed.is_quarantined) == (3, True)


def test_a_reorg_below_every_compared_checkpoint_needs_an_operator(
    chain: Simulator, store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection_module, "MAX_CHECKPOINTS_COMPARED", 1)
    monkeypatch.setattr(detection_module, "CHECKPOINTS_PER_READ", 1)
    detection = started_detection(chain, store)
    chain.mine(5, (2, 1))
    chain.mine(9, (1, 2))
    settle(detection, store)
    chain.reorg(10, keeps=False)

    reasons: list[str] = []

    def remember(reason: str) -> PermanentFailure:
        reasons.append(reason)
        return PermanentFailure(reason)

    monkeypatch.setattr(detection_module, "PermanentFailure", remember)
    assert step(detection, store) == PermanentFailure.code
    assert reasons[0].startswith("REORG_TOO_DEEP")


def test_a_reorg_of_every_block_is_read_from_the_start(chain: Simulator, store: AnyStore) -> None:
    chain.mine(5, (2, 1))
    detection = new_detection(chain, store)
    settle(detection, store)
    chain.reorg(5, keeps=True)
    chain.mine(10, (1, 3))
    settle(detection, store)

    check_equal(store, chain)
    assert [event.token_id for event in store.read(token_stats).orphaned] == [1]


@pytest.mark.parametrize("keeps", [False, True])
def test_a_second_reorg_before_the_first_is_read_again_is_noticed(
    chain: Simulator, store: AnyStore, *, keeps: bool
) -> None:
    detection = started_detection(chain, store)
    chain.mine(1)
    chain.mine(1, (1, 1))
    chain.mine(6)
    settle(detection, store)
    chain.reorg(5, keeps=False)
    # The checkpoint goes back to the first block. The mint is before the reorg and stays.
    assert step(detection, store) == ""
    assert canonical_blocks(store) != set()

    chain.reorg(chain.newest() - 4, keeps=keeps)
    chain.mine(20)
    settle(detection, store)

    check_equal(store, chain)


def test_a_node_that_lags_behind_proves_no_reorg(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(2)
    chain.mine(7, (1, 1))
    settle(detection, store)
    chain.reorg(5, keeps=False)
    assert step(detection, store) == ""

    chain.lag = chain.newest() - 1
    assert step(detection, store) == "CHAIN_UNREACHABLE"

    chain.lag = 0
    chain.mine(9)
    settle(detection, store)
    assert [change.action for change in store.read(token_history, 1)] == ["detect"]


def add_mint(store: AnyStore, event: MintEvent) -> MintEvent:
    """Store a canonical mint."""
    return with_repositories(store, lambda r: r.mint_events.add(event))


def orphan_mint(store: AnyStore, event: MintEvent) -> None:
    """Store that the chain dropped the mint."""
    with_repositories(store, lambda r: r.mint_events.save(event.orphan()))


def test_a_block_at_the_end_of_a_read_is_read_whole(
    monkeypatch: pytest.MonkeyPatch, store: AnyStore
) -> None:
    monkeypatch.setattr(queries, "MINTS_PER_READ", 3)
    other_hash = chain_hash(5, 1)
    add_mint(store, make_mint(1, block=4))
    for number in (2, 3):
        orphan_mint(store, add_mint(store, make_mint(number, block=5)))
    add_mint(store, make_mint(4, block=5, id="mint-4", block_hash=other_hash))

    blocks = store.read(queries.blocks_with_mints, 3)
    assert blocks == {(4, chain_hash(4)), (5, other_hash)}
    assert store.read(queries.blocks_with_mints, 5) == frozenset()


def test_mints_of_several_reads_are_all_orphaned(
    chain: Simulator, store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MINTS_PER_READ", 3)
    detection = started_detection(chain, store)
    for number in range(8):
        mints = [(1, number + 1)] * (1 + number % 5)
        chain.mine(1, *mints)
    chain.mine(CONFIRMATIONS)
    settle(detection, store)
    chain.reorg(10, keeps=False)
    chain.mine(9)
    settle(detection, store)

    check_equal(store, chain)


def test_the_checkpoint_of_another_contract_is_refused(chain: Simulator, store: AnyStore) -> None:
    settle(started_detection(chain, store), store)
    chain.mine(9, (1, 1))
    other = evolve(chain, contract_id=f"eip155:5:{wallet(9)}")
    detection = new_detection(other, store)

    assert step(detection, store) == ""
    assert [notice.code for notice in store.read(chain_notices)] == ["WRONG_CONTRACT"]
    assert backfill(detection, store) == "WRONG_CONTRACT"
    assert stored_tokens(store) == {}


def test_a_node_of_another_chain_is_refused(chain: Simulator, store: AnyStore) -> None:
    chain.mine(12, (1, 1))
    chain.serves_another_chain = True

    assert step(new_detection(chain, store), store) == ""
    assert [notice.code for notice in store.read(chain_notices)] == ["WRONG_CHAIN"]
    assert store.read(token_stats).checkpoint is None


@pytest.mark.parametrize(
    "value",
    [5, "5", {"number": 5}, {"number": -1, "hash": chain_hash(1)}, [1, 2]],
    ids=str,
)
def test_a_state_that_is_no_checkpoint_starts_the_scan_anew(
    chain: Simulator, store: AnyStore, value: object
) -> None:
    chain.mine(9, (1, 1))
    with_repositories(store, lambda r: r.system_state.set_state(CHECKPOINT, value))
    assert store.read(token_stats).checkpoint is None

    settle(new_detection(chain, store), store)
    check_equal(store, chain)


def test_a_deleted_checkpoint_starts_the_scan_anew(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(9, (2, 1))
    settle(detection, store)
    before = store.read(token_stats).checkpoint
    with_repositories(store, lambda r: r.system_state.delete_state(CHECKPOINT))

    assert store.read(token_stats).checkpoint is None
    assert detection.confirmed_range(None, None).first == 0
    settle(detection, store)
    assert store.read(token_stats).checkpoint == before
    check_equal(store, chain)


def test_a_reorg_is_logged_with_the_tokens_that_were_revealed(
    chain: Simulator, store: AnyStore, caplog: pytest.LogCaptureFixture
) -> None:
    detection = started_detection(chain, store)
    chain.mine(8, (1, 1))
    settle(detection, store)
    with_repositories(store, lambda r: advance(r, 1, TokenStatus.REVEALED))
    chain.reorg(8, keeps=False)
    chain.mine(12)
    settle(detection, store)

    assert "chain reorg after block" in caplog.text
    assert "already_revealed=(1,)" in caplog.text


def test_a_node_that_refuses_a_single_block_is_asked_again(
    chain: Simulator, store: AnyStore
) -> None:
    chain.mine(12, (1, 1))
    chain.max_blocks = 0

    enqueue(store, SCAN_TASK_ID, stage=DETECT_STAGE)
    (lease,) = claim(store, stage=DETECT_STAGE)
    with pytest.raises(RetryLater):
        new_detection(chain, store).perform(ScanStart(None, BEGINNING), LeaseHandle(lease))


def test_a_search_for_a_reorg_stops_when_the_worker_ends(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(6)
    settle(detection, store)
    start = ScanStart(store.read(token_stats).checkpoint, BEGINNING)
    chain.reorg(CONFIRMATIONS + 2, keeps=False)
    enqueue(store, SCAN_TASK_ID, stage=DETECT_STAGE)
    (lease,) = claim(store, stage=DETECT_STAGE)
    handle = LeaseHandle(lease)
    handle.request_stop(StopReason.SHUTDOWN)

    with pytest.raises(PerformStopped):
        detection.perform(start, handle)


@pytest.mark.parametrize(("limit", "expected"), [(1, [4] * 6), (5, [4] * 6), (9, [8] * 3)])
def test_blocks_with_many_tokens_are_recorded_in_several_transactions(
    chain: Simulator, store: AnyStore, limit: int, expected: list[int]
) -> None:
    settings = evolve(SETTINGS, max_tokens_per_batch=limit)
    detection = started_detection(chain, store, settings)
    for author in range(1, 7):
        chain.mine(1, (4, author))
    chain.mine(CONFIRMATIONS)

    recorded: list[int] = []
    for _ in expected:
        assert step(detection, store) == ""
        recorded.append(len(stored_tokens(store)) - sum(recorded))

    assert recorded == expected
    settle(detection, store)
    check_equal(store, chain)


def minted_in_one_block(chain: Simulator, store: AnyStore) -> Detection:
    """Return a detection that has not read the last block, which has mints of 2, 5, 1, 2 tokens."""
    detection = started_detection(chain, store, evolve(SETTINGS, max_tokens_per_batch=4))
    chain.mine(1, (2, 1), (5, 2), (1, 3), (2, 4))
    chain.mine(CONFIRMATIONS)
    return detection


def test_a_block_with_many_tokens_is_recorded_in_several_transactions(
    chain: Simulator, store: AnyStore
) -> None:
    detection = minted_in_one_block(chain, store)
    assert step(detection, store) == ""

    reasons = [store.read(token_history, token_id)[0].reason for token_id in range(1, 11)]
    assert reasons[:7] == ["first mints of a block"] * 7
    assert "first mints of a block" not in reasons[7:]
    settle(detection, store)
    check_equal(store, chain)


@pytest.mark.parametrize("is_dropped", [False, True])
def test_a_block_that_is_recorded_in_part_is_read_again(
    chain: Simulator, store: AnyStore, *, is_dropped: bool
) -> None:
    detection = minted_in_one_block(chain, store)
    before = store.read(token_stats).checkpoint
    (batch,) = detection.read_blocks(detection.confirmed_range(None, None))
    first, *others = batch.parts(4)
    assert [part.is_continued for part in (first, *others)] == [True, True, False]

    do(store, record_blocks, RecordBlocks(batch=first))
    assert len(stored_tokens(store)) == 2
    assert store.read(token_stats).checkpoint == before
    if is_dropped:
        chain.reorg(CONFIRMATIONS + 1, keeps=False)
        chain.mine(2, (3, 6))
        chain.mine(CONFIRMATIONS)
    settle(detection, store)
    check_equal(store, chain)


def test_a_block_with_many_tokens_is_rolled_back_in_several_transactions(
    chain: Simulator, store: AnyStore
) -> None:
    detection = minted_in_one_block(chain, store)
    settle(detection, store)
    chain.reorg(CONFIRMATIONS + 1, keeps=False)
    chain.mine(1)

    remaining: list[int] = []
    for _ in range(3):
        assert step(detection, store) == ""
        mints = [mint for mint in stored_mints(store) if mint.is_canonical]
        remaining.append(sum(mint.quantity for mint in mints))

    assert remaining == [8, 3, 0]  # the mints have 2, 5, 1 and 2 tokens
    settle(detection, store)
    check_equal(store, chain)


def test_detection_has_one_task_that_never_dies(chain: Simulator, store: AnyStore) -> None:
    stage = Detection(store=store, chain=chain).stage()

    assert (stage.name, stage.max_attempts) == ("detect", UNLIMITED_ATTEMPTS)
    assert UNLIMITED_ATTEMPTS >= 2**31


def test_a_mint_of_another_block_than_was_asked_for_is_an_error_of_the_node(
    store: AnyStore,
) -> None:
    class Generous(Simulator):
        def mints(self, first: int, last: int) -> tuple[ContractLog, ...]:
            return super().mints(first, last + 1)

    chain = Generous()
    chain.mine(CONFIRMATIONS)
    chain.mine(1, (1, 1))
    detection = new_detection(chain, store)
    chain.mine(CONFIRMATIONS - 1)

    assert step(detection, store) == "CHAIN_WRONG"
    assert stored_tokens(store) == {}
