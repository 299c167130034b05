"""Requirements on recording a chain: batches of blocks, reorgs and hints."""

from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve

from indelible import tokens
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, AnyStore, claim, do
from indelible.testing.suite import Suite
from indelible.testing.tokens.lifecycle import advance, get_token, read_token, retry
from indelible.testing.tokens.scenarios import (
    chain_hash,
    make_batch,
    make_log,
    record,
    wallet,
    with_repositories,
)
from indelible.tokens import (
    BlocksRecorded,
    BlocksRolledBack,
    Checkpoint,
    Reorg,
    RequestScan,
    RollBackBlocks,
    TokenStatus,
    roll_back_blocks,
)
from indelible.tokens.rules.tasks import CHECKPOINT, DETECT_STAGE, SCAN_TASK_ID


def roll_back(store: AnyStore, last_canonical: int, *dropped: int) -> BlocksRolledBack:
    """Roll back to a block, after the chain has dropped these blocks."""
    reorg = Reorg(
        last_canonical=Checkpoint(number=last_canonical, hash=chain_hash(last_canonical)),
        orphaned_block_hashes=frozenset(chain_hash(number) for number in dropped),
    )
    return do(store, roll_back_blocks, RollBackBlocks(reorg=reorg))


def fail(store: AnyStore, token_id: int) -> None:
    """Let a token fail for a reason of its own."""
    with_repositories(
        store,
        lambda r: r.tokens.save(get_token(r, token_id).mark_failed({"code": "PROVIDER_REFUSED"})),
    )


def pending(store: AnyStore) -> list[int]:
    """Return the on-chain ids of the detected tokens, in order."""
    tokens_pending = with_repositories(
        store, lambda r: r.tokens.get_by_status(TokenStatus.DETECTED)
    )
    return [token.token_id for token in tokens_pending]


def actions(store: AnyStore, token_id: int) -> Sequence[str]:
    """Return the actions in a token's history."""
    return [change.action for change in store.read(tokens.token_history, token_id)]


