"""Recognize numbers with a form of their own: lists, numbers of 256 bits, and amounts."""

from typing import Annotated, Any, Final

UINT256: Final = Annotated[int, "uint256"]
# An integer whose own validator checks it as it was written: 10.0 is no amount, though it is the
# integer 10 in JSON Schema.
WrittenInteger = Annotated[int, "as_written"]


def is_uint256(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    """Return True for the type of numbers below 2**256, which JSON has as decimal texts."""
    return bool(kind == UINT256)


def is_written_integer(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    """Return True for the type of integers that are read as they were written."""
    return bool(kind == WrittenInteger)


def is_number_list(kind: Any) -> bool:  # noqa: ANN401 - any type that a field may have
    """Return True for `tuple[float, ...]` and for classes derived from it, such as vectors."""
    if kind == tuple[float, ...]:
        return True
    if not isinstance(kind, type):
        return False

    return any(base == tuple[float, ...] for base in getattr(kind, "__orig_bases__", ()))
