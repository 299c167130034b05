"""Process three kinds of tasks while workers, the scheduler, PostgreSQL and a broker are killed."""

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from threading import Thread
from typing import Any, Final

import psycopg
from attrs import define, field
from tests.doses.chaos.broker_kills import BROKERS
from tests.doses.chaos.installation import (
    WORKERS,
    Installation,
    LeasesOfKilledWorker,
    run_installation,
    with_pooler,
)
from tests.doses.chaos.worker_process import (
    COUNT,
    GENERATE,
    INSERT_UNIT,
    POST,
    REPAIRED,
    TICK,
    TICK_SECONDS,
    is_poison,
    slot_text,
)
from tests.doses.chaos.worker_units import OPERATOR, UnitsByStage, enqueue_units

from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.tasks import Attempt, Task
from indelible_sql import open_store, verify

REDIS: Final = "redis"
# What is killed, as often as it appears here.
VICTIMS: Final = ("worker",) * 12 + ("scheduler",) * 2 + ("broker",) * 3 + ("postgresql",) * 3
# The same where the broker is what a run is about.
VICTIMS_OF_BROKERS: Final = ("worker",) * 8 + ("scheduler", "postgresql") + ("broker",) * 10
# The same where the workers reach the database through a pooler.
VICTIMS_OF_POOLERS: Final = ("worker",) * 8 + ("broker", "postgresql") + ("pooler",) * 10
STUCK_SECONDS: Final = 120
POLL_SECONDS: Final = 0.5

SELECT_TASKS: Final = """
    SELECT stage, entity_id, fence, due_at
    FROM indelible.tasks
    WHERE entity_id = ANY(%s)
"""
COUNT_DUE: Final = """
    SELECT count(*)
    FROM indelible.tasks
    WHERE due_at IS NOT NULL AND stage IN (%s, %s, %s)
"""
SELECT_SLOTS: Final = "SELECT slot FROM indelible.tasks WHERE stage = %s"
SELECT_UPLOADS: Final = """
    SELECT entity_id
    FROM indelible.history
    WHERE lifecycle = 'token' AND action = 'upload'
"""


@define
class Report:
    """The result of a run."""

    kills: Counter[str] = field(factory=Counter[str])
    units: int = 0
    slots: int = 0
    dead: int = 0
    resume_seconds: list[float] = field(factory=list[float])
    settle_seconds: float = 0.0
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        p95 = 0.0
        if len(self.resume_seconds) > 1:
            p95 = quantiles(self.resume_seconds, n=100)[94]

        kills = ", ".join(f"{victim} {count}" for victim, count in sorted(self.kills.items()))
        return (
            f"{self.units} units and {self.slots} slots completed once,"
            f" {self.dead} dead tasks with a reason requeued; killed: {kills};"
            f" {len(self.resume_seconds)} leases of killed workers resumed, p95 {p95:.1f} s;"
            f" no task left {self.settle_seconds:.1f} s after the last kill;"
            f" problems: {self.problems or 'none'}"
        )


def kill_workers(
    units: int,
    kills: int,
    seconds: float,
    chance: Random,
    lease_seconds: int = 60,
    broker: str = REDIS,
    *,
    has_pooler: bool = False,
) -> Report:
    """Process so many units while so many programs are killed within so many seconds."""
    report = Report(units=units)
    victims = VICTIMS if broker == REDIS else VICTIMS_OF_BROKERS
    if has_pooler:
        victims = VICTIMS_OF_POOLERS
    with ExitStack() as stack:
        running = run_installation(lease_seconds, Installation, BROKERS[broker])
        installation = stack.enter_context(running)
        if has_pooler:
            stack.enter_context(with_pooler(installation))
        enqueued = enqueue_units(installation.url, units, seconds * 0.95)
        for number in range(WORKERS):
            installation.start(f"worker {number}")
        installation.start("scheduler")

        watchers = _kill_repeatedly(
            installation, report, chance.choices(victims, k=kills), seconds, chance
        )
        last_kill = time.monotonic()
        wait_until_settled(installation.url, report)
        report.settle_seconds = time.monotonic() - last_kill
        for program, child in installation.children.items():
            if child.poll() is not None:
                report.problems.append(f"{program} ended by itself")
        for watcher in watchers:
            watcher.join()

        complete_and_compare(installation, enqueued, report)

    return report


def complete_and_compare(
    installation: Installation, enqueued: UnitsByStage, report: Report
) -> None:
    """Let the workers complete everything, stop them, and record what was not done once."""
    wait_until_settled(installation.url, report)
    _requeue_dead(installation.url, report)
    wait_until_settled(installation.url, report)
    installation.stop()
    _compare(installation, enqueued, report)


