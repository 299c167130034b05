"""Detection on a chain that is reorganised, goes stale, is away, gives little: nothing is lost, nothing is invented."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tokens.simulator import Simulator

from indelible.kernel import Actor, IndelibleError
from indelible.kernel.stages import RetryLater
from indelible.memory import MemoryStore
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible.testing.tokens.lifecycle import advance
from indelible.testing.tokens.scenarios import (
    FAR,
    chain_hash,
    make_mint,
    wallet,
    with_repositories,
    within,
)
from indelible.tokens import (
    BlocksRecorded,
    Detection,
    MintStatus,
    RecordBlocks,
    Recovered,
    Repositories,
    ScanSettings,
    TokenStatus,
    list_tokens,
    queries,
    record_blocks,
    recover_missing,
    token_history,
    token_stats,
)
from indelible.tokens.errors import CheckpointMoved
from indelible.tokens.rules import CHECKPOINT, DETECT
from indelible.tokens.tasks.detection import (
    MAX_CHECKPOINTS_COMPARED,
    UNLIMITED_ATTEMPTS,
    ScanTask,
)

ROBOT = Actor.system("detector")
CONFIRMATIONS = 3
HOW = ScanSettings(confirmations=CONFIRMATIONS, max_blocks=8, overlap=4, poll_seconds=0.0)


def begun(chain: Simulator, store: AnyStore, how: ScanSettings = HOW) -> Detection:
    """Detection that has read the chain's first block, which is never dropped."""
    detection = Detection(store=store, chain=chain, settings=how)
    chain.mine(CONFIRMATIONS)
    settle(detection, store)
    return detection


def empty() -> AnyStore:
    return MemoryStore(clock=TickingClock(), ids=CountedIds())


def step(detection: Detection, store: AnyStore) -> str:
    """One turn of the stage, as a worker takes it; the code of what it was refused with."""
    stage = detection.stage()
    within(store, lambda tx: tx.tasks.enqueue(DETECT, {"chain": tx.clock.now()}))

    def claimed(tx: Any) -> Any:  # noqa: ANN401 - a transaction, and a look with its lease
        leases = tx.tasks.claim(DETECT, limit=1, until=FAR)
        return leases, stage.claim(tx, leases)

    def finished(tx: Any, done: Any) -> None:  # noqa: ANN401 - as above
        tx.tasks.complete(leases)
        stage.finish(tx, done)

    leases, (look,) = within(store, claimed)
    try:
        found = stage.perform(look)
        within(store, lambda tx: finished(tx, [(look, found)]))
    except IndelibleError as error:
        within(store, lambda tx: tx.tasks.release(leases))
        return error.code
    return ""


def settle(detection: Detection, store: AnyStore) -> None:
    """Read on until all that is confirmed is read, and once more."""
    chain, last = detection.chain, detection.chain.newest() - CONFIRMATIONS
    for _ in range(400):
        assert step(detection, store) == ""
        checkpoint = store.read(token_stats).checkpoint
        block = chain.block(last)
        if checkpoint and block and (checkpoint.number, checkpoint.hash) == (last, block.hash):
            break
    assert step(detection, store) == ""


def known(store: AnyStore) -> dict[int, tuple[int, int]]:
    """Each token that is not quarantined: its author and the block of its mint."""
    authors = {
        each.id: each for each in with_repositories(store, lambda r: r.authors.list_all(1_000))
    }
    events = {
        each.id: each
        for each in with_repositories(store, lambda r: r.mint_events.get_by_block_range(0, 10_000))
    }
    found = store.read(list_tokens, limit=10_000)
    return {
        token.token_id: (
            int(authors[token.author_id].wallet_address, 16),
            events[token.mint_event_id or ""].block_number,
        )
        for token in found
        if not token.is_quarantined
    }


def standing(chain: Simulator) -> dict[int, tuple[int, int]]:
    """What of the chain is confirmed."""
    last = chain.newest() - CONFIRMATIONS
    return {token: place for token, place in chain.truth.items() if place[1] <= last}


def mints_in_chain(store: AnyStore) -> set[tuple[int, str]]:
    found = with_repositories(store, lambda r: r.mint_events.get_by_block_range(0, 10_000))
    return {
        (each.block_number, each.block_hash)
        for each in found
        if each.status is MintStatus.CANONICAL
    }


