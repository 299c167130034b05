"""A log that cannot be a mint is quarantined with its position, and detection goes on."""

import pytest
from attrs import evolve
from tests.core.tokens.scans import (
    CONFIRMATIONS,
    SETTINGS,
    backfill,
    check_equal,
    new_detection,
    settle,
    started_detection,
    stored_tokens,
)
from tests.core.tokens.simulator import Simulator

from indelible.testing.stores import AnyStore
from indelible.testing.tokens.scenarios import chain_hash, make_log, with_repositories
from indelible.tokens import InvalidLog, chain_notices, quarantined_logs, queries
from indelible.tokens.rules.scanning import split_logs


def fields_of(store: AnyStore) -> list[tuple[int, str]]:
    """Return the block and the field of each quarantined log."""
    return [(log.block_number, log.field) for log in store.read(quarantined_logs)]


def test_an_odd_log_is_quarantined_and_the_mints_after_it_are_detected(
    chain: Simulator, store: AnyStore, caplog: pytest.LogCaptureFixture
) -> None:
    detection = started_detection(chain, store)
    chain.mine(1, (2, 1))
    chain.mine_odd()
    odd = chain.newest()
    chain.mine(9, (1, 2))
    settle(detection, store)

    check_equal(store, chain)
    (log,) = store.read(quarantined_logs)
    block = chain.block(odd)
    assert block is not None
    assert (log.block_number, log.block_hash) == (odd, block.hash)
    assert (log.tx_hash, log.log_index, log.field) == (chain_hash(odd, 11), 3, "topics")
    (notice,) = store.read(chain_notices)
    assert notice.code == "LOGS_QUARANTINED"
    for part in (f"block {odd}", chain_hash(odd, 11), "3 topics", "quarantined: 1."):
        assert part in notice.message
    assert caplog.text.count("quarantined log 3 of transaction") == 1
    assert f"block {odd}: field topics" in caplog.text


def test_a_log_that_is_read_again_is_stored_once(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine_odd()
    chain.mine(5)
    settle(detection, store)
    before = store.read(lambda tx: tx.history.feed(after="", limit=1_000)).changes
    backfill(detection, store, 0)
    after = store.read(lambda tx: tx.history.feed(after="", limit=1_000)).changes

    assert len(store.read(quarantined_logs)) == 1
    assert after == before


def test_a_reorg_releases_the_logs_that_it_drops(chain: Simulator, store: AnyStore) -> None:
    detection = started_detection(chain, store)
    chain.mine(5)
    chain.mine_odd()
    odd = chain.newest()
    chain.mine(1, (1, 1))
    chain.mine(CONFIRMATIONS)
    settle(detection, store)
    assert fields_of(store) == [(odd, "topics")]

    chain.reorg(CONFIRMATIONS + 2, keeps=True)
    chain.mine(9)
    settle(detection, store)
    check_equal(store, chain)
    assert fields_of(store) == []
    assert store.read(chain_notices) == ()


def test_a_larger_limit_releases_a_mint(chain: Simulator, store: AnyStore) -> None:
    small = new_detection(chain, store, evolve(SETTINGS, max_tokens_per_mint=3))
    chain.mine(1, (4, 1))
    chain.mine(9, (3, 2))
    settle(small, store)
    assert sorted(stored_tokens(store)) == [5, 6, 7]
    (log,) = store.read(quarantined_logs)
    assert (log.block_number, log.field) == (1, "quantity")
    assert log.problem == "The mint has 4 tokens: expected at most 3."

    backfill(new_detection(chain, store), store, 0)
    check_equal(store, chain)
    assert fields_of(store) == []


def test_a_mint_at_the_limit_is_no_odd_log() -> None:
    settings = evolve(SETTINGS, max_tokens_per_mint=3)
    at_limit = make_log(1, block=1, quantity=3)
    above = make_log(4, block=1, quantity=4)
    mints, invalid = split_logs([at_limit, above], settings)

    assert mints == (at_limit,)
    assert [log.tx_hash for log in invalid] == [above.tx_hash]


def test_quarantined_logs_are_listed_in_chain_order_over_pages(
    chain: Simulator, store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indelible.tokens.repositories.quarantine.PAGE_SIZE", 2)
    monkeypatch.setattr(queries, "MAX_LOGS_COUNTED", 4)
    detection = started_detection(chain, store)
    for _ in range(11):
        chain.mine_odd()
    chain.mine(CONFIRMATIONS)
    settle(detection, store)
    blocks = [block for block, _ in fields_of(store)]

    assert blocks == sorted(blocks)
    assert len(blocks) == 11
    assert "quarantined: at least 4." in store.read(chain_notices)[0].message
    first, last = blocks[2], blocks[4]
    logs = store.read(quarantined_logs, first=first, last=last)
    assert [log.block_number for log in logs] == blocks[2:5]


@pytest.mark.parametrize("value", [5, {}, {"field": "x"}, None, ["a"]], ids=str)
def test_a_state_that_is_no_quarantined_log_is_not_listed(store: AnyStore, value: object) -> None:
    key = f"quarantined_log_{1:019d}_{0:019d}_{chain_hash(1)}"
    with_repositories(store, lambda r: r.system_state.set_state(key, value))

    assert store.read(quarantined_logs) == ()
    assert isinstance(make_log(1, block=1).position.invalid("a", "b"), InvalidLog)
