"""Run everything as on a server: PostgreSQL, Redis, and a process for each part."""

import logging
import time
import zlib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import ClassVar, Final

from attrs import define, evolve, frozen

from indelible.kernel import OutcomeUnknown, StoreUnreachable, Unavailable
from indelible_service.database import (
    SCHEDULER_THREADS,
    check_connections,
    key_file,
    needed_connections,
    open_configured_store,
    public_url,
    upgrade,
    web_threads,
    worker_process_threads,
)
from indelible_service.embedded import (
    APP,
    PostgresServer,
    RedisMissing,
    RedisServer,
    postgres,
    redis,
)
from indelible_service.embedded.children import Child, StartStopped, failure_from, never
from indelible_service.embedded.postgresql import DATABASE
from indelible_service.files.access import DiskFull
from indelible_service.hosts.scopes import served_contexts
from indelible_service.instance.listening import instance_listener
from indelible_service.instance.record import (
    POSTGRESQL,
    REDIS,
    Claim,
    claimed_directory,
    instance_record,
)
from indelible_service.instance.startup import FIRST_KEY, OnStarted, Started, create_first_key
from indelible_service.monitoring.metrics import (
    TARGETS_NAME,
    MetricsServer,
    choose_metrics_ports,
    local_host,
    targets_file,
)
from indelible_service.processes.building import (
    build_stages,
    check_stages,
    configure_process,
    prepare_log,
)
from indelible_service.processes.supervisor import Supervisor, log_words, run_command
from indelible_service.processes.workers import (
    ALL_STAGES,
    metrics_settings,
    shutdown_event,
    worker_command,
    worker_name,
)
from indelible_service.settings.service import Settings

WEB: Final = "web"
SCHEDULER: Final = "scheduler"
WORKERS: Final = 2
SPARE_CONNECTIONS: Final = (
    50  # of commands beside the processes, and those that PostgreSQL reserves
)
# Below the ports of outgoing connections, one of which could take the port between two starts.
STABLE_PORTS: Final = range(20_000, 32_768)
READY_SECONDS: Final = 60  # where a process has ended, and was started again
# Where all processes run. On a busy machine their start takes longer than on a quiet one.
MAX_READY_SECONDS: Final = 600
SERVER_ERROR: Final = 500
WITH_REDIS: Final = "woken up by Redis"
WITHOUT_REDIS: Final = (
    "poll the database, because no Redis is available for this Python"
    " (INDELIBLE_REDIS_URL may name one)"
)
logger = logging.getLogger("indelible.service")


@frozen
class NotReady(Unavailable):
    """The processes were started, but the API does not answer."""

    code: ClassVar[str] = "WEB_NOT_READY"
    message: ClassVar[str] = "The processes were started, but the API at {address} does not answer."
    address: str


