"""Select contexts by their names, and check that each has the others that it needs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol, TypeVar

from attrs import frozen

from indelible.kernel.errors import Invalid


@frozen
class ContextsUnusable(Invalid):
    """The contexts that shall be on cannot be used together; every fault is named."""

    message: ClassVar[str] = "The contexts cannot be used: {problems}."
    problems: tuple[str, ...]


class HasNeeds(Protocol):
    """A context that names the others that it needs."""

    @property
    def name(self) -> str: ...

    @property
    def needs(self) -> Sequence[str]: ...


C = TypeVar("C", bound=HasNeeds)


def faults_of_contexts(contexts: Iterable[HasNeeds]) -> list[str]:
    """Return a fault for each context that is on twice, or lacks one that it needs."""
    faults: list[str] = []
    contexts = tuple(contexts)
    counts = Counter(context.name for context in contexts)
    for name, count in counts.items():
        if count > 1:
            faults.append(f"context {name} is named {count} times")
    for context in contexts:
        for name in context.needs:
            fault = f"context {context.name} needs {name}, which is off"
            if name not in counts and fault not in faults:
                faults.append(fault)

    return faults


def check_needs(contexts: Iterable[HasNeeds]) -> None:
    """Check that each context is on once, with those that it needs.

    Raises: ContextsUnusable.
    """
    faults = faults_of_contexts(contexts)
    if faults:
        raise ContextsUnusable(tuple(faults))


def select_contexts(names: Iterable[str], contexts: Iterable[C]) -> tuple[C, ...]:
    """Return the contexts of these names, in the order of `contexts`.

    Raises: ContextsUnusable where a name is unknown or named twice, or a need is off.
    """
    names = tuple(names)
    known = {context.name: context for context in contexts}
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    faults = [f"{name} is no built-in context, expected {', '.join(known)}" for name in unknown]
    faults += faults_of_contexts(known[name] for name in names if name in known)
    if faults:
        raise ContextsUnusable(tuple(faults))

    return tuple(context for name, context in known.items() if name in names)
