"""The API as a process: this one for `indelible up`, and several beside it for `indelible serve`."""

import errno
import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import Final

from attrs import evolve, frozen
from waitress import create_server

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key, list_keys
from indelible.wiring import Wiring
from indelible_service.database import opened, upgrade
from indelible_service.errors import CannotListen, PortInUse
from indelible_service.local import FIRST, keep_key
from indelible_service.settings import Settings
from indelible_service.wire import web_settings
from indelible_sql import SqlStore
from indelible_web import create_app

THREADS: Final = 8  # that answer; each stream that may stay open has one of its own beside them
MOST_BODY_BYTES: Final = 4 * 2**20  # that are kept of a request before the application can refuse it
STOP_SECONDS: Final = 30  # that a worker may take to answer what it has begun
WSGI: Final = "indelible_service.wsgi:make"


@frozen(kw_only=True)
class Running:
    """Where the API is found; and the first key, the first time."""

    address: str
    docs: str
    key: str | None


def run_here(settings: Settings, started: Callable[[Running], object]) -> None:
    """Everything in this process, with nothing set up before; ends well at SIGINT and SIGTERM."""
    with _stoppable(), _listening(settings) as listener:
        here = evolve(settings, port=listener.getsockname()[1])
        upgrade(here)
        settle(here)  # until here a refusal is one sentence; from here on there is a log
        with opened(here, tells_keys=True) as store:
            app = create_app(Wiring(store=store), web_settings(here))
            server = create_server(
                app,
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


def settle(settings: Settings) -> None:
    """Decide for this process, as no library may: what is logged, and that its time is UTC."""
    os.environ |= {"TZ": "UTC", "PGTZ": "UTC"}
    time.tzset()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    web = logging.getLogger("indelible.web")
    web.propagate, web.handlers = False, [logging.StreamHandler()]  # its lines are JSON already


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
    keep_key(settings, FIRST, made.text)
    return made.text


@contextmanager
def _stoppable() -> Generator[None]:
    """Until the block ends, a signal that stops us is the end of a day's work, not a failure."""
    before = {number: signal.signal(number, _leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(*_: object) -> None:
    raise SystemExit(0)
