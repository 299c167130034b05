"""The contexts of the service, each with its settings, gateways, stages and recurring tasks."""

from collections.abc import Iterable
from typing import Any, Final

from indelible_service.contexts import captures, concepts, contests, money, projects, tokens
from indelible_service.contexts.declaration import NoSettings, ServiceContext

__all__ = ["CONTEXTS", "NoSettings", "ServiceContext", "service_scopes"]

COMMON_SCOPES: Final = ("admin", "ops", "console", "history:read", "keys:write")  # of no context

CONTEXTS: Final[tuple[ServiceContext[Any], ...]] = (
    concepts.CONTEXT,
    captures.CONTEXT,
    contests.CONTEXT,
    money.CONTEXT,
    projects.CONTEXT,
    tokens.CONTEXT,
)


def service_scopes(contexts: Iterable[ServiceContext[Any]] = CONTEXTS) -> tuple[str, ...]:
    """Return every scope that a route of these contexts may require, and those of none."""
    scopes = [*COMMON_SCOPES]
    for context in contexts:
        scopes.extend(context.scopes)

    return tuple(scopes)
