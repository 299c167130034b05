"""Test that connections go to waiters in order, and that a waiter that gives up is skipped."""

import asyncio
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.util import greenlet_spawn

from indelible import concepts
from indelible.concepts import CreateConcept
from indelible.testing.stores import MAYA, RATIO
from indelible_sql import open_async_store, open_store
from indelible_sql.engine.connections import Pool, open_async_engines, open_engines
from indelible_sql.engine.pools import AsyncFairQueuePool

WAITERS = 8
ROUNDS = 20
SHORT_SECONDS = 0.05
TIMEOUT_SECONDS = 8


def waiter_counter(engine: Engine) -> Callable[[], int]:
    """Return a function that counts the waiters of the engine's pool."""
    queue: Any = getattr(engine.pool, "_pool")  # noqa: B009 - SQLAlchemy has no public name

    def count() -> int:
        return len(queue._waiting)  # noqa: SLF001 - of a queue of ours

    return count


def test_threads_get_the_only_writer_in_the_order_of_their_requests(sqlite_url: str) -> None:
    engine = open_engines(sqlite_url, Pool()).writer
    count_waiters = waiter_counter(engine)
    served: list[int] = []

    def connect(number: int) -> None:
        with engine.connect():
            served.append(number)

    for _ in range(ROUNDS):
        served.clear()
        threads = [Thread(target=connect, args=(number,)) for number in range(WAITERS)]
        with engine.connect():
            for number, thread in enumerate(threads):
                thread.start()
                while count_waiters() < number + 1:
                    time.sleep(0.001)
        connect(WAITERS)  # this thread had the connection, and is last now
        for thread in threads:
            thread.join()

        assert served == list(range(WAITERS + 1))
    engine.dispose()


def test_a_thread_that_times_out_does_not_block_the_next_one(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engines(sqlite_url, Pool()).writer
    monkeypatch.setattr(engine.pool, "_timeout", SHORT_SECONDS)

    with engine.connect(), pytest.raises(PoolTimeout):
        engine.connect()

    with engine.connect() as connection:
        assert not connection.closed
    engine.dispose()


@pytest.mark.slow
def test_tasks_get_the_only_writer_in_turn(sqlite_url: str) -> None:
    open_store(sqlite_url).dispose()
    commands_by_task = [0] * WAITERS

    async def race() -> None:
        store = open_async_store(sqlite_url)

        async def create_repeatedly(number: int) -> None:
            command = CreateConcept(content=RATIO)
            while max(commands_by_task) < ROUNDS:
                await store.run(concepts.create_concept, command, actor=MAYA, reason="a race")
                commands_by_task[number] += 1

        await asyncio.gather(*(create_repeatedly(number) for number in range(WAITERS)))
        await store.dispose()

    asyncio.run(race())

    assert min(commands_by_task) >= ROUNDS - 1


def test_a_task_cancelled_while_it_waits_keeps_no_connection(sqlite_url: str) -> None:
    async def cancel_waiter() -> None:
        _, (writer, _) = open_async_engines(sqlite_url, Pool())
        first = await writer.connect()
        cancelled = asyncio.create_task(writer.connect().start())
        last = asyncio.create_task(writer.connect().start())
        await asyncio.sleep(SHORT_SECONDS)
        cancelled.cancel()
        await first.close()  # gives the connection away before the cancelled task can end

        async with asyncio.timeout(TIMEOUT_SECONDS):
            connection = await last
            await connection.close()
            another = await writer.connect()
            await another.close()
        await writer.dispose()

    asyncio.run(cancel_waiter())


def test_a_full_queue_keeps_the_connection_of_a_cancelled_task() -> None:
    queue_class: Any = getattr(AsyncFairQueuePool, "_queue_class")  # noqa: B009 - no public name

    async def cancel_waiter() -> list[str]:
        queue = queue_class(1)
        is_blocking = True
        waiter = asyncio.create_task(greenlet_spawn(queue.get, is_blocking, TIMEOUT_SECONDS))
        await asyncio.sleep(SHORT_SECONDS)
        queue.put_nowait("given to the waiter")
        queue.put_nowait("in the queue")
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

        return sorted([queue.get_nowait(), queue.get_nowait()])

    assert asyncio.run(cancel_waiter()) == ["given to the waiter", "in the queue"]


@pytest.mark.slow
def test_a_cancelled_read_raises_only_its_cancellation(sqlite_url: str) -> None:
    async def cancel_every_second_read() -> set[str]:
        store = open_async_store(sqlite_url)
        results: set[str] = set()
        for milliseconds in range(ROUNDS):
            reads = [asyncio.create_task(store.read(concepts.whole_graph)) for _ in range(WAITERS)]
            await asyncio.sleep(milliseconds / 1_000)
            for read in reads[::2]:
                read.cancel()
            for result in await asyncio.gather(*reads, return_exceptions=True):
                results.add(type(result).__name__)
        await store.dispose()

        return results

    assert asyncio.run(cancel_every_second_read()) <= {"ConceptGraph", "CancelledError"}
