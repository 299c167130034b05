"""Test what PostgreSQL reads on a connection whose plans were made for empty tables."""

import time

import psycopg
import pytest

from indelible.testing.stores import create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store

pytestmark = pytest.mark.slow

EDITS = 500
MAX_ENTRIES_OF_EDIT = 20
TIMEOUT_SECONDS = 60
COUNT_READS = """
    SELECT indexrelname, idx_tup_read
    FROM pg_stat_all_indexes
    WHERE schemaname = 'indelible' AND relname IN ('history', 'concept_versions')
"""


def count_reads(database: PostgresServer) -> dict[str, int]:
    """Return how many entries of each index were read, once the connection has reported them."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        while True:
            rows: list[tuple[str, int]] = admin.execute(COUNT_READS).fetchall()
            if sum(count for _, count in rows) >= EDITS:
                return dict(rows)
            assert time.monotonic() < deadline, rows
            time.sleep(0.1)


def test_an_edit_reads_few_entries_of_an_index_of_records(database: PostgresServer) -> None:
    """The index of a filter is read whole for each edit if a look-up by key can use it."""
    store = open_store(database.url)
    entity = create(store)
    for _ in range(EDITS):
        entity = edit(store, entity)
    store.dispose()

    reads = count_reads(database)

    too_many = {name: n for name, n in reads.items() if n > EDITS * MAX_ENTRIES_OF_EDIT}
    assert too_many == {}
