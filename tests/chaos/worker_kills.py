"""Process three kinds of tasks while workers, the scheduler, Redis and PostgreSQL are killed."""

import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from statistics import quantiles
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

import psycopg
from attrs import define, field, frozen
from redis import RedisError
from tests.chaos.restarts import Server
from tests.chaos.worker_process import COUNT, GENERATE, POST, TICK, TICKS, is_poison
from tests.conftest import SHARED_MEMORY

from indelible import tokens
from indelible.kernel import Actor
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.tasks import Attempt, Task
from indelible_service.embedded import redis
from indelible_sql import SqlStore, open_store, verify
from indelible_workers import redis_client

WORKERS: Final = 3
OPERATOR: Final = Actor.user("operator")
REASON: Final = "chaos of workers"
WALLET: Final = "0x" + "cd" * 20
# What is killed, as often as it appears here.
VICTIMS: Final = ("worker",) * 12 + ("scheduler",) * 2 + ("redis",) * 3 + ("postgresql",) * 3
FLUSH_SHARE: Final = 0.5
KILL_SHARE: Final = 0.7
STUCK_SECONDS: Final = 120
POLL_SECONDS: Final = 0.5
START_SECONDS: Final = 10
MINT_BATCH: Final = 200

CREATE_UNITS: Final = "CREATE TABLE public.units (kind text, id text, PRIMARY KEY (kind, id))"
CREATE_POSTED: Final = "CREATE TABLE posted (key TEXT PRIMARY KEY, requests INTEGER DEFAULT 1)"
SELECT_LEASED: Final = """
    SELECT stage, entity_id, fence
    FROM indelible.tasks
    WHERE lease_owner = %s AND lease_until > now()
"""
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
SELECT_UPLOADS: Final = """
    SELECT entity_id
    FROM indelible.history
    WHERE lifecycle = 'token' AND action = 'upload'
"""

UnitsByStage = Mapping[str, set[str]]
FenceByTask = Mapping[tuple[str, str], int]


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


@frozen
class LeasesOfKilledWorker:
    """The fences of a killed worker's tasks, and when it was killed."""

    fences: FenceByTask
    killed_at: float


@define(eq=False)
class Installation:
    """A PostgreSQL, a Redis, workers and a scheduler, all of them children of this process."""

    directory: Path
    url: str
    redis_url: str
    postgresql: Server
    lease_seconds: int
    _redis: ExitStack
    children: dict[str, subprocess.Popen[bytes]] = field(factory=dict[str, subprocess.Popen[bytes]])
    actors: dict[str, str] = field(factory=dict[str, str])
    _started: int = 0

    @property
    def outside(self) -> Path:
        """Return the path of the outside system's file."""
        return self.directory / "outside.db"

    def start(self, program: str) -> None:
        """Start a worker or the scheduler as a new actor."""
        self._started += 1
        actor = f"{program.replace(' ', '-')}-{self._started}"
        kind = program.partition(" ")[0]
        arguments = (kind, self.url, self.redis_url, str(self.outside), actor)
        command = (
            sys.executable,
            "-m",
            "tests.chaos.worker_process",
            *arguments,
            str(self.lease_seconds),
        )
        with (self.directory / f"{program}.log").open("ab") as log:
            child = subprocess.Popen[bytes](command, stdin=DEVNULL, stdout=log, stderr=log)
        self.actors[program] = actor
        self.children[program] = child

    def kill(self, victim: str, chance: Random) -> LeasesOfKilledWorker | None:
        """Kill a victim and start it again; return the leases of a worker."""
        match victim:
            case "redis":
                self._kill_redis(is_flushed=chance.random() < FLUSH_SHARE)
            case "postgresql":
                self.postgresql.stop(is_killed=chance.random() < KILL_SHARE)
                self.postgresql.start()
            case "scheduler":
                self._kill_program("scheduler")
            case _:
                return self._kill_worker(f"worker {chance.randrange(WORKERS)}")

        return None

    def _kill_program(self, program: str) -> None:
        child = self.children[program]
        child.send_signal(SIGKILL)
        child.wait()
        self.start(program)

    def _kill_worker(self, program: str) -> LeasesOfKilledWorker:
        child = self.children[program]
        child.send_signal(SIGKILL)
        child.wait()
        fences = _leased_tasks(self.url, f"system:{self.actors[program]}")
        self.start(program)
        return LeasesOfKilledWorker(fences, time.monotonic())

    def _kill_redis(self, *, is_flushed: bool) -> None:
        with suppress(RedisError), redis_client(self.redis_url) as client:
            if is_flushed:
                client.execute_command("FLUSHALL")  # pyright: ignore[reportUnknownMemberType] - untyped

        port = int(self.redis_url.rpartition(":")[2].partition("/")[0])
        folder = self.directory / f"redis-{time.monotonic_ns()}"
        self._redis.close()
        self._redis.enter_context(redis(folder, port=port))

    def stop(self) -> None:
        """Let all programs complete their tasks and end."""
        for child in self.children.values():
            child.send_signal(SIGTERM)
        for child in self.children.values():
            child.wait()


