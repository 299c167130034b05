"""The parts of the console that its views work with."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from attrs import frozen
from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from indelible.kernel import Idempotency
from indelible_web.console.cookies import Sessions
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.live import Streams
from indelible_web.console.notices import Notices
from indelible_web.console.page import EntityLinks, EntitySearch, NewestLinks
from indelible_web.console.stage_table import StageTable
from indelible_web.console.visible_contexts import VisibleContexts
from indelible_web.http.access import AccessControl
from indelible_web.http.operation import OperationContext, Services
from indelible_web.http.request import ADMIN, OPS

R = TypeVar("R")

ONCE_FIELD = "once"  # The form field with the idempotency key of the command.


@frozen(kw_only=True)
class ConsoleContext(Services):
    """The console of an application, which every view receives."""

    access: AccessControl
    sessions: Sessions
    notices: Notices
    streams: Streams
    visible: VisibleContexts
    entity_links: Mapping[str, EntityLinks]
    newest_links: Mapping[str, NewestLinks]
    searches: tuple[EntitySearch, ...]
    action_labels: Mapping[tuple[str, str], str]
    own_home_sources: tuple[HomeSource, ...]
    stage_table: StageTable

    @property
    def home_url(self) -> str:
        """Return the address of the home page."""
        return url_for("console.home")

    def home_sources(self) -> tuple[HomeSource, ...]:
        """Return the sources of the home page: those of the shown contexts, and the console's."""
        sources: list[HomeSource] = []
        for context in self.visible.contexts():
            sources += context.home

        return (*sources, *self.own_home_sources)

    def operation(
        self,
        *,
        scope: str | tuple[str, ...] = (),
        reason: str = "",
        response_type: type[R] | None = None,
        page_view: Callable[..., Response] | None = None,
    ) -> OperationContext:
        """Return the current request as an operation of the signed-in caller.

        With a response type, a form that is sent twice has one effect. `page_view` is the view of
        a list that a refused form shows again: cursors are signed for the rule of the list, not
        for that of the form.

        Raises: Unauthenticated, or ScopeMissing without the scope, or without one of several.
        """
        idempotency: Idempotency[R] | None = None
        key = request.form.get(ONCE_FIELD)
        if key and response_type:
            idempotency = Idempotency(key, response_type)

        rule = request.url_rule
        if page_view is not None:
            rule = next(current_app.url_map.iter_rules(f"console.{page_view.__name__}"))

        context = self.open_operation(str(rule), reason, idempotency)
        scopes = (scope,) if isinstance(scope, str) else scope
        if scopes:
            is_of_operator = request.method == "POST" and not {ADMIN, OPS}.isdisjoint(scopes)
            recorded_as = str(request.url_rule) if is_of_operator else ""
            self.access.require_scope(context.caller, scopes, recorded_as=recorded_as)

        return context


def form_text(name: str) -> str:
    """Return the text of a form field; browsers end lines with CR LF."""
    return request.form.get(name, "").replace("\r\n", "\n")
