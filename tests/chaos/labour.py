"""A worker, or a clock, as a process: `python -m tests.chaos.labour worker URL REDIS OUTSIDE NAME LEASE_SECONDS`.

Three kinds of work: tokens, whose every step is a change; counting, which only the database sees; and posts to an
outside system that knows each by its key. A second post of one key would show, and so would a unit counted twice.
"""

import signal
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from threading import Thread
from typing import Any, Final

from attrs import evolve, frozen

from indelible import tokens
from indelible.kernel import Actor, Head
from indelible.kernel.stages import PermanentFailure, RetryLater, Stage
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

GENERATE, COUNT, POST, TICK = "generate", "count", "post", "tick"
KEPT: Final = "INSERT INTO public.units (kind, id) VALUES (%s, %s)"  # a second time it is refused
IS_MENDED: Final = "SELECT 1 FROM public.units WHERE kind = 'mended' AND id = %s"
PERIODIC: Final = RecurringTask(name="tick", stage=TICK, every_seconds=5)
POSTED: Final = (
    "INSERT INTO posted (key) VALUES (?) ON CONFLICT (key) DO UPDATE SET asked = asked + 1"
)
THREADS: Final = 2
COUNT_SECONDS, POST_SECONDS = 0.02, 0.3


def poison(unit: str) -> bool:
    """Whether the outside system will not take the unit until somebody mends it."""
    return int(unit.rpartition("-")[2]) % 100 == 0


def _ids(_: Any, leases: Leases) -> Sequence[str]:  # noqa: ANN401 - any transaction
    return [lease.entity_id for lease in leases]


def _keep(tx: Any, kind: str, units: Iterable[str]) -> None:  # noqa: ANN401 - with a connection of its own
    for unit in units:
        tx.connection.exec_driver_sql(KEPT, (kind, unit))


def _counted(tx: Any, done: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - as above
    _keep(tx, COUNT, (unit for unit, _ in done))


def _ticked(tx: Any, done: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - as above
    _keep(tx, TICK, (slot for slot, _ in done))


def _slowly(unit: str) -> str:
    time.sleep(COUNT_SECONDS)
    return unit


def _painted(head: Head[tokens.Token]) -> str:
    time.sleep(COUNT_SECONDS)
    return f"/images/{head.entity.token_id}.png"


def _dead(tx: Any, lease: Lease, reason: str) -> None:  # noqa: ANN401 - as above
    tokens.fail_generation(tx, lease.entity_id, reason)


@frozen
class Posts:
    """Posts to the outside system, which is a file of its own."""

    outside: str

    def claim(self, tx: Any, leases: Leases) -> Sequence[tuple[str, bool, int]]:  # noqa: ANN401 - as above
        """Which units, whether somebody has mended what they would die of, and at which attempt."""
        mended = [
            bool(tx.connection.exec_driver_sql(IS_MENDED, (each.entity_id,)).all())
            for each in leases
        ]
        return [
            (each.entity_id, is_mended, each.attempt)
            for each, is_mended in zip(leases, mended, strict=True)
        ]

    def perform(self, work: tuple[str, bool, int]) -> str:
        """The unit, posted under its own key: who died after that finds it done."""
        unit, is_mended, attempt = work
        if poison(unit) and not is_mended:
            raise PermanentFailure(f"the outside system will not take {unit}")
        time.sleep(POST_SECONDS)
        with closing(sqlite3.connect(self.outside, timeout=60, isolation_level=None)) as connection:
            connection.execute(POSTED, (unit,))
        if attempt == 1 and int(unit.rpartition("-")[2]) % 17 == 0:
            raise RetryLater("the answer was lost", 0.5)
        return unit

    def finish(self, tx: Any, done: Sequence[tuple[tuple[str, bool, int], str]]) -> None:  # noqa: ANN401 - as above
        """Keep that they are posted."""
        _keep(tx, POST, (unit for _, unit in done))


def stages(outside: str) -> dict[str, Stage[Any, Any, Any]]:
    """The kinds of work."""
    posts, often = Posts(outside), 50
    painting = Stage(
        name=GENERATE,
        batch=100,
        claim=tokens.start_generation,
        perform=_painted,
        finish=tokens.finish_generation,
        on_dead=_dead,
        max_attempts=often,
    )
    counting = Stage(
        name=COUNT, batch=100, claim=_ids, perform=_slowly, finish=_counted, max_attempts=often
    )
    ticking = Stage(
        name=TICK, batch=100, claim=_ids, perform=str, finish=_ticked, max_attempts=often
    )
    posting = Stage(
        name=POST,
        batch=1,
        claim=posts.claim,
        perform=posts.perform,
        finish=posts.finish,
        max_attempts=often,
    )
    every: tuple[Stage[Any, Any, Any], ...] = (painting, counting, ticking, posting)
    return {stage.name: stage for stage in every}


def main(kind: str, url: str, redis: str, outside: str, name: str, lease_seconds: str) -> None:
    """Work until SIGTERM."""
    worker = Worker(store=open_store(url, pool=Pool(size=6)), actor=Actor.system(name))

    def end(*_: object) -> None:
        Thread(target=worker.stop).start()  # this one may be in the middle of `wait`

    signal.signal(signal.SIGTERM, end)
    if kind == "clock":
        run_scheduler(worker, (PERIODIC,))
        return
    every = {
        each: evolve(stage, lease_seconds=int(lease_seconds))
        for each, stage in stages(outside).items()
    }
    with (
        redis_client(redis) as client,
        run_workers(
            worker, every, [WakeupBroker(client, worker)], threads=THREADS, dispatch_seconds=2
        ),
    ):
        worker.stopping.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
