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


@frozen
class MalformedJson(BadRequest):
    """The body is not one JSON value in UTF-8 without a byte order mark."""

    code: ClassVar[str] = "MALFORMED_JSON"
    problem: str


@frozen
class TooDeep(BadRequest):
    """The body's lists and objects are nested too deep."""

    code: ClassVar[str] = "TOO_DEEP"
    most_levels: int


@frozen
class BadNumber(BadRequest):
    """The body holds a number that is none, or one that no field could hold."""

    code: ClassVar[str] = "BAD_NUMBER"


@frozen
class DuplicateKey(BadRequest):
    """A name is given twice in one object, or twice in the query."""

    code: ClassVar[str] = "DUPLICATE_KEY"
    key: str


@frozen
class InvalidCursor(BadRequest):
    """The cursor is not one that this list, asked for in this way, has given."""

    code: ClassVar[str] = "INVALID_CURSOR"


@frozen
class InvalidIfMatch(BadRequest):
    """If-Match takes one tag as an answer's ETag gave it, such as "3": no list, no weak tag, no *."""

    code: ClassVar[str] = "INVALID_IF_MATCH"


@frozen
class InvalidIdempotencyKey(BadRequest):
    """An Idempotency-Key has 1 to 255 visible ASCII characters."""

    code: ClassVar[str] = "INVALID_IDEMPOTENCY_KEY"


@frozen
class Unauthenticated(IndelibleError):
    """The request carries no key that opens anything."""

    code: ClassVar[str] = "UNAUTHENTICATED"


@frozen
class InvalidSignature(Unauthenticated):
    """What the request is signed with is missing, or wrong."""

    code: ClassVar[str] = "INVALID_SIGNATURE"


@frozen
class InvalidPayload(BadRequest):
    """The webhook's body is no envelope with an id and an event."""

    code: ClassVar[str] = "INVALID_PAYLOAD"


@frozen
class WebhookSecretMissing(Invalid):
    """A chain is set up, and no secret by which its webhook is known: ALCHEMY_WEBHOOK_SECRET says it."""

    code: ClassVar[str] = "WEBHOOK_SECRET_MISSING"


@frozen
class ScopeMissing(Forbidden):
    """The key opens other doors than this one; any of these scopes would open it."""

    code: ClassVar[str] = "SCOPE_MISSING"
    scopes: tuple[str, ...]


@frozen
class NotAUser(Forbidden):
    """Spaces belong to users, and this key stands for none."""

    code: ClassVar[str] = "NOT_A_USER"


@frozen
class FormForged(Forbidden):
    """The form was not sent from a page of this session; load the page again."""

    code: ClassVar[str] = "FORM_FORGED"


@frozen
class MergeUndecided(Invalid):
    """For each field that differs somebody says which text it is to have; a merge decides nothing."""

    code: ClassVar[str] = "MERGE_UNDECIDED"
    undecided: tuple[str, ...]


@frozen
class RouteNotFound(NotFound):
    """There is nothing at this address."""

    code: ClassVar[str] = "ROUTE_NOT_FOUND"


@frozen
class MethodNotAllowed(IndelibleError):
    """This address does not take this method; the Allow header says which it takes."""

    code: ClassVar[str] = "METHOD_NOT_ALLOWED"


@frozen
class BodyTooLarge(IndelibleError):
    """The body is larger than this server reads."""

    code: ClassVar[str] = "BODY_TOO_LARGE"


@frozen
class UnsupportedBody(IndelibleError):
    """The body must be application/json, in UTF-8 and not encoded otherwise."""

    code: ClassVar[str] = "UNSUPPORTED_BODY"


@frozen
class InvalidFields(Invalid):
    """Some fields are missing, unknown or of another type."""

    code: ClassVar[str] = "INVALID_FIELDS"
    wrong: Mapping[str, str]


@frozen
class EmbeddingMissing(Invalid):
    """Without an embedding and its model, a server needs a text, and something that turns it into an embedding."""

    code: ClassVar[str] = "EMBEDDING_MISSING"
    missing: str


@frozen
class IfMatchMissing(IndelibleError):
    """A change says which state of the entity it was made for: If-Match, with the entity's ETag."""

    code: ClassVar[str] = "IF_MATCH_MISSING"


@frozen
class TooManyRequests(IndelibleError):
    """There were too many requests within a minute."""

    code: ClassVar[str] = "TOO_MANY_REQUESTS"


@frozen
class InternalError(IndelibleError):
    """Something is wrong here; the request id finds it in the log."""

    code: ClassVar[str] = "INTERNAL_ERROR"


@frozen
class NotReady(Unavailable):
    """The store does not answer."""

    code: ClassVar[str] = "NOT_READY"
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
