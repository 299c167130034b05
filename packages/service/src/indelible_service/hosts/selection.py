"""The contexts that INDELIBLE_CONTEXTS names."""

from collections.abc import Sequence

from indelible.kernel import UsageError
from indelible.kernel.context_needs import ContextsUnusable, faults_of_contexts
from indelible.kernel.contexts import AnyContext
from indelible_service.contexts import CONTEXTS
from indelible_service.hosts.modules import HostModuleUnusable, host_contexts
from indelible_service.settings.service import Settings
from indelible_sql import SqlContext
from indelible_sql.contexts import CATALOG, registrations_of


def selected_host_contexts(settings: Settings) -> tuple[AnyContext | SqlContext, ...]:
    """Return the contexts of the modules that INDELIBLE_CONTEXTS names, after a check of all.

    Every command and every process that opens a store calls it, so that `up`, `serve`, `work`,
    `schedule` and `verify` have the same contexts, or start with none.

    Raises: ContextsUnusable with every fault.
    """
    by_name = {context.name: context for context in CONTEXTS}
    built_in = [by_name[name] for name in settings.contexts if name in by_name]
    faults = faults_of_contexts(built_in)
    own: list[AnyContext | SqlContext] = []
    for module in settings.host_modules:
        try:
            own += host_contexts([module])
        except HostModuleUnusable as error:
            faults.append(f"module {error.module}: {error.problem}{_nearest_names(module)}")

    faults += _faults_of_registrations(own, settings.schema)
    if faults:
        raise ContextsUnusable(tuple(faults))

    return tuple(own)


def _nearest_names(module: str) -> str:
    """Return the names of the built-in contexts, of which a name without dots may be one."""
    if "." in module:
        return ""

    return f"; built-in contexts are {', '.join(context.name for context in CONTEXTS)}"


def _faults_of_registrations(own: Sequence[AnyContext | SqlContext], schema: str) -> list[str]:
    """Return why a store cannot have these contexts beside the built-in ones."""
    try:
        CATALOG.extended(registrations_of(own, schema))
    except UsageError as error:
        _, *lines = error.problem.splitlines()
        return lines or [error.problem]

    return []
