"""Error types: one root, six kinds, and one leaf with a code and a message per fault."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Final, Protocol, Self, cast

from attrs import asdict, fields, frozen

MESSAGE_PUNCTUATION: Final = ".,;:"  # after a value, so that the value needs no full stop
# Before a capital that begins a word, also after an abbreviation.
WORD_BOUNDARY: Final = re.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
ELLIPSIS: Final = ".."  # the end of an ellipsis, also of one that a sentence continues


@frozen
class IndelibleError(Exception):
    """The root of all errors.

    A leaf has a `message`: a format string with its own fields as values. Its stable `code` is its
    name in upper case, `SPACE_NOT_FOUND` for `SpaceNotFound`, unless it declares another one.

    `http_status` and `http_headers` are those of an HTTP answer. A leaf has the ones of its kind;
    one without a kind is a fault of the server.
    """

    code: ClassVar[str] = ""
    message: ClassVar[str] = ""
    http_status: ClassVar[int] = 500
    http_headers: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        """Derive the code of a leaf."""
        super().__init_subclass__()
        declared = vars(cls)
        if "message" in declared and "code" not in declared:
            cls.code = WORD_BOUNDARY.sub("_", cls.__name__).upper()

    @property
    def title(self) -> str:
        """Return the code in words: the same for every error of the leaf."""
        return self.code.replace("_", " ").capitalize()

    @property
    def detail(self) -> dict[str, Any]:
        """Return the values of this error by their field names."""
        return asdict(self)

    def describe(self) -> str:
        """Return the message with the values of this error."""
        values: dict[str, str] = {}
        for name, value in self.detail.items():
            text = _value_text(value)
            if re.search(rf"\{{{name}\}}[{MESSAGE_PUNCTUATION}]", self.message):
                text = _without_full_stop(text)
            values[name] = text

        return self.message.format_map(values)

    def __reduce__(self) -> tuple[partial[Self], tuple[()]]:
        """Return how to make an equal error in another process.

        What pickles an exception without it, as Dask does, sets its attributes one by one.
        """
        values: dict[str, Any] = {}
        for attribute in fields(type(self)):
            if attribute.init:
                values[str(attribute.alias)] = getattr(self, attribute.name)
        return partial(type(self), **values), ()

    def __str__(self) -> str:
        return f"{self.code}: {self.describe()}"


class NotFound(IndelibleError):
    """A requested record does not exist."""

    http_status: ClassVar[int] = 404


class NotFoundType(Protocol):
    """The class of an error that names an unknown id."""

    def __call__(self, entity_id: str, /) -> NotFound: ...


class Conflict(IndelibleError):
    """The current state does not allow the command."""

    http_status: ClassVar[int] = 409


class Invalid(IndelibleError, ValueError):
    """The command is wrong in every state."""

    http_status: ClassVar[int] = 422


class InvalidMessage(Invalid):
    """A message of another system cannot be read, or does not come from it."""

    http_status: ClassVar[int] = 400


class Forbidden(IndelibleError):
    """The actor lacks permission."""

    http_status: ClassVar[int] = 403


class Unavailable(IndelibleError):
    """Nothing was changed, and the same call may succeed later."""

    http_status: ClassVar[int] = 503
    http_headers: ClassVar[Mapping[str, str]] = MappingProxyType({"Retry-After": "5"})


class GatewayFailed(Unavailable):
    """Another system did not answer as expected; the same call may succeed later."""

    http_status: ClassVar[int] = 502


@frozen
class Stale(IndelibleError):
    """The entity has changed since the caller read it.

    `expected_seq` is 0 for a new entity, and for one that was never stored as it was read.
    `actual_seq` is None where an entity that exists would be created again: in that transaction
    PostgreSQL cannot read its seq any more.
    """

    http_status: ClassVar[int] = 412
    message: ClassVar[str] = (
        "Entity {entity_id} has changed: expected seq {expected_seq}, got {actual_seq}."
    )
    entity_id: str
    expected_seq: int
    actual_seq: int | None = None


@frozen
class Refused(Conflict):
    """A rule of an aggregate refuses the action; a rule with a code of its own has an own error."""

    message: ClassVar[str] = "The action is refused: {reason}."
    reason: str


@frozen
class InvalidTransition(Conflict):
    """The lifecycle has no edge for this action in this state."""

    message: ClassVar[str] = (
        "Lifecycle {lifecycle} does not allow {action} in state {from_state!r}; allowed "
        "actions: {allowed}."
    )
    lifecycle: str
    from_state: str
    action: str
    allowed: tuple[str, ...]


@frozen
class HashChainBroken(Conflict):
    """A change does not follow from the previous change."""

    code: ClassVar[str] = "BROKEN_CHAIN"
    message: ClassVar[str] = (
        "Change {seq} of entity {entity_id} does not follow from the change before it."
    )
    entity_id: str
    seq: int


@frozen
class DigestSchemeUnknown(Conflict):
    """A change was hashed by the rules of a later release."""

    message: ClassVar[str] = (
        "Digest scheme {scheme} is of a later release; this one knows the schemes 1 to {newest}."
    )
    scheme: int
    newest: int


@frozen
class ForeignCursor(Invalid):
    """A cursor names no change of this store's feed.

    It is one of another store, or the store was restored from a backup older than the cursor.
    """

    message: ClassVar[str] = (
        "Cursor {cursor} names no change of this store, which may have been restored from an older "
        "backup: continue from an earlier cursor, from a time, or from the beginning."
    )
    cursor: str


@frozen
class IdempotencyKeyConflict(Conflict):
    """An idempotency key was already used with another request."""

    message: ClassVar[str] = "Idempotency key {key} was already used with another request."
    key: str


@frozen
class RequestInFlight(Conflict):
    """The first request with an idempotency key is still running."""

    http_headers: ClassVar[Mapping[str, str]] = MappingProxyType({"Retry-After": "1"})
    message: ClassVar[str] = (
        "The first request with idempotency key {key} is still running; try again shortly."
    )
    key: str


@frozen
class StoreBusy(Unavailable):
    """Every attempt lost against other transactions.

    On SQLite an attempt waits for five seconds; on an engine of the host's for as long as its
    `connect_args={"timeout": seconds}` says.
    """

    message: ClassVar[str] = (
        "The store is busy: {attempts} attempts lost against other transactions; on SQLite, commit"
        " or roll back the transaction that another connection or program has open."
    )
    attempts: int


@frozen
class StoreFull(Unavailable):
    """The database has no room left; what was committed is safe, and reading goes on."""

    message: ClassVar[str] = (
        "The database has no free space; committed data is safe, and reads continue."
    )


@frozen
class StoreUnreachable(Unavailable):
    """The database does not answer."""

    message: ClassVar[str] = "The database does not answer: {reason}."
    reason: str


@frozen
class OutcomeUnknown(IndelibleError):
    """The connection broke during COMMIT, and the outcome is unknown."""

    http_status: ClassVar[int] = 503
    message: ClassVar[str] = (
        "The connection broke during COMMIT: look the entity up before trying again."
    )


@frozen
class UsageError(IndelibleError):
    """The library was called incorrectly: a defect of the calling program."""

    code: ClassVar[str] = "WRONG_USE"
    message: ClassVar[str] = "The library was called incorrectly: {problem}."
    problem: str


def error_types(kind: type[IndelibleError] = IndelibleError) -> Iterator[type[IndelibleError]]:
    """Yield every imported leaf below a kind."""
    for child in kind.__subclasses__():
        if child.code:
            yield child
        yield from error_types(child)


def _value_text(value: object) -> str:
    """Return a value's text in a message: lists with commas, mappings as name and value."""
    if value is None:
        return "unknown"

    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return _listed(f"{name}: {item}" for name, item in items)

    if value == ():
        return "none"

    if isinstance(value, tuple):
        return _listed(str(item) for item in cast("tuple[object, ...]", value))

    return str(value)


def _listed(texts: Iterable[str]) -> str:
    """Return the texts with commas between them; no full stop stands before a comma."""
    listed = list(texts)
    without_stops = [_without_full_stop(text) for text in listed[:-1]]

    return ", ".join([*without_stops, *listed[-1:]])


def _without_full_stop(text: str) -> str:
    """Return a text without the full stop that ends it; an ellipsis stays."""
    if text.endswith(ELLIPSIS):
        return text

    return text.removesuffix(".")
