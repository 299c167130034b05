"""The API as a process: this one for `indelible up`, and several beside it for `indelible serve`."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import ClassVar, Final

from attrs import evolve, frozen
from flask import Response, request
from waitress import create_server

from indelible.kernel import Actor, Unavailable
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible_service.composition import application, configure_process, embedder_of, stages_of
from indelible_service.data_directory import atomic_file, directory
from indelible_service.database import check_connections, open_configured_store, upgrade
from indelible_service.settings import Settings
from indelible_service.workers import at_work
from indelible_sql import SqlStore
from indelible_workers import Worker

THREADS: Final = 8  # that answer; each stream that may stay open has one of its own beside them
MOST_BODY_BYTES: Final = (
    4 * 2**20
)  # that are kept of a request before the application can refuse it
Started = Callable[
    [str, str | None, str, Sequence[str]], object
]  # address, first key, who works, servers of our own
STOP_SECONDS: Final = 30  # that a worker may take to answer what it has begun


@frozen
class CannotListen(Unavailable):
    """The system does not let this process listen at this address."""

    code: ClassVar[str] = "CANNOT_LISTEN"
    message: ClassVar[str] = "The process cannot listen at {host}:{port}: {reason}."
    host: str
    port: int
    reason: str


def run_here(settings: Settings, started: Started) -> None:
    """Everything in this process, until SIGINT or SIGTERM; `started` is told its address, and a new database's key."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    with listening(settings) as listener:
        here = evolve(settings, port=listener.getsockname()[1])
        upgrade(here)
        configure_process(here)  # until here a refusal is one sentence; from here on there is a log
        with open_configured_store(here, tells_keys=True) as store, ExitStack() as stack:
            check_connections(here, store, 1)
            app, stages = application(here, store), stages_of(here, store)
            if stages:
                shift = stack.enter_context(at_work(here, store, stages))
                for number in (
                    signal.SIGINT,
                    signal.SIGTERM,
                ):  # a second one would cut off what is then finished
                    stack.callback(signal.signal, number, signal.SIG_IGN)
                app.after_request(partial(_tell, shift))
            server = create_server(
                app,
                sockets=[listener],
                threads=THREADS + here.most_streams,
                ident=None,
                max_request_body_size=MOST_BODY_BYTES,
                clear_untrusted_proxy_headers=not here.proxy_hops,  # else the application trusts its own number of them
            )
            stack.enter_context(closing(server))
            work = f"in this process: {', '.join(stages) or 'no stage is set up'}"
            started(here.address, first_key(here, store), work, ())
            server.run()


def run_beside(settings: Settings, workers: int) -> None:
    """Worker processes under granian, on a database that is migrated already; ends well at SIGINT and SIGTERM."""
    from granian.constants import Interfaces
    from granian.server import Server

    embedder_of(settings)  # a refusal is said once, here, and not by every worker
    with open_configured_store(settings) as store:
        check_connections(settings, store, workers)
        store.read(list_keys, limit=1)
    with listening(settings):
        configure_process(settings)
    multiprocessing.set_start_method(
        "spawn", force=True
    )  # a forked worker is deaf to SIGTERM until it is ready
    Server(
        "indelible_service.composition:make",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS + settings.most_streams,
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
    ).serve()


def listening(settings: Settings) -> socket.socket:
    """A socket at the settings' address, or CannotListen."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise CannotListen(settings.host, settings.port, os.strerror(error.errno or 0)) from error


def first_key(settings: Settings, store: SqlStore) -> str | None:
    """The key that opens everything, made with a new database and kept for use on this machine; later on None."""
    if store.read(list_keys, limit=1):
        return None
    command = CreateKey(owner=Actor.user("admin"), scopes=("admin",))
    made = store.run(
        create_key, command, actor=Actor.system("up"), reason="the first key of a new database"
    )
    with atomic_file(directory(settings) / "first.key") as out:
        out.write(made.text.encode())
    return made.text


def _tell(worker: Worker, response: Response) -> Response:
    """Let work that a request has put be done at once."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        worker.wakeup.set()
    return response


def _leave(*_: object) -> None:
    raise SystemExit(0)  # a signal that stops us is the end of a day's work, not a failure
