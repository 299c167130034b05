"""Read a request before it takes a thread of the application.

granian calls a WSGI application before the body has arrived, in a thread of its own for each such
request. A thread that waits for a client costs memory only. The application's slots are few,
because it holds database connections: a request takes one when it is whole.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from threading import Semaphore
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_LENGTH: Final = "content-length"
HEALTH: Final = "/health"


@frozen
class BufferedApp:
    """A WSGI application that gets whole requests only, as many at once as it has slots."""

    _app: "WSGIApplication"
    _slots: Semaphore = field(converter=Semaphore)
    _max_body_bytes: int

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Read the body, then answer the request in a slot of the application."""
        if not self._read_body(environ):
            start_response("400 Bad Request", [("Content-Length", "0")])
            return [b""]

        is_stream = True

        def start(
            status: str,
            headers: list[tuple[str, str]],
            *error: Any,  # noqa: ANN401 - WSGI's
        ) -> Any:  # noqa: ANN401 - WSGI's
            nonlocal is_stream
            is_stream = all(name.lower() != CONTENT_LENGTH for name, _ in headers)
            return start_response(status, headers, *error)

        with ExitStack() as stack:
            # Health has a limit of its own, and is asked for when all slots wait for a database.
            if not environ.get("PATH_INFO", "").startswith(HEALTH):
                self._slots.acquire()
                stack.callback(self._slots.release)
            chunks = self._app(environ, start)
            stack.callback(_close, chunks)
            if is_stream:
                return Stream(chunks, stack.pop_all())

            return [b"".join(chunks)]

    def _read_body(self, environ: "WSGIEnvironment") -> bool:
        """Replace the input with the whole body; return False if it ended early.

        A body whose length is over the limit is not read: the application refuses it. One that came
        in chunks gets the length that it has, one byte over the limit where it is longer.
        """
        length = int(environ.get("CONTENT_LENGTH") or 0)
        has_body = length > 0 or "HTTP_TRANSFER_ENCODING" in environ
        if not has_body or length > self._max_body_bytes:
            return True

        body = _read(environ["wsgi.input"], self._max_body_bytes + 1)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(length or len(body))

        return len(body) >= length


@frozen
class Stream:
    """A response of unknown length, which keeps its slot until it is closed."""

    _chunks: Iterable[bytes]
    _stack: ExitStack

    def __iter__(self) -> Iterator[bytes]:
        """Return the chunks of the response."""
        return iter(self._chunks)

    def close(self) -> None:
        """Close the response and release its slot."""
        self._stack.close()


def _read(stream: "InputStream", max_bytes: int) -> bytes:
    """Read until the end of the stream or the limit; a server may return less than it is asked."""
    blocks: list[bytes] = []
    remaining = max_bytes
    while remaining:
        block = stream.read(remaining)
        if not block:
            break
        blocks.append(block)
        remaining -= len(block)

    return b"".join(blocks)


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
