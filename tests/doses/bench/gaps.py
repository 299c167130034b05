"""Measure the search for missing tokens: `python -m tests.doses.bench.gaps`.

A token is missing when the chain has counted it and the store does not have it.
"""

import sqlite3
import time
from contextlib import closing
from typing import Final

import psycopg
from tests.doses.chaos.testbed import Testbed, testbed

from indelible import tokens
from indelible.testing.tokens.scenarios import make_author, with_repositories
from indelible_sql import SqlStore, open_store

MILLISECONDS: Final = 1_000
TOKENS: Final = 100_000
ROUNDS: Final = 7
TOKENS_PER_GAP: Final = 1_000
NOW: Final = "2026-01-01T00:00:00.000000+00:00"
COLUMNS: Final = """
    id, status, seq, hash, created_at, updated_at, token_id, author_id, mint_timestamp,
    generation_attempts
"""
INSERT_ON_POSTGRESQL: Final = f"""
INSERT INTO indelible.tokens_s0 ({COLUMNS})
SELECT
    'token-' || n, 'detected', 1, lpad(to_hex(n), 64, '0'), timestamptz '{NOW}',
    timestamptz '{NOW}', n, 'author-1', timestamptz '{NOW}', 0
FROM generate_series(1, %s) AS n
WHERE n %% {TOKENS_PER_GAP} <> 0
"""
INSERT_ON_SQLITE: Final = f"""
WITH RECURSIVE numbers(n) AS (
    SELECT 1
    UNION ALL
    SELECT n + 1 FROM numbers WHERE n < ?
)
INSERT INTO tokens_s0 ({COLUMNS})
SELECT
    'token-' || n, 'detected', 1, printf('%064x', n), '{NOW}', '{NOW}', printf('%078d', n),
    'author-1', '{NOW}', 0
FROM numbers
WHERE n % {TOKENS_PER_GAP} <> 0
"""
TRIGGERS_ON_SQLITE: Final = """
SELECT name
FROM sqlite_master
WHERE tbl_name = 'tokens_s0' AND type = 'trigger'
"""


def main() -> None:
    """Print the durations on each database, the longest last."""
    with testbed() as bed:
        for name, durations in measure_gaps(bed, TOKENS).items():
            times = ", ".join(f"{duration:.1f}" for duration in sorted(durations))
            print(f"{name}: missing among {TOKENS:,} tokens in {times} ms")


def measure_gaps(bed: Testbed, count: int) -> dict[str, list[float]]:
    """Return the durations in milliseconds; the rows are inserted without guards."""
    server, url = bed.postgresql(), bed.sqlite()
    stores = {"PostgreSQL": open_store(server.url), "SQLite": open_store(url)}
    for store in stores.values():
        # The store checks the database before its guards are disabled.
        with_repositories(store, lambda repositories: repositories.authors.add(make_author()))

    _fill_postgresql(server.admin_url, count)
    _fill_sqlite(url.removeprefix("sqlite:///"), count)
    durations: dict[str, list[float]] = {}
    for name, store in stores.items():
        durations[name] = [_find_missing(store, count) for _ in range(ROUNDS)]
        store.dispose()

    return durations


def _fill_postgresql(url: str, count: int) -> None:
    with psycopg.connect(url) as admin:
        admin.execute("ALTER TABLE indelible.tokens_s0 DISABLE TRIGGER ALL")
        admin.execute(INSERT_ON_POSTGRESQL.encode(), (count,))
        admin.execute("ANALYZE indelible.tokens_s0")


def _fill_sqlite(path: str, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute(TRIGGERS_ON_SQLITE).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(INSERT_ON_SQLITE, (count,))
        connection.commit()


def _find_missing(store: SqlStore, count: int) -> float:
    started_at = time.perf_counter()
    missing = store.read(tokens.missing_tokens, count + 1, limit=count)
    milliseconds = (time.perf_counter() - started_at) * MILLISECONDS

    assert len(missing) == count // TOKENS_PER_GAP
    return milliseconds


if __name__ == "__main__":
    main()
