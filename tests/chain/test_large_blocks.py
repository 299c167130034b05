"""Ten thousand mints in one block are read in pages, and recorded."""

from collections.abc import Callable
from time import monotonic

import pytest
from tests.chain.detections import Scene, scene
from tests.chain.standards import MINT, OWNER, STANDARDS, transact
from tests.conftest import folder

from indelible.testing.stores import AnyStore
from indelible_evm import KINDS

pytestmark = pytest.mark.slow

TRANSACTIONS = 10
TOKENS = 1_000  # of each transaction
MAX_LOGS = 2_000  # that the provider returns at once


def mine_block(watched: Scene) -> None:
    """Mint all tokens in one block."""
    watched.node.set_automine(enabled=False)
    for _ in range(TRANSACTIONS):
        transact(watched.node, watched.season, MINT, OWNER, TOKENS)
    watched.node.mine()
    watched.node.set_automine(enabled=True)


@pytest.mark.parametrize("store_name", ["sqlite", "postgresql"])
def test_ten_thousand_mints_in_a_block_are_read_in_pages(
    store_name: str, request: pytest.FixtureRequest, add_summary_line: Callable[[str], None]
) -> None:
    store: AnyStore = request.getfixturevalue(store_name)
    standard = STANDARDS["erc721a"]
    with (
        folder() as directory,
        scene(directory, store, kind=KINDS[standard.kind], deploy=standard.deploy) as watched,
    ):
        mine_block(watched)
        watched.confirm()
        watched.provider.max_logs = MAX_LOGS
        started_at = monotonic()
        watched.detect()

        seconds = monotonic() - started_at
        add_summary_line(f"10,000 mints in a block, {store_name}: {seconds:.0f} s")
        assert watched.provider.count("eth_getTransactionReceipt") >= TRANSACTIONS
        assert watched.differences() == []
        assert watched.events == TRANSACTIONS * TOKENS + 1
        assert watched.quarantined_count() == 0
