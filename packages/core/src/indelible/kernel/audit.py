"""Who causes a change, and why."""

from enum import StrEnum
from typing import ClassVar, Protocol, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.errors import Invalid
from indelible.kernel.values import IDENTIFIER, LINE, instance_of, is_identifier, non_blank_line


class ActorKind(StrEnum):
    """What kind of party acts."""

    USER = "user"
    SYSTEM = "system"
    KEY = "key"


@frozen
class InvalidActor(Invalid):
    """An actor is written `user:maya`, `system:importer` or `key:<id>`."""

    code: ClassVar[str] = "INVALID_ACTOR"
    message: ClassVar[str] = (
        "Actor {actor} is invalid: expected `user:<id>`, `system:<name>` or `key:<id>`."
    )
    actor: str


@frozen
class Actor:
    """Who causes a change; printed `user:maya`. The id is opaque: no name, no address."""

    kind: ActorKind = field(validator=instance_of(ActorKind))
    id: str = field(validator=is_identifier, metadata=IDENTIFIER)

    @classmethod
    def user(cls, user_id: str) -> Self:
        """A person."""
        return cls(ActorKind.USER, user_id)

    @classmethod
    def system(cls, name: str) -> Self:
        """A program that acts by itself."""
        return cls(ActorKind.SYSTEM, name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The actor that prints as `text`, or InvalidActor."""
        kind, _, actor_id = text.partition(":")
        if kind not in set(ActorKind):
            raise InvalidActor(text)
        return cls(ActorKind(kind), actor_id)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class HasAuditContext(Protocol):
    """Who and why, and for which request: said once, when a transaction opens."""

    @property
    def actor(self) -> Actor: ...
    @property
    def reason(self) -> str: ...
    @property
    def request_id(self) -> str | None: ...


@frozen(kw_only=True)
class AuditContext:
    """A cause that is checked before anything is asked of a database."""

    actor: Actor = field(validator=instance_of(Actor))
    reason: str = field(validator=non_blank_line, metadata=LINE)
    request_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
