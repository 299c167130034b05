"""Test each use of SQLAlchemy's internals, so that a release that changes one fails by name."""

import asyncio

import pytest
from sqlalchemy import AsyncAdaptedQueuePool, QueuePool

from indelible_sql import SqlStore
from indelible_sql.engine.pools import AsyncFairQueuePool, FairQueuePool
from indelible_sql.engine.sqlalchemy_internals import (
    AsyncAdaptedQueue,
    Empty,
    Full,
    Queue,
    await_in_greenlet,
    invalidate_pool,
    put_above_capacity,
    run_in_greenlet,
)


def test_a_greenlet_awaits_on_the_loop() -> None:
    def work(value: int) -> int:
        await_in_greenlet(asyncio.sleep(0))
        return value + 1

    assert asyncio.run(run_in_greenlet(work, 1)) == 2


def queue_class_of(pool: type[QueuePool]) -> type[object]:
    """Return the class of a pool's queue; SQLAlchemy has no public name for it."""
    return pool._queue_class  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - no public name


def test_sqlalchemys_pools_still_take_their_queue_from_a_class_attribute() -> None:
    queue = queue_class_of(QueuePool)
    async_queue = queue_class_of(AsyncAdaptedQueuePool)

    assert issubclass(queue, Queue)
    assert issubclass(async_queue, AsyncAdaptedQueue)
    assert queue_class_of(FairQueuePool) is not queue
    assert queue_class_of(AsyncFairQueuePool) is not async_queue


@pytest.mark.parametrize("name", ["_init", "_put", "_get", "_empty", "not_empty"])
def test_a_queue_for_threads_still_has_what_the_fair_queue_overrides(name: str) -> None:
    queue: Queue[object] = Queue(0)

    assert hasattr(queue, name)


def test_a_queue_for_tasks_takes_one_more_than_it_holds() -> None:
    async def overfill() -> list[object]:
        queue: AsyncAdaptedQueue[object] = AsyncAdaptedQueue(1)
        queue.put_nowait("first")
        with pytest.raises(Full):
            queue.put_nowait("second")
        put_above_capacity(queue, "second")
        return [queue.get_nowait(), queue.get_nowait()]

    assert asyncio.run(overfill()) == ["first", "second"]


def test_an_empty_queue_raises_empty() -> None:
    with pytest.raises(Empty):
        Queue(0).get(block=False)


def test_an_invalidated_pool_drops_its_idle_connections(sqlite: SqlStore) -> None:
    engine = sqlite.engines.reader
    with engine.connect() as idle, engine.connect() as broken:
        idle_driver = idle.connection.driver_connection
        idle.close()
        invalidate_pool(broken, RuntimeError("the server is gone"))
        broken.invalidate()

        with engine.connect() as fresh:
            assert fresh.connection.driver_connection is not idle_driver