@contextmanager
def run_installation(lease_seconds: int) -> Generator[Installation]:
    """Run the servers during the block, with the tables of this module."""
    parent = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with (
        TemporaryDirectory(prefix="indelible-", dir=parent) as folder,
        TemporaryDirectory(prefix="indelible-", dir=parent) as data,
        ExitStack() as redis_stack,
    ):
        server = Server(Path(data))
        running = server.start()
        store = open_store(running.url)
        store.upgrade(running.owner_url)
        store.dispose()
        with psycopg.connect(running.admin_url, autocommit=True) as admin:
            admin.execute(CREATE_UNITS)
            admin.execute("GRANT SELECT, INSERT ON public.units TO indelible_app")

        redis_server = redis_stack.enter_context(redis(Path(folder) / "redis"))
        installation = Installation(
            Path(folder), running.url, redis_server.url, server, lease_seconds, redis_stack
        )
        with sqlite3.connect(installation.outside) as outside:
            outside.execute("PRAGMA journal_mode = WAL")
            outside.execute(CREATE_POSTED)
        try:
            yield installation
        finally:
            installation.stop()
            redis_stack.close()
            server.stop(is_killed=False)


def kill_workers(
    units: int, kills: int, seconds: float, chance: Random, lease_seconds: int = 60
) -> Report:
    """Process so many units while so many programs are killed within so many seconds."""
    report = Report(units=units)
    with run_installation(lease_seconds) as installation:
        enqueued = _enqueue_units(installation.url, units, seconds * 0.95)
        for number in range(WORKERS):
            installation.start(f"worker {number}")
        installation.start("scheduler")

        watchers = _kill_repeatedly(installation, report, kills, seconds, chance)
        last_kill = time.monotonic()
        _wait_until_settled(installation.url, report)
        report.settle_seconds = time.monotonic() - last_kill
        for program, child in installation.children.items():
            if child.poll() is not None:
                report.problems.append(f"{program} ended by itself")
        for watcher in watchers:
            watcher.join()

        _requeue_dead(installation.url, report)
        _wait_until_settled(installation.url, report)
        installation.stop()
        _compare(installation, enqueued, report)

    return report


def _kill_repeatedly(
    installation: Installation, report: Report, kills: int, seconds: float, chance: Random
) -> list[Thread]:
    """Kill victims; return the threads that wait until the leases of workers are resumed."""
    watchers: list[Thread] = []
    for _ in range(kills):
        time.sleep(chance.uniform(0.5, 1.5) * seconds / kills)
        victim = chance.choice(VICTIMS)
        report.kills[victim] += 1
        leases = installation.kill(victim, chance)
        if leases and leases.fences:
            watcher = Thread(target=_watch, args=(installation.url, leases, report))
            watcher.start()
            watchers.append(watcher)

    return watchers


def _enqueue_units(url: str, units: int, seconds: float) -> UnitsByStage:
    """Enqueue units that become due one after the other.

    Two fifths are tokens, two fifths are counted and one fifth is posted.
    """
    many = units * 2 // 5
    few = units - 2 * many
    start = datetime.now(UTC) + timedelta(seconds=START_SECONDS)

    def due_at(number: int, count: int) -> datetime:
        return start + timedelta(seconds=seconds * number / count)

    store = open_store(url)
    try:
        mint_instants = {number: due_at(number, many) for number in range(1, many + 1)}
        enqueued = {GENERATE: _mint_tokens(store, mint_instants)}
        for stage, count in ((COUNT, many), (POST, few)):
            due_by_unit = {f"{stage}-{number}": due_at(number, count) for number in range(count)}
            store.run(_enqueue, (stage, due_by_unit), actor=OPERATOR, reason=REASON)
            enqueued[stage] = set(due_by_unit)
    finally:
        store.dispose()

    return enqueued


