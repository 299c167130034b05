"""Thousands of mints in one block are read in pages, and recorded in parts."""

from collections.abc import Callable
from time import monotonic

import pytest
from tests.chain.detections import Scene, scene
from tests.chain.standards import MINT, OWNER, STANDARDS, transact
from tests.conftest import folder

from indelible.testing.stores import AnyStore
from indelible_evm import KINDS

pytestmark = pytest.mark.slow

TOKENS = 1_000  # of each transaction
MAX_LOGS = 2_000  # that the provider returns at once
# SQLite records ten thousand mints. Each part of them is recorded as the one before, so PostgreSQL
# gets as many as need pages of logs and several parts.
TRANSACTIONS = {"sqlite": 10, "postgresql": 3}


def mine_block(watched: Scene, transactions: int) -> None:
    """Mint all tokens in one block."""
    watched.node.set_automine(enabled=False)
    for _ in range(transactions):
        transact(watched.node, watched.season, MINT, OWNER, TOKENS)
    watched.node.mine()
    watched.node.set_automine(enabled=True)


@pytest.mark.parametrize("store_name", TRANSACTIONS)
def test_thousands_of_mints_in_a_block_are_read_in_pages(
    store_name: str, request: pytest.FixtureRequest, add_summary_line: Callable[[str], None]
) -> None:
    store: AnyStore = request.getfixturevalue(store_name)
    standard = STANDARDS["erc721a"]
    transactions = TRANSACTIONS[store_name]
    mints = transactions * TOKENS
    assert mints > MAX_LOGS
    with (
        folder() as directory,
        scene(directory, store, kind=KINDS[standard.kind], deploy=standard.deploy) as watched,
    ):
        mine_block(watched, transactions)
        watched.confirm()
        watched.provider.max_logs = MAX_LOGS
        started_at = monotonic()
        watched.detect()

        seconds = monotonic() - started_at
        add_summary_line(f"{mints:,} mints in a block, {store_name}: {seconds:.0f} s")
        assert watched.provider.count("eth_getTransactionReceipt") >= transactions
        assert watched.differences() == []
        assert watched.events == mints + 1
        assert watched.quarantined_count() == 0
