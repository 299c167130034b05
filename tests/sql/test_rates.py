"""Both databases count the permits of a rate as the model does, whatever clocks and workers do."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import select, update
from tests.sql.rate_sessions import RATE, SESSIONS
from tests.sql.rate_sessions import STAGE as SHARED_STAGE

from indelible.kernel.rates import Bucket, RateLimit
from indelible.kernel.tasks import Leases
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.rate_tables import RATE_BUCKETS

STAGE: Final = "work"
HOUR: Final = timedelta(hours=1)
# No test takes as long as a permit of this rate.
HOURLY: Final = RateLimit(tasks=1, per_seconds=3_600, burst=7)
PROCESSES: Final = 8
SECONDS: Final = 4.0


def enqueue(store: SqlStore, number: int, stage: str = STAGE) -> None:
    """Enqueue tasks with the ids 1 to n."""
    with store.transaction(actor=MAYA, reason="work to do") as tx:
        tx.tasks.enqueue(stage, {str(n): tx.clock.now() for n in range(1, number + 1)})


def claim(store: SqlStore, limit: int, rate: RateLimit | None, stage: str = STAGE) -> Leases:
    """Claim tasks in a transaction of their own."""
    with store.transaction(actor=MAYA, reason="claim") as tx:
        until = tx.clock.now() + HOUR
        return tx.tasks.claim(stage, limit=limit, until=until, rate=rate)


def empty_at(store: SqlStore, stage: str = STAGE) -> datetime:
    """Return since when the bucket of the stage is filled."""
    schema = None if store.engines.writer.dialect.name == "sqlite" else "indelible"
    statement = select(RATE_BUCKETS.c.empty_at).where(RATE_BUCKETS.c.stage == stage)
    with store.engines.reader.connect() as connection:
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        value: datetime = translated.execute(statement).scalar_one()
    return value


def fill_since(store: SqlStore, instant: datetime, stage: str = STAGE) -> None:
    """Set since when the bucket of the stage is filled, as if the clock had been set."""
    claim(store, 1, HOURLY, stage)  # which creates the bucket
    statement = update(RATE_BUCKETS).where(RATE_BUCKETS.c.stage == stage).values(empty_at=instant)
    with store.transaction(actor=MAYA, reason="another clock") as tx:
        schema = None if tx.connection.dialect.name == "sqlite" else "indelible"
        tx.connection.execute(
            statement, execution_options={"schema_translate_map": {SCHEMA: schema}}
        )


@pytest.mark.parametrize("minutes", [600, 1, -1, -59, -61, -200, -359, -361, -419, -421, -10_000])
def test_the_databases_count_permits_as_the_model_does(store: SqlStore, minutes: int) -> None:
    now = datetime.now(UTC)
    stored = now + timedelta(minutes=minutes)
    fill_since(store, stored)
    enqueue(store, 9)
    claimed = len(claim(store, 9, HOURLY))

    assert claimed == Bucket(stored).permits(HOURLY, now)
    expected = Bucket(stored).taking(claimed, HOURLY, now).empty_at
    assert abs(empty_at(store) - expected) < timedelta(seconds=60)


@pytest.mark.parametrize("tasks", [1, 3, 7, 1_000, 99_999, 100_000])
def test_a_new_bucket_has_exactly_its_burst(store: SqlStore, tasks: int) -> None:
    enqueue(store, 9)
    rate = RateLimit(tasks=tasks, per_seconds=86_400, burst=4)

    assert len(claim(store, 9, rate)) == rate.capacity


def test_a_clock_that_was_set_back_delays_no_more_than_one_refill(store: SqlStore) -> None:
    fast = RateLimit(tasks=20, burst=5)
    fill_since(store, datetime.now(UTC) + timedelta(hours=20))
    enqueue(store, 9)

    assert claim(store, 9, fast) == ()
    assert empty_at(store) <= datetime.now(UTC)
    time.sleep(0.3)
    assert len(claim(store, 9, fast)) == 5


def test_a_clock_that_jumped_ahead_gives_one_bucket(store: SqlStore) -> None:
    fill_since(store, datetime.now(UTC) - timedelta(days=40))
    enqueue(store, 9)

    assert len(claim(store, 9, HOURLY)) == 7
    assert claim(store, 9, HOURLY) == ()


def test_claims_under_another_rate_return_no_permit(store: SqlStore) -> None:
    """A release that changes the rate runs beside the one before it for a while."""
    single = RateLimit(tasks=1, per_seconds=3_600, burst=1)
    fast = RateLimit(tasks=1_000, burst=1)
    enqueue(store, 40)

    assert len(claim(store, 9, HOURLY)) == 7
    for _ in range(5):
        claim(store, 9, fast)
        assert claim(store, 9, single) == ()
        assert claim(store, 9, HOURLY) == ()


@pytest.mark.slow
def test_threads_that_claim_at_once_take_no_more_than_the_bucket_has(store: SqlStore) -> None:
    enqueue(store, 100)

    def claim_one(_: int) -> int:
        return len(claim(store, 1, HOURLY))

    with ThreadPoolExecutor(20) as threads:
        numbers = list(threads.map(claim_one, range(60)))
    assert sum(numbers) == 7


def test_a_claim_without_a_rate_looks_at_no_bucket(store: SqlStore) -> None:
    enqueue(store, 3)
    claim(store, 3, None)

    with store.engines.reader.connect() as connection:
        schema = None if connection.dialect.name == "sqlite" else "indelible"
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        assert translated.execute(select(RATE_BUCKETS)).all() == []


@pytest.mark.dose
def test_8_processes_with_200_sessions_share_one_bucket_fairly(
    database: PostgresServer, postgresql: SqlStore
) -> None:
    enqueue(postgresql, 2_000, SHARED_STAGE)
    command = [sys.executable, "-m", "tests.sql.rate_sessions", database.url]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    starts_at = time.monotonic() + 0.2
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{starts_at} {starts_at + SECONDS}\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    seconds = time.monotonic() - starts_at
    claimed = [output.split() for output in outputs]

    numbers = [len(ids) for ids in claimed]
    total = sum(numbers)
    assert len({entity_id for ids in claimed for entity_id in ids}) == total
    assert total <= RATE.capacity + RATE.tasks * seconds
    assert SESSIONS * PROCESSES == 200
    assert total > 2 * RATE.capacity
    assert min(numbers) > total / PROCESSES / 4
