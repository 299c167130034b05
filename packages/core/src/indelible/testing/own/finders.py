"""The finders of a context in a walk, compared with the values of all heads."""

from collections.abc import Iterator, Sequence
from typing import Any

from indelible.kernel import Head
from indelible.kernel.context_checks import MAX_HEADS
from indelible.kernel.contexts import AnyContext
from indelible.kernel.declared_finders import DeclaredFinder, declared_finders


def finder_faults(
    context: AnyContext,
    store: Any,  # noqa: ANN401 - a store of any kind
    stored: Sequence[Head[Any]],
) -> Iterator[str]:
    """Yield the finders that do not find the heads with the values of each head.

    `stored` are all heads of the store, in order of id.
    """
    for name, finder in declared_finders(context.aggregate).items():
        for head in stored:
            expected = _with_values_of(head, finder, stored)
            lookup = finder(**{one: getattr(head.entity, one) for one in finder.fields})
            if list(store.read(context.find, lookup, limit=MAX_HEADS)) != expected[:MAX_HEADS]:
                yield f"the finder {name} does not find the {len(expected)} with its values"
            has_value = finder.unique_field and getattr(head.entity, finder.unique_field)
            if has_value and store.read(context.find_one, lookup) != head:
                yield f"the finder {name} finds another one"


def _with_values_of(
    head: Head[Any], finder: DeclaredFinder[Any, ...], stored: Sequence[Head[Any]]
) -> list[Head[Any]]:
    """Return the heads that have the values of one in the fields of a finder."""
    others: list[Head[Any]] = []
    for other in stored:
        is_same = True
        for name in finder.fields:
            is_same &= getattr(other.entity, name) == getattr(head.entity, name)
        if is_same:
            others.append(other)
    return others