def _enqueue(tx: Any, tasks: tuple[str, Mapping[str, datetime]]) -> None:  # noqa: ANN401 - any transaction
    tx.tasks.enqueue(*tasks)


def _mint_tokens(store: SqlStore, mint_instants: Mapping[int, datetime]) -> set[str]:
    """Create tokens in batches and return their ids."""
    author_id = store.run(_create_author, None, actor=OPERATOR, reason=REASON)
    numbers = list(mint_instants)
    ids: set[str] = set()
    for first in range(0, len(numbers), MINT_BATCH):
        instants = {number: mint_instants[number] for number in numbers[first : first + MINT_BATCH]}
        command = (author_id, instants)
        ids.update(store.run(_create_tokens, command, actor=OPERATOR, reason=REASON))

    return ids


def _create_author(tx: Any, _: None) -> str:  # noqa: ANN401 - any transaction
    author = tokens.Author.create(
        "create", now=tx.clock.now(), id=tx.ids.new(), wallet_address=WALLET
    )
    return tokens.Repositories.over(tx).authors.add(author).id


def _create_tokens(tx: Any, command: tuple[str, Mapping[int, datetime]]) -> list[str]:  # noqa: ANN401 - any transaction
    author_id, mint_instants = command
    now = tx.clock.now()
    repository = tokens.Repositories.over(tx).tokens
    ids: list[str] = []
    for number, instant in mint_instants.items():
        token = tokens.Token.create(
            "detect",
            now=now,
            id=tx.ids.new(),
            token_id=number,
            mint_timestamp=instant,
            author_id=author_id,
        )
        ids.append(repository.add(token).id)

    return ids


def _leased_tasks(url: str, actor: str) -> FenceByTask:
    with psycopg.connect(url) as connection:
        rows = connection.execute(SELECT_LEASED, (actor,)).fetchall()
    return {(stage, entity_id): fence for stage, entity_id, fence in rows}


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


def _wait_until_settled(url: str, report: Report) -> None:
    """Wait until no task is due, apart from the scheduler's."""
    start = time.monotonic()
    while time.monotonic() - start < STUCK_SECONDS:
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            if connection.execute(COUNT_DUE, (GENERATE, COUNT, POST)).fetchone() == (0,):
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
                connection.execute(
                    "INSERT INTO public.units VALUES ('repaired', %s)", (task.entity_id,)
                )
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
    with psycopg.connect(installation.url) as connection:
        units = connection.execute("SELECT kind, id FROM public.units").fetchall()
        slot_rows = connection.execute(
            "SELECT entity_id FROM indelible.tasks WHERE stage = %s", (TICK,)
        ).fetchall()
        uploads = Counter(entity_id for (entity_id,) in connection.execute(SELECT_UPLOADS))
    with sqlite3.connect(installation.outside) as outside:
        posted = {key for (key,) in outside.execute("SELECT key FROM posted")}

    completed: dict[str, set[str]] = {COUNT: set(), POST: set(), TICK: set(), "repaired": set()}
    for kind, unit in units:
        completed[kind].add(unit)
    report.slots = len(completed[TICK])

    pairs = {
        COUNT: (enqueued[COUNT], completed[COUNT]),
        POST: (enqueued[POST], completed[POST]),
        "outside": (enqueued[POST], posted),
        GENERATE: (enqueued[GENERATE], set(uploads)),
    }
    for kind, (expected, actual) in pairs.items():
        if expected != actual:
            report.problems.append(f"{kind}: {len(expected ^ actual)} differ")
    for token_id, count in uploads.items():
        if count > 1:
            report.problems.append(f"token {token_id} was uploaded {count} times")

    slots = {entity_id for (entity_id,) in slot_rows}
    _compare_slots(slots - completed[TICK], report)
    store = open_store(installation.url)
    report.problems.extend(str(finding) for finding in verify(store))
    store.dispose()


def _compare_slots(open_slots: set[str], report: Report) -> None:
    """Record a problem for slots that are open although they were due some time ago."""
    limit = datetime.now(UTC) - timedelta(seconds=3 * TICKS.every_seconds)
    first_allowed = f"{TICKS.name}@{limit:%Y-%m-%dT%H:%M:%SZ}"
    late = [slot for slot in open_slots if slot < first_allowed]
    if late:
        report.problems.append(f"{len(late)} slots were not completed")
