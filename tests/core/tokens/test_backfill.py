"""A backfill reads blocks again on request and leaves no gap, while the stage scans the chain."""

from functools import partial

import pytest
from tests.core.tokens.scans import (
    DETECTOR,
    backfill,
    check_equal,
    new_detection,
    settle,
    started_detection,
)
from tests.core.tokens.simulator import Simulator

from indelible.testing.captures.scenarios import code
from indelible.testing.stores import AnyStore
from indelible.tokens import BlockBatch, BlocksRecorded, RecordBlocks, record_blocks


def record(store: AnyStore, batch: BlockBatch) -> BlocksRecorded:
    command = RecordBlocks(batch=batch)
    return store.run(record_blocks, command, actor=DETECTOR, reason="backfill")


def test_a_backfill_does_not_hide_a_reorg(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(1, (1, 1))
    chain.mine(9)
    settle(detection, store)
    chain.reorg(10, keeps=True)
    chain.mine(20)

    assert backfill(new_detection(chain, store), store) == "CHECKPOINT_MOVED"
    settle(detection, store)
    assert backfill(detection, store, 0) == ""
    check_equal(store, chain)


def test_a_backfill_leaves_no_gap(chain: Simulator, store: AnyStore) -> None:
    chain.mine(5, (1, 1))
    chain.mine(15, (1, 2))
    detection = new_detection(chain, store)

    assert backfill(detection, store, 10) == "CHECKPOINT_MOVED"
    settle(detection, store)
    check_equal(store, chain)


@pytest.mark.parametrize("keeps", [False, True])
def test_a_batch_of_unread_blocks_is_stale_once_the_scan_has_read_them(
    chain: Simulator, store: AnyStore, *, keeps: bool
) -> None:
    detection = started_detection(chain, store)
    chain.mine(1, (1, 1))
    chain.mine(5)
    (batch,) = detection.read_blocks(detection.confirmed_range(None, None))
    chain.reorg(6, keeps=keeps)
    chain.mine(8)
    settle(detection, store)

    assert code(lambda: record(store, batch)) == "CHECKPOINT_MOVED"
    check_equal(store, chain)


def test_blocks_that_were_read_are_read_again_while_the_scan_continues(
    chain: Simulator, store: AnyStore
) -> None:
    detection = started_detection(chain, store)
    chain.mine(8, (1, 1))
    settle(detection, store)
    batches = list(detection.read_blocks(detection.confirmed_range(0, 5)))
    chain.mine(5, (1, 2))
    settle(detection, store)

    for batch in batches:
        assert record(store, batch) == BlocksRecorded(mints=0, tokens=0)
    check_equal(store, chain)


def test_a_batch_from_before_a_reorg_is_stale(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(8, (1, 1))
    settle(detection, store)
    batches = list(detection.read_blocks(detection.confirmed_range(0, 5)))
    chain.reorg(8, keeps=False)
    chain.mine(9)
    settle(detection, store)

    for batch in batches:
        assert code(partial(record, store, batch)) == "CHECKPOINT_MOVED"
    check_equal(store, chain)
