"""The current request: its id, its start, its caller and its outcome."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from attrs import define, field, frozen
from flask import Request, g
from flask.globals import request_ctx

from indelible.kernel import Actor
from indelible.kernel.audit import ActorKind
from indelible.kernel.keys import ADMIN as ADMIN_SCOPE
from indelible.kernel.keys import OPS as OPS_SCOPE
from indelible_web.http.errors import NotAUser, ScopeMissing

Part = TypeVar("Part")

ADMIN: Final = ADMIN_SCOPE
OPS: Final = OPS_SCOPE


@frozen(kw_only=True)
class Caller:
    """An authenticated caller: the actor of changes, the scopes, and the id that rates count."""

    actor: Actor
    scopes: frozenset[str]
    id: str

    @property
    def user_id(self) -> str:
        """Return the id of the user who owns the caller's resources.

        Raises: NotAUser.
        """
        if self.actor.kind is not ActorKind.USER:
            raise NotAUser
        return self.actor.id

    def may_read_as_owner(self, owner_id: str, scope: str) -> bool:
        """Return True if the caller is the user with this id, and has the scope or `admin`."""
        is_owner = self.actor.kind is ActorKind.USER and self.actor.id == owner_id
        return is_owner and not self.scopes.isdisjoint((ADMIN, scope))

    def has_scope(self, *scopes: str) -> bool:
        """Return True if the caller has one of the scopes, or `admin`."""
        return not self.scopes.isdisjoint((ADMIN, *scopes))

    def require_scope(self, *scopes: str) -> None:
        """Raise ScopeMissing unless the caller has one of the scopes, or `admin`."""
        if self.scopes.isdisjoint((ADMIN, *scopes)):
            raise ScopeMissing(scopes)


class LoginOutcome(StrEnum):
    """The outcomes of a request that has a credential."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # the credential is wrong, expired or revoked
    FAILED = "failed"  # what decides did not answer


class Authenticator(Protocol):
    """A login; a host may pass its own."""

    def identify(self, request: Request) -> Caller | None:
        """Return the sender of the request, or None if it is not certain."""
        ...


@define(kw_only=True)
class RequestContext:
    """A request and its outcome; a live one is polled by a page.

    `position` is the signed position of what the request has written, where a standby is read.
    All state of a request belongs here: Flask's `g` outlives a request that was sent inside of a
    pushed application context.
    """

    request_id: str
    began_at: datetime
    caller: Caller | None = None
    is_live: bool = False
    code: str = "OK"
    position: str = ""
    _parts: dict[type[Any], Any] = field(factory=dict[type[Any], Any], init=False)

    def part(self, part_type: type[Part]) -> Part:
        """Return the request's state of this type, which another module declares."""
        part: Part | None = self._parts.get(part_type)
        if part is None:
            part = self._parts[part_type] = part_type()
        return part


def current_request() -> RequestContext:
    """Return the request that this thread serves."""
    current: RequestContext = g.current_request
    return current


def this_request() -> Request:
    """Return the request itself: Flask's `request` is looked up again for each of its attributes.

    It is for the code that every request passes.
    """
    return request_ctx.request
