"""Write to one store from many connections, and follow its feed: nothing is skipped or doubled.

A transaction of another database of the same server stays open for the whole run. Writers take a
transaction number long before they write, write in several statements, take back savepoints and
whole transactions, and wait before they commit. Each writes its changes as a row of the database
does, with no store between, so that two cores are enough for a million of them.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any, Final

import psycopg
from attrs import define, field, frozen
from tests.forks import start_child

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store

PAGE: Final = 2_000
IDLE_SECONDS: Final = 0.002
EMPTY_READS_AT_END: Final = 3  # after the last writer
EARLY_SHARE: Final = 0.2  # of the transactions have a number long before they write
SAVEPOINT_SHARE: Final = 0.1  # of the transactions take a savepoint back
ROLLBACK_SHARE: Final = 0.1  # of the transactions are taken back
SLOW_SHARE: Final = 0.1  # of the transactions wait before they commit
MAX_PAUSE_SECONDS: Final = 0.05
SIZES: Final = (1, 1, 1, 3, 20, 50)  # changes of one statement
STATEMENTS: Final = (1, 1, 1, 2, 3)  # of one transaction
JOURNALS: Final = "*.json"
BEGIN: Final = "SELECT 1"  # psycopg begins with the first statement, and then makes savepoints
TAKE_NUMBER: Final = "SELECT pg_current_xact_id()"
DIGEST: Final = "0" * 64
# The first change of many stages. The digest is not that of the content, which no guard computes.
INSERT: Final = """
    WITH ids AS (
      SELECT %(name)s || '-' || number AS id, date_trunc('milliseconds', clock_timestamp()) AS at
      FROM generate_series(1, %(size)s) AS number
    ),
    head AS (
      INSERT INTO indelible.stages (id, status, seq, hash, created_at, updated_at)
      SELECT id, 'PAUSED', 1, %(digest)s, at, at FROM ids
      RETURNING id, created_at
    )
    INSERT INTO indelible.history (
      lifecycle, entity_id, seq, action, from_state, to_state, adds_version, version, actor,
      reason, at, data, prev_hash, hash
    )
    SELECT 'stage', id, 1, 'pause', '', 'PAUSED', 0, 0, 'user:maya',
      'a run', created_at, '{}', '', %(digest)s
    FROM head
