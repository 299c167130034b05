"""The programs of the mail dose: a mail server, workers and a scheduler of a host, and servers."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from subprocess import DEVNULL, PIPE
from tempfile import TemporaryDirectory
from typing import Final

import psutil
import psycopg
from attrs import define, field, frozen
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateTable
from tests.conftest import HAS_SHARED_MEMORY, SHARED_MEMORY
from tests.doses.chaos import mailroom
from tests.doses.chaos.mail_oracle import Kill
from tests.doses.chaos.redis_kills import KillableRedis
from tests.doses.chaos.restarts import Server
from tests.service.conftest import foreign_variables

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store

MODULE: Final = "mailroom"
HOLD_SECONDS: Final = 0.08  # until the mail server answers
KILL_SHARE: Final = 0.7
FLUSH_SHARE: Final = 0.5
START_SECONDS: Final = 300.0  # of a worker, on a machine that is busy
STOP_SECONDS: Final = 300.0
POLL_SECONDS: Final = 0.1
WORKER_WORDS: Final = {"work", "--alone"}
CHILD_WORD: Final = "spawn_main"  # in the command line of a child process of a worker
Child = subprocess.Popen[bytes]
GRANT: Final = b"GRANT SELECT, INSERT ON mailroom_sent TO indelible_app"


@frozen(kw_only=True)
class Servers:
    """The database, with the servers that can be killed."""

    url: str
    postgresql: Server | None = None
    redis: KillableRedis | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return what can be killed of the servers."""
        kinds: list[str] = []
        if self.postgresql is not None:
            kinds.append("postgresql")
        if self.redis is not None:
            kinds.append("redis")
        return tuple(kinds)

    def restart(self, kind: str, chance: Random) -> None:
        """Kill a server, or stop it in order, and start it again."""
        if kind == "postgresql":
            assert self.postgresql is not None
            self.postgresql.stop(is_killed=chance.random() < KILL_SHARE)
            self.postgresql.start()
        else:
            assert self.redis is not None
            self.redis.restart(is_flushed=chance.random() < FLUSH_SHARE)


def create_host_table(database: PostgresServer) -> None:
    """Create the mailroom's own table on PostgreSQL, as the owner, for the application's role."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(str(CreateTable(mailroom.SENT)).encode())
        admin.execute(GRANT)


def create_host_table_on_sqlite(url: str) -> None:
    """Create the mailroom's own table in a SQLite file."""
    engine = create_engine(url)
    mailroom.METADATA.create_all(engine)
    engine.dispose()


@contextmanager
def killable_servers(*, is_sqlite: bool) -> Generator[Servers]:
    """Run a Redis, and a PostgreSQL unless the database is a SQLite file, during the block."""
    parent = SHARED_MEMORY if HAS_SHARED_MEMORY else None
    with (
        TemporaryDirectory(prefix="indelible-", dir=parent) as folder,
        TemporaryDirectory(prefix="indelible-", dir=parent) as data,
    ):
        redis = KillableRedis(Path(folder))
        redis.start()
        server: Server | None = None
        if is_sqlite:
            url = f"sqlite:///{folder}/mailroom.db"
            _upgrade(url)
            create_host_table_on_sqlite(url)
        else:
            server = Server(Path(data))
            running = server.start()
            url = running.url
            _upgrade(url, running.owner_url)
            create_host_table(running)

        try:
            yield Servers(url=url, postgresql=server, redis=redis)
        finally:
            redis.stop()
            if server is not None:
                server.stop(is_killed=False)


def _upgrade(url: str, owner_url: str | None = None) -> None:
    store = open_store(url)
    store.upgrade(owner_url)
    store.dispose()


