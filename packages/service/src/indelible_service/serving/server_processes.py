"""Serve the API from several processes, for `indelible serve`.

This process imports no web framework: the application is loaded by each server process.
"""

import logging
import multiprocessing
from functools import partial
from typing import TYPE_CHECKING, Final

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from indelible.kernel.keys import list_keys
from indelible_service.database import check_connections, open_configured_store, web_threads
from indelible_service.instance.listening import bind_socket
from indelible_service.logs.lines import logging_config
from indelible_service.processes.building import build_gateways, configure_process
from indelible_service.serving.connections import max_connections
from indelible_service.settings.service import Settings

if TYPE_CHECKING:
    from indelible_service.serving.buffering import BufferedApp

STOP_SECONDS: Final = 30  # in which a process may complete the requests it has started
NO_SHARED_STATE: Final = (
    "%d processes without INDELIBLE_REDIS_URL: each one counts the requests of a caller for itself,"
    " and knows only the console sessions that were ended in it"
)

logger = logging.getLogger("indelible.service")


def run_server_processes(settings: Settings, processes: int) -> None:
    """Serve the API from several processes, on a database that is already upgraded."""
    # Report what is wrong once, here, and not in every process.
    build_gateways(settings)
    with open_configured_store(settings, needs_key_secret=True) as store:
        check_connections(settings, store, [web_threads(settings)] * processes)
        store.read(list_keys, limit=1)
    with bind_socket(settings):
        configure_process(settings)
    if processes > 1 and not settings.redis_url:
        logger.warning(NO_SHARED_STATE, processes)

    # A forked process ignores SIGTERM until it is ready.
    multiprocessing.set_start_method("spawn", force=True)
    connections = max_connections()
    server = Server(
        "indelible_service",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=processes,
        # A body that has not arrived occupies one of these threads, but no slot of the application.
        blocking_threads=connections,
        backpressure=connections,
        http1_settings=HTTP1Settings(header_read_timeout=settings.connection_seconds * 1_000),
        websockets=False,
        log_level=LogLevels(settings.log_level.lower()),
        log_dictconfig=logging_config(settings.log_level, settings.log_file),
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
    )
    # The settings come through a pipe of each process, not through its environment.
    loader = partial(_load_application, settings)
    server.serve(target_loader=loader, wrap_loader=False)


def _load_application(settings: Settings) -> "BufferedApp":
    """Return the application of a server process, or log why this process ends."""
    try:
        from indelible_service.serving.single_process import create_guarded_app

        return create_guarded_app(settings)
    except Exception as error:
        logger.critical("a server process does not start", exc_info=True)
        raise SystemExit(1) from error  # `multiprocessing` prints the traceback of any other one
