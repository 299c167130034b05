"""Detection on a chain that is reorganised, goes stale, is away, gives little: nothing is lost, nothing is invented."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tokens.simulator import Simulator

from indelible.kernel import Actor, IndelibleError
from indelible.kernel.stages import GiveUp, TryAgain
from indelible.memory import MemoryStore
from indelible.testing.mints import FAR, chain_hash, seven, wallet, within
from indelible.testing.readers import code
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible.tokens import Detection, MintStatus, Pace, TokenStatus, figures, list_tokens, recover_missing
from indelible.tokens.rules import CHECKPOINT, DETECT
from indelible.tokens.work import MOST_WALKED, NEVER

ROBOT = Actor.system("detector")
CONFIRMATIONS = 3
HOW = Pace(confirmations=CONFIRMATIONS, most_blocks=8, overlap=4, poll_seconds=0.0)


def begun(chain: Simulator, store: AnyStore, how: Pace = HOW) -> Detection:
    """Detection that has read the chain's first block, which is never dropped."""
    detection = Detection(store=store, chain=chain, how=how)
    chain.mine(CONFIRMATIONS)
    settle(detection, store)
    return detection


def empty() -> AnyStore:
    return MemoryStore(clock=TickingClock(), ids=CountedIds())


def step(detection: Detection, store: AnyStore) -> str:
    """One turn of the stage, as a worker takes it; the code of what it was refused with."""
    stage = detection.stage()
    within(store, lambda tx: tx.work.put(DETECT, {"chain": tx.clock.now()}))

    def claimed(tx: Any) -> Any:  # noqa: ANN401 - a transaction, and a look with its lease
        leases = tx.work.claim(DETECT, limit=1, until=FAR)
        return leases, stage.claim(tx, leases)

    def finished(tx: Any, done: Any) -> None:  # noqa: ANN401 - as above
        tx.work.finish(leases)
        stage.finish(tx, done)

    leases, (look,) = within(store, claimed)
    try:
        found = stage.perform(look)
        within(store, lambda tx: finished(tx, [(look, found)]))
    except IndelibleError as error:
        within(store, lambda tx: tx.work.release(leases))
        return error.code
    return ""


def settle(detection: Detection, store: AnyStore) -> None:
    """Read on until all that is confirmed is read, and once more."""
    chain, last = detection.chain, detection.chain.newest() - CONFIRMATIONS
    for _ in range(400):
        assert step(detection, store) == ""
        checkpoint = store.read(figures).checkpoint
        block = chain.block(last)
        if checkpoint and block and (checkpoint.number, checkpoint.hash) == (last, block.hash):
            break
    assert step(detection, store) == ""


def known(store: AnyStore) -> dict[int, tuple[int, int]]:
    """Each token that is not quarantined: its author and the block of its mint."""
    authors = {each.id: each for each in seven(store, lambda r: r.authors.list_all(1_000))}
    events = {each.id: each for each in seven(store, lambda r: r.mint_events.get_by_block_range(0, 10_000))}
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
    found = seven(store, lambda r: r.mint_events.get_by_block_range(0, 10_000))
    return {(each.block_number, each.block_hash) for each in found if each.status is MintStatus.CANONICAL}


def check(store: AnyStore, chain: Simulator) -> None:
    """Nothing is lost and nothing is invented: tokens, authors, mints and the checkpoint are the chain's."""
    assert known(store) == standing(chain)
    last = chain.newest() - CONFIRMATIONS
    told = {(log.block_number, log.block_hash) for log in _every(chain, last)}
    assert mints_in_chain(store) == told
    checkpoint = store.read(figures).checkpoint
    assert checkpoint is None or checkpoint.number == last


def _every(chain: Simulator, last: int) -> Iterator[Any]:
    for number in range(last + 1):
        yield from chain.mints(number, number)


@pytest.fixture
def chain() -> Simulator:
    return Simulator()


ACTIONS = st.one_of(
    st.tuples(
        st.just("mine"), st.integers(1, 12), st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=2)
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
    detection = begun(chain, store, evolve(HOW, most_blocks=size))
    for action in actions:
        act(action, detection, store, chain)

    chain.is_away, chain.lag = False, 0
    chain.mine(20)
    settle(detection, store)

    check(store, chain)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(6, 14), st.booleans()), min_size=1, max_size=4))
def test_a_chain_that_changes_between_two_questions_is_not_read_as_one(changes: list[tuple[int, int, bool]]) -> None:
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
    settle(Detection(store=store, chain=chain, how=HOW), store)

    assert sorted(known(store)) == [1, 2]
    chain.mine(CONFIRMATIONS)
    settle(Detection(store=store, chain=chain, how=HOW), store)
    assert known(store) == {1: (1, 1), 2: (1, 1), 3: (2, 6)}


