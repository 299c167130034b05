"""What is known of the present request: its id, when it came, who sent it, how it went."""

from datetime import datetime
from typing import Final, Protocol, cast

from attrs import define, frozen
from flask import Request, g

from indelible.kernel import Actor
from indelible.kernel.audit import ActorKind
from indelible_web.http.errors import NotAUser, ScopeMissing

ADMIN: Final = "admin"  # the scope that opens everything


@frozen(kw_only=True)
class Caller:
    """Who calls: whose name the changes bear, what is open, and by which id requests are counted."""

    actor: Actor
    scopes: frozenset[str]
    id: str

    @property
    def user_id(self) -> str:
        """The id of the user whose own things these are, or NotAUser."""
        if self.actor.kind is not ActorKind.USER:
            raise NotAUser
        return self.actor.id

    def require_scope(self, *scopes: str) -> None:
        """ScopeMissing, unless the caller has one of these."""
        if not self.scopes.intersection((ADMIN, *scopes)):
            raise ScopeMissing(scopes)


class Authenticator(Protocol):
    """A login; a host may bring its own."""

    def identify(self, request: Request) -> Caller | None:
        """Whoever sent the request, None where that is not certain."""
        ...


@define(kw_only=True)
class RequestContext:
    """A request and what became of it."""

    request_id: str
    began: datetime
    caller: Caller | None = None
    code: str = "OK"


def current_request() -> RequestContext:
    """The exchange that this thread is in."""
    return cast("RequestContext", g.exchange)
