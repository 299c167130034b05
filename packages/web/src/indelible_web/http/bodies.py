"""Request bodies: their schemas, and their limits: a default, and others that routes declare."""

import io
import sys
from functools import cache
from typing import Any, Final, cast

from attrs import Factory, field, frozen
from flask import Flask, current_app, request
from marshmallow import Schema
from werkzeug.exceptions import RequestEntityTooLarge

from indelible.kernel import UsageError
from indelible_web.http.request import this_request
from indelible_web.http.schemas import Attribute, Side, schema_from

EXTENSION: Final = "indelible_body_limits"
INPUT: Final = "wsgi.input"


@cache
def body_schema_of(request_type: type, payload: tuple[Attribute, ...]) -> type[Schema]:
    """Return the schema of a body, which all operations with the same body share."""
    return schema_from(request_type.__name__ + Side.BODY, payload, Side.BODY)


def check_limit(route: str, max_body_bytes: int | None) -> None:
    """Check the limit that a route declares; None stands for the application's default.

    Raises: UsageError.
    """
    if max_body_bytes is None:
        return
    if max_body_bytes < 1:
        raise UsageError(f"route {route} has a body limit of {max_body_bytes} bytes: expected >= 1")
    if route.startswith("GET "):
        raise UsageError(f"route {route} has a body limit, but a GET request has no body")


@frozen
class BodyLimits:
    """The limit of each endpoint; every endpoint without one has the default."""

    _default: int
    _by_endpoint: dict[str, int] = field(default=Factory(dict[str, int]), init=False)

    def declare(self, endpoint: str, max_body_bytes: int | None) -> None:
        """Declare an endpoint's limit; None leaves the default."""
        if max_body_bytes is not None:
            self._by_endpoint[endpoint] = max_body_bytes

    def of(self, endpoint: str | None) -> int:
        """Return the limit of an endpoint, the default for an address without one."""
        return self._by_endpoint.get(endpoint or "", self._default)

    @property
    def largest(self) -> int:
        """Return the largest limit of all endpoints."""
        return max([self._default, *self._by_endpoint.values()])

    def apply(self) -> None:
        """Limit the body of the current request, which nothing has read yet.

        Werkzeug refuses a declared length over the limit before it reads. Every other body is
        limited while it is read: it may arrive in chunks, without a length or with a wrong one.
        """
        request = this_request()
        limit = self.of(request.endpoint)
        request.max_form_memory_size = limit
        if (request.content_length or 0) > limit:
            request.max_content_length = limit
            return

        request.max_content_length = sys.maxsize
        request.environ[INPUT] = BoundedInput(request.environ[INPUT], limit)

    def install(self, app: Flask) -> None:
        """Limit every request of the application."""
        app.extensions[EXTENSION] = self
        app.before_request(self.apply)


class BoundedInput(io.RawIOBase):
    """A request's body; reading more than the limit is refused.

    Werkzeug's own limit would cut a body of unknown length, and refuse one that is as long as the
    limit.
    """

    def __init__(
        self,
        stream: Any,  # noqa: ANN401 - a server's own
        max_bytes: int,
    ) -> None:
        """Read from the server's stream."""
        self._stream = stream
        self._remaining = max_bytes

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - any buffer of bytes
        """Read bytes into the buffer and return their number, 0 at the end of the body.

        Raises: RequestEntityTooLarge.
        """
        view = memoryview(buffer)
        data: bytes = self._stream.read(min(len(view), self._remaining + 1))
        if len(data) > self._remaining:
            raise RequestEntityTooLarge

        self._remaining -= len(data)
        view[: len(data)] = data
        return len(data)


def largest_body_bytes(app: Flask) -> int:
    """Return the largest body that a route of the application accepts.

    A server in front of it has to accept one byte more, so that the application can answer 413.
    """
    return _limits_of(app).largest


def current_limit() -> int:
    """Return the limit of the current request's body."""
    return _limits_of(current_app).of(request.endpoint)


def _limits_of(app: Flask) -> BodyLimits:
    return cast("BodyLimits", app.extensions[EXTENSION])
