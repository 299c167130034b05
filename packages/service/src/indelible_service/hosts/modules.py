"""Modules of a host, which a command's `--module` names: its stages, schedules and contexts."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Final, TypeVar, cast

from attrs import evolve, frozen

from indelible.kernel import Invalid
from indelible.kernel.contexts import AnyContext, Context
from indelible.kernel.stages import Stage
from indelible_service.contexts.declaration import AnyStage
from indelible_service.hosts.imports import import_host_file, import_host_module
from indelible_sql import SqlContext, SqlStore
from indelible_sql.contexts import registrations_of
from indelible_workers import RecurringTask
from indelible_workers.masking import failure_reason

# The names that a module exports: sequences, or functions that return them for a store.
STAGES: Final = "stages"
RECURRING_TASKS: Final = "recurring_tasks"
CONTEXTS: Final = "contexts"
# The types of what they contain.
STAGE_TYPES: Final[tuple[type[AnyStage], ...]] = (Stage,)
OWN_CONTEXT_TYPES: Final[tuple[type[Any], ...]] = (Context,)
CONTEXT_TYPES: Final[tuple[type[Any], ...]] = (SqlContext, *OWN_CONTEXT_TYPES)
Value = TypeVar("Value")
logger = logging.getLogger("indelible.service")


@frozen
class HostModuleUnusable(Invalid):
    """A module that a command names cannot be imported, or does not export what it must."""

    message: ClassVar[str] = "Module {module} cannot be used: {problem}."
    module: str
    problem: str


def host_stages(names: Iterable[str], store: SqlStore) -> list[AnyStage]:
    """Return the stages that the modules export as `stages`.

    Raises: HostModuleUnusable.
    """
    return _required(names, STAGES, STAGE_TYPES, store)


def host_recurring_tasks(names: Iterable[str], store: SqlStore) -> list[RecurringTask]:
    """Return the recurring tasks that the modules export as `recurring_tasks`; they may be none.

    Raises: HostModuleUnusable.
    """
    tasks: list[RecurringTask] = []
    for name in names:
        exported = _exported(_import(name), RECURRING_TASKS, (RecurringTask,), store)
        if not exported:
            logger.warning("scheduler: module %s exports no %r", name, RECURRING_TASKS)
        tasks.extend(exported)

    return tasks


def with_host_contexts(store: SqlStore, names: Iterable[str]) -> SqlStore:
    """Return the store with the contexts that the modules export as `contexts`.

    Each is a `Context`, or the `SqlContext` of a table that the host's migrations make.

    Raises: HostModuleUnusable.
    """
    known = {context.name for context in store.catalog.contexts}
    others = [context for context in host_contexts(names, store) if context.name not in known]
    registered = registrations_of(others, store.schema)
    extended = evolve(store, catalog=store.catalog.extended(registered))
    extended.standby = store.standby
    return extended


def host_contexts(
    names: Iterable[str], store: SqlStore | None = None
) -> list[AnyContext | SqlContext]:
    """Return the contexts that the modules export as `contexts`; a function needs the store.

    Raises: HostModuleUnusable.
    """
    contexts: list[AnyContext | SqlContext] = []
    modules: list[str] = []
    problems: list[str] = []
    for name in names:
        try:
            contexts += _required([name], CONTEXTS, CONTEXT_TYPES, store)
        except HostModuleUnusable as error:
            modules.append(error.module)
            problems.append(error.problem)
    if problems:
        raise HostModuleUnusable(", ".join(modules), "; ".join(problems))
    return contexts


def contexts_of_file(path: Path) -> Sequence[AnyContext]:
    """Return the contexts that a Python file exports as `contexts`.

    Raises: HostModuleUnusable.
    """
    try:
        module = import_host_file(path)
    except Exception as error:
        problem = f"its import fails ({failure_reason(error)})"
        raise HostModuleUnusable(str(path), problem) from error
    contexts: list[AnyContext] = []
    contexts += _exported(module, CONTEXTS, OWN_CONTEXT_TYPES, None)
    if not contexts:
        raise HostModuleUnusable(str(path), f"it exports no {CONTEXTS!r}")
    return contexts


def join_stages(
    own: Collection[AnyStage], modules: Sequence[str], of_hosts: Iterable[AnyStage]
) -> dict[str, AnyStage]:
    """Return the stages by name.

    Raises: HostModuleUnusable if two have the same name.
    """
    stages = {stage.name: stage for stage in own}
    for stage in of_hosts:
        if stage.name in stages:
            problem = f"stage {stage.name!r} exists already"
            raise HostModuleUnusable(", ".join(modules), problem)
        stages[stage.name] = stage

    return stages


def _import(name: str) -> ModuleType:
    try:
        return import_host_module(name)
    except Exception as error:
        raise HostModuleUnusable(name, f"its import fails ({failure_reason(error)})") from error


def _required(
    modules: Iterable[str], name: str, types: tuple[type[Value], ...], store: SqlStore | None
) -> list[Value]:
    """Return what the modules export by a name; each of them exports something.

    Raises: HostModuleUnusable.
    """
    values: list[Value] = []
    for module in modules:
        exported = _exported(_import(module), name, types, store)
        if not exported:
            raise HostModuleUnusable(module, f"it exports no {name!r}")
        values.extend(exported)

    return values


def _exported(
    module: ModuleType, name: str, types: tuple[type[Value], ...], store: SqlStore | None
) -> Sequence[Value]:
    """Return the sequence that a module exports, or that its function returns for the store."""
    value: object = getattr(module, name, ())
    if callable(value) and store is None:
        problem = f"{name!r} is a function, expected a sequence"
        raise HostModuleUnusable(module.__name__, problem)
    if callable(value) and store is not None:
        value = _call(module, name, value, store)
    if not isinstance(value, Sequence) or isinstance(value, str):
        problem = f"{name!r} is {type(value).__name__}, expected a sequence or a function"
        raise HostModuleUnusable(module.__name__, problem)

    items = cast("Sequence[object]", value)
    return [_checked(module, name, item, types) for item in items]


def _call(
    module: ModuleType, name: str, function: Callable[[SqlStore], object], store: SqlStore
) -> object:
    try:
        return function(store)
    except Exception as error:
        problem = f"{name!r} fails ({failure_reason(error)})"
        raise HostModuleUnusable(module.__name__, problem) from error


def _checked(module: ModuleType, name: str, item: object, types: tuple[type[Value], ...]) -> Value:
    if isinstance(item, types):
        return item

    expected = " or ".join(expected_type.__name__ for expected_type in types)
    problem = f"{name!r} contains {type(item).__name__}, expected {expected}"
    raise HostModuleUnusable(module.__name__, problem)