@define(eq=False)
class Programs:
    """The programs of a host, all of them children of this process."""

    directory: Path
    servers: Servers
    settings: Mapping[str, str]  # environment variables
    processes: int
    kills: list[Kill] = field(factory=list[Kill])
    _children: dict[str, subprocess.Popen[bytes]] = field(
        factory=dict[str, subprocess.Popen[bytes]]
    )

    @property
    def journal(self) -> Path:
        """Return the path of the mail server's journal."""
        return self.directory / "journal"

    def start_mail_server(self) -> int:
        """Start the mail server and return its port."""
        self.journal.touch()
        words = ("tests.doses.chaos.mail_server", str(self.journal), str(HOLD_SECONDS))
        child = subprocess.Popen((sys.executable, "-m", *words), stdin=DEVNULL, stdout=PIPE)
        self._children["mail server"] = child
        assert child.stdout is not None
        return int(child.stdout.readline())

    def start(self, program: str) -> None:
        """Start the workers under their supervisor, or the scheduler, as a host does."""
        words = [program, "--module", MODULE]
        if program == "work":
            words += ["--processes", str(self.processes)]
        with (self.directory / f"{program}.log").open("ab") as log:
            self._children[program] = subprocess.Popen(
                (sys.executable, "-m", "indelible_service", *words),
                cwd=self.directory,
                env={**foreign_variables(), **self.settings},
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, kind: str, chance: Random) -> None:
        """Kill a program or a server, see that it runs again, and note when."""
        at = time.time()
        process = 0
        if kind in self.servers.kinds:
            self.servers.restart(kind, chance)
        elif kind == "scheduler":
            self._children["schedule"].kill()
            self._children["schedule"].wait()
            self.start("schedule")
        else:
            kind, process = self._kill_worker(kind, chance)
        self.kills.append(Kill(kind=kind, at=at, until=time.time(), process=process))

    def _kill_worker(self, kind: str, chance: Random) -> tuple[str, int]:
        """Kill a child process of a worker if there is one, or else a worker."""
        while True:
            workers = self._wait_for_workers()
            victims: list[psutil.Process] = []
            for worker in workers:
                victims.extend(child_processes(worker))
            if kind == "worker" or not victims:
                kind = "worker"
                victims = workers

            victim = chance.choice(sorted(victims, key=lambda process: process.pid))
            with suppress(psutil.NoSuchProcess):  # it may have ended meanwhile
                victim.kill()
                return kind, victim.pid

    def _wait_for_workers(self) -> list[psutil.Process]:
        """Return the worker processes; the supervisor starts a killed one after a pause."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            supervisor = psutil.Process(self._children["work"].pid)
            workers = [child for child in supervisor.children() if is_worker(child)]
            if workers:
                return workers
            time.sleep(POLL_SECONDS)

        raise AssertionError("no worker runs")

    def ended(self) -> list[str]:
        """Return the programs that have ended by themselves."""
        return [name for name, child in self._children.items() if child.poll() is not None]

    def stop(self) -> list[str]:
        """End all programs, and return those that did not end in order."""
        problems: list[str] = []
        for name in ("schedule", "work"):
            child = self._children.get(name)
            if child is None:
                continue
            child.send_signal(SIGTERM)
            try:
                code = child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                code = None
            if code != 0:
                problems.append(f"{name} ended with exit code {code}")
        self.end()
        return problems

    def end(self) -> None:
        """Kill what still runs."""
        for name, child in self._children.items():
            if child.poll() is None and name == "mail server":
                child.kill()
            elif child.poll() is None:
                os.killpg(child.pid, SIGKILL)
            child.wait()
            if child.stdout is not None:
                child.stdout.close()
        self._children.clear()


def is_worker(process: psutil.Process) -> bool:
    """Return True for a worker process below its supervisor."""
    try:
        return set(process.cmdline()) >= WORKER_WORDS
    except psutil.Error:  # it has just ended
        return False


def child_processes(worker: psutil.Process) -> list[psutil.Process]:
    """Return the child processes in which a worker performs tasks."""
    try:
        children = worker.children()
        return [child for child in children if CHILD_WORD in " ".join(child.cmdline())]
    except psutil.Error:
        return []


@contextmanager
def run_programs(
    servers: Servers, *, processes: int, settings: Mapping[str, str]
) -> Generator[Programs]:
    """Run the mail server in a new directory with the host's module, for other programs."""
    parent = SHARED_MEMORY if HAS_SHARED_MEMORY else None
    with TemporaryDirectory(prefix="mailroom-", dir=parent) as folder:
        directory = Path(folder)
        shutil.copy(mailroom.__file__, directory / f"{MODULE}.py")
        all_settings = {"DATABASE_URL": servers.url, **settings}
        if servers.redis is not None:
            all_settings["INDELIBLE_REDIS_URL"] = servers.redis.url
        programs = Programs(directory, servers, all_settings, processes)
        try:
            port = programs.start_mail_server()
            all_settings["MAILROOM_SMTP_PORT"] = str(port)
            yield programs
        finally:
            programs.end()