def check(store: AnyStore, chain: Simulator) -> None:
    """Nothing is lost and nothing is invented: tokens, authors, mints and the checkpoint are the chain's."""
    assert known(store) == standing(chain)
    last = chain.newest() - CONFIRMATIONS
    told = {(log.block_number, log.block_hash) for log in _every(chain, last)}
    assert mints_in_chain(store) == told
    checkpoint = store.read(token_stats).checkpoint
    assert checkpoint is None or checkpoint.number == last


def _every(chain: Simulator, last: int) -> Iterator[Any]:
    for number in range(last + 1):
        yield from chain.mints(number, number)


@pytest.fixture
def chain() -> Simulator:
    return Simulator()


ACTIONS = st.one_of(
    st.tuples(
        st.just("mine"),
        st.integers(1, 12),
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=2),
    ),
    st.tuples(st.just("reorganise"), st.integers(1, 10), st.booleans()),
    st.tuples(st.just("read"), st.integers(1, 4), st.none()),
    st.tuples(st.just("stale"), st.integers(0, 5), st.none()),
    st.tuples(st.just("away"), st.booleans(), st.none()),
    st.tuples(st.just("cap"), st.integers(1, 9), st.booleans()),
)


def act(action: tuple[Any, ...], detection: Detection, store: AnyStore, chain: Simulator) -> None:
    name, first, second = action
    match name:
        case "mine":
            chain.mine(first, *second)
        case "reorganise":
            chain.reorganise(first, keeps=second)
        case "read":
            for _ in range(first):
                assert step(detection, store) in ("", "CHAIN_UNREACHABLE")
        case "stale":
            chain.lag = first
        case "away":
            chain.is_away = first
        case _:
            chain.most_blocks, chain.advises = first, second


@given(st.lists(ACTIONS, max_size=30), st.integers(1, 12))
def test_whatever_becomes_of_the_chain_nothing_is_lost_and_nothing_invented(
    actions: list[tuple[Any, ...]], size: int
) -> None:
    chain, store = Simulator(), empty()
    detection = begun(chain, store, evolve(HOW, max_blocks=size))
    for action in actions:
        act(action, detection, store, chain)

    chain.is_away, chain.lag = False, 0
    chain.mine(20)
    settle(detection, store)

    check(store, chain)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(6, 14), st.booleans()), min_size=1, max_size=4
    )
)
def test_a_chain_that_changes_between_two_questions_is_not_read_as_one(
    changes: list[tuple[int, int, bool]],
) -> None:
    chain, store = Simulator(), empty()
    detection = begun(chain, store)
    chain.mine(6, (2, 1))
    chain.mine(8, (1, 2), (3, 1))

    def happen() -> Iterator[None]:
        for wait, depth, keeps in changes:
            for _ in range(wait):
                yield
            chain.reorganise(depth, keeps=keeps)
            yield

    chain.between = happen()
    for _ in range(40):
        assert step(detection, store) in ("", "CHAIN_UNREACHABLE")
    chain.between = None
    chain.mine(20)
    settle(detection, store)

    check(store, chain)


def test_what_is_confirmed_is_read_and_nothing_else(chain: Simulator) -> None:
    store = empty()
    chain.mine(5, (2, 1))
    chain.mine(1, (1, 2))
    settle(Detection(store=store, chain=chain, settings=HOW), store)

    assert sorted(known(store)) == [1, 2]
    chain.mine(CONFIRMATIONS)
    settle(Detection(store=store, chain=chain, settings=HOW), store)
    assert known(store) == {1: (1, 1), 2: (1, 1), 3: (2, 6)}


def test_a_deep_reorganisation_is_quarantined_and_shown(chain: Simulator) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(5, (2, 1))
    chain.mine(9, (1, 2))
    settle(detection, store)
    chain.reorganise(10, keeps=False)
    settle(detection, store)
    found = store.read(token_stats)

    assert sorted(known(store)) == [1, 2]
    assert [(each.token_id, each.author_wallet) for each in found.orphaned] == [(3, wallet(2))]
    (failed,) = store.read(list_tokens, status=TokenStatus.FAILED)
    assert (failed.token_id, failed.is_quarantined) == (3, True)


