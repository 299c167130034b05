"""A cron expression fires once for each of its times, also where clocks are set forward or back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indelible.kernel.errors import Invalid
from indelible.kernel.silence import LONGEST_SILENCE_SECONDS
from indelible_workers import RecurringTask
from indelible_workers.recurring.cron import MAX_CRON_CHARACTERS, CronSchedule

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
RANGES = ((0, 59), (0, 23))  # of the minute and of the hour

# Shortly before clocks are set forward or back.
TRANSITIONS = {
    "Berlin forward": ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    "Berlin back": ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    "New York forward": ("America/New_York", datetime(2026, 3, 8, 0, tzinfo=UTC)),
    "New York back": ("America/New_York", datetime(2026, 11, 1, 0, tzinfo=UTC)),
    "Havana forward, at midnight": ("America/Havana", datetime(2026, 3, 8, 0, tzinfo=UTC)),
    "Havana back": ("America/Havana", datetime(2026, 11, 1, 0, tzinfo=UTC)),
    "Cairo forward": ("Africa/Cairo", datetime(2026, 4, 23, 12, tzinfo=UTC)),
    "Cairo back": ("Africa/Cairo", datetime(2026, 10, 29, 12, tzinfo=UTC)),
    "no transition": ("Asia/Kolkata", datetime(2026, 3, 28, 12, tzinfo=UTC)),
}
EXPRESSIONS = (
    "30 2 * * *",
    "0 0 * * *",
    "0,30 2 * * *",
    "15,45 0-3 * * *",
    "5 1-3 * * *",
    "0 * * * *",
    "*/15 * * * *",
    "*/20 2 * * *",
    "*/30 0 * * *",
    "0 */2 * * *",
)


def values_of(text: str, position: int) -> set[int]:
    """Return the values of one field of a cron expression."""
    values: set[int] = set()
    for term in text.split(","):
        bounds, _, step = term.partition("/")
        low, high = RANGES[position]
        if bounds != "*":
            first, _, last = bounds.partition("-")
            low = int(first)
            high = int(last or first)
        values.update(range(low, high + 1, int(step or 1)))

    return values


def documented_slots(expression: str, zone: ZoneInfo, start: datetime) -> list[datetime]:
    """Return the slots of two days by the rules that the documentation states, minute by minute."""
    minute, hour, *_ = expression.split()
    minutes, hours = values_of(minute, 0), values_of(hour, 1)
    follows_the_clock = minute.startswith("*") or hour.startswith("*")
    moments = matching_instants if follows_the_clock else matching_times
    slots = {
        slot for slot in moments(minutes, hours, zone, start) if start < slot <= start + 2 * DAY
    }
    return sorted(slots)


def matching_instants(
    minutes: set[int], hours: set[int], zone: ZoneInfo, start: datetime
) -> Iterator[datetime]:
    """Yield each instant whose local time matches."""
    for number in range(2 * 24 * 60 + 1):
        instant = start + number * MINUTE
        local = instant.astimezone(zone)
        if local.minute in minutes and local.hour in hours:
            yield instant


def matching_times(
    minutes: set[int], hours: set[int], zone: ZoneInfo, start: datetime
) -> Iterator[datetime]:
    """Yield the instant of each matching local time: the first of two, the first after a gap."""
    midnight = (start - DAY).astimezone(zone).replace(hour=0, minute=0, tzinfo=None)
    for number in range(5 * 24 * 60):
        local = midnight + number * MINUTE
        if local.minute in minutes and local.hour in hours:
            yield first_instant(local, zone)


def first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local time, or the first one after the gap that it is in."""
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    while instant.astimezone(zone).replace(tzinfo=None) != local:
        local += MINUTE
        instant = local.replace(tzinfo=zone).astimezone(UTC)
    return instant


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("transition", TRANSITIONS)
def test_an_expression_fires_as_documented(expression: str, transition: str) -> None:
    name, start = TRANSITIONS[transition]
    schedule = CronSchedule(expression=expression, time_zone=name)
    expected = documented_slots(expression, ZoneInfo(name), start)

    fired: list[datetime] = []
    slot = schedule.next_slot(start)
    while slot <= start + 2 * DAY:
        fired.append(slot)
        slot = schedule.next_slot(slot)
    assert fired == expected


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("transition", TRANSITIONS)
def test_the_newest_slot_is_the_last_that_has_come(expression: str, transition: str) -> None:
    """Look every 13 minutes: also in the hour that clocks show twice."""
    name, start = TRANSITIONS[transition]
    schedule = CronSchedule(expression=expression, time_zone=name)
    slots = documented_slots(expression, ZoneInfo(name), start)

    now = start
    while now < start + 2 * DAY:
        now += 13 * MINUTE
        newest = max((slot for slot in slots if slot <= now), default=None)
        if newest is not None:
            assert schedule.latest_slot(now) == newest, now


