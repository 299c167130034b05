"""Everything as it runs on a server, on one machine with nothing set up: real servers, and a process for each part."""

import logging
import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import ClassVar, Final

from attrs import define, evolve, frozen

from indelible.kernel import Unavailable
from indelible_service.composition import configure_process
from indelible_service.data_directory import directory
from indelible_service.database import check_connections, open_configured_store, upgrade
from indelible_service.embedded import (
    APP,
    PostgresServer,
    RedisMissing,
    RedisServer,
    postgres,
    redis,
)
from indelible_service.embedded.children import Child
from indelible_service.embedded.postgresql import DATABASE
from indelible_service.serving import Started, first_key, listening
from indelible_service.settings import Settings
from indelible_service.supervisor import Supervisor, program
from indelible_service.workers import shutdown_event, worker

WORKERS: Final = 2
PROCESSES: Final = WORKERS + 2  # the web and the scheduler beside them
POSTGRES_SETTINGS: Final = {"max_connections": "900"}
READY_SECONDS: Final = 60
logger = logging.getLogger("indelible.service")


@frozen
class NotReady(Unavailable):
    """The processes were started, and the API does not answer."""

    code: ClassVar[str] = "WEB_NOT_READY"
    message: ClassVar[str] = "The processes were started, but the API at {address} does not answer."
    address: str


@define
class Servers:
    """The servers of an installation; one that comes back is where it was."""

    folder: Path
    postgresql: PostgresServer | None = None
    redis: RedisServer | None = None

    @contextmanager
    def run_postgresql(self) -> Generator[Child]:
        """PostgreSQL, its data in the folder."""
        if os.geteuid() == 0:  # it runs as nobody, who must get through to its own folder
            self.folder.chmod(0o711)
        port = self.postgresql.port if self.postgresql else None
        with postgres(
            self.folder / "postgresql", port=port, settings=POSTGRES_SETTINGS, passwords=True
        ) as found:
            self.postgresql = found
            yield found.child

    @contextmanager
    def run_redis(self) -> Generator[Child]:
        """Redis, its log in the folder."""
        with redis(self.folder / "redis", port=self.redis.port if self.redis else None) as found:
            self.redis = found
            yield found.child

    def describe(self) -> Sequence[str]:
        """Where they are for a person who wants to look, and where the password is."""
        found, kept, said = self.postgresql, self.folder / "postgresql" / "passwords", list[str]()
        if found:
            url = f"postgresql://{APP}@{found.host}:{found.port}/{DATABASE}"
            said.append(f"{url} (for psql; its password is the third line of {kept})")
        if self.redis:
            said.append(
                f"redis://{self.redis.host}:{self.redis.port} (its password is kept in no file)"
            )
        return said


def run_full(settings: Settings, started: Started) -> None:
    """All processes under one supervisor, until SIGINT or SIGTERM; `started` is told when the API answers."""
    ended = shutdown_event()
    configure_process(settings)
    servers = Servers(directory(settings))
    with listening(settings) as listener:
        port = listener.getsockname()[1]
    with Supervisor() as supervisor:
        here, note = _with_servers(evolve(settings, port=port), servers, supervisor)
        upgrade(here)
        with open_configured_store(here, tells_keys=True) as store:
            check_connections(here, store, PROCESSES)
            key = first_key(here, store)
        told = {
            "DATABASE_URL": here.database_url,
            "INDELIBLE_OWNER_URL": "",
            "INDELIBLE_REDIS_URL": here.redis_url,
            "INDELIBLE_PORT": str(port),
        }
        supervisor.keep("web", partial(program, "serve", settings=told))
        for number in range(WORKERS):
            supervisor.keep(f"worker {number + 1}", worker(here, (), number, **told))
        supervisor.keep("scheduler", partial(program, "schedule", settings=told))
        deadline = time.monotonic() + READY_SECONDS
        supervisor.run_until(
            lambda: ended.is_set() or _is_ready(here) or time.monotonic() > deadline
        )
        if ended.is_set():
            return
        if time.monotonic() > deadline:
            raise NotReady(here.address)
        started(here.address, key, note, servers.describe())
        supervisor.run_until(ended.is_set)


def _with_servers(
    settings: Settings, servers: Servers, supervisor: Supervisor
) -> tuple[Settings, str]:
    """The settings with the addresses of servers of our own, where they name no others; what is to be said of them."""
    if not settings.database_url:
        supervisor.keep("postgresql", servers.run_postgresql, is_server=True)
        found = servers.postgresql
        assert found is not None  # noqa: S101 - for the checkers: it was just started
        settings = evolve(settings, database_url=found.url, owner_url=found.owner_url)
    note = "by Redis"
    if not settings.redis_url:
        try:
            supervisor.keep("redis", servers.run_redis, is_server=True)
        except RedisMissing:
            note = "by their own looking: there is no Redis for this Python (INDELIBLE_REDIS_URL names one elsewhere)"
        settings = evolve(settings, redis_url=servers.redis.url if servers.redis else "")
    return settings, note


def _is_ready(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - not listened at
    connection = HTTPConnection(host, settings.port, timeout=5)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/health/ready")
        return connection.getresponse().status < 500  # noqa: PLR2004 - a host that is not trusted is an answer
    connection.close()
    return False