def _kill_repeatedly(
    installation: Installation,
    report: Report,
    victims: Sequence[str],
    seconds: float,
    chance: Random,
) -> list[Thread]:
    """Kill victims; return the threads that wait until the leases of workers are resumed."""
    watchers: list[Thread] = []
    for victim in victims:
        time.sleep(chance.uniform(0.5, 1.5) * seconds / len(victims))
        report.kills[victim] += 1
        leases = installation.kill(victim, chance)
        if leases and leases.fences:
            watcher = Thread(target=_watch, args=(installation.url, leases, report))
            watcher.start()
            watchers.append(watcher)

    return watchers


def _watch(url: str, leases: LeasesOfKilledWorker, report: Report) -> None:
    """Record when another worker claims or completes each task of a killed worker."""
    left = dict(leases.fences)
    while left and time.monotonic() - leases.killed_at < STUCK_SECONDS * 2:
        time.sleep(POLL_SECONDS)
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            ids = list({entity_id for _, entity_id in left})
            for stage, entity_id, fence, due_at in connection.execute(SELECT_TASKS, (ids,)):
                task = (stage, entity_id)
                if task in left and (fence > left[task] or due_at is None):
                    del left[task]
                    report.resume_seconds.append(time.monotonic() - leases.killed_at)

    for stage, entity_id in left:
        report.problems.append(f"{stage} {entity_id} was not resumed")


def wait_until_settled(url: str, report: Report) -> None:
    """Wait until no task is due, apart from the scheduler's."""
    start = time.monotonic()
    while time.monotonic() - start < STUCK_SECONDS:
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            row = connection.execute(COUNT_DUE, (GENERATE, COUNT, POST)).fetchone()
            if row == (0,):
                return
        time.sleep(POLL_SECONDS)

    report.problems.append(f"tasks were left after {STUCK_SECONDS} s")


def _requeue_dead(url: str, report: Report) -> None:
    """Repair the units that the outside system refuses, and requeue their tasks."""
    store = open_store(url)
    try:
        for task in store.read(_dead_posts):
            attempt = store.read(_last_attempt, task.entity_id)
            has_reason = bool(task.dead_reason) and attempt.reason == task.dead_reason
            if not has_reason or not is_poison(task.entity_id):
                report.problems.append(f"{task.entity_id} is dead without its reason")

            with psycopg.connect(url) as connection:
                connection.execute(INSERT_UNIT, (REPAIRED, task.entity_id))
            command = RequeueTask(stage=POST, entity_id=task.entity_id)
            store.run(requeue_task, command, actor=OPERATOR, reason="repaired")
            report.dead += 1
    finally:
        store.dispose()


def _dead_posts(tx: Any) -> tuple[Task, ...]:  # noqa: ANN401 - any transaction
    dead: tuple[Task, ...] = tx.tasks.dead(POST, after="", limit=100_000)
    return dead


def _last_attempt(tx: Any, unit: str) -> Attempt:  # noqa: ANN401 - any transaction
    attempts: tuple[Attempt, ...] = tx.tasks.attempts_of(POST, unit, limit=1)
    return attempts[0]


def _compare(installation: Installation, enqueued: UnitsByStage, report: Report) -> None:
    """Record a problem for each unit and slot that was not completed exactly once."""
    completed = defaultdict[str, set[str]](set)
    with psycopg.connect(installation.url) as connection:
        for kind, unit in connection.execute("SELECT kind, id FROM public.units"):
            completed[kind].add(unit)
        slots = {slot_text(slot) for (slot,) in connection.execute(SELECT_SLOTS, (TICK,))}
        uploads = Counter(_first_column(connection.execute(SELECT_UPLOADS)))
    with sqlite3.connect(installation.outside) as outside:
        posted = set(_first_column(outside.execute("SELECT key FROM posted")))

    report.slots = len(completed[TICK])
    compare_units(COUNT, enqueued[COUNT], completed[COUNT], report)
    compare_units(POST, enqueued[POST], completed[POST], report)
    compare_units("outside", enqueued[POST], posted, report)
    compare_units(GENERATE, enqueued[GENERATE], set(uploads), report)
    for token_id, count in uploads.items():
        if count > 1:
            report.problems.append(f"token {token_id} was uploaded {count} times")
    _compare_slots(slots - completed[TICK], report)

    store = open_store(installation.url)
    report.problems.extend(str(finding) for finding in verify(store))
    store.dispose()


def _first_column(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    return [row[0] for row in rows]


def compare_units(kind: str, expected: set[str], actual: set[str], report: Report) -> None:
    missing = len(expected - actual)
    unexpected = len(actual - expected)
    if missing or unexpected:
        report.problems.append(f"{kind}: {missing} units are missing, {unexpected} unexpected")


def _compare_slots(open_slots: set[str], report: Report) -> None:
    """Record a problem for slots that are open although they were due some time ago.

    A newer slot replaces one that was not completed in time.
    """
    limit = datetime.now(UTC) - timedelta(seconds=3 * TICK_SECONDS)
    first_allowed = slot_text(limit)
    late = sum(slot < first_allowed for slot in open_slots)
    if late:
        report.problems.append(f"{late} slots were not completed")
