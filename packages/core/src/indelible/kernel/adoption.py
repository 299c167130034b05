"""The first changes of aggregates that were rows of an older table.

`@aggregate(adopts=(Status.OPEN, Status.CLOSED))` gives a lifecycle the edges `adopt_open` and
`adopt_closed`, which begin in no state and set every field. They are edges and not actions: no
command, request or page offers them. With `adopted=` in its place they are retired.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from indelible.kernel.lifecycle import Edge


def adopting_action(state: StrEnum) -> str:
    """Return the name of the first change of a row that is adopted in a state."""
    return f"adopt_{state.lower()}"


def adopting_edges(states: Iterable[StrEnum]) -> Iterator[Edge[StrEnum]]:
    """Yield the edges by which rows of an older table become aggregates in these states."""
    for state in states:
        yield Edge("", adopting_action(state), state, 0)
