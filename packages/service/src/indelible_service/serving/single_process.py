"""Serve the API from this process: for `indelible up`, or as one of `indelible serve`."""

import signal
import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

from attrs import define, evolve
from flask import Flask
from waitress import create_server

from indelible_service.composition import build_app, create_app
from indelible_service.database import (
    REQUEST_THREADS,
    SCHEDULER_THREADS,
    check_connections,
    key_file,
    open_configured_store,
    public_url,
    upgrade,
    web_threads,
    worker_process_threads,
)
from indelible_service.hosts.scopes import served_contexts
from indelible_service.instance.listening import instance_listener
from indelible_service.instance.record import claimed_directory
from indelible_service.instance.startup import FIRST_KEY, OnStarted, Started, create_first_key
from indelible_service.monitoring.metrics import MetricsServer
from indelible_service.processes.building import (
    build_stages,
    check_stages,
    configure_process,
    prepare_log,
)
from indelible_service.processes.workers import (
    STOP_SIGNALS,
    build_worker,
    scheduler_thread,
    worker_threads,
)
from indelible_service.serving.buffering import BufferedApp
from indelible_service.serving.connections import (
    ConnectionLimits,
    guard_connections,
    max_connections,
)
from indelible_service.settings.service import Settings
from indelible_web.app import metrics_registry
from indelible_web.http.bodies import largest_body_bytes
from indelible_workers import SchedulerMetrics

if TYPE_CHECKING:
    from waitress import Server  # a name of our stubs only

# Buffered of a request before the application can refuse it.
MIN_BUFFERED_BYTES: Final = 4 * 2**20
# Above the largest body that a route accepts, so that the application and not the server refuses.
BUFFER_MARGIN_BYTES: Final = 2**20
WAITRESS_FILES: Final = 2  # that it counts as connections: its listener and its trigger


@define
class StopSignals:
    """SIGINT and SIGTERM: recorded at any time, and raised only while the server runs.

    An exception from a signal handler may surface anywhere. Inside SQLite's authorizer it would
    turn into a refused statement, so the start of the process must not be interrupted by one.
    """

    received: bool = False
    _is_serving: bool = False

    def install(self) -> None:
        """Handle both signals from now on."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._handle)

    def run_until_stopped(self, serve: Callable[[], object]) -> None:
        """Serve until a signal; return at once where one was received before."""
        self._is_serving = True
        try:
            if not self.received:
                serve()
        except SystemExit:
            pass  # the signal came just before or after the server's own loop
        finally:
            self._is_serving = False

    def _handle(self, *_: object) -> None:
        self.received = True
        if self._is_serving:
            self._is_serving = False  # a second signal must not interrupt the shutdown
            raise SystemExit(0)


def run_single_process(settings: Settings, on_started: OnStarted) -> None:
    """Run the API and the workers in this process until SIGINT or SIGTERM."""
    signals = StopSignals()
    signals.install()
    with claimed_directory(settings) as claim, instance_listener(settings, claim) as listener:
        prepare_log(settings)
        bound = evolve(settings, port=listener.getsockname()[1])
        claim.publish(bound)
        upgrade(bound)
        configure_process(bound)  # logs are written only after everything that may be refused
        with open_configured_store(bound, needs_key_secret=True) as store, ExitStack() as stack:
            check_connections(bound, store, [single_process_threads(bound)])
            app = build_app(bound, store)
            stages = build_stages(bound, store)
            check_stages(bound, store, stages)
            worker = build_worker(bound, store)
            scheduler = SchedulerMetrics()
            for registry in (worker.registry, scheduler.registry):
                metrics_registry(app).register(registry)
            stack.enter_context(worker_threads(bound, store, stages, worker))
            stack.enter_context(scheduler_thread(bound, store, scheduler))

            server = create_api_server(bound, app, listener)
            stack.enter_context(closing(server))
            guard_connections(connection_limits(bound))
            first_key = create_first_key(bound, store)
            if signals.received:
                return

            on_started(_started(bound, first_key, stages))
            signals.run_until_stopped(server.run)


def _started(settings: Settings, first_key: str | None, stages: Iterable[str]) -> Started:
    """Return what `up` tells about a process that runs everything."""
    return Started(
        address=settings.address,
        database=public_url(settings),
        first_key=first_key,
        key_file=key_file(settings, FIRST_KEY),
        contexts=served_contexts(settings),
        workers=f"in this process: {', '.join(stages)}",
        data_dir=settings.data_dir,
        logs=settings.log_folder,
        metrics={"up": MetricsServer(settings.host, settings.port).url},
    )


def create_api_server(settings: Settings, app: Flask, listener: socket.socket) -> "Server":
    """Return the server of a process that runs everything; it listens on the socket."""
    return create_server(
        app,
        sockets=[listener],
        threads=REQUEST_THREADS + settings.max_streams,
        ident=None,
        connection_limit=max_connections() + WAITRESS_FILES,
        channel_timeout=settings.connection_seconds,
        asyncore_use_poll=True,  # `select` fails above 1,024 open files
        max_request_body_size=max_buffered_bytes(app),
        # With hops configured, the application itself trusts that number of proxies.
        clear_untrusted_proxy_headers=not settings.proxy_hops,
    )


def single_process_threads(settings: Settings) -> int:
    """Return how many threads of a process that runs everything may use the database."""
    return web_threads(settings) + worker_process_threads(settings) + SCHEDULER_THREADS


def create_guarded_app(settings: Settings) -> BufferedApp:
    """Return the application of a server process, and guard its connections from now on."""
    app = create_app(settings)
    guard_connections(connection_limits(settings))

    return BufferedApp(app, REQUEST_THREADS + settings.max_streams, max_buffered_bytes(app))


def max_buffered_bytes(app: Flask) -> int:
    """Return how much of a request's body a server buffers, more than any route accepts."""
    return max(MIN_BUFFERED_BYTES, largest_body_bytes(app) + BUFFER_MARGIN_BYTES)


def connection_limits(settings: Settings) -> ConnectionLimits:
    """Return the limits of a process; behind trusted proxies an address is not a client's."""
    max_per_address = settings.max_connections_per_address or None
    if settings.proxy_hops:
        max_per_address = None

    return ConnectionLimits(
        port=settings.port,
        max_silent_seconds=settings.connection_seconds,
        max_per_address=max_per_address,
        max_connections=max_connections(),
    )
