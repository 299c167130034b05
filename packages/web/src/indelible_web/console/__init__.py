"""The console: pages for people, over the same handlers and queries as the REST API."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import partial, update_wrapper
from typing import Final

from flask import Blueprint, Flask, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from indelible.app import AppContext
from indelible.kernel import Change, IndelibleError, UsageError
from indelible_web.console import (
    history,
    home,
    keys,
    layout,
    links,
    lists,
    navigation,
    operations,
    runbooks,
    search,
    session,
    stages,
    tasks,
    times,
)
from indelible_web.console.context import ConsoleContext
from indelible_web.console.cookies import open_sessions
from indelible_web.console.home_sources import own_sources
from indelible_web.console.live import Streams
from indelible_web.console.notices import open_notices
from indelible_web.console.page import (
    PREFIX,
    ConsolePage,
    EntityLinks,
    EntitySearch,
    NavItem,
    NewestLinks,
)
from indelible_web.console.positions import find_position, send_position
from indelible_web.console.stage_table import StageTable
from indelible_web.console.visible_contexts import VisibleContexts
from indelible_web.context import WebContext, cause_sources, runbook_names
from indelible_web.http.access import PUBLIC, AccessControl
from indelible_web.http.metrics import Metrics
from indelible_web.settings import WebSettings

OWN_PAGES: Final = (
    *session.PAGES,
    *home.PAGES,
    *history.PAGES,
    *search.PAGES,
    *operations.PAGES,
    *runbooks.PAGES,
    *stages.PAGES,
    *tasks.PAGES,
    *keys.PAGES,
    *navigation.PAGES,
)
PARAMETER: Final = re.compile("<[^>]*>")
ACTION_LABELS: Final = {
    "create": "Created",
    "edit": "Edited",
    "revoke": "Revoked",
    "change": "Changed",
    "pause": "Paused",
    "resume": "Resumed",
}


def open_console(
    app: Flask,
    access: AccessControl,
    app_context: AppContext,
    metrics: Metrics,
    settings: WebSettings,
    contexts: tuple[WebContext, ...],
) -> None:
    """Add the console to the application, and declare the scopes of every page."""
    console = _console_context(app_context, access, metrics, settings, contexts)
    pages = list(OWN_PAGES)
    for context in contexts:
        pages += context.pages
    _refuse_twice(pages)

    app.register_blueprint(_blueprint(console, pages, contexts))
    access.declare("console.static", PUBLIC)
    for page in pages:
        is_sign_in = page.view is session.sign_in
        login = session.FormKeyAuthenticator(app_context) if is_sign_in else console.sessions
        access.declare(
            f"console.{page.name}",
            page.scopes,
            login,
            is_live=page.is_live,
            is_guessable=is_sign_in,
        )


def _refuse_twice(pages: Iterable[ConsolePage]) -> None:
    """Raise UsageError for two pages with one address: a context has the name of a page."""
    names: dict[tuple[str, str], str] = {}
    for page in pages:
        # The name of a parameter makes no difference to an address.
        address = page.method, PARAMETER.sub("<>", page.rule)
        if address in names:
            raise UsageError(
                f"two pages have the address {page.method} /console{page.rule}:"
                f" {names[address]} and {page.name}; a context needs another name"
            )
        names[address] = page.name


def _console_context(
    app_context: AppContext,
    access: AccessControl,
    metrics: Metrics,
    settings: WebSettings,
    contexts: tuple[WebContext, ...],
) -> ConsoleContext:
    entity_links: dict[str, EntityLinks] = dict(links.OWN_LINKS)
    newest_links: dict[str, NewestLinks] = {}
    searches: list[EntitySearch] = []
    action_labels: dict[tuple[str, str], str] = {}
    for context in contexts:
        entity_links.update(context.entity_links)
        newest_links.update(context.newest_links)
        searches += context.searches
        action_labels.update(context.action_labels)

    sessions = open_sessions(app_context, settings)
    return ConsoleContext(
        app_context=app_context,
        access=access,
        metrics=metrics,
        settings=settings,
        sessions=sessions,
        notices=open_notices(sessions, settings),
        streams=Streams(app_context.store, settings.max_streams),
        visible=VisibleContexts.of(app_context, settings, contexts),
        entity_links=entity_links,
        newest_links=newest_links,
        searches=tuple(searches),
        action_labels=action_labels,
        stage_table=StageTable(app_context.store),
        own_home_sources=own_sources(access.failed_logins),
        cause_sources=cause_sources(contexts),
        runbooks=runbook_names(contexts),
    )


def _navigation(visible: VisibleContexts) -> tuple[NavItem, ...]:
    """Return the links of the navigation: the console's own around those of the contexts."""
    items: list[NavItem] = []
    for context in visible.contexts():
        items += context.nav

    return (home.NAV, *items, operations.NAV, stages.NAV, history.NAV, keys.NAV)


