"""Workers of other queue libraries with a job that does nothing, set up as they document it.

A worker is ready when it has received its first job. A worker of DBOS is ready when it is launched,
because the first one that polls takes all jobs; its time starts with its first job.
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
from tests.doses.bench.queue_tally import Options, Tally

POLL_SECONDS: Final = 0.1
START_SECONDS: Final = 10
THREADS: Final = 8  # the default of dramatiq's command
QUEUE: Final = "jobs"
JOB: Final = "noop"
VERSION: Final = "1"


def counting_job(tally: Tally, end: Callable[[], object]) -> Callable[[], None]:
    """Return a job that counts; the first one starts the time, and a late one ends the worker."""
    lock = Lock()
    is_started = False

    def job() -> None:
        nonlocal is_started
        with lock:
            if not is_started:
                is_started = True
                tally.wait_for_start()
                return
            tally.count()
        if tally.is_over:
            end()

    return job


def time_claims(tally: Tally, owner: object, name: str) -> None:
    """Count each call of an asynchronous method as a claim."""
    claim: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def timed_claim(*args: object, **kwargs: object) -> object:
        started_at = time.perf_counter()
        result = await claim(*args, **kwargs)
        tally.count_claim(started_at)
        return result

    setattr(owner, name, timed_claim)


def run_procrastinate(options: Options, tally: Tally) -> None:
    """Run an asynchronous worker that takes one job at a time."""

    async def work() -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=options["url"]))
        end = asyncio.Event()
        job = counting_job(tally, end.set)

        async def noop() -> None:
            job()

        app.task(name=JOB)(noop)
        time_claims(tally, app.job_manager, "fetch_job")
        async with app.open_async():
            running = app.run_worker_async(wait=False, install_signal_handlers=False)
            worker = asyncio.create_task(running)
            waiter = asyncio.create_task(end.wait())
            await asyncio.wait((worker, waiter), return_when=asyncio.FIRST_COMPLETED)
            if not worker.done():
                worker.cancel()
                await asyncio.wait((worker,))

    asyncio.run(work())


def run_pgqueuer(options: Options, tally: Tally) -> None:
    """Run a worker on asyncpg and uvloop, as its command does; it buffers completions."""

    async def work() -> None:
        connection = await asyncpg.connect(options["url"])
        manager = QueueManager(Queries.from_asyncpg_connection(connection))
        job = counting_job(tally, manager.shutdown.set)

        async def noop(_: object) -> None:
            job()

        manager.entrypoint(JOB)(noop)
        time_claims(tally, manager.queries, "dequeue")
        await manager.run(batch_size=options["batch"], mode=QueueExecutionMode.drain)

    uvloop.run(work())


def run_dramatiq(options: Options, tally: Tally) -> None:
    """Run a worker with eight threads on a Redis that persists nothing."""
    broker = RedisBroker(url=options["redis_url"])
    end = Event()
    job = counting_job(tally, end.set)
    dramatiq.actor(job, actor_name=JOB, queue_name=QUEUE, broker=broker)

    worker = dramatiq.Worker(broker, worker_threads=THREADS)
    worker.start()
    _wait(tally, lambda: end.is_set() or not _count_waiting(broker.client))
    worker.stop()


def _count_waiting(client: redis.Redis) -> int:
    length: Any = client.llen(f"dramatiq:{QUEUE}")
    return int(length)


def run_dbos(options: Options, tally: Tally) -> None:
    """Run a workflow without a step, on a queue that is polled every tenth of a second."""
    DBOS(
        config={
            "name": "bench",
            "system_database_url": options["url"],
            "log_level": "CRITICAL",
            "application_version": VERSION,
            # With one id for all, a process would continue what another has started.
            "executor_id": str(os.getpid()),
        }
    )
    is_started = Event()

    def noop() -> None:
        if not is_started.is_set():
            tally.start()
            is_started.set()
        elif not tally.is_over:
            tally.count()

    DBOS.workflow(name=JOB)(noop)
    DBOS.launch()
    tally.wait_for_start()
    DBOS.register_queue(QUEUE, polling_interval_sec=POLL_SECONDS)
    is_started.wait(START_SECONDS)  # in vain if another worker has taken all jobs
    _wait(tally, lambda: False)
    tally.report()
    os._exit(0)  # the process has claimed more jobs than it will ever do


def _wait(tally: Tally, is_done: Callable[[], bool]) -> None:
    while not (tally.is_over or is_done()):
        time.sleep(0.01)


WAYS: Final[Mapping[str, Callable[[Options, Tally], object]]] = {
    "procrastinate": run_procrastinate,
    "pgqueuer": run_pgqueuer,
    "dramatiq": run_dramatiq,
    "dbos": run_dbos,
}
