"""The contexts of the service, each with its settings, gateways, stages and recurring tasks."""

from typing import Any, Final

from indelible_service.contexts import captures, concepts, tokens
from indelible_service.contexts.declaration import NoSettings, ServiceContext

__all__ = ["CONTEXTS", "NoSettings", "ServiceContext"]

CONTEXTS: Final[tuple[ServiceContext[Any], ...]] = (
    concepts.CONTEXT,
    captures.CONTEXT,
    tokens.CONTEXT,
)
