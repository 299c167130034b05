"""Pages of lists in memory."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, TypeVar

from indelible.kernel import ListFilter
from indelible.kernel.lists import Ordering

T = TypeVar("T")


def list_page(
    entries: Iterable[tuple[T, Mapping[str, Any]]],
    matching: ListFilter,
    *,
    after: str,
    limit: int,
) -> tuple[T, ...]:
    """Return the next `limit` matching entries after a position, in the filter's order.

    Each entry comes with its values: its fields, and the `actor` of its last change.
    """
    ordering = matching.ordering
    start = matching.values_at(after)
    keyed: list[tuple[tuple[Any, ...], T]] = []
    for entry, values in entries:
        key = tuple(values[name] for name in ordering.fields)
        if matching.matches(values) and _is_past(key, start, ordering):
            keyed.append((key, entry))

    keyed.sort(key=itemgetter(0), reverse=ordering.is_descending)
    return tuple(entry for _, entry in keyed[:limit])


def _is_past(key: tuple[Any, ...], start: tuple[Any, ...] | None, ordering: Ordering) -> bool:
    if start is None:
        return True
    if ordering.is_descending:
        return key < start
    return key > start
