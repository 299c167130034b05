"""Test the counts per minute: their limit, and the sums of several."""

from collections.abc import Mapping
from datetime import timedelta

from indelible.kernel.minutes import MinuteCounts, sum_counts
from indelible.testing.stores import BEGINNING

MINUTES = [BEGINNING + timedelta(minutes=number) for number in range(4)]


def counted(numbers: Mapping[int, int], limit: int = 100) -> MinuteCounts:
    """Return counts by the number of the minute."""
    counts = {MINUTES[index]: number for index, number in numbers.items()}
    return MinuteCounts(since=BEGINNING, counts=counts, limit=limit)


def test_sums_of_complete_counts_are_complete() -> None:
    parts = [counted({0: 1, 2: 3}), counted({2: 4, 3: 5})]

    sums = sum_counts(parts, since=BEGINNING)

    assert sums.counts == {MINUTES[0]: 1, MINUTES[2]: 7, MINUTES[3]: 5}
    assert (sums.is_complete, sums.counted_from) == (True, BEGINNING)


def test_sums_begin_where_the_last_part_begins_to_count() -> None:
    parts = [counted({0: 1, 1: 1, 3: 1}), counted({1: 2, 2: 8}, 10), counted({2: 4, 3: 6}, 10)]

    sums = sum_counts(parts, since=BEGINNING)

    assert sums.counts == {MINUTES[2]: 12, MINUTES[3]: 7}
    assert (sums.is_complete, sums.counted_from) == (False, MINUTES[2])


def test_the_sum_of_nothing_is_complete() -> None:
    for parts in ([], [counted({})]):
        sums = sum_counts(parts, since=BEGINNING)

        assert (sums.total, sums.is_complete) == (0, True)