"""


@frozen(kw_only=True)
class Load:
    """Describe a run: its changes, and the connections and processes that write them."""

    changes: int
    processes: int
    writers: int  # of all processes
    seed: int
    rate: int  # the most changes of a second, of all writers: one reader must keep up


@define
class FeedReport:
    """The result of a run: the changes that were written, read, skipped and doubled."""

    written: int = 0
    read: int = 0
    skipped: int = 0
    doubled: int = 0
    delay_p50_ms: float = 0
    delay_p99_ms: float = 0


def test_the_feed_of_64_writers_skips_and_doubles_nothing(
    database: PostgresServer, tmp_path: Path, seed: int, add_summary_line: Callable[[str], None]
) -> None:
    foreign_url = f"{database.admin_url.rpartition('/')[0]}/postgres"
    load = Load(changes=20_000, processes=2, writers=64, seed=seed, rate=2_000)
    with psycopg.connect(foreign_url) as foreign:
        foreign.execute(TAKE_NUMBER)
        store = open_store(database.url)
        store.feed(limit=1)
        children = [
            start_child(write_changes, database.url, str(tmp_path), number, load)
            for number in range(load.processes)
        ]
        follower = Follower(store)
        empty_reads = 0
        while empty_reads < EMPTY_READS_AT_END:
            is_over = not any(child.is_alive() for child in children)
            if not follower.read():
                empty_reads += is_over
                time.sleep(IDLE_SECONDS)

        foreign.rollback()
        store.dispose()
    assert [child.exitcode for child in children] == [0] * load.processes

    report = _compare(tmp_path, follower)
    add_summary_line(f"feed of 64 writers: {report}")
    assert report.written >= load.changes
    assert (report.read, report.skipped, report.doubled) == (report.written, 0, 0)


@define
class Follower:
    """Reads the feed, and remembers when it has read each change."""

    store: SqlStore
    cursor: str = ""
    ids: list[str] = field(factory=list[str])
    times: list[float] = field(factory=list[float])

    def read(self) -> bool:
        """Read one page; return whether it had a change."""
        page = self.store.feed(after=self.cursor, limit=PAGE)
        self.cursor = page.cursor
        now = time.monotonic()
        for change in page.changes:
            self.ids.append(change.entity_id)
            self.times.append(now)
        return bool(page.changes)


def write_changes(url: str, directory: str, process: int, load: Load) -> None:
    """Write the changes of one process from several threads, and note when each was committed."""
    own_writers = load.writers // load.processes
    journals: list[dict[str, float]] = [{} for _ in range(own_writers)]
    threads: list[Thread] = []
    for index in range(own_writers):
        number = process * own_writers + index
        limit = load.changes // load.writers
        arguments = (url, number, limit, load, journals[index])
        threads.append(Thread(target=_write, args=arguments))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    committed: dict[str, float] = {}
    for journal in journals:
        committed.update(journal)
    Path(directory, f"{process}.json").write_text(json.dumps(committed), encoding="utf-8")


def _write(url: str, number: int, limit: int, load: Load, journal: dict[str, float]) -> None:
    """Write until the limit is reached; `journal` gets the time of each change's commit."""
    random = Random(load.seed * 1_000 + number)  # noqa: S311 - no secret
    address = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address) as connection:
        transaction = 0
        seconds_of_change = load.writers / load.rate
        started_at = time.monotonic()
        while len(journal) < limit:
            transaction += 1
            ids = _write_transaction(connection, f"{number}-{transaction}", random)
            if random.random() < ROLLBACK_SHARE:
                connection.rollback()
                continue
            connection.commit()
            now = time.monotonic()
            journal.update(dict.fromkeys(ids, now))
            ahead_seconds = started_at + len(journal) * seconds_of_change - now
            time.sleep(max(0.0, ahead_seconds))


def _write_transaction(
    connection: psycopg.Connection[Any], name: str, random: Random
) -> Sequence[str]:
    """Send the statements of one transaction, and return the ids that it is about to commit."""
    ids: list[str] = []
    connection.execute(BEGIN)
    if random.random() < EARLY_SHARE:
        connection.execute(TAKE_NUMBER)
        _pause(random)
    for statement in range(random.choice(STATEMENTS)):
        prefix = f"{name}-{statement}"
        size = random.choice(SIZES)
        values = {"name": prefix, "size": size, "digest": DIGEST}
        with ExitStack() as stack:
            is_taken_back = random.random() < SAVEPOINT_SHARE
            stack.enter_context(connection.transaction(force_rollback=is_taken_back))
            connection.execute(INSERT, values)
        if not is_taken_back:
            ids.extend(f"{prefix}-{index + 1}" for index in range(size))
    if random.random() < SLOW_SHARE:
        _pause(random)

    return ids


def _pause(random: Random) -> None:
    time.sleep(random.random() * MAX_PAUSE_SECONDS)


def _compare(folder: Path, follower: Follower) -> FeedReport:
    """Compare what was committed with what was read."""
    committed: dict[str, float] = {}
    for path in folder.glob(JOURNALS):
        committed.update(json.loads(path.read_text(encoding="utf-8")))

    delays: list[float] = []
    for entity_id, read_at in zip(follower.ids, follower.times, strict=True):
        if entity_id in committed:
            delays.append(max(0.0, read_at - committed[entity_id]) * 1_000)
    delays.sort()
    unique = set(follower.ids)
    return FeedReport(
        written=len(committed),
        read=len(follower.ids),
        skipped=len(committed.keys() - unique),
        doubled=len(follower.ids) - len(unique),
        delay_p50_ms=delays[len(delays) // 2] if delays else 0,
        delay_p99_ms=delays[len(delays) * 99 // 100] if delays else 0,
    )
