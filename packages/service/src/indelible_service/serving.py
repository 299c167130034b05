"""The API as a process: this one for `indelible up`, and several beside it for `indelible serve`."""

import errno
import multiprocessing
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import ClassVar, Final

from attrs import evolve, frozen
from waitress import create_server

from indelible.kernel import Actor, Unavailable
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible_service.database import opened, upgrade
from indelible_service.local import keep_key
from indelible_service.settings import Settings
from indelible_service.wire import application, settle
from indelible_sql import SqlStore

THREADS: Final = 8  # that answer; each stream that may stay open has one of its own beside them
MOST_BODY_BYTES: Final = 4 * 2**20  # that are kept of a request before the application can refuse it
STOP_SECONDS: Final = 30  # that a worker may take to answer what it has begun
WSGI: Final = "indelible_service.wire:make"


@frozen
class PortInUse(Unavailable):
    """Another program listens at this address."""

    code: ClassVar[str] = "PORT_IN_USE"
    host: str
    port: int


@frozen
class CannotListen(Unavailable):
    """The system does not let this process listen at this address."""

    code: ClassVar[str] = "CANNOT_LISTEN"
    host: str
    port: int
    reason: str


@frozen(kw_only=True)
class Running:
    """Where the API is found; and the first key, the first time."""

    address: str
    docs: str
    key: str | None


def run_here(settings: Settings, started: Callable[[Running], object]) -> None:
    """Everything in this process, with nothing set up before; ends well at SIGINT and SIGTERM."""
    _ends_well()
    with _listening(settings) as listener:
        here = evolve(settings, port=listener.getsockname()[1])
        upgrade(here)
        settle(here)  # until here a refusal is one sentence; from here on there is a log
        with opened(here, tells_keys=True) as store:
            server = create_server(
                application(here, store),
                sockets=[listener],
                threads=THREADS + here.most_streams,
                ident=None,
                max_request_body_size=MOST_BODY_BYTES,
                clear_untrusted_proxy_headers=not here.proxy_hops,  # else the application trusts its own number of them
            )
            with closing(server):
                key = _first_key(here, store)
                started(Running(address=here.address, docs=f"{here.address}/docs", key=key))
                server.run()


def run_beside(settings: Settings, workers: int) -> None:
    """Worker processes under granian, on a database that is migrated already; ends well at SIGINT and SIGTERM."""
    from granian.constants import Interfaces
    from granian.server import Server

    with opened(settings) as store:
        store.read(list_keys, limit=1)  # a refusal is said once, here, and not by every worker
    with _listening(settings):
        settle(settings)
    multiprocessing.set_start_method("spawn", force=True)  # a forked worker is deaf to SIGTERM until it is ready
    Server(
        WSGI,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS + settings.most_streams,
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


@contextmanager
def _listening(settings: Settings) -> Generator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(settings.host, settings.port) from error
        raise CannotListen(settings.host, settings.port, error.strerror or type(error).__name__) from error
    with listener:
        yield listener


def _first_key(settings: Settings, store: SqlStore) -> str | None:
    """The key that opens everything, made with a new database and kept for use on this machine; later on None."""
    if store.read(list_keys, limit=1):
        return None
    command = CreateKey(owner=Actor.user("admin"), scopes=("admin",))
    made = store.run(create_key, command, actor=Actor.system("up"), reason="the first key of a new database")
    keep_key(settings, "first", made.text)
    return made.text


def _ends_well() -> None:
    """From here on a signal that stops us is the end of a day's work, not a failure."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


def _leave(*_: object) -> None:
    raise SystemExit(0)
