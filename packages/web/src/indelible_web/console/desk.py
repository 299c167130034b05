"""What a view of the console works with, and how its pages are declared."""

from collections.abc import Callable
from typing import Final, TypeVar

from attrs import field, frozen
from flask import request
from werkzeug.wrappers import Response

from indelible.kernel import Once
from indelible.wiring import Wiring
from indelible_web.call import Call
from indelible_web.console.cookies import Sessions
from indelible_web.console.streams import Streams
from indelible_web.errors import Unauthenticated
from indelible_web.exchange import present
from indelible_web.metrics import Metrics

R = TypeVar("R")

SCOPE: Final = "console"  # lets its key in; what changes anything needs the scope that it needs elsewhere


@frozen(kw_only=True)
class Desk:
    """What a view of the console works with."""

    wiring: Wiring
    metrics: Metrics
    secret: bytes = field(repr=False)
    sessions: Sessions
    streams: Streams

    def call(self, *, reason: str = "", gives: type[R] | None = None) -> Call:
        """The request, in the name of whoever is signed in; a form that is sent twice has one effect."""
        exchange = present()
        if exchange.caller is None:
            raise Unauthenticated
        once = request.form.get("once")
        return Call(
            store=self.wiring.store,
            caller=exchange.caller,
            request_id=exchange.request_id,
            route=str(request.url_rule),
            secret=self.secret,
            metrics=self.metrics,
            reason=reason,
            once=Once(once, gives) if once and gives else None,
        )


@frozen(kw_only=True)
class Page:
    """A page of the console, or a form that is sent to it."""

    rule: str
    view: Callable[..., Response]
    method: str = "GET"
    scopes: tuple[str, ...] = (SCOPE,)

    @property
    def name(self) -> str:
        """The view's name, under which Flask knows the page."""
        return self.view.__name__


def typed_text(name: str) -> str:
    """What was typed into one field."""
    return request.form.get(name, "").replace("\r\n", "\n")
