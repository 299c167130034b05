"""The contexts that an application serves unless a host passes its own."""

from typing import Final

from indelible_web import captures, concepts, contests, money, projects, tokens
from indelible_web.context import WebContext

CONTEXTS: Final[tuple[WebContext, ...]] = (
    concepts.CONTEXT,
    captures.CONTEXT,
    contests.CONTEXT,
    money.CONTEXT,
    projects.CONTEXT,
    tokens.CONTEXT,
)
