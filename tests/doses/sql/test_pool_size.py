"""Test that one process can use a pool of two hundred connections at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from indelible.app import ReadTx
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_store

pytestmark = pytest.mark.slow

CONNECTIONS: Final = 200
TIMEOUT_SECONDS: Final = 120


def test_two_hundred_connections_of_one_process_are_in_use_at_once(
    database: PostgresServer,
) -> None:
    store = open_store(database.url, pool=Pool(size=CONNECTIONS, overflow=0))
    all_are_connected = Barrier(CONNECTIONS)

    def count_backlogs(tx: ReadTx) -> int:
        all_are_connected.wait(TIMEOUT_SECONDS)
        return len(tx.tasks.backlogs(store.clock.now()))

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        reads = [threads.submit(store.read, count_backlogs) for _ in range(CONNECTIONS)]
        counts = [read.result() for read in reads]
    store.dispose()

    assert counts == [0] * CONNECTIONS
