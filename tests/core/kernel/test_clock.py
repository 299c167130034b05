"""Instants are aware, and an entity's time only goes forward."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis.strategies import datetimes, just

from indelible.kernel import SystemClock, instant_after

instants = datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=just(UTC))  # noqa: DTZ001 - the zone is given beside


def test_the_machines_clock_tells_utc() -> None:
    before = datetime.now(UTC)
    told = SystemClock().now()

    assert before <= told <= datetime.now(UTC)
    assert told.utcoffset() == timedelta(0)


@given(instants, instants)
def test_a_next_instant_is_later_by_the_clock_or_by_a_microsecond(
    previous: datetime, now: datetime
) -> None:
    after = instant_after(previous, now)

    assert after > previous
    assert after == (now if now > previous else previous + timedelta(microseconds=1))
