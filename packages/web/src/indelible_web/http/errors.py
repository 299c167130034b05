"""What the web itself refuses; every other refusal is a leaf of core."""

from collections.abc import Mapping
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel import (
    Conflict,
    Forbidden,
    IndelibleError,
    Invalid,
    NotFound,
    OutcomeUnknown,
    RequestInFlight,
    Stale,
    Unavailable,
    UsageError,
)


class BadRequest(IndelibleError):
    """The request cannot be read."""


@frozen
class MalformedRequest(BadRequest):
    """The request is not HTTP as this server reads it."""

    code: ClassVar[str] = "MALFORMED_REQUEST"
    message: ClassVar[str] = "The request is not valid HTTP."


@frozen
class MalformedJson(BadRequest):
    """The body is not one JSON value in UTF-8 without a byte order mark."""

    code: ClassVar[str] = "MALFORMED_JSON"
    message: ClassVar[str] = (
        "The body is not one JSON value in UTF-8 without a byte order mark: {problem}."
    )
    problem: str


@frozen
class TooDeep(BadRequest):
    """The body's lists and objects are nested too deep."""

    code: ClassVar[str] = "TOO_DEEP"
    message: ClassVar[str] = (
        "The body is nested too deeply: at most {most_levels} levels are allowed."
    )
    most_levels: int


@frozen
class BadNumber(BadRequest):
    """The body holds a number that is none, or one that no field could hold."""

    code: ClassVar[str] = "BAD_NUMBER"
    message: ClassVar[str] = "The body contains a number that is not finite or is out of range."


@frozen
class DuplicateKey(BadRequest):
    """A name is given twice in one object, or twice in the query."""

    code: ClassVar[str] = "DUPLICATE_KEY"
    message: ClassVar[str] = "The name {key} appears twice in one object or in the query."
    key: str


@frozen
class InvalidCursor(BadRequest):
    """The cursor is not one that this list, asked for in this way, has given."""

    code: ClassVar[str] = "INVALID_CURSOR"
    message: ClassVar[str] = "The cursor does not belong to this list with these filters."


@frozen
class InvalidIfMatch(BadRequest):
    """If-Match takes one tag as an answer's ETag gave it, such as "3": no list, no weak tag, no *."""

    code: ClassVar[str] = "INVALID_IF_MATCH"
    message: ClassVar[str] = (
        'If-Match is invalid: expected one strong tag from an ETag header, such as "3".'
    )


@frozen
class InvalidIdempotencyKey(BadRequest):
    """An Idempotency-Key has 1 to 255 visible ASCII characters."""

    code: ClassVar[str] = "INVALID_IDEMPOTENCY_KEY"
    message: ClassVar[str] = (
        "The Idempotency-Key is invalid: expected 1 to 255 visible ASCII characters."
    )


@frozen
class Unauthenticated(IndelibleError):
    """The request carries no key that opens anything."""

    code: ClassVar[str] = "UNAUTHENTICATED"
    message: ClassVar[str] = "The request has no valid API key."


@frozen
class InvalidSignature(Unauthenticated):
    """What the request is signed with is missing, or wrong."""

    code: ClassVar[str] = "INVALID_SIGNATURE"
    message: ClassVar[str] = "The signature of the request is missing or wrong."


@frozen
class InvalidPayload(BadRequest):
    """The webhook's body is no envelope with an id and an event."""

    code: ClassVar[str] = "INVALID_PAYLOAD"
    message: ClassVar[str] = (
        "The webhook's body is invalid: expected an object with an id and an event."
    )


@frozen
class WebhookSecretMissing(Invalid):
    """A chain is set up, and no secret by which its webhook is known: ALCHEMY_WEBHOOK_SECRET says it."""

    code: ClassVar[str] = "WEBHOOK_SECRET_MISSING"
    message: ClassVar[str] = (
        "A chain is configured without a webhook secret: set ALCHEMY_WEBHOOK_SECRET."
    )


@frozen
class ScopeMissing(Forbidden):
    """The key opens other doors than this one; any of these scopes would open it."""

    code: ClassVar[str] = "SCOPE_MISSING"
    message: ClassVar[str] = (
        "The API key lacks permission; one of these scopes is required: {scopes}."
    )
    scopes: tuple[str, ...]


@frozen
class NotAUser(Forbidden):
    """Spaces belong to users, and this key stands for none."""

    code: ClassVar[str] = "NOT_A_USER"
    message: ClassVar[str] = "The API key does not belong to a user, and only users have spaces."


