"""Recovery of tokens that the chain has counted and the store has not."""

from functools import partial

from tests.core.tokens.scans import (
    CONFIRMATIONS,
    DETECTOR,
    canonical_blocks,
    check_equal,
    new_detection,
    settle,
    started_detection,
    stored_tokens,
)
from tests.core.tokens.simulator import Simulator

from indelible.testing.stores import AnyStore
from indelible.tokens import Recovered, TokenFilter, TokenStatus, list_tokens, recover_missing

recover = partial(recover_missing, actor=DETECTOR, confirmations=CONFIRMATIONS)


def test_missing_tokens_are_recovered_in_order_up_to_a_limit(
    chain: Simulator, store: AnyStore
) -> None:
    chain.mine(3, (4, 1))
    chain.mine(3 + CONFIRMATIONS, (3, 2))
    chain.mine(1, (1, 3))

    assert recover(store, chain, limit=2).recovered == (1, 2)
    assert recover(store, chain).recovered == (3, 4, 5, 6, 7)
    assert recover(store, chain).missing == ()
    (revealed,) = store.read(list_tokens, matching=TokenFilter(status=TokenStatus.REVEALED))
    assert (revealed.token_id, revealed.metadata_cid) == (5, "metadata")


def test_a_dry_run_recovers_nothing(chain: Simulator, store: AnyStore) -> None:
    chain.mine(1 + CONFIRMATIONS, (2, 1))
    report = recover(store, chain, dry_run=True)

    assert report == Recovered(on_chain=2, missing=(1, 2), recovered=(), failed=())
    assert store.read(list_tokens) == ()


def test_nothing_is_missing_before_the_first_confirmed_block(
    chain: Simulator, store: AnyStore
) -> None:
    chain.mine(1, (1, 1))

    report = recover(store, chain)
    assert report == Recovered(on_chain=0, missing=(), recovered=(), failed=())


def test_a_token_without_an_author_fails_alone(store: AnyStore) -> None:
    class Forgetful(Simulator):
        def author_of(self, token_id: int) -> str | None:
            if token_id == 2:
                return None
            return super().author_of(token_id)

    chain = Forgetful()
    chain.mine(4, (3, 1))
    report = recover(store, chain)

    assert (report.recovered, report.failed) == ((1, 3), (2,))


def test_a_recovered_token_is_not_detected_again(chain: Simulator, store: AnyStore) -> None:
    chain.mine(8, (2, 1))
    recover(store, chain)
    settle(new_detection(chain, store), store)

    assert [token.token_id for token in store.read(list_tokens)] == [1, 2]
    assert len(canonical_blocks(store)) == 1


def test_a_recovered_token_is_quarantined_with_its_mint_and_minted_again(
    chain: Simulator, store: AnyStore
) -> None:
    detection = started_detection(chain, store)
    chain.mine(8, (1, 1))
    recover(store, chain)
    settle(detection, store)
    chain.reorg(8, keeps=False)
    chain.mine(1)
    settle(detection, store)
    assert stored_tokens(store) == {}

    chain.mine(9, (1, 6))
    settle(detection, store)
    check_equal(store, chain)


def test_a_recovered_token_gets_the_author_of_its_mint(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(8, (1, 1))
    recover(store, chain)
    chain.reorg(8, keeps=False)
    chain.mine(9, (1, 6))
    settle(detection, store)

    check_equal(store, chain)


def test_token_0_is_counted_and_recovered(store: AnyStore) -> None:
    chain = Simulator(first_token_id=0)
    chain.mine(1 + CONFIRMATIONS, (2, 1))
    report = recover(store, chain)

    assert report == Recovered(on_chain=2, missing=(0, 1), recovered=(0, 1), failed=())
    assert [token.token_id for token in store.read(list_tokens)] == [0, 1]


def test_the_tokens_of_a_contract_that_counts_none_are_those_of_its_mints(
    store: AnyStore,
) -> None:
    chain = Simulator(first_token_id=0, counts_tokens=False)
    chain.mine(3, (2, 1))
    chain.mine(3 + CONFIRMATIONS, (2, 2))
    chain.mine(1, (1, 3))
    dry_run = recover(store, chain, dry_run=True)
    first = recover(store, chain, limit=1)
    second = recover(store, chain)

    assert (dry_run.on_chain, dry_run.missing) == (4, (0, 1, 2, 3))
    assert (first.recovered, second.recovered) == ((0, 1), (2, 3))
    assert (first.on_chain, second.on_chain) == (4, 4)
    assert recover(store, chain, start_block=4).on_chain == 2
    settle(new_detection(chain, store), store)
    assert [token.token_id for token in store.read(list_tokens)] == [0, 1, 2, 3]
