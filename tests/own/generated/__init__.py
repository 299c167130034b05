"""Aggregates that nobody has thought of: declarations drawn from a seed, as text that is run."""

import linecache
import sys
from collections.abc import Iterable
from itertools import count
from types import ModuleType
from typing import Any, Final

from tests.own.generated.drawing import drawn
from tests.own.generated.plans import KINDS, AggregatePlan
from tests.own.generated.source import source_of

from indelible.declare import Context
from indelible.kernel.references import references_of

__all__ = ["KINDS", "family", "generated", "module_of", "others_of", "plans_of"]

MODULES: Final = count(1)


def plans_of(numbers: Iterable[int], seed: int) -> tuple[AggregatePlan, ...]:
    """Return the plans of aggregates, each of which can refer to those before it."""
    plans: list[AggregatePlan] = []
    for number in numbers:
        plans.append(drawn(number, seed, [plan.class_name for plan in plans]))
    return tuple(plans)


def module_of(plans: Iterable[AggregatePlan]) -> ModuleType:
    """Return the module that declares the aggregates of plans; it can be imported by its name.

    Faults name the lines of its text.
    """
    name = f"tests_own_generated_{next(MODULES)}"
    source = source_of(plans)
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, file, "exec"), vars(module))  # noqa: S102 - the text is our own
    return module


def family(numbers: Iterable[int], seed: int) -> tuple[Context[Any], ...]:
    """Return the contexts of aggregates, each of which can refer to those before it."""
    contexts: tuple[Context[Any], ...] = module_of(plans_of(numbers, seed)).contexts
    return contexts


def others_of(context: Context[Any], contexts: Iterable[Context[Any]]) -> list[Context[Any]]:
    """Return the contexts that a store needs beside one, because its aggregate refers to them."""
    needed = {context.aggregate}
    result: list[Context[Any]] = []
    for other in (context, *reversed(tuple(contexts))):
        if other is not context and other.aggregate in needed:
            result.insert(0, other)
        if other.aggregate in needed:
            entity = other.aggregate
            needed.update(reference.target_of(entity) for reference in references_of(entity))
    return result


def generated(number: int, seed: int) -> Context[Any]:
    """Return the context of an aggregate that follows from a seed; it refers to itself at most."""
    (context,) = family((number,), seed)
    return context
