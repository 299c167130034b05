"""The console's first page, and the answer to every address that leads nowhere."""

from typing import Final, NoReturn

from flask import redirect
from werkzeug.wrappers import Response

from indelible_web.console.context import ConsoleContext
from indelible_web.console.page import ConsolePage
from indelible_web.http.errors import RouteNotFound


def home(console: ConsoleContext) -> Response:
    """Redirect to the first page of the navigation."""
    return redirect(console.home_url, 303)


def no_page(_: ConsoleContext, rest: str) -> NoReturn:  # noqa: ARG001 - Flask passes the path
    """Refuse an address that no page has."""
    raise RouteNotFound


PAGES: Final = (
    ConsolePage(rule="/", view=home),
    ConsolePage(rule="/<path:rest>", view=no_page),
)