def test_a_nightly_task_runs_once_where_its_time_exists_twice_or_not_at_all() -> None:
    nightly = CronSchedule(expression="30 2 * * *", time_zone="Europe/Berlin")

    # 02:30 does not exist on March 29: the slot is 03:00, which is 01:00 UTC.
    assert nightly.next_slot(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )
    # 02:30 exists twice on October 25: the slot is the first one.
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert nightly.next_slot(datetime(2026, 10, 24, 12, tzinfo=UTC)) == first
    assert nightly.next_slot(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    assert nightly.latest_slot(first + timedelta(minutes=40)) == first


def test_an_hourly_task_runs_at_each_hour_that_passes() -> None:
    hourly = CronSchedule(expression="0 * * * *", time_zone="Europe/Berlin")
    slot = datetime(2026, 10, 24, 22, tzinfo=UTC)
    for _ in range(6):
        following = hourly.next_slot(slot)
        assert following - slot == timedelta(hours=1)
        slot = following


def test_a_slot_has_come_at_its_own_instant() -> None:
    daily = CronSchedule(expression="0 4 * * *")
    slot = datetime(2026, 5, 5, 4, tzinfo=UTC)

    assert daily.latest_slot(slot) == slot
    assert daily.latest_slot(slot - timedelta(microseconds=1)) == slot - DAY
    assert daily.latest_slot(slot + timedelta(microseconds=1)) == slot


def test_an_expression_may_fire_only_on_leap_days() -> None:
    leap = CronSchedule(expression="0 0 29 2 *")

    assert leap.next_slot(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)
    assert leap.latest_slot(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2024, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "code"),
    [
        ("0 0 30 2 *", "CRON_NEVER_FIRES"),
        ("0 0 31 4,6,9,11 *", "CRON_NEVER_FIRES"),
        ("0 0 */30 2 MON#5", "CRON_NEVER_FIRES"),  # February 1 is never a fifth Monday
        ("", "CRON_MALFORMED"),
        ("* * * *", "CRON_MALFORMED"),
        ("0 * * * * *", "CRON_MALFORMED"),
        ("@daily", "CRON_MALFORMED"),
        ("60 * * * *", "CRON_MALFORMED"),
        ("* 24 * * *", "CRON_MALFORMED"),
        ("* * 0 * *", "CRON_MALFORMED"),
        ("* * * 13 *", "CRON_MALFORMED"),
        ("* * * * 8", "CRON_MALFORMED"),
        ("*/0 * * * *", "CRON_MALFORMED"),
        ("5-1 * * * *", "CRON_MALFORMED"),
        ("every day at noon please", "CRON_MALFORMED"),
        ("1," * MAX_CRON_CHARACTERS + "1 * * * *", "TEXT_TOO_LONG"),
    ],
)
def test_an_unusable_expression_is_refused_when_it_is_declared(cron: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        RecurringTask(name="nightly", stage="bake", cron=cron)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cron", "pause"),
    [
        ("* * * * *", timedelta(minutes=1)),
        ("30 2 * * *", timedelta(hours=25)),  # over the end of summer time
        ("0 9-17 * * 1-5", timedelta(hours=65)),  # a weekend at whose end summer time ends
        ("0 0 29 2 *", timedelta(days=1461)),
    ],
)
def test_a_schedule_is_missed_an_hour_after_its_longest_pause(cron: str, pause: timedelta) -> None:
    task = RecurringTask(name="bread", stage="bake", cron=cron, time_zone="Europe/Berlin")
    seconds = int(pause.total_seconds()) + LONGEST_SILENCE_SECONDS
    assert task.subject.longest_silence_seconds == seconds


@pytest.mark.parametrize(
    ("time_zone", "code"),
    [
        ("Mars/Olympus", "TIME_ZONE_UNKNOWN"),
        ("", "TIME_ZONE_UNKNOWN"),
        ("Europe", "TIME_ZONE_UNKNOWN"),
        ("../../etc/passwd", "TIME_ZONE_UNKNOWN"),
        ("/etc/passwd", "TIME_ZONE_UNKNOWN"),
        ("Europe/Ber\0lin", "TIME_ZONE_UNKNOWN"),
        ("x" * 101, "TEXT_TOO_LONG"),
    ],
)
def test_an_unknown_time_zone_is_refused_when_it_is_declared(time_zone: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        RecurringTask(name="nightly", stage="bake", cron="0 4 * * *", time_zone=time_zone)
    assert caught.value.code == code


@given(
    st.text(max_size=30)
    | st.lists(st.from_regex(r"[0-9*/,#LW-]{1,5}", fullmatch=True), min_size=5, max_size=5).map(
        " ".join
    )
)
@example("0 0 L * *")
@example("0 0 LW/2 * 5L")
def test_any_text_fires_or_is_refused(expression: str) -> None:
    try:
        schedule = CronSchedule(expression=expression)
    except Invalid:
        return

    now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert schedule.next_slot(now) > now
