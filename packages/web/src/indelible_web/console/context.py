"""What a view of the console works with, and how its pages are declared."""

from collections.abc import Mapping
from typing import TypeVar

from attrs import frozen
from flask import request, url_for

from indelible.kernel import Idempotency
from indelible_web.console.cookies import Sessions
from indelible_web.console.live import Streams
from indelible_web.console.page import EntityLinks, NavItem, TaskPanel
from indelible_web.http.operation import OperationContext, Services

R = TypeVar("R")


@frozen(kw_only=True)
class ConsoleContext(Services):
    """What a view of the console works with."""

    sessions: Sessions
    streams: Streams
    nav: tuple[NavItem, ...]
    entity_links: Mapping[str, EntityLinks]
    task_panels: tuple[TaskPanel, ...]

    @property
    def home_url(self) -> str:
        """Return the address of the first page of the navigation."""
        return url_for(self.nav[0].endpoint)

    def operation(
        self, *, reason: str = "", response_type: type[R] | None = None
    ) -> OperationContext:
        """The request, in the name of whoever is signed in; a form that is sent twice has one effect."""
        once = request.form.get("once")
        return self.open_operation(
            str(request.url_rule),
            reason,
            Idempotency(once, response_type) if once and response_type else None,
        )


def form_text(name: str) -> str:
    """What was typed into one field."""
    return request.form.get(name, "").replace("\r\n", "\n")
