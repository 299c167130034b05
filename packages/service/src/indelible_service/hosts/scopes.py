"""The scopes and the addresses of a host's contexts."""

from attrs import frozen

from indelible.kernel.contexts import Context
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.settings.service import Settings


@frozen
class ServedContext:
    """A host's context as the API serves it: its list, and the scopes that read and write."""

    name: str
    address: str
    scopes: tuple[str, str]


def host_scopes(settings: Settings) -> list[str]:
    """Return the scopes of the contexts that the settings name.

    Raises: ContextsUnusable.
    """
    scopes: list[str] = []
    for served in served_contexts(settings):
        scopes.extend(served.scopes)
    return scopes


def served_contexts(settings: Settings) -> tuple[ServedContext, ...]:
    """Return the host's contexts that the settings name, without tables that have no routes.

    Raises: ContextsUnusable.
    """
    contexts = selected_host_contexts(settings)
    if not contexts:
        return ()

    # A supervisor without a host's contexts needs no web framework.
    from indelible_web.http.routing import PREFIX
    from indelible_web.own import path_of, scopes_of

    served: list[ServedContext] = []
    for context in contexts:
        if isinstance(context, Context):
            address = f"{settings.address}{PREFIX}{path_of(context)}"
            served.append(ServedContext(context.name, address, scopes_of(context)))
    return tuple(served)