class DetectionConformance(Suite):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""

    def test_a_batch_is_recorded_once_however_often_it_is_read(self, store: AnyStore) -> None:
        batch = make_batch(1, 10, make_log(1, block=3, quantity=2), make_log(3, block=4))

        assert record(store, batch) == BlocksRecorded(mints=2, tokens=3)
        assert record(store, batch) == BlocksRecorded(mints=0, tokens=0)
        token = read_token(store, 2)
        assert token.minter_address == wallet(2)
        assert token.mint_timestamp == BEGINNING + timedelta(seconds=3)
        checkpoint = with_repositories(store, lambda r: r.system_state.get_state(CHECKPOINT))
        assert checkpoint == {
            "number": 10,
            "hash": chain_hash(10),
            "contract": "",
            "reorg_count": 0,
        }
        assert pending(store) == [1, 2, 3]

    def test_the_order_of_a_batch_s_mints_does_not_matter(self, store: AnyStore) -> None:
        logs = [make_log(1, block=3, quantity=2), make_log(3, block=4), make_log(4, block=4)]
        record(store, make_batch(1, 10, *reversed(logs)))

        assert pending(store) == [1, 2, 3, 4]
        listed = store.read(tokens.list_tokens)
        assert [token.token_id for token in listed] == [1, 2, 3, 4]

    def test_a_batch_that_leaves_a_gap_is_refused(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10))
        late = make_batch(12, 20, make_log(1, block=12))

        assert code(lambda: record(store, late)) == "CHECKPOINT_MOVED"
        assert code(lambda: store.read(tokens.get_token, 1)) == "TOKEN_NOT_FOUND"
        record(store, make_batch(5, 20))
        checkpoint = store.read(tokens.token_stats).checkpoint
        assert checkpoint == Checkpoint(number=20, hash=chain_hash(20))

    def test_a_dropped_mint_quarantines_its_token(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(1, block=3), make_log(2, block=8)))
        rolled_back = roll_back(store, 5, 8)
        token = read_token(store, 2)
        orphaned = store.read(tokens.token_stats).orphaned

        assert rolled_back == BlocksRolledBack(mints=1, tokens=1, already_revealed=())
        assert token.status is TokenStatus.FAILED
        assert token.error_data == {"code": "MINT_ORPHANED"}
        assert [(event.token_id, event.block_number) for event in orphaned] == [(2, 8)]
        assert code(lambda: retry(store, 2, 2)) == "MINT_ORPHANED"
        assert read_token(store, 1).status is TokenStatus.DETECTED

    def test_a_quarantined_token_is_started_again_by_a_new_mint(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(2, block=8)))
        roll_back(store, 5, 8)
        record(store, make_batch(6, 12, make_log(2, block=9, fork=1), fork=1))
        token = read_token(store, 2)

        assert (token.status, token.error_data) == (TokenStatus.DETECTED, None)
        assert token.mint_timestamp == BEGINNING + timedelta(seconds=9)
        assert actions(store, 2) == ["detect", "fail", "retry"]

    def test_a_block_that_comes_back_brings_its_mints_back(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(1, block=8)))
        roll_back(store, 5, 8)
        recorded = record(store, make_batch(6, 10, make_log(1, block=8)))

        assert recorded == BlocksRecorded(mints=1, tokens=1)
        assert read_token(store, 1).status is TokenStatus.DETECTED
        assert store.read(tokens.token_stats).orphaned == ()

    def test_a_failed_token_whose_mint_is_dropped_needs_a_new_mint(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(1, block=8)))
        fail(store, 1)
        roll_back(store, 5, 8)
        assert code(lambda: retry(store, 1, 2)) == "MINT_ORPHANED"

        other = evolve(
            make_log(1, block=9, fork=1), author_wallet=wallet(5), tx_hash=chain_hash(77)
        )
        recorded = record(store, make_batch(6, 12, other, fork=1))
        token = read_token(store, 1)

        assert recorded == BlocksRecorded(mints=1, tokens=1)
        assert (token.status, token.error_data) == (TokenStatus.DETECTED, None)
        assert store.read(tokens.get_author, wallet(5)).id == token.author_id

    def test_a_failed_token_stays_failed_when_its_block_comes_back(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(1, block=8)))
        fail(store, 1)
        roll_back(store, 5, 8)
        record(store, make_batch(6, 10, make_log(1, block=8)))

        assert read_token(store, 1).error_data == {"code": "PROVIDER_REFUSED"}
        assert retry(store, 1, 2).token.status is TokenStatus.DETECTED

    def test_a_mint_that_is_in_another_block_now_is_moved_there(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(1, block=8), make_log(2, block=9)))
        moved = make_log(1, block=9, fork=1)
        recorded = record(store, make_batch(6, 12, moved, make_log(2, block=9)))
        events = with_repositories(store, lambda r: r.mint_events.get_by_block_range(1, 12))

        assert recorded == BlocksRecorded(mints=1, tokens=1)
        blocks = [(event.token_id, event.block_number, event.is_canonical) for event in events]
        assert sorted(blocks) == [(1, 8, False), (1, 9, True), (2, 9, True)]
        assert actions(store, 1) == ["detect", "fail", "retry"]
        assert actions(store, 2) == ["detect"]

    def test_mints_that_exchange_their_tokens_leave_none_quarantined(self, store: AnyStore) -> None:
        record(store, make_batch(1, 12, make_log(1, block=10), make_log(2, block=11)))
        second = evolve(make_log(2, block=10, fork=1), start_token_id=1)
        first = evolve(make_log(1, block=11, fork=1), start_token_id=2)
        recorded = record(store, make_batch(1, 13, second, first, fork=1))

        assert recorded == BlocksRecorded(mints=2, tokens=2)
        events = with_repositories(store, lambda r: r.mint_events.get_by_block_range(1, 13))
        canonical = {event.tx_hash: event.id for event in events if event.is_canonical}
        for number, log in ((1, second), (2, first)):
            token = read_token(store, number)
            assert (token.status, token.error_data) == (TokenStatus.DETECTED, None)
            assert token.mint_event_id == canonical[log.tx_hash]
            assert actions(store, number) == ["detect", "fail", "retry"]

    def test_a_mint_in_two_blocks_of_a_batch_has_its_token_in_the_last(
        self, store: AnyStore
    ) -> None:
        log, again = make_log(1, block=3), make_log(1, block=4)
        assert (log.tx_hash, log.log_index) == (again.tx_hash, again.log_index)
        record(store, make_batch(1, 10, log, again))
        events = with_repositories(store, lambda r: r.mint_events.get_by_block_range(1, 10))

        (canonical,) = [event for event in events if event.is_canonical]
        assert canonical.block_hash == again.block_hash
        assert read_token(store, 1).mint_event_id == canonical.id

    def test_a_revealed_token_is_reported_and_not_quarantined(self, store: AnyStore) -> None:
        record(store, make_batch(1, 10, make_log(1, block=8)))
        with_repositories(store, lambda r: advance(r, 1, TokenStatus.REVEALED))

        assert roll_back(store, 5, 8).already_revealed == (1,)
        assert read_token(store, 1).status is TokenStatus.REVEALED

    def test_a_hint_makes_the_scan_due_and_changes_nothing_else(self, store: AnyStore) -> None:
        do(store, tokens.request_scan, RequestScan(hint_id="whevt_1"))
        (lease,) = claim(store, 2, stage=DETECT_STAGE)

        assert lease.entity_id == SCAN_TASK_ID
        assert store.read(tokens.token_stats).checkpoint is None