@frozen
class FormForged(Forbidden):
    """The form was not sent from a page of this session; load the page again."""

    code: ClassVar[str] = "FORM_FORGED"
    message: ClassVar[str] = (
        "The form was not sent from a page of this session: load the page again."
    )


@frozen
class MergeUndecided(Invalid):
    """For each field that differs somebody says which text it is to have; a merge decides nothing."""

    code: ClassVar[str] = "MERGE_UNDECIDED"
    message: ClassVar[str] = "The merge is incomplete: choose a text for these fields: {undecided}."
    undecided: tuple[str, ...]


@frozen
class RouteNotFound(NotFound):
    """There is nothing at this address."""

    code: ClassVar[str] = "ROUTE_NOT_FOUND"
    message: ClassVar[str] = "There is no resource at this address."


@frozen
class MethodNotAllowed(IndelibleError):
    """This address does not take this method; the Allow header says which it takes."""

    code: ClassVar[str] = "METHOD_NOT_ALLOWED"
    message: ClassVar[str] = (
        "The method is not allowed at this address; the Allow header lists the allowed ones."
    )


@frozen
class BodyTooLarge(IndelibleError):
    """The body is larger than this server reads."""

    code: ClassVar[str] = "BODY_TOO_LARGE"
    message: ClassVar[str] = "The body is too large."


@frozen
class UnsupportedBody(IndelibleError):
    """The body must be application/json, in UTF-8 and not encoded otherwise."""

    code: ClassVar[str] = "UNSUPPORTED_BODY"
    message: ClassVar[str] = "The body must be application/json in UTF-8, without content encoding."


@frozen
class InvalidFields(Invalid):
    """Some fields are missing, unknown or of another type."""

    code: ClassVar[str] = "INVALID_FIELDS"
    message: ClassVar[str] = "Some fields are missing, unknown or invalid: {wrong}."
    wrong: Mapping[str, str]


@frozen
class EmbeddingMissing(Invalid):
    """Without an embedding and its model, a server needs a text, and something that turns it into an embedding."""

    code: ClassVar[str] = "EMBEDDING_MISSING"
    message: ClassVar[str] = (
        "The capture needs {missing}: send an embedding with its model, or a text to a server "
        "that has an embedder."
    )
    missing: str


@frozen
class IfMatchMissing(IndelibleError):
    """A change says which state of the entity it was made for: If-Match, with the entity's ETag."""

    code: ClassVar[str] = "IF_MATCH_MISSING"
    message: ClassVar[str] = "If-Match is required: send the entity's ETag."


@frozen
class TooManyRequests(IndelibleError):
    """There were too many requests within a minute."""

    code: ClassVar[str] = "TOO_MANY_REQUESTS"
    message: ClassVar[str] = "The caller sent too many requests within a minute."


@frozen
class InternalError(IndelibleError):
    """Something is wrong here; the request id finds it in the log."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    message: ClassVar[str] = "The server failed; the log has details under the request id."


@frozen
class NotReady(Unavailable):
    """The store does not answer."""

    code: ClassVar[str] = "NOT_READY"
    message: ClassVar[str] = "The service is not ready: {because}."
    because: str


STATUS: Final[Mapping[type[IndelibleError], int]] = {
    BadRequest: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    Stale: 412,
    BodyTooLarge: 413,
    UnsupportedBody: 415,
    Invalid: 422,
    IfMatchMissing: 428,
    TooManyRequests: 429,
    InternalError: 500,
    UsageError: 500,
    OutcomeUnknown: 503,
    Unavailable: 503,
}

HEADERS: Final[Mapping[type[IndelibleError], Mapping[str, str]]] = {
    Unauthenticated: {"WWW-Authenticate": 'Bearer realm="indelible"'},
    RequestInFlight: {"Retry-After": "1"},
    TooManyRequests: {"Retry-After": "60"},
    Unavailable: {"Retry-After": "5"},
}

NO_HEADERS: Final[Mapping[str, str]] = {}

FROM_TRANSPORT: Final[Mapping[int, type[IndelibleError]]] = {
    404: RouteNotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    429: TooManyRequests,
}


def status_of(leaf: type[IndelibleError]) -> int:
    """The status of the leaf's nearest kind; a kind that nobody listed is a defect."""
    return next((STATUS[kind] for kind in leaf.__mro__ if kind in STATUS), 500)


def headers_of(error: IndelibleError) -> Mapping[str, str]:
    """What the answer to the error must say beside its body."""
    return next((HEADERS[kind] for kind in type(error).__mro__ if kind in HEADERS), NO_HEADERS)
