"""A simulated chain without a socket: a provider for the client of the same process."""

from collections.abc import Callable

from indelible_evm.provider import QuietProvider

Exchange = Callable[[bytes], tuple[int, bytes]]


class InProcessProvider(QuietProvider):
    """Passes each request to a function, which returns an HTTP status and a body.

    The function may raise an OSError, as a connection does.
    """

    def __init__(self, url: str, *, timeout_seconds: float, exchange: Exchange) -> None:
        super().__init__(url, timeout_seconds=timeout_seconds)
        self._answer = exchange

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        return self._answer(body)
