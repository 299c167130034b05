"""Standbys of a primary: one that reads an archive, and one that streams from its primary."""

import os
import pwd
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, Signals
from typing import Final, Protocol

import psycopg
from attrs import frozen
from psutil import Process
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url
from tests.conftest import POLICY, copy_cluster, folder
from tests.databases import give_to_server

from indelible_service.embedded import postgres
from indelible_service.embedded.children import Child, ServerProgram, running_server, start_child
from indelible_service.embedded.postgresql import SETTINGS, WORKING_DIRECTORY, programs_directory
from indelible_sql import open_store

ARCHIVE: Final = "archive"  # in the data of the standby, which its account may read
ACCEPTS_QUERIES: Final = "database system is ready to accept read-only connections"
STOP_SIGNALS: Final = ((SIGINT, 30.0),)


@contextmanager
def archived_standby(directory: Path) -> Generator[str]:
    """Run the copy of a primary as its standby; yield the URL of the administrator."""
    data = directory / "data"
    (data / "standby.signal").touch()
    (data / ARCHIVE).mkdir()
    (data / ARCHIVE).chmod(0o755)
    settings = {"restore_command": f"cp {ARCHIVE}/%f %p"}
    with running_standby(directory, settings) as (port, _):
        yield f"postgresql://postgres@127.0.0.1:{port}/indelible"


class LogSource(Protocol):
    """A server whose log a standby receives: a primary, or another standby."""

    @property
    def url(self) -> str: ...
    @property
    def admin_url(self) -> str: ...


@frozen(kw_only=True)
class StreamingStandby:
    """A standby that receives the log of a server; `url` is the application's address."""

    source: LogSource
    url: str
    admin_url: str
    child: Child

    def pause_replay(self) -> None:
        """Let the standby replay nothing more; it goes on to receive."""
        self._execute("SELECT pg_wal_replay_pause()")
        self.wait_until("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    def resume_replay(self) -> None:
        """Let the standby replay what it has received."""
        self._execute("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Wait until the standby has replayed what its primary has written."""
        self.wait_until_replayed(self.source)

    def wait_until_replayed(self, primary: LogSource) -> None:
        """Wait until the standby has replayed what a primary has written, also of its source."""
        with psycopg.connect(primary.admin_url, autocommit=True) as admin:
            row = admin.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
        assert row is not None
        self.wait_until(f"SELECT pg_last_wal_replay_lsn() >= '{row[0]}'")

    @property
    def port(self) -> int:
        """Return the port of the standby."""
        return make_url(self.url).port or 0

    def signal(self, number: Signals) -> None:
        """Send a signal to every process of the standby."""
        signal_server(self.child, number)

    def promote(self) -> None:
        """Make the standby a primary."""
        self._execute("SELECT pg_promote()")

    def wait_until(self, statement: str) -> None:
        """Wait until a statement returns true."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            while admin.execute(statement.encode()).fetchone() != (True,):
                admin.execute("SELECT pg_sleep(0.01)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(statement.encode())


def signal_server(child: Child, number: Signals) -> None:
    """Send a signal to every process of a server."""
    parent = Process(child.pid)
    for process in (*parent.children(), parent):
        process.send_signal(number)


@contextmanager
def streaming_standby(
    source: LogSource, settings: Mapping[str, str] | None = None
) -> Generator[StreamingStandby]:
    """Run a standby of a server, made by `pg_basebackup`."""
    with folder() as directory:
        data = directory / "data"
        _copy_by_backup(source, data)
        give_to_server(data)
        with running_standby(directory, settings or {}) as (port, child):
            yield StreamingStandby(
                source=source,
                url=_at_port(source.url, port),
                admin_url=_at_port(source.admin_url, port),
                child=child,
            )


@contextmanager
def primary_with_standby(
    cluster: Path, settings: Mapping[str, str] | None = None
) -> Generator[StreamingStandby]:
    """Run a primary that has our tables, and its standby."""
    with folder() as directory:
        copy_cluster(cluster, directory)
        with postgres(directory, durable=False) as primary:
            store = open_store(primary.url, policy=POLICY)
            store.upgrade(primary.owner_url)
            store.dispose()
            with streaming_standby(primary, settings) as standby:
                yield standby


def _copy_by_backup(source: LogSource, data: Path) -> None:
    with psycopg.connect(source.admin_url) as admin:
        version = admin.info.server_version // 10_000
    program = programs_directory(_account(), version) / "pg_basebackup"
    url = make_url(source.admin_url)
    address = make_conninfo(host=url.host, port=url.port, user=url.username)
    command = (str(program), "-d", address, "-D", str(data), "-R", "-c", "fast", "--no-sync")
    subprocess.run(command, check=True, timeout=60)


@contextmanager
def running_standby(directory: Path, settings: Mapping[str, str]) -> Generator[tuple[int, Child]]:
    """Run the standby of a folder; yield its port."""
    account = _account()
    data = directory / "data"
    programs = programs_directory(account, int((data / "PG_VERSION").read_text()))
    log = directory / "standby.log"
    options = [f"--{name}={value}" for name, value in {**SETTINGS, **settings}.items()]

    def start(port: int) -> Child:
        data_name = WORKING_DIRECTORY if account else "."
        command = (str(programs / "postgres"), "-D", data_name, f"--port={port}", *options)
        return start_child(command, log, account, cwd=str(data))

    program = ServerProgram(
        start=start,
        is_ready=lambda _: ACCEPTS_QUERIES in log.read_text(),
        log=log,
        stop_signals=STOP_SIGNALS,
        account=account,
    )
    with running_server(program, None) as (port, child):
        yield port, child


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _at_port(url: str, port: int) -> str:
    return make_url(url).set(port=port).render_as_string(hide_password=False)
