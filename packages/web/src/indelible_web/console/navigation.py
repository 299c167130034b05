"""The answer to every address of the console that leads nowhere."""

from typing import Final, NoReturn

from indelible_web.console.context import ConsoleContext
from indelible_web.console.page import PREFIX, ConsolePage
from indelible_web.http.errors import RouteNotFound


def no_page(_: ConsoleContext, rest: str) -> NoReturn:  # noqa: ARG001 - Flask passes the path
    """Refuse an address that no page has."""
    raise RouteNotFound((PREFIX,))


PAGES: Final = (ConsolePage(rule="/<path:rest>", view=no_page),)
