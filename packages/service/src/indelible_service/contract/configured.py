"""The contract of the service that the settings describe."""

from indelible.kernel.contexts import Context
from indelible_service.composition import web_contexts
from indelible_service.contract.collecting import contract_of
from indelible_service.contract.differences import Parts
from indelible_service.contract.errors import all_errors, errors_of_modules
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.settings.service import Settings, load
from indelible_sql.contexts import CATALOG, registrations_of
from indelible_sql.schema.catalog import Catalog


def configured_contract(settings: Settings | None = None) -> Parts:
    """Return the contract of the contexts that are on; nothing is opened.

    Of a host's errors it has those of the modules that declare its aggregates.

    Raises: ContextsUnusable, HostModuleUnusable, SettingsWrong.
    """
    settings = settings or load()
    own = selected_host_contexts(settings)
    off = settings.contexts_off
    built_in = [context for context in CATALOG.contexts if context.name not in off]
    catalog = Catalog((*built_in, *registrations_of(own, settings.schema)))
    modules = {one.aggregate.__module__ for one in own if isinstance(one, Context)}
    lifecycles = sorted(catalog.heads.values(), key=lambda lifecycle: lifecycle.name)
    return contract_of(
        settings,
        web_contexts(settings),
        lifecycles=lifecycles,
        errors=(*all_errors(), *errors_of_modules(modules)),
    )
