"""The value by which a context registers itself with the REST API and the console."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from attrs import Factory, frozen
from flask import Request, Response

from indelible.app import AppContext
from indelible.failure_modes import RUNBOOKS
from indelible.kernel import Lifecycle
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.page import (
    ConsolePage,
    EntityLinks,
    EntitySearch,
    NavItem,
    NewestLinks,
    TaskPanel,
)
from indelible_web.http.bodies import check_limit
from indelible_web.http.causes import CauseSource
from indelible_web.http.metrics import ContextGauge, Metrics
from indelible_web.http.request import Caller
from indelible_web.http.routing import Routes
from indelible_web.settings import WebSettings


class WebhookReceiver(Protocol):
    """The code behind a webhook: it authenticates the sender and answers the request."""

    def identify(self, request: Request) -> Caller | None:
        """Return the sender, or None if the signature is missing or wrong."""
        ...

    def receive(self) -> Response:
        """Answer the current request."""
        ...


@frozen(kw_only=True)
class Webhook:
    """A route for an outside system, which signs its requests instead of sending an API key.

    `max_body_bytes` replaces the application's limit of bodies.
    """

    name: str
    rule: str
    open: Callable[[AppContext, WebSettings, Metrics], WebhookReceiver]
    outcomes: tuple[str, ...] = ()
    max_body_bytes: int | None = None

    def __attrs_post_init__(self) -> None:
        """Check the limit of bodies."""
        check_limit(f"POST {self.rule}", self.max_body_bytes)


def _is_always_on(_: AppContext, __: WebSettings) -> bool:
    return True


@frozen(kw_only=True, eq=False)
class WebContext:
    """Everything that one context adds to the REST API, its metrics and the console.

    `needs` names the contexts without which it cannot be on. `commands` names commands that are no
    edge of a lifecycle, so that their metrics start at zero. `redacted_fields` names, by lifecycle,
    the fields that no history shows. `guess_codes` are the error codes that count as a wrong
    credential. `gauges` are further metrics. `examples` and `descriptions` are shown in the OpenAPI
    document, by `Class.field` or `field`. Templates of `template_package` are found under the
    context's name, such as `concepts/edit.html`. `home` fills a part of the home page.
    `causes` know why something is owed to a party. `runbooks` names runbooks of the host, whose
    executions are recorded beside those of the runbooks of indelible.

    `is_on` returns False for a context that nothing can reach, such as one whose gateway is not
    configured. As long as no change of its lifecycles is stored, the console leaves it out of the
    navigation, the home page and the page of tasks. Each of its pages shows `off_notice`, which
    says what is missing and what cannot be done without it.
    """

    name: str
    needs: tuple[str, ...] = ()
    routes: tuple[Routes, ...] = ()
    admin_routes: tuple[Routes, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    lifecycles: tuple[Lifecycle[Any], ...] = ()
    commands: tuple[str, ...] = ()
    examples: Mapping[str, object] = Factory(dict[str, object])
    descriptions: Mapping[str, str] = Factory(dict[str, str])
    redacted_fields: Mapping[str, frozenset[str]] = Factory(dict[str, frozenset[str]])
    guess_codes: frozenset[str] = frozenset()
    gauges: tuple[ContextGauge, ...] = ()

    pages: tuple[ConsolePage, ...] = ()
    nav: tuple[NavItem, ...] = ()
    template_package: str | None = None
    action_labels: Mapping[tuple[str, str], str] = Factory(dict[tuple[str, str], str])
    entity_links: Mapping[str, EntityLinks] = Factory(dict[str, EntityLinks])
    newest_links: Mapping[str, NewestLinks] = Factory(dict[str, NewestLinks])
    searches: tuple[EntitySearch, ...] = ()
    hidden_form_fields: frozenset[str] = frozenset()
    task_panels: tuple[TaskPanel, ...] = ()
    home: tuple[HomeSource, ...] = ()
    causes: tuple[CauseSource, ...] = ()
    runbooks: tuple[str, ...] = ()
    is_on: Callable[[AppContext, WebSettings], bool] = _is_always_on
    off_notice: str = ""


def cause_sources(contexts: Iterable[WebContext]) -> tuple[CauseSource, ...]:
    """Return what the contexts know of causes."""
    sources: list[CauseSource] = []
    for context in contexts:
        sources += context.causes

    return tuple(sources)


def runbook_names(contexts: Iterable[WebContext]) -> frozenset[str]:
    """Return the runbooks that can be executed: those of indelible and of the contexts."""
    names = set(RUNBOOKS)
    for context in contexts:
        names.update(context.runbooks)

    return frozenset(names)
