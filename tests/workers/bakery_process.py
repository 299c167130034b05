"""The program of a worker process that bakes until SIGTERM."""

import signal
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread

from attrs import evolve
from tests.workers.bakery import WORKER, Bakery

from indelible.kernel.lease_handles import LeaseHandle
from indelible_sql import open_store
from indelible_workers import WakeupBroker, Worker, redis_client, run_workers


def perform(path: Path, seconds: float, name: str, _: LeaseHandle) -> str:
    """Take some time, and write a line before and after it."""
    with path.open("a") as out:
        out.write(f"started {name}\n")
    time.sleep(seconds)
    with path.open("a") as out:
        out.write(f"done {name}\n")

    return f"{name}, baked"


def work(database: str, redis: str, seconds: float, path: Path, ready: Connection) -> None:
    """Process tasks until SIGTERM. Each takes some seconds and writes into the file."""
    store = open_store(database)
    stopped = Event()

    def stop(*_: object) -> None:
        # The main thread may hold the lock that `set` needs: it may be inside `wait`.
        Thread(target=stopped.set).start()

    signal.signal(signal.SIGTERM, stop)
    bakery = Bakery(store).stage(batch=1, lease_seconds=2)
    stage = evolve(bakery, perform=partial(perform, path, seconds))
    worker = Worker(store=store, actor=WORKER)
    brokers: list[WakeupBroker] = []
    if redis:
        brokers.append(WakeupBroker(redis_client(redis), worker))

    with run_workers(worker, {stage.name: stage}, brokers, threads=2, dispatch_seconds=0.5):
        ready.send("at work")
        stopped.wait()
    store.dispose()
