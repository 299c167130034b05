"""A bucket never permits more than its rate and its burst, whatever workers and clocks do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from indelible.kernel.errors import Invalid, UsageError
from indelible.kernel.rates import MAX_BURST, MAX_RATE_SECONDS, MAX_RATE_TASKS, Bucket, RateLimit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TEN_A_SECOND = RateLimit(tasks=10)

rates = st.builds(
    RateLimit,
    tasks=st.integers(1, 1_000),
    per_seconds=st.integers(1, 100),
    burst=st.none() | st.integers(1, 50),
)


@define
class SharedBucket:
    """A bucket that workers share, and a journal of what was taken when."""

    rate: RateLimit
    now: datetime = NOW
    bucket: Bucket = field(init=False)
    journal: list[tuple[datetime, int]] = field(factory=list[tuple[datetime, int]])

    def __attrs_post_init__(self) -> None:
        self.bucket = Bucket.full(self.rate, self.now)

    def take(self, wanted: int) -> int:
        """Take as many permits as there are, at most those that are wanted."""
        number = min(wanted, self.bucket.permits(self.rate, self.now))
        self.bucket = self.bucket.taking(number, self.rate, self.now)
        self.journal.append((self.now, number))
        return number


def exceeds(rate: RateLimit, journal: list[tuple[datetime, int]]) -> bool:
    """Return True if in some stretch of time more was taken than the rate and its burst permit."""
    for start, (begins_at, _) in enumerate(journal):
        taken = 0
        for at, number in journal[start:]:
            taken += number
            refilled = (at - begins_at) // rate.permit_time
            if taken > rate.capacity + refilled:
                return True

    return False


def test_a_full_bucket_has_its_burst_and_no_more() -> None:
    rate = RateLimit(tasks=10, burst=3)
    bucket = Bucket.full(rate, NOW)

    assert bucket.permits(rate, NOW) == 3
    assert bucket.permits(rate, NOW + timedelta(days=400)) == 3
    assert bucket.taking(3, rate, NOW).permits(rate, NOW) == 0


def test_permits_come_one_by_one() -> None:
    empty = Bucket.full(TEN_A_SECOND, NOW).taking(10, TEN_A_SECOND, NOW)
    tenths = [NOW + number * SECOND / 10 for number in range(12)]

    permits = [empty.permits(TEN_A_SECOND, now) for now in tenths]
    assert permits == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]


def test_a_rate_of_0_permits_nothing() -> None:
    paused = RateLimit(tasks=0, burst=5)
    assert Bucket(datetime.min.replace(tzinfo=UTC)).permits(paused, NOW + timedelta(days=1)) == 0


def test_a_clock_that_is_set_back_gives_no_burst_and_no_long_pause() -> None:
    bucket = Bucket.full(TEN_A_SECOND, NOW).taking(4, TEN_A_SECOND, NOW)
    earlier = NOW - timedelta(hours=5)

    assert bucket.permits(TEN_A_SECOND, earlier) == 0
    emptied = bucket.taking(0, TEN_A_SECOND, earlier)
    assert emptied.permits(TEN_A_SECOND, earlier + SECOND) == 10


def test_a_clock_that_jumps_ahead_gives_one_bucket() -> None:
    empty = Bucket.full(TEN_A_SECOND, NOW).taking(10, TEN_A_SECOND, NOW)
    later = NOW + timedelta(days=9)

    assert empty.permits(TEN_A_SECOND, later) == 10
    assert empty.taking(10, TEN_A_SECOND, later).permits(TEN_A_SECOND, later) == 0


def test_the_time_of_a_permit_is_rounded_up() -> None:
    assert RateLimit(tasks=3).permit_time == timedelta(microseconds=333_334)
    assert RateLimit(tasks=MAX_RATE_TASKS).permit_time == timedelta(microseconds=10)


@pytest.mark.parametrize(
    "fields",
    [
        {"tasks": -1},
        {"tasks": MAX_RATE_TASKS + 1},
        {"tasks": True},
        {"tasks": 1.5},
        {"tasks": 1, "per_seconds": 0},
        {"tasks": 1, "per_seconds": MAX_RATE_SECONDS + 1},
        {"tasks": 1, "burst": 0},
        {"tasks": 1, "burst": MAX_BURST + 1},
    ],
)
def test_a_rate_outside_its_limits_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        RateLimit(**fields)


@given(
    rate=rates,
    steps=st.lists(st.tuples(st.integers(0, 2_000_000), st.integers(0, 60)), max_size=40),
)
def test_no_stretch_of_time_has_more_than_the_rate_and_its_burst(
    rate: RateLimit, steps: list[tuple[int, int]]
) -> None:
    shared = SharedBucket(rate)
    for microseconds, wanted in steps:
        shared.now += timedelta(microseconds=microseconds)
        shared.take(wanted)

    assert not exceeds(rate, shared.journal)


@given(
    rate=rates,
    steps=st.lists(st.tuples(st.integers(-(10**10), 10**10), st.integers(0, 60)), max_size=40),
)
def test_a_clock_that_jumps_gives_at_most_one_bucket_a_jump(
    rate: RateLimit, steps: list[tuple[int, int]]
) -> None:
    shared = SharedBucket(rate)
    taken = 0
    for microseconds, wanted in steps:
        shared.now += timedelta(microseconds=microseconds)
        taken += shared.take(wanted)

    times = [NOW, *(at for at, _ in shared.journal)]
    refilled = 0
    for before, after in pairwise(times):
        passed = max(after - before, timedelta()) // rate.permit_time
        refilled += min(passed + 1, rate.capacity)  # a part of a permit may be finished by a jump
    assert taken <= rate.capacity + refilled


@given(
    both=st.tuples(rates, rates),
    steps=st.lists(
        st.tuples(st.integers(0, 2_000_000), st.integers(0, 60), st.integers(0, 1)), max_size=40
    ),
)
def test_claims_under_two_rates_take_no_more_time_than_has_passed(
    both: tuple[RateLimit, RateLimit], steps: list[tuple[int, int, int]]
) -> None:
    """Count the time of the permits of each stretch: at most its length and the larger bucket."""
    largest = max(rate.refill_time for rate in both)
    now = NOW
    bucket = Bucket.full(both[0], now)
    times: list[tuple[datetime, timedelta]] = []
    for microseconds, wanted, number in steps:
        now += timedelta(microseconds=microseconds)
        rate = both[number]
        permits = min(wanted, bucket.permits(rate, now))
        bucket = bucket.taking(permits, rate, now)
        times.append((now, permits * rate.permit_time))

    for start, (begins_at, _) in enumerate(times):
        taken = timedelta()
        for at, permit_time in times[start:]:
            taken += permit_time
            assert taken <= largest + (at - begins_at)


def test_a_bucket_that_takes_more_than_a_year_to_fill_is_refused() -> None:
    assert RateLimit(tasks=1, per_seconds=MAX_RATE_SECONDS, burst=366).capacity == 366
    problem = "367 permits takes 31708800 seconds to fill; at most 31622400 are allowed"
    with pytest.raises(UsageError, match=problem):
        RateLimit(tasks=1, per_seconds=MAX_RATE_SECONDS, burst=367)