def test_where_the_chain_has_kept_nothing_of_what_was_read_all_of_it_is_quarantined_and_read_again(
    chain: Simulator,
) -> None:
    store = empty()
    chain.mine(5, (2, 1))
    detection = Detection(store=store, chain=chain, settings=HOW)
    settle(detection, store)
    chain.reorganise(5, keeps=True)
    chain.mine(10, (1, 3))
    settle(detection, store)

    check(store, chain)
    assert [each.token_id for each in store.read(token_stats).orphaned] == [1]


@pytest.mark.parametrize("keeps", [False, True])
def test_a_second_reorganisation_while_the_first_is_read_again_is_seen(
    chain: Simulator, *, keeps: bool
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(1)
    chain.mine(1, (1, 1))
    chain.mine(6)
    settle(detection, store)
    chain.reorganise(5, keeps=False)
    assert (
        step(detection, store) == ""
    )  # the checkpoint is that of the first block now, and the mint stands
    assert mints_in_chain(store) != set()
    chain.reorganise(chain.newest() - 4, keeps=keeps)
    chain.mine(20)
    settle(detection, store)

    check(store, chain)


def test_a_node_that_has_fallen_behind_says_nothing_of_what_it_has_not_yet(
    chain: Simulator,
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(2)
    chain.mine(7, (1, 1))
    settle(detection, store)
    chain.reorganise(5, keeps=False)
    assert step(detection, store) == ""
    chain.lag = chain.newest() - 1

    assert step(detection, store) == "CHAIN_UNREACHABLE"
    chain.lag = 0
    chain.mine(9)
    settle(detection, store)
    assert [change.action for change in store.read(token_history, 1)] == ["detect"]


def backfilled(
    detection: Detection, store: AnyStore, first: int | None = None, last: int | None = None
) -> str:
    """What `recover-events` does; the code of what it was refused with."""
    try:
        for page in detection.read_blocks(detection.confirmed_range(first, last)):
            store.run(
                record_blocks, RecordBlocks(batch=page), actor=ROBOT, reason="blocks are read again"
            )
    except IndelibleError as error:
        return error.code
    return ""


def test_blocks_that_are_read_again_by_hand_do_not_hide_that_the_chain_has_changed(
    chain: Simulator,
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(1, (1, 1))
    chain.mine(9)
    settle(detection, store)
    chain.reorganise(10, keeps=True)
    chain.mine(20)

    assert (
        backfilled(Detection(store=store, chain=chain, settings=HOW), store) == "CHECKPOINT_MOVED"
    )
    settle(detection, store)
    assert backfilled(detection, store, 0) == ""
    check(store, chain)


@pytest.mark.parametrize("keeps", [False, True])
def test_a_page_that_others_have_read_again_meanwhile_is_not_kept(
    chain: Simulator, *, keeps: bool
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(1, (1, 1))
    chain.mine(5)
    (page,) = detection.read_blocks(detection.confirmed_range(None, None))
    chain.reorganise(6, keeps=keeps)
    chain.mine(8)
    settle(detection, store)

    with pytest.raises(CheckpointMoved):
        store.run(record_blocks, RecordBlocks(batch=page), actor=ROBOT, reason="it was read before")
    check(store, chain)


def test_a_piece_that_is_read_by_hand_leaves_out_nothing_that_lies_before_it(
    chain: Simulator,
) -> None:
    store = empty()
    chain.mine(5, (1, 1))
    chain.mine(15, (1, 2))
    detection = Detection(store=store, chain=chain, settings=HOW)

    assert backfilled(detection, store, 10) == "CHECKPOINT_MOVED"
    settle(detection, store)
    check(store, chain)


def test_a_piece_that_was_read_may_be_read_again_while_detection_goes_on(chain: Simulator) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(8, (1, 1))
    settle(detection, store)
    pages = list(detection.read_blocks(detection.confirmed_range(0, 5)))
    chain.mine(5, (1, 2))
    settle(detection, store)

    kept = [
        store.run(record_blocks, RecordBlocks(batch=each), actor=ROBOT, reason="again")
        for each in pages
    ]
    assert kept == [BlocksRecorded(mints=0, tokens=0)] * len(pages)
    check(store, chain)


def test_a_piece_that_was_read_before_the_chain_dropped_it_is_not_kept_again(
    chain: Simulator,
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(8, (1, 1))
    settle(detection, store)
    pages = list(detection.read_blocks(detection.confirmed_range(0, 5)))
    chain.reorganise(8, keeps=False)
    chain.mine(9)
    settle(detection, store)

    for page in pages:
        with pytest.raises(CheckpointMoved):
            store.run(
                record_blocks, RecordBlocks(batch=page), actor=ROBOT, reason="it was read before"
            )
    check(store, chain)


def fallen(r: Repositories, number: int) -> None:
    """A mint whose block the chain has dropped."""
    r.mint_events.save(r.mint_events.add(make_mint(number, block=5)).orphan())


def test_a_block_that_is_cut_off_where_a_look_ends_is_seen_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "MINTS_PER_READ", 3)
    store = empty()
    with_repositories(store, lambda r: r.mint_events.add(make_mint(1, block=4)))
    for number in (2, 3):
        with_repositories(store, partial(fallen, number=number))
    with_repositories(
        store,
        lambda r: r.mint_events.add(
            make_mint(4, block=5, id="mint-4", block_hash=chain_hash(5, 1))
        ),
    )

    assert store.read(queries.blocks_with_mints, 3) == {(4, chain_hash(4)), (5, chain_hash(5, 1))}
    assert store.read(queries.blocks_with_mints, 5) == frozenset()


def test_more_mints_than_are_looked_through_at_once_are_all_dropped(
    chain: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MINTS_PER_READ", 3)
    store = empty()
    detection = begun(chain, store)
    for number in range(8):
        chain.mine(1, *[(1, number + 1)] * (1 + number % 5))
    chain.mine(CONFIRMATIONS)
    settle(detection, store)
    chain.reorganise(10, keeps=False)
    chain.mine(9)
    settle(detection, store)

    check(store, chain)


def test_the_place_of_another_contract_is_not_gone_on_from(chain: Simulator) -> None:
    store = empty()
    settle(begun(chain, store), store)
    chain.mine(9, (1, 1))
    another = Detection(
        store=store, chain=evolve(chain, contract_id=f"eip155:5:{wallet(9)}"), settings=HOW
    )

    assert (step(another, store), backfilled(another, store)) == (
        "WRONG_CONTRACT",
        "WRONG_CONTRACT",
    )
    assert known(store) == {}


def told(r: Repositories, value: object) -> None:
    r.system_state.set_state(CHECKPOINT, value)


def test_a_value_that_is_no_place_is_none_and_all_is_read_from_the_beginning(
    chain: Simulator,
) -> None:
    store = empty()
    chain.mine(9, (1, 1))
    values: tuple[object, ...] = (
        5,
        "5",
        {"number": 5},
        {"number": -1, "hash": chain_hash(1)},
        [1, 2],
    )
    for value in values:
        with_repositories(store, partial(told, value=value))
        assert store.read(token_stats).checkpoint is None
    settle(Detection(store=store, chain=chain, settings=HOW), store)

    check(store, chain)


def test_what_becomes_of_dropped_blocks_is_told_to_the_log(
    chain: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(8, (1, 1))
    settle(detection, store)
    with_repositories(store, lambda r: advance(r, 1, TokenStatus.REVEALED))
    chain.reorganise(8, keeps=False)
    chain.mine(12)
    settle(detection, store)

    assert "already_revealed=(1,)" in caplog.text


def test_where_an_operator_lets_the_place_be_forgotten_all_is_read_again_and_nothing_twice(
    chain: Simulator,
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(9, (2, 1))
    settle(detection, store)
    before = store.read(token_stats).checkpoint
    with_repositories(store, lambda r: r.system_state.delete_state(CHECKPOINT))

    assert (store.read(token_stats).checkpoint, detection.confirmed_range(None, None).first) == (
        None,
        0,
    )
    settle(detection, store)
    assert store.read(token_stats).checkpoint == before
    check(store, chain)


def test_another_chain_is_refused_and_nothing_is_read_of_it(chain: Simulator) -> None:
    store = empty()
    chain.mine(12, (1, 1))
    chain.is_another = True

    assert step(Detection(store=store, chain=chain, settings=HOW), store) == "WRONG_CHAIN"
    assert store.read(token_stats).checkpoint is None


def test_a_node_that_answers_for_no_block_is_asked_again(chain: Simulator) -> None:
    chain.mine(12, (1, 1))
    chain.most_blocks = 0

    with pytest.raises(RetryLater):
        Detection(store=empty(), chain=chain, settings=HOW).perform(ScanTask(None))


def test_detection_is_never_given_up_and_is_one_piece_of_work(chain: Simulator) -> None:
    stage = Detection(store=empty(), chain=chain).stage()

    assert (stage.name, stage.max_attempts) == ("detect", UNLIMITED_ATTEMPTS)
    assert MAX_CHECKPOINTS_COMPARED >= 100_000


def recovered(store: AnyStore, chain: Simulator, **other: Any) -> Recovered:  # noqa: ANN401 - as it takes
    return recover_missing(store, chain, actor=ROBOT, confirmations=CONFIRMATIONS, **other)


def test_what_the_chain_has_counted_and_nobody_told_of_is_kept(chain: Simulator) -> None:
    store = empty()
    chain.mine(3, (4, 1))
    chain.mine(3 + CONFIRMATIONS, (3, 2))
    chain.mine(1, (1, 3))
    look = recovered(store, chain, dry_run=True)
    some = recovered(store, chain, limit=2)
    rest = recovered(store, chain)

    assert (look.on_chain, look.missing, look.recovered, look.failed) == (
        7,
        (1, 2, 3, 4, 5, 6, 7),
        (),
        (),
    )
    assert (some.recovered, rest.recovered) == ((1, 2), (3, 4, 5, 6, 7))
    assert recovered(store, chain).missing == ()
    revealed = store.read(list_tokens, status=TokenStatus.REVEALED)
    assert [(each.token_id, each.metadata_cid) for each in revealed] == [(5, "metadata")]


def test_of_a_chain_that_is_younger_than_its_confirmations_nothing_is_missing(
    chain: Simulator,
) -> None:
    chain.mine(1, (1, 1))

    assert recovered(empty(), chain) == Recovered(on_chain=0, missing=(), recovered=(), failed=())


def test_a_token_that_the_chain_cannot_tell_of_is_named_and_the_others_are_kept() -> None:
    class Forgetful(Simulator):
        def author_of(self, token_id: int) -> str | None:
            return None if token_id == 2 else super().author_of(token_id)

    store, forgetful = empty(), Forgetful()
    forgetful.mine(4, (3, 1))
    found = recovered(store, forgetful)

    assert (found.recovered, found.failed) == ((1, 3), (2,))


def test_what_was_recovered_is_one_with_its_mint_when_that_is_read(chain: Simulator) -> None:
    store = empty()
    chain.mine(8, (2, 1))
    recovered(store, chain)
    settle(Detection(store=store, chain=chain, settings=HOW), store)

    assert [each.token_id for each in store.read(list_tokens)] == [1, 2]
    assert len(mints_in_chain(store)) == 1


def test_what_was_recovered_falls_with_its_mint_and_is_minted_again_by_another(
    chain: Simulator,
) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(8, (1, 1))
    recovered(store, chain)
    settle(detection, store)
    chain.reorganise(8, keeps=False)
    chain.mine(1)
    settle(detection, store)
    assert known(store) == {}
    chain.mine(9, (1, 6))
    settle(detection, store)

    check(store, chain)


def test_what_was_recovered_is_anothers_where_the_chain_says_so(chain: Simulator) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(8, (1, 1))
    recovered(store, chain)
    chain.reorganise(8, keeps=False)
    chain.mine(9, (1, 6))
    settle(detection, store)

    check(store, chain)


def test_the_simulator_has_a_hash_for_each_block_and_another_after_a_change(
    chain: Simulator,
) -> None:
    chain.mine(4)
    before = [chain.block(number) for number in range(5)]
    chain.reorganise(2, keeps=True)
    after = [chain.block(number) for number in range(5)]

    assert before[:3] == after[:3]
    assert all(one != other for one, other in zip(before[3:], after[3:], strict=True))
    assert code(lambda: chain.mints(0, 5_000)) == "RANGE_TOO_LARGE"
    assert chain_hash(0) == (chain.block(0) or pytest.fail("a chain has a first block")).hash
