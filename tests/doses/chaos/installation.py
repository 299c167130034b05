"""A PostgreSQL, a broker, workers and a scheduler, each of which is killed and started again."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import psycopg
from attrs import define, field, frozen
from sqlalchemy import make_url
from tests.conftest import HAS_SHARED_MEMORY, SHARED_MEMORY
from tests.conftest import folder as new_folder
from tests.doses.chaos.broker_kills import KillableBroker
from tests.doses.chaos.redis_kills import KillableRedis
from tests.doses.chaos.restarts import Server
from tests.pgbouncer import PgBouncer, pgbouncer

from indelible_sql import open_store

WORKERS: Final = 3
FLUSH_SHARE: Final = 0.5
KILL_SHARE: Final = 0.7

CREATE_UNITS: Final = "CREATE TABLE public.units (kind text, id text, PRIMARY KEY (kind, id))"
CREATE_POSTED: Final = "CREATE TABLE posted (key TEXT PRIMARY KEY, requests INTEGER DEFAULT 1)"
SELECT_LEASED: Final = """
    SELECT stage, entity_id, fence
    FROM indelible.tasks
    WHERE lease_owner = %s AND lease_until > now()
"""

FenceByTask = Mapping[tuple[str, str], int]


@frozen
class LeasesOfKilledWorker:
    """The fences of a killed worker's tasks, and when it was killed."""

    fences: FenceByTask
    killed_at: float


@define(eq=False)
class Installation:
    """A PostgreSQL, a broker, workers and a scheduler, all of them children of this process."""

    directory: Path
    url: str
    owner_url: str
    broker: KillableBroker
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

    def kill(self, victim: str, chance: Random) -> LeasesOfKilledWorker | None:
        """Kill a victim and start it again; return the leases of a worker."""
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
        fences = leased_tasks(self.url, f"system:{self.actors[program]}")
        self.start(program)
        return LeasesOfKilledWorker(fences, time.monotonic())

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
    build_broker: Callable[[Path], KillableBroker] = KillableRedis,
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

        broker = build_broker(Path(folder))
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
def until_stopped(installation: Installation, broker: KillableBroker) -> Generator[None]:
    """Create the table outside of the store; stop the programs and the broker at the end."""
    with sqlite3.connect(installation.outside) as outside:
        outside.execute("PRAGMA journal_mode = WAL")
        outside.execute(CREATE_POSTED)
    try:
        yield
    finally:
        installation.stop()
        broker.stop()


def leased_tasks(url: str, actor: str) -> FenceByTask:
    """Return the fences of the tasks that the actor has leased."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(SELECT_LEASED, (actor,)).fetchall()

    return {(stage, entity_id): fence for stage, entity_id, fence in rows}
