"""Listen at the address of an instance, which its data directory keeps from start to start."""

import errno
import logging
import os
import socket
import time
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager, suppress
from typing import ClassVar, Final

from attrs import evolve, frozen

from indelible.kernel import Unavailable
from indelible_service.instance.record import Claim
from indelible_service.settings.service import Settings

API: Final = "api"
MAX_PORTS: Final = 100  # that are tried, where the settings choose none
CLOSING_SECONDS: Final = 90  # in which the processes of a killed instance have ended
POLL_SECONDS: Final = 0.1
logger = logging.getLogger("indelible.service")


@frozen
class CannotListen(Unavailable):
    """The system does not allow this process to listen at this address."""

    message: ClassVar[str] = "The process cannot listen at {host}:{port}: {reason}."
    host: str
    port: int
    reason: str


def bind_socket(settings: Settings) -> socket.socket:
    """Return a socket that listens at the settings' address.

    Raises: CannotListen.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise CannotListen(settings.host, settings.port, reason) from error


@contextmanager
def instance_listener(settings: Settings, claim: Claim) -> Generator[socket.socket]:
    """Listen at the instance's address, and reserve it until the block ends.

    The settings choose the port; otherwise it is that of the last start, or the first free one
    from the default on. Raises: CannotListen.
    """
    listener, reservation = _first_free(settings, claim)
    with closing(reservation), closing(listener):
        port = listener.getsockname()[1]
        if "INDELIBLE_PORT" not in settings.chosen:
            claim.save_port(API, port)
        yield listener


def _first_free(settings: Settings, claim: Claim) -> tuple[socket.socket, socket.socket]:
    """Return a listener and the reservation of its port.

    Raises: CannotListen.
    """
    first, *others = _ports(settings, claim)
    try:
        return _bind_when_closed(evolve(settings, port=first), claim)
    except CannotListen:
        if not others:
            raise

    for port in others:
        with suppress(CannotListen):
            sockets = _bind(evolve(settings, port=port))
            logger.warning("port %s is in use; the instance gets port %s", first, port)
            return sockets

    raise CannotListen(settings.host, first, os.strerror(errno.EADDRINUSE))


def _ports(settings: Settings, claim: Claim) -> Iterable[int]:
    if "INDELIBLE_PORT" in settings.chosen:
        return (settings.port,)

    first = claim.port(API) or settings.port
    return range(first, first + MAX_PORTS)


def _bind_when_closed(settings: Settings, claim: Claim) -> tuple[socket.socket, socket.socket]:
    """Listen at the port, after waiting for a killed instance that still closes it.

    Raises: CannotListen.
    """
    deadline = time.monotonic()
    if settings.port and claim.previous and claim.previous.port == settings.port:
        deadline += CLOSING_SECONDS

    is_waiting = False
    while True:
        try:
            return _bind(settings)
        except CannotListen:
            if time.monotonic() >= deadline:
                raise

        if not is_waiting:
            logger.warning("waiting for port %s of an instance that was killed", settings.port)
            is_waiting = True
        time.sleep(POLL_SECONDS)


def _bind(settings: Settings) -> tuple[socket.socket, socket.socket]:
    listener = bind_socket(settings)
    port = listener.getsockname()[1]
    # Between this check and the start of its own server process, an instance does not listen. A
    # name of the system's, which ends with this process, keeps others away from the port.
    reservation = socket.socket(socket.AF_UNIX)
    try:
        reservation.bind(f"\0indelible {settings.host} {port}")
    except OSError as error:
        listener.close()
        reservation.close()
        raise CannotListen(settings.host, port, os.strerror(errno.EADDRINUSE)) from error

    return listener, reservation
