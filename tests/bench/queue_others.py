"""The same by libraries that queue work too: a job that does nothing, each set up as its documentation shows.

A worker is ready when its first job has come to it. One of DBOS's is when it is launched, for who looks first takes all
there is; its time begins with its first job.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from threading import Event, Lock
from typing import Any, Final

import asyncpg
import dramatiq
import procrastinate
import redis
import uvloop
from dbos import DBOS
from dramatiq.brokers.redis import RedisBroker
from pgqueuer import Queries, QueueManager
from pgqueuer.types import QueueExecutionMode
from tests.bench.queue_tally import Asked, Tally

POLL_SECONDS: Final = 0.1
START_SECONDS: Final = 10
THREADS: Final = 8  # of dramatiq's own command
QUEUE: Final = "jobs"
JOB: Final = "noop"
VERSION: Final = "1"


def counted(tally: Tally, end: Callable[[], object]) -> Callable[[], None]:
    """What a job does: the first one begins the time, and one that comes after it ends the worker."""
    begun = Lock()
    is_begun = [False]

    def did() -> None:
        with begun:
            if not is_begun[0]:
                is_begun[0] = True
                tally.begin()
                return
            tally.did()
        if tally.is_over:
            end()

    return did


def timed(tally: Tally, owner: object, name: str) -> None:
    """Let each call of the method be a claim."""
    claim: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def claimed(*given: object, **named: object) -> object:
        begun = time.perf_counter()
        found = await claim(*given, **named)
        tally.claimed(begun)
        return found

    setattr(owner, name, claimed)


def by_procrastinate(asked: Asked, tally: Tally) -> None:
    """An asynchronous worker, one job at a time."""

    async def work() -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=asked["url"]))
        end = asyncio.Event()
        did = counted(tally, end.set)

        async def noop() -> None:
            did()

        app.task(name=JOB)(noop)
        timed(tally, app.job_manager, "fetch_job")
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(wait=False, install_signal_handlers=False)
            )
            await asyncio.wait(
                (worker, asyncio.create_task(end.wait())), return_when=asyncio.FIRST_COMPLETED
            )
            if not worker.done():
                worker.cancel()
                await asyncio.wait((worker,))

    asyncio.run(work())


def by_pgqueuer(asked: Asked, tally: Tally) -> None:
    """On asyncpg and uvloop, as its own command runs it; completions are kept in a buffer of a batch's size."""

    async def work() -> None:
        connection = await asyncpg.connect(asked["url"])
        manager = QueueManager(Queries.from_asyncpg_connection(connection))
        did = counted(tally, manager.shutdown.set)

        async def noop(_: object) -> None:
            did()

        manager.entrypoint(JOB)(noop)
        timed(tally, manager.queries, "dequeue")
        await manager.run(batch_size=asked["batch"], mode=QueueExecutionMode.drain)

    uvloop.run(work())


def by_dramatiq(asked: Asked, tally: Tally) -> None:
    """On Redis alone: eight threads, and messages that are lost with it."""
    broker = RedisBroker(url=asked["redis_url"])
    is_over = [False]

    def end() -> None:
        is_over[0] = True

    dramatiq.actor(counted(tally, end), actor_name=JOB, queue_name=QUEUE, broker=broker)
    worker = dramatiq.Worker(broker, worker_threads=THREADS)
    worker.start()
    _wait(tally, lambda: is_over[0] or not _waiting(broker.client))
    worker.stop()


def _waiting(client: redis.Redis) -> int:
    found: Any = client.llen(f"dramatiq:{QUEUE}")
    return int(found)


def by_dbos(asked: Asked, tally: Tally) -> None:
    """A workflow without a step, its queue looked at every tenth of a second."""
    DBOS(
        config={
            "name": "bench",
            "system_database_url": asked["url"],
            "log_level": "CRITICAL",
            "application_version": VERSION,
            "executor_id": str(os.getpid()),  # else it would go on with what another has begun
        }
    )

    is_started = Event()

    def noop() -> None:
        if not is_started.is_set():  # it looks for its queues only every second
            tally.start()
            is_started.set()
        elif not tally.is_over:
            tally.did()

    DBOS.workflow(name=JOB)(noop)
    DBOS.launch()
    tally.begin()
    DBOS.register_queue(QUEUE, polling_interval_sec=POLL_SECONDS)
    is_started.wait(START_SECONDS)  # or another has taken all
    _wait(tally, lambda: False)
    tally.tell()
    os._exit(0)  # who polled first has claimed more than it will ever do


def _wait(tally: Tally, is_empty: Callable[[], bool]) -> None:
    while not (tally.is_over or is_empty()):
        time.sleep(0.01)


WAYS: Final[Mapping[str, Callable[[Asked, Tally], object]]] = {
    "procrastinate": by_procrastinate,
    "pgqueuer": by_pgqueuer,
    "dramatiq": by_dramatiq,
    "dbos": by_dbos,
}