def test_a_deep_reorganisation_is_quarantined_and_shown(chain: Simulator) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(5, (2, 1))
    chain.mine(9, (1, 2))
    settle(detection, store)
    chain.reorganise(10, keeps=False)
    settle(detection, store)
    found = store.read(figures)

    assert sorted(known(store)) == [1, 2]
    assert [(each.token_id, each.author_wallet) for each in found.orphaned] == [(3, wallet(2))]
    (failed,) = store.read(list_tokens, status=TokenStatus.FAILED)
    assert (failed.token_id, failed.is_quarantined) == (3, True)


def test_a_chain_that_keeps_nothing_of_what_was_read_waits_for_an_operator(chain: Simulator) -> None:
    store = empty()
    chain.mine(12, (1, 1))
    detection = Detection(store=store, chain=chain, how=HOW)
    settle(detection, store)
    another = Simulator(fork=8)
    another.mine(30, (1, 2))
    lost = Detection(store=store, chain=another, how=HOW)

    with pytest.raises(GiveUp, match="below everything"):
        lost.perform((store.read(figures).checkpoint,))
    assert sorted(known(store)) == [1]


def test_where_an_operator_lets_the_place_be_forgotten_all_is_read_again_and_nothing_twice(chain: Simulator) -> None:
    store = empty()
    detection = begun(chain, store)
    chain.mine(9, (2, 1))
    settle(detection, store)
    before = store.read(figures).checkpoint
    seven(store, lambda r: r.system_state.delete_state(CHECKPOINT))

    assert (store.read(figures).checkpoint, detection.confirmed(None, None).first) == (None, 0)
    settle(detection, store)
    assert store.read(figures).checkpoint == before
    check(store, chain)


def test_another_chain_is_refused_and_nothing_is_read_of_it(chain: Simulator) -> None:
    store = empty()
    chain.mine(12, (1, 1))
    chain.is_another = True

    assert step(Detection(store=store, chain=chain, how=HOW), store) == "WRONG_CHAIN"
    assert store.read(figures).checkpoint is None


def test_a_node_that_answers_for_no_block_is_asked_again(chain: Simulator) -> None:
    chain.mine(12, (1, 1))
    chain.most_blocks = 0

    with pytest.raises(TryAgain):
        Detection(store=empty(), chain=chain, how=HOW).perform((None,))


def test_detection_is_never_given_up_and_is_one_piece_of_work(chain: Simulator) -> None:
    stage = Detection(store=empty(), chain=chain).stage()

    assert (stage.name, stage.batch, stage.most_attempts) == ("detect", 1, NEVER)
    assert MOST_WALKED >= 100_000


def test_what_the_chain_has_counted_and_nobody_told_of_is_kept(chain: Simulator) -> None:
    store = empty()
    chain.mine(3, (4, 1))
    chain.mine(3, (3, 2))
    look = recover_missing(store, chain, actor=ROBOT, keeps=False)
    some = recover_missing(store, chain, actor=ROBOT, limit=2)
    rest = recover_missing(store, chain, actor=ROBOT)

    assert (look.on_chain, look.missing, look.recovered, look.failed) == (7, (1, 2, 3, 4, 5, 6, 7), (), ())
    assert (some.recovered, rest.recovered) == ((1, 2), (3, 4, 5, 6, 7))
    assert recover_missing(store, chain, actor=ROBOT).missing == ()
    revealed = store.read(list_tokens, status=TokenStatus.REVEALED)
    assert [(each.token_id, each.metadata_cid) for each in revealed] == [(5, "metadata")]


def test_a_token_that_the_chain_cannot_tell_of_is_named_and_the_others_are_kept() -> None:
    class Forgetful(Simulator):
        def author_of(self, token_id: int) -> str | None:
            return None if token_id == 2 else super().author_of(token_id)

    store, forgetful = empty(), Forgetful()
    forgetful.mine(3, (3, 1))
    found = recover_missing(store, forgetful, actor=ROBOT)

    assert (found.recovered, found.failed) == ((1, 3), (2,))


def test_what_was_recovered_is_one_with_its_mint_when_that_is_read(chain: Simulator) -> None:
    store = empty()
    chain.mine(8, (2, 1))
    recover_missing(store, chain, actor=ROBOT)
    settle(Detection(store=store, chain=chain, how=HOW), store)

    assert [each.token_id for each in store.read(list_tokens)] == [1, 2]
    assert len(mints_in_chain(store)) == 1


def test_the_simulator_has_a_hash_for_each_block_and_another_after_a_change(chain: Simulator) -> None:
    chain.mine(4)
    before = [chain.block(number) for number in range(5)]
    chain.reorganise(2, keeps=True)
    after = [chain.block(number) for number in range(5)]

    assert before[:3] == after[:3]
    assert all(one != other for one, other in zip(before[3:], after[3:], strict=True))
    assert code(lambda: chain.mints(0, 5_000)) == "RANGE_TOO_LARGE"
    assert chain_hash(0) == (chain.block(0) or pytest.fail("a chain has a first block")).hash
