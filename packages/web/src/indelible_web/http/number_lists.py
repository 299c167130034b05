"""Recognize numbers with a form of their own: lists of numbers, and numbers of 256 bits."""

from typing import Annotated, Any, Final

UINT256: Final = Annotated[int, "uint256"]


def is_uint256(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    """Return True for the type of numbers below 2**256, which JSON has as decimal texts."""
    return bool(kind == UINT256)


def is_number_list(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    """Return True for `tuple[float, ...]` and for classes derived from it, such as vectors."""
    if kind == tuple[float, ...]:
        return True
    if not isinstance(kind, type):
        return False

    return any(base == tuple[float, ...] for base in getattr(kind, "__orig_bases__", ()))
