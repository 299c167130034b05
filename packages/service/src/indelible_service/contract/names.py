"""The public names of Python modules, with what a caller passes and what a class has."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from importlib import import_module
from typing import Any, Final, get_origin

from indelible_service.contract.differences import KNOWN, OPTIONAL, REQUIRED, Part

OPEN: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
POSITIONAL: Final = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)
BOUND: Final = ("self", "cls")
OWN: Final = "indelible"  # methods of other packages are not ours to promise


def names_of(modules: Iterable[str]) -> Part:
    """Return the names in `__all__` of these modules, each with its facts."""
    part: dict[str, dict[str, str]] = {}
    for module_name in modules:
        module = import_module(module_name)
        for name in getattr(module, "__all__", ()):
            part[f"{module_name}.{name}"] = dict(_facts(getattr(module, name)))
    return part


def _facts(value: object) -> Iterator[tuple[str, str]]:
    if inspect.isclass(value):
        yield "kind", "class"
        yield from _class_facts(value)
    elif get_origin(value) is not None:
        yield "kind", "type"
    elif inspect.isroutine(value):
        yield "kind", "function"
        yield from _parameter_facts("", value)
    else:
        yield "kind", type(value).__name__


def _class_facts(value: type[Any]) -> Iterator[tuple[str, str]]:
    if issubclass(value, Enum):
        for member in value:
            yield f"member {member.name}", str(member.value)
        return

    yield from _parameter_facts("", value)
    for name in dir(value):
        attribute = inspect.getattr_static(value, name)
        if name.startswith("_") or not _is_own(attribute):
            continue
        yield f".{name}", KNOWN
        called = getattr(attribute, "__func__", attribute)
        if inspect.isfunction(called):
            yield from _parameter_facts(f".{name} ", called)


def _is_own(attribute: object) -> bool:
    """Return whether a method or a property is one of indelible's."""
    function = getattr(attribute, "fget", None) or getattr(attribute, "__func__", attribute)
    module = getattr(function, "__module__", None) or ""
    return callable(function) and module.startswith(OWN)


def _parameter_facts(prefix: str, called: Callable[..., object]) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a call; some classes of the standard library show none."""
    try:
        signature = inspect.signature(called)
    except (TypeError, ValueError):
        return
    parameters = [one for one in signature.parameters.values() if one.name not in BOUND]
    for position, parameter in enumerate(parameters, 1):
        name = f"{prefix}parameter {parameter.name}"
        is_optional = parameter.default is not inspect.Parameter.empty or parameter.kind in OPEN
        if not parameter.name.startswith("_"):
            yield name, OPTIONAL if is_optional else REQUIRED
            yield f"{name} kind", parameter.kind.description
            if parameter.kind in POSITIONAL:
                yield f"{name} position", str(position)
