"""Actors and the audit context of a transaction."""

from enum import StrEnum
from typing import ClassVar, Protocol, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.errors import Invalid
from indelible.kernel.values import IDENTIFIER, LINE, instance_of, is_identifier, non_blank_line


class ActorKind(StrEnum):
    """The kinds of actors."""

    USER = "user"
    SYSTEM = "system"
    KEY = "key"


@frozen
class InvalidActor(Invalid):
    """A text is not an actor."""

    message: ClassVar[str] = (
        "Actor {actor} is invalid: expected `user:<id>`, `system:<name>` or `key:<id>`."
    )
    actor: str


@frozen
class Actor:
    """The party that causes a change, printed as `user:maya`.

    The id is opaque: it contains no personal data.
    """

    kind: ActorKind = field(validator=instance_of(ActorKind))
    id: str = field(validator=is_identifier, metadata=IDENTIFIER)

    @classmethod
    def user(cls, user_id: str) -> Self:
        """Return the actor of a person."""
        return cls(ActorKind.USER, user_id)

    @classmethod
    def system(cls, name: str) -> Self:
        """Return the actor of a program."""
        return cls(ActorKind.SYSTEM, name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the actor that prints as `text`.

        Raises:
            InvalidActor: The text has no known kind.
        """
        kind, _, actor_id = text.partition(":")
        try:
            known_kind = ActorKind(kind)
        except ValueError:
            raise InvalidActor(text) from None

        return cls(known_kind, actor_id)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class HasActorAndReason(Protocol):
    """The actor and the reason of a change, or of the transaction that saves it."""

    @property
    def actor(self) -> Actor: ...
    @property
    def reason(self) -> str: ...


class HasAuditContext(HasActorAndReason, Protocol):
    """The actor, reason and request id of a transaction, which are set when it opens."""

    @property
    def request_id(self) -> str | None: ...


@frozen(kw_only=True)
class AuditContext:
    """A validated audit context."""

    actor: Actor = field(validator=instance_of(Actor))
    reason: str = field(validator=non_blank_line, metadata=LINE)
    request_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
