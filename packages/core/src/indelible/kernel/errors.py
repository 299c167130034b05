"""One root, six kinds, a leaf per fault: a leaf's docstring is its message, its fields are its detail."""

from collections.abc import Iterator
from typing import Any, ClassVar

from attrs import asdict, frozen


@frozen
class IndelibleError(Exception):
    """The root of every refusal."""

    code: ClassVar[str] = ""

    @property
    def message(self) -> str:
        """What is wrong, in one sentence."""
        return (self.__doc__ or "").partition("\n")[0]

    @property
    def detail(self) -> dict[str, Any]:
        """The fault's own facts, by name."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.code}: {self.message} {self.detail}"


class NotFound(IndelibleError):
    """What was asked for is not there."""


class Conflict(IndelibleError):
    """The entity's present state does not allow this."""


class Invalid(IndelibleError, ValueError):
    """The command is wrong whatever the entity's state."""


class Forbidden(IndelibleError):
    """The actor may not do this."""


class Unavailable(IndelibleError):
    """Nothing was changed; the same call may succeed later."""


@frozen
class Stale(IndelibleError):
    """The entity has moved on since the caller saw it."""

    code: ClassVar[str] = "STALE"
    entity_id: str
    expected_seq: int


@frozen
class InvalidTransition(Conflict):
    """No edge of the lifecycle carries this action out of this state."""

    code: ClassVar[str] = "INVALID_TRANSITION"
    lifecycle: str
    from_state: str
    action: str
    allowed: tuple[str, ...]


@frozen
class HashChainBroken(Conflict):
    """The change does not follow from the one before it."""

    code: ClassVar[str] = "BROKEN_CHAIN"
    entity_id: str
    seq: int


@frozen
class IdempotencyKeyReused(Invalid):
    """This idempotency key was given before, with another request."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"
    key: str


@frozen
class RequestInFlight(Conflict):
    """The first request with this idempotency key is still at work; ask again shortly."""

    code: ClassVar[str] = "REQUEST_IN_FLIGHT"
    key: str


@frozen
class StoreBusy(Unavailable):
    """Other transactions won every time."""

    code: ClassVar[str] = "STORE_BUSY"
    attempts: int


@frozen
class StoreUnreachable(Unavailable):
    """The database does not answer."""

    code: ClassVar[str] = "STORE_UNREACHABLE"
    reason: str


@frozen
class OutcomeUnknown(IndelibleError):
    """The connection broke during COMMIT: look the entity up before asking again."""

    code: ClassVar[str] = "OUTCOME_UNKNOWN"


@frozen
class UsageError(IndelibleError):
    """The library was called in a way that cannot work: a defect of the caller's program."""

    code: ClassVar[str] = "WRONG_USE"
    problem: str


def error_types(kind: type[IndelibleError] = IndelibleError) -> Iterator[type[IndelibleError]]:
    """Every leaf below a kind that is imported so far, for the documented list of codes."""
    for child in kind.__subclasses__():
        if child.code:
            yield child
        yield from error_types(child)
