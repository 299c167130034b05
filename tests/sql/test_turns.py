"""Test that connections go to waiters in order, and that a waiter that gives up is skipped."""

import asyncio
import time
from collections import Counter
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

pytestmark = pytest.mark.slow

MANY = 8
TIMES = 20
HASTE_SECONDS = 0.05


def waiting(engine: Engine) -> Callable[[int], None]:
    """Wait until so many wait in the engine's pool."""
    queue: Any = getattr(engine.pool, "_pool")  # noqa: B009 - the library shows no count

    def wait(number: int) -> None:
        while len(queue._waiting) < number:  # noqa: SLF001 - as above
            time.sleep(0.001)

    return wait


def test_threads_are_given_the_one_writer_in_turn(sqlite_url: str) -> None:
    engine = open_engines(sqlite_url, Pool()).writer
    came, until = list[int](), waiting(engine)

    def take(number: int) -> None:
        with engine.connect():
            came.append(number)

    for _ in range(TIMES):
        came.clear()
        threads = [Thread(target=take, args=(number,)) for number in range(MANY)]
        with engine.connect():
            for number, thread in enumerate(threads):
                thread.start()
                until(number + 1)
        take(MANY)  # who had the connection asks again at once
        for thread in threads:
            thread.join()

        assert came == list(range(MANY + 1))
    engine.dispose()


def test_a_thread_that_waits_in_vain_is_told_and_the_next_is_served(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engines(sqlite_url, Pool()).writer
    monkeypatch.setattr(engine.pool, "_timeout", HASTE_SECONDS)
    with engine.connect(), pytest.raises(PoolTimeout):
        engine.connect()
    with engine.connect() as connection:
        assert not connection.closed
    engine.dispose()


def test_tasks_are_given_the_one_writer_in_turn(sqlite_url: str) -> None:
    open_store(sqlite_url).dispose()
    runs = [0] * MANY

    async def race() -> None:
        store = open_async_store(sqlite_url)

        async def work(number: int) -> None:
            while max(runs) < TIMES:
                command = CreateConcept(content=RATIO)
                await store.run(concepts.create_concept, command, actor=MAYA, reason="a race")
                runs[number] += 1

        await asyncio.gather(*map(work, range(MANY)))
        await store.dispose()

    asyncio.run(race())

    assert min(runs) >= TIMES - 1


def test_a_task_that_is_ended_while_it_waits_keeps_nothing(sqlite_url: str) -> None:
    async def story() -> None:
        _, (writer, _) = open_async_engines(sqlite_url, Pool())
        first = await writer.connect()
        ended, last = (asyncio.create_task(writer.connect().start()) for _ in range(2))
        await asyncio.sleep(HASTE_SECONDS)
        ended.cancel()
        await first.close()  # which hands on before the end of that task is told
        async with asyncio.timeout(MANY):
            await (await last).close()
            await (await writer.connect()).close()
        await writer.dispose()

    asyncio.run(story())


def test_what_a_task_was_given_as_it_was_ended_is_kept_even_where_the_queue_is_full() -> None:
    async def story() -> None:
        queue: Any = getattr(AsyncFairQueuePool, "_queue_class")(1)  # noqa: B009 - the pool's own part
        waiting = asyncio.create_task(greenlet_spawn(queue.get, True, MANY))  # noqa: FBT003 - as the pool asks
        await asyncio.sleep(HASTE_SECONDS)
        queue.put_nowait("handed on")
        queue.put_nowait("kept")
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

        assert sorted(queue.get_nowait() for _ in range(2)) == ["handed on", "kept"]

    asyncio.run(story())


def test_a_read_that_is_ended_ends_as_it_was_ended(sqlite_url: str) -> None:
    async def story() -> Counter[str]:
        store = open_async_store(sqlite_url)
        ends = Counter[str]()
        for turn in range(TIMES):
            reads = [asyncio.create_task(store.read(concepts.whole_graph)) for _ in range(MANY)]
            await asyncio.sleep(turn / 1_000)
            for each in reads[::2]:
                each.cancel()
            ends.update(
                type(each).__name__ for each in await asyncio.gather(*reads, return_exceptions=True)
            )
        await store.dispose()
        return ends

    assert asyncio.run(story()).keys() <= {"ConceptGraph", "CancelledError"}
