"""Pages of records and heads that the memory store's repositories of money share."""

from typing import TypeVar

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.history import Record

R = TypeVar("R", bound=Record)
E = TypeVar("E", bound=Aggregate)


def records_after(records: tuple[R, ...], after: int, limit: int) -> tuple[R, ...]:
    """Return the next `limit` records after a number; the first record has number 1."""
    return records[max(after, 0) :][:limit]


def first_of(heads: tuple[Head[E], ...]) -> Head[E] | None:
    """Return the first head, None if there is none."""
    return heads[0] if heads else None
