"""Find out whether the servers that a worker uses besides its database answer."""

import logging
import socket
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Final

from attrs import frozen

from indelible.kernel import IndelibleError

CONNECT_SECONDS: Final = 2
logger = logging.getLogger("indelible.service")


@frozen(kw_only=True)
class Peer:
    """A server that a worker uses; `ask` raises where it does not answer.

    `while_silent` says what happens until it answers.
    """

    name: str
    host: str
    port: int
    ask: Callable[[], object]
    while_silent: str

    def failure(self) -> str:
        """Return why the server does not answer, '' where it does."""
        failure = _connection_failure((self.host, self.port))
        if failure:
            return failure

        try:
            self.ask()
        except IndelibleError as error:
            return error.describe().rstrip(".")
        except Exception as error:  # noqa: BLE001 - a driver's own, whose text may have a secret
            return type(error).__name__

        return ""

    def describe(self) -> str:
        """Return the name of the server with its address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.name} at {host}:{self.port}"


def _connection_failure(address: tuple[str, int]) -> str:
    try:
        socket.create_connection(address, CONNECT_SECONDS).close()
    except TimeoutError:
        return f"no connection within {CONNECT_SECONDS} seconds"
    except OSError as error:
        return error.strerror or type(error).__name__

    return ""


def report_peers(peers: Sequence[Peer]) -> Thread:
    """Log for each server whether it answers, in a thread: a silent one must not delay work."""
    thread = Thread(target=_report, args=(peers,), name="indelible-peers", daemon=True)
    thread.start()
    return thread


def _report(peers: Sequence[Peer]) -> None:
    for peer in peers:
        address = peer.describe()
        failure = peer.failure()
        if failure:
            logger.warning(
                "worker: %s does not answer (%s): %s", address, failure, peer.while_silent
            )
        else:
            logger.info("worker: %s answers", address)
