"""`python -m tests.bench.gaps`: how long it takes to find the tokens that a chain has counted and a store has not."""

import sqlite3
import sys
import time
from contextlib import closing
from typing import Final

import psycopg
from tests.chaos.testbed import Testbed, testbed

from indelible import tokens
from indelible.testing.tokens.scenarios import make_author, with_repositories
from indelible_sql import SqlStore, open_store

MILLISECONDS: Final = 1_000
COUNT: Final = 100_000
ROUNDS: Final = 7
EACH: Final = 1_000  # of so many tokens one is missing
ROWS: Final = (
    "SELECT 'token-' || n, 'detected', 1, printf('%064x', n), '{at}', '{at}', n, 'author-1', '{at}', 0"
    " FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {count}) SELECT n FROM r)"
    f" WHERE n % {EACH} <> 0"
)
COLUMNS: Final = "id, status, seq, hash, created_at, updated_at, token_id, author_id, mint_timestamp, generation_attempts"
AT: Final = "2026-01-01T00:00:00.000000+00:00"


def main() -> None:
    """Print how long the question took on each database, the longest of the rounds last."""
    with testbed() as bed:
        for name, taken in gaps(bed, COUNT).items():
            times = ", ".join(f"{each:.1f}" for each in sorted(taken))
            sys.stdout.write(f"{name}: missing among {COUNT:,} tokens in {times} ms\n")


def gaps(bed: Testbed, count: int) -> dict[str, list[float]]:
    """Milliseconds; the rows are written round the guards, because the question asks for nothing else."""
    server, url = bed.postgresql(), bed.sqlite()
    stores = {"PostgreSQL": open_store(server.url), "SQLite": open_store(url)}
    for store in stores.values():
        with_repositories(
            store, lambda r: r.authors.add(make_author())
        )  # the store is admitted before its guards are lifted
    _fill_postgresql(server.admin_url, count)
    _fill_sqlite(url.removeprefix("sqlite:///"), count)
    taken = {name: [_asked(store, count) for _ in range(ROUNDS)] for name, store in stores.items()}
    for store in stores.values():
        store.dispose()
    return taken


def _fill_postgresql(url: str, count: int) -> None:
    rows = ROWS.format(at=AT, count=count).replace("printf('%064x', n)", "lpad(to_hex(n), 64, '0')")
    rows = rows.replace(f"'{AT}'", f"timestamptz '{AT}'").replace("r WHERE n <", "r WHERE r.n <")
    with psycopg.connect(url) as admin:
        admin.execute("ALTER TABLE indelible.tokens_s0 DISABLE TRIGGER ALL")
        admin.execute(f"INSERT INTO indelible.tokens_s0 ({COLUMNS}) {rows}".encode())
        admin.execute("ANALYZE indelible.tokens_s0")


def _fill_sqlite(path: str, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE tbl_name = 'tokens_s0' AND type = 'trigger'"
        )
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(f"INSERT INTO tokens_s0 ({COLUMNS}) {ROWS.format(at=AT, count=count)}")
        connection.commit()


def _asked(store: SqlStore, count: int) -> float:
    begun = time.perf_counter()
    missing = store.read(tokens.missing_tokens, count + 1, limit=count)
    taken = (time.perf_counter() - begun) * MILLISECONDS
    assert len(missing) == count // EACH
    return taken


if __name__ == "__main__":
    main()