def _off_notice(visible: VisibleContexts) -> str:
    """Return what the requested page has to say about its context; usually nothing."""
    return visible.notice((request.endpoint or "").removeprefix("console."))


def _blueprint(
    console: ConsoleContext, pages: Iterable[ConsolePage], contexts: Iterable[WebContext]
) -> Blueprint:
    blueprint = Blueprint("console", __name__, url_prefix=PREFIX, static_folder="static")
    for page in pages:
        view = update_wrapper(partial(_respond, console, page), page.view)
        blueprint.add_url_rule(
            page.rule, page.name, view, methods=[page.method], strict_slashes=False
        )

    def check_form() -> None:
        if request.method == "POST":
            console.sessions.check_form()

    blueprint.before_request(check_form)
    blueprint.after_request(console.sessions.send_cookie)
    blueprint.after_request(console.notices.send_cookie)
    blueprint.after_request(send_position)
    _add_template_values(blueprint, console, contexts)
    blueprint.register_error_handler(IndelibleError, layout.error_page)
    blueprint.register_error_handler(HTTPException, layout.transport_error_page)
    blueprint.register_error_handler(Exception, layout.fault_page)

    return blueprint


def _respond(console: ConsoleContext, page: ConsolePage, **arguments: str) -> Response:
    """Return the answer of a page, which sees what this browser has written."""
    after = find_position(console.positions) if page.reads_standby else ""
    with console.standby_session(after=after, is_reading=page.reads_standby):
        return page.view(console, **arguments)


def _add_template_values(
    blueprint: Blueprint, console: ConsoleContext, contexts: Iterable[WebContext]
) -> None:
    """Give every template its filters and the values of the page's frame."""
    hidden_form_fields: set[str] = set()
    for context in contexts:
        hidden_form_fields |= context.hidden_form_fields

    def action_label(change: Change) -> str:
        default = ACTION_LABELS.get(change.action, change.action)
        return console.action_labels.get((change.lifecycle, change.action), default)

    def relative(time: datetime) -> Markup:
        return times.relative(time, console.app_context.clock.now())

    def template_values() -> dict[str, object]:
        return {
            "csrf_token": console.sessions.csrf_token,
            "take_notice": console.notices.take,
            "nav": partial(_navigation, console.visible),
            "off_notice": partial(_off_notice, console.visible),
            "home_url": console.home_url,
            "hidden_form_fields": hidden_form_fields,
        }

    blueprint.context_processor(template_values)
    blueprint.add_app_template_filter(action_label, "action_label")
    blueprint.add_app_template_filter(layout.field_label, "field_label")
    blueprint.add_app_template_filter(layout.visible, "visible")
    blueprint.add_app_template_filter(relative, "relative")
    blueprint.add_app_template_global(lists.page_url, "page_url")
    blueprint.add_app_template_global(lists.state_url, "state_url")
    blueprint.add_app_template_filter(times.instant, "instant")
    blueprint.add_app_template_filter(times.duration, "duration")
