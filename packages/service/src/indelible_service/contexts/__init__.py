"""The contexts of the service, each with its settings, gateways, stages and recurring tasks."""

from typing import Any, Final

from indelible_service.contexts import captures, concepts, contests, money, projects, tokens
from indelible_service.contexts.declaration import NoSettings, ServiceContext

__all__ = ["CONTEXTS", "NoSettings", "ServiceContext", "all_scopes"]

COMMON_SCOPES: Final = ("admin", "console", "history:read", "keys:write")  # of no context

CONTEXTS: Final[tuple[ServiceContext[Any], ...]] = (
    concepts.CONTEXT,
    captures.CONTEXT,
    contests.CONTEXT,
    money.CONTEXT,
    projects.CONTEXT,
    tokens.CONTEXT,
)


def all_scopes() -> tuple[str, ...]:
    """Return every scope that a route of the service may require."""
    scopes = [*COMMON_SCOPES]
    for context in CONTEXTS:
        scopes.extend(context.scopes)

    return tuple(scopes)
