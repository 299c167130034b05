"""A PostgreSQL, a broker, workers and a scheduler, which process three kinds of tasks.

Each can be killed and started again. Afterwards each unit of work must have been completed once.
"""

import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import psycopg
from attrs import define, field
from sqlalchemy import make_url
from tests.conftest import HAS_SHARED_MEMORY, SHARED_MEMORY
from tests.conftest import folder as new_folder
from tests.doses.chaos.servers import KillableRedis, Server
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
from tests.pgbouncer import PgBouncer, pgbouncer

from indelible import tokens
from indelible.kernel import Actor
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_errors import TaskEnded
from indelible.kernel.tasks import Attempt, Task
from indelible.policy import Policy
from indelible.tokens.rules.tasks import TokenPolicy
from indelible_sql import SqlStore, open_store, verify

WORKERS: Final = 3
FLUSH_SHARE: Final = 0.5
KILL_SHARE: Final = 0.7

CREATE_UNITS: Final = "CREATE TABLE public.units (kind text, id text, PRIMARY KEY (kind, id))"
CREATE_POSTED: Final = "CREATE TABLE posted (key TEXT PRIMARY KEY, requests INTEGER DEFAULT 1)"


@define(eq=False)
class Installation:
    """A PostgreSQL, a broker, workers and a scheduler, all of them children of this process."""

    directory: Path
    url: str
    owner_url: str
    broker: KillableRedis
    postgresql: Server
    lease_seconds: int
    pooler: PgBouncer | None = None
    children: dict[str, subprocess.Popen[bytes]] = field(factory=dict[str, subprocess.Popen[bytes]])
    actors: dict[str, str] = field(factory=dict[str, str])
    _started: int = 0

    @property
    def outside(self) -> Path:
        """Return the path of the outside system's file."""
        return self.directory / "outside.db"

    @property
    def url_of_programs(self) -> str:
        """Return the address at which workers and the scheduler find the database."""
        return self.pooler.url(self.url) if self.pooler else self.url

    def start(self, program: str) -> None:
        """Start a worker or the scheduler as a new actor."""
        self._started += 1
        actor = f"{program.replace(' ', '-')}-{self._started}"
        command = (
            *self.command_of(program),
            *(program.partition(" ")[0], self.url_of_programs, self.broker.url),
            *(str(self.outside), actor, str(self.lease_seconds)),
        )
        with (self.directory / f"{program}.log").open("ab") as log:
            child = subprocess.Popen[bytes](command, stdin=DEVNULL, stdout=log, stderr=log)
        self.actors[program] = actor
        self.children[program] = child

    def command_of(self, program: str) -> tuple[str, ...]:  # noqa: ARG002 - for subclasses
        """Return the command that runs a program, without its arguments."""
        return (sys.executable, "-m", "tests.doses.chaos.worker_process")

    def kill(self, victim: str, chance: Random) -> None:
        """Kill a victim and start it again."""
        match victim:
            case "broker":
                self.broker.restart(is_flushed=chance.random() < FLUSH_SHARE)
            case "postgresql":
                self.postgresql.stop(is_killed=chance.random() < KILL_SHARE)
                self.postgresql.start()
            case "pooler":
                assert self.pooler is not None
                self.pooler.restart()
            case "scheduler":
                self._kill_program("scheduler")
            case _:
                self._kill_program(f"worker {chance.randrange(WORKERS)}")

    def _kill_program(self, program: str) -> None:
        child = self.children[program]
        child.send_signal(SIGKILL)
        child.wait()
        self.start(program)

    def stop(self) -> None:
        """Let all programs complete their tasks and end."""
        for child in self.children.values():
            child.send_signal(SIGTERM)
        for child in self.children.values():
            child.wait()


AnyInstallation = TypeVar("AnyInstallation", bound=Installation)


@contextmanager
def run_installation(
    lease_seconds: int,
    build: Callable[..., AnyInstallation],
) -> Generator[AnyInstallation]:
    """Run the servers during the block, with the tables of this module."""
    parent = SHARED_MEMORY if HAS_SHARED_MEMORY else None
    with (
        TemporaryDirectory(prefix="indelible-", dir=parent) as folder,
        TemporaryDirectory(prefix="indelible-", dir=parent) as data,
    ):
        server = Server(Path(data))
        running = server.start()
        store = open_store(running.url)
        store.upgrade(running.owner_url)
        store.dispose()
        with psycopg.connect(running.admin_url, autocommit=True) as admin:
            admin.execute(CREATE_UNITS)
            admin.execute("GRANT SELECT, INSERT ON public.units TO indelible_app")

        broker = KillableRedis(Path(folder))
        broker.start()
        installation = build(
            Path(folder), running.url, running.owner_url, broker, server, lease_seconds
        )
        try:
            with until_stopped(installation, broker):
                yield installation
        finally:
            server.stop(is_killed=False)


@contextmanager
def with_pooler(installation: Installation) -> Generator[None]:
    """Let the programs of the installation reach the database through a PgBouncer."""
    port = make_url(installation.url).port
    assert port is not None
    with new_folder() as directory, pgbouncer(directory, port) as pooler:
        installation.pooler = pooler
        yield


@contextmanager
def until_stopped(installation: Installation, broker: KillableRedis) -> Generator[None]:
    """Create the table outside of the store; stop the programs and the broker at the end."""
    with sqlite3.connect(installation.outside) as outside:
        outside.execute("PRAGMA journal_mode = WAL")
        outside.execute(CREATE_POSTED)
    try:
        yield
    finally:
        installation.stop()
        broker.stop()


# Units of work

OPERATOR: Final = Actor.user("operator")
REASON: Final = "chaos of workers"
WALLET: Final = "0x" + "cd" * 20
START_SECONDS: Final = 10  # until the first unit is due
MINT_BATCH: Final = 200

UnitsByStage = Mapping[str, set[str]]


def enqueue_units(url: str, units: int, seconds: float) -> UnitsByStage:
    """Enqueue units that become due one after the other.

    Two fifths are tokens, two fifths are counted and one fifth is posted.
    """
    many = units * 2 // 5
    few = units - 2 * many
    start = datetime.now(UTC) + timedelta(seconds=START_SECONDS)

    def due_at(number: int, count: int) -> datetime:
        return start + timedelta(seconds=seconds * number / count)

    store = open_store(url, policy=Policy(tokens=TokenPolicy(stages=[GENERATE])))
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


def cancel_units(url: str, units: Iterable[str]) -> set[str]:
    """Cancel counted units that have not ended, and return those that are canceled."""
    store = open_store(url)
    canceled: set[str] = set()
    for unit in units:
        with suppress(TaskEnded):
            command = CancelTask(stage=COUNT, entity_id=unit)
            store.run(cancel_task, command, actor=OPERATOR, reason="not needed")
            canceled.add(unit)
    store.dispose()
    return canceled


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


# Each unit is completed once

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
    """The numbers of a run, and what is wrong."""

    kills: Counter[str] = field(factory=Counter[str])
    units: int = 0
    slots: int = 0
    dead: int = 0
    problems: list[str] = field(factory=list[str])


def complete_and_compare(
    installation: Installation, enqueued: UnitsByStage, report: Report
) -> None:
    """Let the workers complete everything, stop them, and record what was not done once."""
    wait_until_settled(installation.url, report)
    _requeue_dead(installation.url, report)
    wait_until_settled(installation.url, report)
    installation.stop()
    _compare(installation, enqueued, report)


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