@define
class Servers:
    """The PostgreSQL and the Redis of an installation; a restarted one gets its port again."""

    claim: Claim
    max_connections: int
    is_stopped: Callable[[], bool] = never
    postgresql: PostgresServer | None = None
    redis: RedisServer | None = None

    @property
    def folder(self) -> Path:
        """Return the folder in which each server has one of its own."""
        return self.claim.directory

    @contextmanager
    def run_postgresql(self) -> Generator[Child]:
        """Run PostgreSQL with its data in the folder until the block ends."""
        # A restarted server must have the port that the other processes know.
        fixed_port = self.postgresql.port if self.postgresql else None
        server = postgres(
            self.folder / POSTGRESQL,
            port=fixed_port,
            preferred_port=self.claim.port(POSTGRESQL) or _first_port(self.folder),
            settings={"max_connections": str(self.max_connections)},
            passwords=True,
            is_stopped=self.is_stopped,
        )
        with server as running:
            self._save_port(running.port)
            self.postgresql = running
            yield running.child

    def _save_port(self, port: int) -> None:
        last_port = self.claim.port(POSTGRESQL)
        if last_port not in (None, port):
            logger.warning("port %s is in use; PostgreSQL gets port %s", last_port, port)
        self.claim.save_port(POSTGRESQL, port)

    @contextmanager
    def run_redis(self) -> Generator[Child]:
        """Run Redis with its log in the folder until the block ends."""
        port = self.redis.port if self.redis else None
        with redis(self.folder / REDIS, port=port, is_stopped=self.is_stopped) as running:
            self.redis = running
            yield running.child

    @contextmanager
    def report_full_disk(self) -> Generator[None]:
        """Raise DiskFull where PostgreSQL ended because it could not write its log of changes."""
        try:
            yield
        except (StoreUnreachable, OutcomeUnknown) as error:
            if self.postgresql is None:
                raise

            failure = failure_from(self.folder / POSTGRESQL / "server.log")
            if isinstance(failure, DiskFull):
                raise failure from error
            raise

    def describe(self) -> Mapping[str, str]:
        """Return the address of each server and where its password is, by the server's name."""
        servers: dict[str, str] = {}
        if self.postgresql:
            server = self.postgresql
            url = f"postgresql://{APP}@{server.host}:{server.port}/{DATABASE}"
            passwords = self.folder / POSTGRESQL / "passwords"
            servers[POSTGRESQL] = f"{url} (the password is the third line of {passwords})"
        if self.redis:
            url = f"redis://{self.redis.host}:{self.redis.port}"
            servers[REDIS] = f"{url} (the password is in {instance_record(self.folder).path})"

        return servers


def _first_port(folder: Path) -> int:
    """Return a port for a new server, which differs from folder to folder."""
    return STABLE_PORTS[zlib.crc32(bytes(folder)) % len(STABLE_PORTS)]


def run_full(settings: Settings, on_started: OnStarted) -> None:
    """Run all processes under one supervisor until SIGINT or SIGTERM."""
    shutdown = shutdown_event()
    configure_process(settings)
    with suppress(StartStopped):
        _run_until(shutdown.is_set, settings, on_started)


def _run_until(is_stopped: Callable[[], bool], settings: Settings, on_started: OnStarted) -> None:
    """Run all processes until the condition holds. Raises: StartStopped."""
    with (
        claimed_directory(settings) as claim,
        instance_listener(settings, claim) as listener,
        Supervisor() as supervisor,
    ):
        prepare_log(settings)
        listening = evolve(settings, port=listener.getsockname()[1])
        listener.close()  # a child listens
        claim.publish_address(listening)
        threads = process_threads(settings)
        needed = needed_connections(settings, threads)
        servers = Servers(claim, needed + SPARE_CONNECTIONS, is_stopped)
        bound, workers = _start_servers(listening, servers, supervisor)
        claim.publish(bound)
        first_key = _prepare_database(bound, servers, threads)
        metrics = _start_programs(bound, claim, supervisor)
        wait_until_ready(bound, supervisor, is_stopped)
        if is_stopped():
            return

        started = Started(
            address=bound.address,
            database=public_url(bound),
            first_key=first_key,
            key_file=key_file(bound, FIRST_KEY),
            contexts=served_contexts(bound),
            workers=workers,
            servers=servers.describe(),
            data_dir=settings.data_dir,
            logs=settings.log_folder,
            metrics={process: server.url for process, server in metrics.items()},
            metrics_targets=settings.data_dir / TARGETS_NAME,
        )
        with targets_file(claim.directory / TARGETS_NAME, metrics):
            on_started(started)
            supervisor.run_until(is_stopped)


def _prepare_database(settings: Settings, servers: Servers, threads: Sequence[int]) -> str | None:
    """Upgrade the database and check what runs on it; return the first key of a new one."""
    with servers.report_full_disk():
        upgrade(settings)
        with open_configured_store(settings, needs_key_secret=True) as store:
            check_connections(settings, store, threads)
            # Once, here: a child whose stage fails later pauses it, and alerts.
            check_stages(settings, store, build_stages(settings, store))
            return create_first_key(settings, store)


