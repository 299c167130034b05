"""The errors of the web itself; all others are core's."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar

from attrs import frozen

from indelible.kernel import (
    Forbidden,
    IndelibleError,
    Invalid,
    NotFound,
    Unavailable,
)


class BadRequest(IndelibleError):
    """A request that cannot be read."""

    http_status: ClassVar[int] = 400


@frozen
class MalformedRequest(BadRequest):
    """A request that is not valid HTTP."""

    message: ClassVar[str] = "The request is not valid HTTP."


@frozen
class MalformedJson(BadRequest):
    """A body that is not one JSON value in UTF-8 without a byte order mark."""

    message: ClassVar[str] = (
        "The body is not one JSON value in UTF-8 without a byte order mark: {problem}."
    )
    problem: str


@frozen
class TooDeep(BadRequest):
    """A body with too many levels of lists and objects."""

    message: ClassVar[str] = (
        "The body is nested too deeply: at most {max_levels} levels are allowed."
    )
    max_levels: int


@frozen
class BadNumber(BadRequest):
    """A number that is not finite or that no field can hold."""

    message: ClassVar[str] = "The body contains a number that is not finite or is out of range."


@frozen
class DuplicateKey(BadRequest):
    """A name that appears twice in one object or in the query."""

    message: ClassVar[str] = "The name {key} appears twice in one object or in the query."
    key: str


@frozen
class InvalidCursor(BadRequest):
    """A cursor of another list or with other filters."""

    message: ClassVar[str] = "The cursor does not belong to this list with these filters."


@frozen
class InvalidIfMatch(BadRequest):
    """An If-Match that is not one strong tag of this server."""

    message: ClassVar[str] = (
        'If-Match is invalid: expected one strong tag from an ETag header, such as "3".'
    )


@frozen
class InvalidIdempotencyKey(BadRequest):
    """An Idempotency-Key that is not 1 to 255 visible ASCII characters."""

    message: ClassVar[str] = (
        "The Idempotency-Key is invalid: expected 1 to 255 visible ASCII characters."
    )


@frozen
class IdempotencyKeyRequired(BadRequest):
    """A request without an Idempotency-Key for a route that requires one."""

    message: ClassVar[str] = (
        "The header Idempotency-Key is missing: this route requires one, so that a repeated request"
        " runs once."
    )


@frozen
class Unauthenticated(IndelibleError):
    """A request without a valid key."""

    http_status: ClassVar[int] = 401
    http_headers: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"WWW-Authenticate": 'Bearer realm="indelible"'}
    )
    message: ClassVar[str] = "API key missing or invalid."


@frozen
class InvalidSignature(Unauthenticated):
    """A request with a missing or wrong signature."""

    message: ClassVar[str] = "The signature of the request is missing or wrong."


@frozen
class ScopeMissing(Forbidden):
    """A key without any of the required scopes."""

    message: ClassVar[str] = (
        "The API key lacks permission; one of these scopes is required: {scopes}."
    )
    scopes: tuple[str, ...]


@frozen
class NotAUser(Forbidden):
    """A key of an actor that is not a user, where only users have resources."""

    message: ClassVar[str] = (
        "The API key does not belong to a user: this request needs the key of a user."
    )


@frozen
class FormForged(Forbidden):
    """A form that no page of this session has sent."""

    message: ClassVar[str] = (
        "The form was not sent from a page of this session: load the page again."
    )


@frozen
class RouteNotFound(NotFound):
    """An address without a resource, and `paths` that are served."""

    message: ClassVar[str] = "There is no resource at this address; try {paths}."
    paths: tuple[str, ...]


@frozen
class MethodNotAllowed(IndelibleError):
    """A method that the address does not allow."""

    http_status: ClassVar[int] = 405
    message: ClassVar[str] = (
        "The method is not allowed at this address; the Allow header lists the allowed ones."
    )


@frozen
class BodyTooLarge(IndelibleError):
    """A body over the size limit."""

    http_status: ClassVar[int] = 413
    message: ClassVar[str] = "The body is too large: at most {max_bytes} bytes are allowed."
    max_bytes: int


@frozen
class UnsupportedBody(IndelibleError):
    """A body that is not JSON in UTF-8, or that is compressed."""

    http_status: ClassVar[int] = 415
    message: ClassVar[str] = "The body must be application/json in UTF-8, without content encoding."


@frozen
class InvalidFields(Invalid):
    """Missing, unknown or mistyped fields; `wrong` has a message for each path."""

    message: ClassVar[str] = "Some fields are missing, unknown or invalid: {wrong}."
    wrong: Mapping[str, str]


@frozen
class IfMatchMissing(IndelibleError):
    """A change without the seq that its caller saw."""

    http_status: ClassVar[int] = 428
    message: ClassVar[str] = "If-Match is required: send the entity's ETag."


@frozen
class TooManyRequests(IndelibleError):
    """A request over the rate limit."""

    http_status: ClassVar[int] = 429
    http_headers: ClassVar[Mapping[str, str]] = MappingProxyType({"Retry-After": "60"})
    message: ClassVar[str] = "Too many {events} within a minute: at most {maximum} are allowed."
    events: str
    maximum: int


@frozen
class InternalError(IndelibleError):
    """A fault of the server."""

    message: ClassVar[str] = "The server failed; the log has details under the request id."


@frozen
class NotReady(Unavailable):
    """A store that does not answer."""

    message: ClassVar[str] = "The service is not ready: {cause}."
    cause: str


def from_transport(
    status: int, default: type[IndelibleError], max_body_bytes: int
) -> IndelibleError:
    """Return the error of a request that Flask or Werkzeug refused with this status."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return BodyTooLarge(max_body_bytes)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed()
    return default()
