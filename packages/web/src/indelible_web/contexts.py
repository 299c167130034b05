"""The contexts that an application serves unless a host passes its own."""

from typing import Final

from indelible.kernel.context_needs import select_contexts
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


def built_in_contexts(*names: str) -> tuple[WebContext, ...]:
    """Return the built-in contexts of these names, such as `concepts`, for `create_app`.

    Raises: ContextsUnusable where a name is unknown or named twice, or a need is off.
    """
    return select_contexts(names, CONTEXTS)