def _start_servers(
    settings: Settings, servers: Servers, supervisor: Supervisor
) -> tuple[Settings, str]:
    """Start the servers for which the settings name no address.

    Returns the settings with the addresses, and how workers learn of ready tasks.
    """
    if not settings.database_url:
        supervisor.add(POSTGRESQL, servers.run_postgresql, is_server=True)
        running = servers.postgresql
        assert running is not None  # noqa: S101 - for the type checkers: it was just started
        settings = evolve(
            settings, database_url=running.url, owner_url=running.owner_url, is_embedded=True
        )

    if settings.redis_url:
        return settings, WITH_REDIS

    try:
        supervisor.add(REDIS, servers.run_redis, is_server=True)
    except RedisMissing:
        return settings, WITHOUT_REDIS

    redis_url = servers.redis.url if servers.redis else ""
    return evolve(settings, redis_url=redis_url, is_redis_embedded=True), WITH_REDIS


def process_threads(settings: Settings) -> Sequence[int]:
    """Return how many threads of each process may use the database."""
    workers = [worker_process_threads(settings)] * WORKERS
    return [web_threads(settings), *workers, SCHEDULER_THREADS]


def _start_programs(
    settings: Settings, claim: Claim, supervisor: Supervisor
) -> dict[str, MetricsServer]:
    """Start the processes that are ours; return where each of them serves its metrics."""
    servers = {WEB: MetricsServer(settings.host, settings.port)}
    web_options = ("--embedded-redis",) if settings.is_redis_embedded else ()
    _start_program(settings, supervisor, WEB, "serve", *web_options)

    others = choose_metrics_ports(settings, claim, WORKERS + 1, _metrics_ports(claim.directory))
    for number in range(WORKERS):
        name = worker_name(number)
        supervisor.add(name, worker_command(others, ALL_STAGES, number))
        servers[name] = MetricsServer(others.host, others.metrics_port + number)

    last = metrics_settings(others, WORKERS)
    _start_program(last, supervisor, SCHEDULER, "schedule")
    servers[SCHEDULER] = MetricsServer(last.host, last.metrics_port)
    return servers


def _start_program(settings: Settings, supervisor: Supervisor, name: str, *command: str) -> None:
    words = (*command, *log_words(settings, name))
    variables = settings.variables_of_child()
    supervisor.add(name, partial(run_command, *words, settings=variables))


def _metrics_ports(folder: Path) -> Sequence[int]:
    """Return the ports to try for metrics, beginning beside the one of PostgreSQL."""
    first = _first_port(folder) + 1
    return *range(first, STABLE_PORTS.stop), *range(STABLE_PORTS.start, first)


def wait_until_ready(
    settings: Settings, supervisor: Supervisor, is_stopped: Callable[[], bool]
) -> None:
    """Return once the API answers or a signal came.

    Raises: NotReady after a minute where a process has ended, otherwise after ten.
    """
    started_at = time.monotonic()
    is_ready = False

    def is_over() -> bool:
        nonlocal is_ready
        is_ready = _is_ready(settings)
        limit = READY_SECONDS if supervisor.has_failures else MAX_READY_SECONDS
        return is_ready or is_stopped() or time.monotonic() - started_at > limit

    supervisor.run_until(is_over)
    if not is_ready and not is_stopped():
        raise NotReady(settings.address)


def _is_ready(settings: Settings) -> bool:
    connection = HTTPConnection(local_host(settings.host), settings.port, timeout=5)
    try:
        with suppress(OSError, HTTPException):
            connection.request("GET", "/health/ready")
            # A refusal, such as of an untrusted host, is an answer of a running server too.
            return connection.getresponse().status < SERVER_ERROR
    finally:
        connection.close()

    return False
