"""Times are in UTC, and the time of an entity only goes forward."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis.strategies import datetimes, just

from indelible.kernel import SystemClock, instant_after

MICROSECOND = timedelta(microseconds=1)

instants = datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds only
    datetime(2999, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds only
    timezones=just(UTC),
)


def test_the_system_clock_returns_the_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()

    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


@given(instants, instants)
def test_the_next_instant_is_that_of_the_clock_or_a_microsecond_later(
    previous: datetime, now: datetime
) -> None:
    after = instant_after(previous, now)

    assert after > previous
    assert after == max(now, previous + MICROSECOND)
