"""The scopes of a host's contexts, for keys."""

from indelible.kernel.contexts import Context
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.settings.service import Settings
from indelible_web.own import scopes_of


def host_scopes(settings: Settings) -> list[str]:
    """Return the scopes of the contexts that the settings name.

    Raises: ContextsUnusable.
    """
    scopes: list[str] = []
    for context in selected_host_contexts(settings):
        if isinstance(context, Context):
            scopes.extend(scopes_of(context))
    return scopes
