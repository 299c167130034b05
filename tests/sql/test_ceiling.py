"""Two hundred connections are one process's ceiling: all of them may be in use at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from indelible.app import ReadTx
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_store

pytestmark = pytest.mark.slow

CEILING: Final = 200
TOGETHER_SECONDS: Final = 120


def test_two_hundred_checkouts_of_one_process_are_out_at_once(database: PostgresServer) -> None:
    store = open_store(database.url, pool=Pool(size=CEILING, overflow=0))
    together = Barrier(CEILING)

    def out(tx: ReadTx) -> int:
        together.wait(
            TOGETHER_SECONDS
        )  # it opens when all are here, each with a connection of its own
        return len(tx.tasks.backlogs(store.clock.now()))

    with ThreadPoolExecutor(CEILING) as threads:
        futures = [threads.submit(store.read, out) for _ in range(CEILING)]
        found = [each.result() for each in futures]
    store.dispose()

    assert found == [0] * CEILING
