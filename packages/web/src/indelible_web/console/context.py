"""What a view of the console works with, and how its pages are declared."""

from collections.abc import Callable
from typing import Final, TypeVar

from attrs import frozen
from flask import request
from werkzeug.wrappers import Response

from indelible.kernel import Idempotency
from indelible_web.console.cookies import Sessions
from indelible_web.console.live import Streams
from indelible_web.http.operation import Calls, OperationContext

R = TypeVar("R")

SCOPE: Final = (
    "console"  # lets its key in; what changes anything needs the scope that it needs elsewhere
)


@frozen(kw_only=True)
class ConsoleContext(Calls):
    """What a view of the console works with."""

    sessions: Sessions
    streams: Streams

    def call(self, *, reason: str = "", response_type: type[R] | None = None) -> OperationContext:
        """The request, in the name of whoever is signed in; a form that is sent twice has one effect."""
        once = request.form.get("once")
        return self.begin(
            str(request.url_rule),
            reason,
            Idempotency(once, response_type) if once and response_type else None,
        )


@frozen(kw_only=True)
class ConsolePage:
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
