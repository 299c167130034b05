"""Questions: which rows of one table a finder returns, as values that every store answers."""

import operator
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import frozen

from indelible.kernel.errors import UsageError

T = TypeVar("T")

DESCENDING: Final = "-"  # before the name of a field in an order


class Comparator(StrEnum):
    """The comparisons of a field. A field without a value meets ABSENT only."""

    EQUAL = "="
    DIFFERENT = "<>"
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    # ONE_OF has a fixed set of values: one parameter each, and a statement for each set. LISTED has
    # a set that varies, as one parameter.
    ONE_OF = "one of"
    LISTED = "listed"
    PRESENT = "present"
    ABSENT = "absent"


@frozen
class Comparison:
    """The comparison of one field of a row with a value."""

    field: str
    comparator: Comparator
    value: Any = None

    def holds(self, row: object) -> bool:
        """Return True if the field of the row meets the comparison."""
        actual = getattr(row, self.field)
        if self.comparator is Comparator.ABSENT:
            return actual is None
        if actual is None:
            return False
        return _HOLDS[self.comparator](actual, self.value)


def _is_in(actual: object, values: tuple[object, ...]) -> bool:
    return actual in values


def _is_present(actual: object, _: object) -> bool:
    return actual is not None


_HOLDS: Final[Mapping[Comparator, Callable[[Any, Any], bool]]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.DIFFERENT: operator.ne,
    Comparator.BELOW: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.ABOVE: operator.gt,
    Comparator.AT_LEAST: operator.ge,
    Comparator.ONE_OF: _is_in,
    Comparator.LISTED: _is_in,
    Comparator.PRESENT: _is_present,
}


def equal(field: str, value: object) -> Comparison:
    """Return the comparison that a field equals a value."""
    return _compared(field, Comparator.EQUAL, value)


def different(field: str, value: object) -> Comparison:
    """Return the comparison of a field that has another value."""
    return _compared(field, Comparator.DIFFERENT, value)


def below(field: str, value: object) -> Comparison:
    """Return the comparison of a field that is less than a value, or earlier."""
    return _compared(field, Comparator.BELOW, value)


def at_most(field: str, value: object) -> Comparison:
    """Return the comparison of a field that is not greater than a value."""
    return _compared(field, Comparator.AT_MOST, value)


def above(field: str, value: object) -> Comparison:
    """Return the comparison of a field that is greater than a value, or later."""
    return _compared(field, Comparator.ABOVE, value)


def at_least(field: str, value: object) -> Comparison:
    """Return the comparison of a field that is not less than a value."""
    return _compared(field, Comparator.AT_LEAST, value)


def one_of(field: str, values: Iterable[StrEnum]) -> Comparison:
    """Return the comparison of a field with declared values, in alphabetical order."""
    return Comparison(field, Comparator.ONE_OF, tuple(sorted(values)))


def listed(field: str, values: Iterable[str]) -> Comparison:
    """Return the comparison of a field with texts, of which there may be many."""
    return Comparison(field, Comparator.LISTED, tuple(values))


def present(field: str) -> Comparison:
    """Return the comparison that a field has any value."""
    return Comparison(field, Comparator.PRESENT)


def absent(field: str) -> Comparison:
    """Return the comparison that a field has no value."""
    return Comparison(field, Comparator.ABSENT)


def _compared(field: str, comparator: Comparator, value: object) -> Comparison:
    """Return a comparison with a value; memory and SQL would answer one with None differently."""
    if value is None:
        raise UsageError(f"field {field} of a question is None: use `absent({field!r})`")
    return Comparison(field, comparator, value)


@frozen(kw_only=True)
class Question:
    """The rows of one table that meet all comparisons: the first `limit` of them in an order.

    A `-` before a field in `order` descends. No two rows may have the same place in the order.
    """

    where: tuple[Comparison, ...] = ()
    order: tuple[str, ...] = ("id",)
    limit: int | None = None

    def __attrs_post_init__(self) -> None:
        """Raise UsageError for a limit below zero, which the databases understand differently."""
        if self.limit is not None and self.limit < 0:
            raise UsageError(f"the limit of a question is {self.limit}: expected 0 or more")

    def value_of(self, field: str) -> Any:  # noqa: ANN401 - of any type
        """Return the value that a field must equal, None if the question does not say."""
        for comparison in self.where:
            if comparison.field == field and comparison.comparator is Comparator.EQUAL:
                return comparison.value
        return None

    def holds(self, row: object) -> bool:
        """Return True if the row meets all comparisons."""
        return all(comparison.holds(row) for comparison in self.where)

    def answer(self, rows: Iterable[T], read: Callable[[T], object]) -> tuple[T, ...]:
        """Return the rows that the question asks for; `read` returns what has a row's fields."""
        matching = [row for row in rows if self.holds(read(row))]
        # A stable sort by the last field first leaves the rows in the order of all fields.
        for name in reversed(self.order):
            field = name.removeprefix(DESCENDING)
            keys = operator.attrgetter(field)
            matching.sort(key=lambda row: keys(read(row)), reverse=name.startswith(DESCENDING))
        return tuple(matching[: self.limit])


def question_of(
    where: Iterable[Comparison],
    values: Mapping[str, object],
    *,
    after: str | None = None,
    order: tuple[str, ...] = ("id",),
    limit: int | None = None,
) -> Question:
    """Return the question of these comparisons; each of `values` is equal, and ids follow `after`.

    Raises:
        UsageError: `after` is given, and the order is another than that of ids.
    """
    if after is not None and order != ("id",):
        raise UsageError(f"a page after an id is in order of ids, not of {', '.join(order)}")

    comparisons = [equal(field, value) for field, value in values.items()]
    comparisons.extend(where)
    if after is not None:
        comparisons.append(above("id", after))
    return Question(where=tuple(comparisons), order=order, limit=limit)
