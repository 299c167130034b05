"""A worker or a scheduler as a process.

Usage: `python -m tests.doses.chaos.worker_process KIND URL BROKER OUTSIDE NAME LEASE_SECONDS`,
where KIND is `worker` or `scheduler`.

There are three kinds of tasks: generation of tokens, where each step is a change; counting, which
writes to the database only; and posting to an outside system that identifies each unit by a key. A
unit that is counted or posted twice would show.
"""

import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Final

import tests.few_collections  # noqa: F401  # pyright: ignore[reportUnusedImport] - runs first
from attrs import evolve, frozen

from indelible import tokens
from indelible.kernel import Actor, Head
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, RetryLater, Stage
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease, Leases
from indelible_sql import Pool, open_store
from indelible_workers import (
    RecurringTask,
    WakeupBroker,
    Worker,
    redis_client,
    run_scheduler,
    run_workers,
)

GENERATE: Final = "generate"
COUNT: Final = "count"
POST: Final = "post"
TICK: Final = "tick"
REPAIRED: Final = "repaired"  # a unit that the outside system accepts from now on
TICK_SECONDS: Final = 5
TICKS: Final = RecurringTask(name="tick", stage=TICK, every_seconds=TICK_SECONDS)

INSERT_UNIT: Final = "INSERT INTO public.units (kind, id) VALUES (%s, %s)"  # a second time it fails
SELECT_REPAIRED: Final = "SELECT 1 FROM public.units WHERE kind = 'repaired' AND id = %s"
UPSERT_POST: Final = """
    INSERT INTO posted (key)
    VALUES (?)
    ON CONFLICT (key) DO UPDATE SET requests = requests + 1
"""
THREADS: Final = 2
DISPATCH_SECONDS: Final = 2
COUNT_SECONDS: Final = 0.02
POST_SECONDS: Final = 0.3
MAX_ATTEMPTS: Final = 50
LOST_ANSWER_EVERY: Final = 17
POISON_EVERY: Final = 100

AnyStage = Stage[Any, Any, Any]
BuildStages = Callable[[str, int], dict[str, AnyStage]]


def unit_number(unit: str) -> int:
    return int(unit.rpartition("-")[2])


def is_poison(unit: str) -> bool:
    """Return True for a unit that the outside system refuses until it is repaired."""
    return unit_number(unit) % POISON_EVERY == 0


def insert_units(tx: Any, kind: str, units: Iterable[str]) -> None:  # noqa: ANN401 - any transaction
    for unit in units:
        tx.connection.exec_driver_sql(INSERT_UNIT, (kind, unit))


def count_slowly(unit: str, _: LeaseHandle) -> str:
    time.sleep(COUNT_SECONDS)
    return unit


def finish_count(tx: Any, results: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - any transaction
    insert_units(tx, COUNT, [unit for unit, _ in results])


def return_slot(slot: str, _: LeaseHandle) -> str:
    return slot


def claim_slots(_: Any, leases: Leases) -> Sequence[str]:  # noqa: ANN401 - any transaction
    return [slot_text(lease.slot) for lease in leases]


def slot_text(slot: datetime | None) -> str:
    """Return the text of a recurring task's slot, in the order of time."""
    assert slot is not None
    return f"{slot.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def finish_tick(tx: Any, results: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - any transaction
    insert_units(tx, TICK, [slot for slot, _ in results])


def generate_image(head: Head[tokens.Token], _: LeaseHandle) -> str:
    time.sleep(COUNT_SECONDS)
    return f"/images/{head.entity.token_id}.png"


def fail_generation(tx: Any, lease: Lease, failure: TaskFailure) -> None:  # noqa: ANN401 - any transaction
    tokens.fail_generation(tx, lease.entity_id, failure.reason)


@frozen
class PostWork:
    """A unit to post, and at which attempt."""

    unit: str
    is_repaired: bool
    attempt: int


@frozen
class Posts:
    """A stage that posts to the outside system, which is a SQLite file of its own."""

    outside: str

    def claim(self, tx: Any, leases: Leases) -> Sequence[PostWork]:  # noqa: ANN401 - any transaction
        works: list[PostWork] = []
        for lease in leases:
            rows = tx.connection.exec_driver_sql(SELECT_REPAIRED, (lease.entity_id,)).all()
            works.append(PostWork(lease.entity_id, bool(rows), lease.attempt))

        return works

    def perform(self, work: PostWork, _: LeaseHandle) -> str:
        """Post the unit under its own key; a repeated post changes nothing."""
        if is_poison(work.unit) and not work.is_repaired:
            raise PermanentFailure(f"the outside system refuses {work.unit}")

        time.sleep(POST_SECONDS)
        with closing(sqlite3.connect(self.outside, timeout=60, isolation_level=None)) as connection:
            connection.execute(UPSERT_POST, (work.unit,))
        if work.attempt == 1 and unit_number(work.unit) % LOST_ANSWER_EVERY == 0:
            raise RetryLater("the answer was lost", 0.5)

        return work.unit

    def finish(self, tx: Any, results: Sequence[tuple[PostWork, str]]) -> None:  # noqa: ANN401 - any transaction
        insert_units(tx, POST, [unit for _, unit in results])


def build_stages(outside: str, lease_seconds: int) -> dict[str, AnyStage]:
    """Return all stages by name."""
    posts = Posts(outside)
    stages: tuple[AnyStage, ...] = (
        Stage(
            name=GENERATE,
            batch=100,
            acts_outside=False,
            lifecycle=tokens.TOKEN,
            claim=tokens.start_generation,
            perform=generate_image,
            finish=tokens.finish_generation,
            on_dead=fail_generation,
        ),
        Stage(
            name=COUNT,
            batch=100,
            acts_outside=False,
            lifecycle=None,
            perform=count_slowly,
            finish=finish_count,
        ),
        Stage(
            name=TICK,
            batch=100,
            acts_outside=False,
            lifecycle=None,
            claim=claim_slots,
            perform=return_slot,
            finish=finish_tick,
        ),
        Stage(
            name=POST,
            batch=1,
            acts_outside=True,
            lifecycle=None,
            claim=posts.claim,
            perform=posts.perform,
            finish=posts.finish,
        ),
    )
    return {
        stage.name: evolve(stage, lease_seconds=lease_seconds, max_attempts=MAX_ATTEMPTS)
        for stage in stages
    }


def run(arguments: Sequence[str], build: BuildStages = build_stages) -> None:
    """Process tasks, or enqueue recurring ones, until SIGTERM."""
    kind, url, broker_url, outside, name, lease_seconds = arguments
    worker = Worker(store=open_store(url, pool=Pool(size=6)), actor=Actor.system(name))

    def stop(*_: object) -> None:
        # The main thread may hold the lock that `stop` needs: it may be inside `wait`.
        Thread(target=worker.stop).start()

    signal.signal(signal.SIGTERM, stop)
    if kind == "scheduler":
        run_scheduler(worker, (TICKS,))
        return

    stages = build(outside, int(lease_seconds))
    with (
        redis_client(broker_url) as client,
        run_workers(
            worker,
            stages,
            [WakeupBroker(client, worker)],
            threads=THREADS,
            dispatch_seconds=DISPATCH_SECONDS,
        ),
    ):
        worker.stopping.wait()


if __name__ == "__main__":
    run(sys.argv[1:])
