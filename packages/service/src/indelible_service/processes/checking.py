"""Find everything that would end a start before its first connection, and start nothing."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from indelible.kernel import IndelibleError
from indelible.kernel.context_needs import ContextsUnusable
from indelible_service.contexts import ServiceContext
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.instance.data_directory import check_existing_secret
from indelible_service.settings.environment import VARIABLE, setting_fields
from indelible_service.settings.rules import mentions
from indelible_service.settings.service import Settings, load_with_problems

Check = Callable[[], object]


def load_and_check() -> tuple[Settings, list[str]]:
    """Return the settings of this process and all faults, by the names of variables.

    It calls what the starts call: it reads and compares the settings, imports the modules of the
    host, and builds the gateways, a chain of the host too. A context with a wrong setting is not
    built. It opens no connection and creates no file.
    """
    settings, problems = load_with_problems()
    faults = list(problems)
    for check in _checks(settings, problems):
        try:
            check()
        except IndelibleError as error:
            faults += _texts(error)

    return settings, faults


def _checks(settings: Settings, problems: list[str]) -> Iterator[Check]:
    """Yield what a start does with settings that are not wrong by themselves."""
    yield partial(check_existing_secret, settings)
    yield partial(selected_host_contexts, settings)
    for context in settings.built_in_contexts:
        if mentions(problems, _variables(context)):
            continue
        section = settings.section(context.settings)
        for check in (*context.local_checks, *context.gateways.values()):
            yield partial(check, section)


def _variables(context: ServiceContext[Any]) -> list[str]:
    return [attribute.metadata[VARIABLE] for attribute in setting_fields(context.settings)]


def _texts(error: IndelibleError) -> list[str]:
    """Return the faults of an error as parts of a sentence."""
    if isinstance(error, ContextsUnusable):
        return [f"INDELIBLE_CONTEXTS: {fault}" for fault in error.problems]

    return [f"{error.code}: {error.describe().removesuffix('.')}"]
