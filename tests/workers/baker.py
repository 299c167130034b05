"""A worker process for tests: `python -m tests.workers.baker DATABASE REDIS SECONDS FILE`."""

import signal
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread

from attrs import evolve
from tests.workers.scenes import WORKER, Bakery

from indelible_sql import open_store
from indelible_workers import WakeupBroker, Worker, client_of, run_workers


def perform(path: Path, seconds: float, name: str) -> str:
    """Take some time, and say so before and after it."""
    with path.open("a") as out:
        out.write(f"begun {name}\n")
    time.sleep(seconds)
    with path.open("a") as out:
        out.write(f"ended {name}\n")
    return f"{name}, baked"


def main(database: str, redis: str, seconds: str, path: str) -> None:
    store, ended = open_store(database), Event()

    def end(*_: object) -> None:
        Thread(target=ended.set).start()  # this one may be in the middle of `wait`

    signal.signal(signal.SIGTERM, end)
    bakery = Bakery(store).stage(batch=1, lease_seconds=2)
    stage = evolve(bakery, perform=partial(perform, Path(path), float(seconds)))
    shift = Worker(store=store, actor=WORKER)
    brokers = [WakeupBroker(client_of(redis), shift)] if redis else []
    with run_workers(shift, {stage.name: stage}, brokers, threads=2, sweep_seconds=0.5):
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        ended.wait()
    store.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
