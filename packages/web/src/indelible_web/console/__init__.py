"""The console: pages for people, over the same handlers and queries as the REST API."""

from functools import partial, update_wrapper
from typing import Final, NoReturn

from flask import Blueprint, Flask, request
from werkzeug.exceptions import HTTPException

from indelible.app import AppContext
from indelible.kernel import IndelibleError
from indelible_web.captures import pages as spaces
from indelible_web.concepts import editing
from indelible_web.concepts import pages as concepts
from indelible_web.console import history, session
from indelible_web.console import layout as pages
from indelible_web.console import tasks as work
from indelible_web.console.context import ConsoleContext, ConsolePage
from indelible_web.console.cookies import open_sessions
from indelible_web.console.live import Streams
from indelible_web.http.access import PUBLIC, AccessControl
from indelible_web.http.errors import RouteNotFound
from indelible_web.http.metrics import Metrics
from indelible_web.settings import WebSettings
from indelible_web.tokens import pages as tokens


def lost(_: ConsoleContext, rest: str) -> NoReturn:  # noqa: ARG001 - Flask calls it so
    """What is at any other address: nothing."""
    raise RouteNotFound


PAGES: Final[tuple[ConsolePage, ...]] = (
    *session.PAGES,
    *concepts.PAGES,
    *editing.PAGES,
    *history.PAGES,
    *spaces.PAGES,
    *work.PAGES,
    *tokens.PAGES,
    ConsolePage(rule="/<path:rest>", view=lost),
)


def open_console(
    app: Flask, gate: AccessControl, wiring: AppContext, metrics: Metrics, settings: WebSettings
) -> None:
    """Give the application its console, every page of which has its scope and asks for its session."""
    desk = ConsoleContext(
        wiring=wiring,
        metrics=metrics,
        secret=settings.secret,
        sessions=open_sessions(wiring, settings),
        streams=Streams(wiring.store, settings.most_streams),
    )
    app.register_blueprint(_blueprint(desk))
    gate.declare("console.static", PUBLIC)
    for each in PAGES:
        login = session.TypedKey(wiring) if each.view is session.sign_in else desk.sessions
        gate.declare(f"console.{each.name}", each.scopes, login)


def _blueprint(desk: ConsoleContext) -> Blueprint:
    blueprint = Blueprint("console", __name__, url_prefix="/console", static_folder="static")
    for each in PAGES:
        view = update_wrapper(partial(each.view, desk), each.view)
        blueprint.add_url_rule(
            each.rule, each.name, view, methods=[each.method], strict_slashes=False
        )

    @blueprint.before_request
    def check() -> None:
        if request.method == "POST":
            desk.sessions.check_form()

    blueprint.after_request(desk.sessions.tell)
    blueprint.context_processor(lambda: {"token": desk.sessions.token})
    blueprint.add_app_template_filter(pages.seen, "seen")
    blueprint.add_app_template_filter(pages.when, "when")
    blueprint.add_app_template_filter(pages.how_long, "how_long")
    blueprint.register_error_handler(IndelibleError, pages.refuse)
    blueprint.register_error_handler(HTTPException, pages.refuse_transport)
    blueprint.register_error_handler(Exception, pages.refuse_fault)
    return blueprint
