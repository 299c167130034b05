"""What every store must do with what a chain says: pages, dropped blocks, hints."""

from datetime import timedelta

from attrs import evolve

from indelible import tokens
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, AnyStore, do
from indelible.testing.tokens.conformance import by_number, number_of, retry, walked
from indelible.testing.tokens.scenarios import (
    FAR,
    a_log,
    a_page,
    chain_hash,
    keep,
    wallet,
    with_repositories,
    within,
)
from indelible.tokens import (
    Checkpoint,
    Reorg,
    RequestScan,
    RollBackBlocks,
    TokenStatus,
    roll_back_blocks,
)
from indelible.tokens.rules import CHAIN, CHECKPOINT, DETECT


def drop(store: AnyStore, kept: int, *gone: int) -> tokens.BlocksRolledBack:
    """What was quarantined when the chain dropped these blocks, but kept another."""
    checkpoint = Checkpoint(number=kept, hash=chain_hash(kept))
    reorg = Reorg(
        last_canonical=checkpoint,
        orphaned_block_hashes=frozenset(chain_hash(each) for each in gone),
    )
    return do(store, roll_back_blocks, RollBackBlocks(reorg=reorg))


class DetectionConformance:
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""

    def test_a_page_is_kept_once_however_often_it_is_read(self, store: AnyStore) -> None:
        page = a_page(1, 10, a_log(1, block=3, quantity=2), a_log(3, block=4))
        first, again = keep(store, page), keep(store, page)
        token = by_number(store, 2)

        assert (first, again) == (
            tokens.BlocksRecorded(mints=2, tokens=3),
            tokens.BlocksRecorded(mints=0, tokens=0),
        )
        assert (token.minter_address, token.mint_timestamp) == (
            wallet(2),
            BEGINNING + timedelta(seconds=3),
        )
        place = {"number": 10, "hash": chain_hash(10), "contract": "", "reorg_count": 0}
        assert with_repositories(store, lambda r: r.system_state.get_state(CHECKPOINT)) == place
        assert with_repositories(
            store, lambda r: [each.token_id for each in r.tokens.get_pending_for_generation()]
        ) == [1, 2, 3]

    def test_the_order_of_a_page_s_mints_does_not_matter(self, store: AnyStore) -> None:
        logs = a_log(1, block=3, quantity=2), a_log(3, block=4), a_log(4, block=4)
        keep(store, a_page(1, 10, *reversed(logs)))

        assert with_repositories(
            store, lambda r: [each.token_id for each in r.tokens.get_pending_for_generation()]
        ) == [1, 2, 3, 4]
        assert [each.token_id for each in store.read(tokens.list_tokens)] == [1, 2, 3, 4]

    def test_a_page_that_others_have_passed_or_that_leaves_a_gap_is_refused(
        self, store: AnyStore
    ) -> None:
        keep(store, a_page(1, 10))

        assert code(lambda: keep(store, a_page(12, 20))) == "CHECKPOINT_MOVED"
        assert code(lambda: store.read(tokens.get_token, 1)) == "TOKEN_NOT_FOUND"
        keep(store, a_page(5, 20))
        assert store.read(tokens.token_stats).checkpoint == Checkpoint(
            number=20, hash=chain_hash(20)
        )

    def test_what_the_chain_drops_is_quarantined_and_minted_again_under_its_number(
        self, store: AnyStore
    ) -> None:
        keep(store, a_page(1, 10, a_log(1, block=3), a_log(2, block=8)))
        dropped = drop(store, 5, 8)
        quarantined = by_number(store, 2)
        orphans = store.read(tokens.token_stats).orphaned

        assert dropped == tokens.BlocksRolledBack(mints=1, tokens=1, already_revealed=())
        assert (quarantined.status, quarantined.error_data) == (
            TokenStatus.FAILED,
            {"code": "MINT_ORPHANED"},
        )
        assert [(each.token_id, each.block_number) for each in orphans] == [(2, 8)]
        assert code(lambda: retry(store, 2, 2)) == "MINT_ORPHANED"
        keep(store, a_page(6, 12, a_log(2, block=9, fork=1), fork=1))
        again = by_number(store, 2)
        assert (again.status, again.error_data) == (TokenStatus.DETECTED, None)
        assert again.mint_timestamp == BEGINNING + timedelta(seconds=9)
        assert [change.action for change in store.read(tokens.token_history, 2)] == [
            "detect",
            "fail",
            "retry",
        ]
        assert by_number(store, 1).status is TokenStatus.DETECTED

    def test_a_block_that_comes_back_brings_its_mints_back(self, store: AnyStore) -> None:
        keep(store, a_page(1, 10, a_log(1, block=8)))
        drop(store, 5, 8)
        back = keep(store, a_page(6, 10, a_log(1, block=8)))

        assert back == tokens.BlocksRecorded(mints=1, tokens=1)
        assert by_number(store, 1).status is TokenStatus.DETECTED
        assert store.read(tokens.token_stats).orphaned == ()

    def test_a_token_that_had_failed_before_its_mint_was_dropped_waits_for_a_mint_like_any_other(
        self, store: AnyStore
    ) -> None:
        keep(store, a_page(1, 10, a_log(1, block=8)))
        with_repositories(
            store,
            lambda r: r.tokens.save(number_of(r, 1).mark_failed({"code": "PROVIDER_REFUSED"})),
        )
        drop(store, 5, 8)

        assert code(lambda: retry(store, 1, 2)) == "MINT_ORPHANED"
        another = evolve(a_log(1, block=9, fork=1), author_wallet=wallet(5), tx_hash=chain_hash(77))
        assert keep(store, a_page(6, 12, another, fork=1)) == tokens.BlocksRecorded(
            mints=1, tokens=1
        )
        again = by_number(store, 1)
        assert (again.status, again.error_data) == (TokenStatus.DETECTED, None)
        assert store.read(tokens.get_author, wallet(5)).id == again.author_id

    def test_a_token_that_had_failed_stays_so_where_its_own_block_comes_back(
        self, store: AnyStore
    ) -> None:
        keep(store, a_page(1, 10, a_log(1, block=8)))
        with_repositories(
            store,
            lambda r: r.tokens.save(number_of(r, 1).mark_failed({"code": "PROVIDER_REFUSED"})),
        )
        drop(store, 5, 8)
        keep(store, a_page(6, 10, a_log(1, block=8)))

        assert by_number(store, 1).error_data == {"code": "PROVIDER_REFUSED"}
        assert retry(store, 1, 2).token.status is TokenStatus.DETECTED

    def test_a_mint_that_stands_in_another_block_now_is_moved_there(self, store: AnyStore) -> None:
        keep(store, a_page(1, 10, a_log(1, block=8), a_log(2, block=9)))
        moved = keep(store, a_page(6, 12, a_log(1, block=9, fork=1), a_log(2, block=9)))
        found = with_repositories(store, lambda r: r.mint_events.get_by_block_range(1, 12))
        stood = [(each.token_id, each.block_number, each.is_canonical) for each in found]

        assert moved == tokens.BlocksRecorded(mints=1, tokens=1)
        assert sorted(stood) == [(1, 8, False), (1, 9, True), (2, 9, True)]
        assert [change.action for change in store.read(tokens.token_history, 1)] == [
            "detect",
            "fail",
            "retry",
        ]
        assert [change.action for change in store.read(tokens.token_history, 2)] == ["detect"]

    def test_what_everybody_saw_is_named_and_not_taken_back(self, store: AnyStore) -> None:
        keep(store, a_page(1, 10, a_log(1, block=8)))
        with_repositories(store, lambda r: walked(r, 1, TokenStatus.REVEALED))

        assert drop(store, 5, 8).already_revealed == (1,)
        assert by_number(store, 1).status is TokenStatus.REVEALED

    def test_a_hint_makes_detection_due_and_says_nothing_else(self, store: AnyStore) -> None:
        do(store, tokens.request_scan, RequestScan(hint_id="whevt_1"))
        (lease,) = within(store, lambda tx: tx.tasks.claim(DETECT, limit=2, until=FAR))

        assert lease.entity_id == CHAIN
        assert store.read(tokens.token_stats).checkpoint is None
