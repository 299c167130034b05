"""Recognize lists of numbers, which are read and written as one value."""

from typing import Any


def is_number_list(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    """Return True for `tuple[float, ...]` and for classes derived from it, such as vectors."""
    if kind == tuple[float, ...]:
        return True
    if not isinstance(kind, type):
        return False

    return any(base == tuple[float, ...] for base in getattr(kind, "__orig_bases__", ()))
