"""Queries whose result nobody sees before a check has accepted the caller."""

from collections.abc import Callable
from typing import Generic, TypeVar

from attrs import frozen

Reading = TypeVar("Reading")
C = TypeVar("C")
R = TypeVar("R")


@frozen
class CheckedQuery(Generic[Reading, C, R]):
    """A query that `Store.read` answers only after a check.

    `check` and `query` are declared as `single_statement`, and do not depend on each other.
    `accept` gets what the check has returned, and raises the refusal: no result and no error of the
    query comes before it. A SQL store may send both statements in one round trip, the check's
    first, and calls `accept` without a connection. It may call `check` inside of `query`, and both
    once more where one of them has sent nothing.
    """

    check: Callable[[Reading], C]
    accept: Callable[[C], object]
    query: Callable[[Reading], R]

    def __call__(self, tx: Reading) -> R:
        """Return the query's result once the check is accepted."""
        self.accept(self.check(tx))
        return self.query(tx)
