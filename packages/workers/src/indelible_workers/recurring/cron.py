"""Cron expressions in a time zone, which cronsim evaluates as Debian's cron does."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from attrs import Attribute, field, frozen
from cronsim import CronSim, CronSimError

from indelible.kernel.errors import Invalid
from indelible.kernel.values import LATEST, TextTooLong, wrong_type

CRON_FIELDS: Final = 5
MAX_CRON_CHARACTERS: Final = 200
MAX_ZONE_CHARACTERS: Final = 100
CRON: Final = {"max_length": MAX_CRON_CHARACTERS}
ZONE: Final = {"max_length": MAX_ZONE_CHARACTERS}
UTC_ZONE: Final = "UTC"
ONE_SECOND: Final = timedelta(seconds=1)
# Expressions are checked from here, so that a check does not depend on the day. The 50 years after
# it, which cronsim searches, have each date on each day of the week.
CHECKED_FROM: Final = datetime(2000, 1, 1, tzinfo=UTC)
COMPARED_UNTIL: Final = datetime(2004, 1, 1, tzinfo=UTC)
COMPARED_SLOTS: Final = 5_000


@frozen
class CronMalformed(Invalid):
    """A cron expression cannot be read."""

    message: ClassVar[str] = (
        "Cron expression {expression!r} cannot be read ({problem}); expected five fields: minute, "
        "hour, day of month, month and day of week."
    )
    expression: str
    problem: str


@frozen
class CronNeverFires(Invalid):
    """No moment of 50 years matches a cron expression."""

    message: ClassVar[str] = (
        "Cron expression {expression!r} never fires: no moment of 50 years matches it."
    )
    expression: str


@frozen
class TimeZoneUnknown(Invalid):
    """A time zone is not in the time zone database."""

    message: ClassVar[str] = (
        "Time zone {time_zone!r} is unknown; expected a name of the time zone database such as "
        "'Europe/Berlin'."
    )
    time_zone: str


def _is_short_text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a text of a limited length."""
    if not isinstance(value, str):
        raise wrong_type(attribute.name, "text", value)
    if len(value) > attribute.metadata["max_length"]:
        raise TextTooLong(attribute.name, attribute.metadata["max_length"])


@frozen(kw_only=True)
class CronSchedule:
    """The moments that a cron expression describes in a time zone.

    An expression with fixed minutes and hours fires once a day for each of its times: at the first
    moment after the gap where clocks are set forward past the time, and at the first of two equal
    times where they are set back. An expression whose minutes or hours begin with `*` fires at each
    moment whose local time matches it: never for a time in a gap, and at both of two equal times.

    Raises: CronMalformed, CronNeverFires, TimeZoneUnknown.
    """

    expression: str = field(validator=_is_short_text, metadata=CRON)
    time_zone: str = field(default=UTC_ZONE, validator=_is_short_text, metadata=ZONE)

    def __attrs_post_init__(self) -> None:
        _check_zone(self.time_zone)
        _check_expression(self.expression)
        if self._first_after(CHECKED_FROM) is None:
            raise CronNeverFires(self.expression)

    def next_slot(self, now: datetime) -> datetime:
        """Return the first moment after an instant."""
        return self._first_after(now) or LATEST

    def latest_slot(self, now: datetime) -> datetime | None:
        """Return the newest moment that has come, or None if there is none in the last 50 years."""
        slot = self._last_until(now)
        if slot is None:
            return None

        # cronsim counts backwards in local time and finds the first of two equal times. While
        # clocks that were set back show these times again, newer moments may have come.
        following = self.next_slot(slot)
        while following <= now:
            slot = following
            following = self.next_slot(slot)

        return slot

    def longest_pause_seconds(self) -> int:
        """Return the longest time between two of the first moments after 2000, in seconds.

        They are those of four years, but at most 5,000, and at least two.
        """
        pauses: list[int] = []
        last: datetime | None = None
        for moment in islice(CronSim(self.expression, self._local(CHECKED_FROM)), COMPARED_SLOTS):
            slot = moment.astimezone(UTC)
            if last is not None:
                pauses.append(int((slot - last).total_seconds()))
            last = slot
            if pauses and slot > COMPARED_UNTIL:
                break

        return max(pauses, default=0)

    def _first_after(self, now: datetime) -> datetime | None:
        moments = CronSim(self.expression, self._local(now))
        moment = next(moments, None)
        return None if moment is None else moment.astimezone(UTC)

    def _last_until(self, now: datetime) -> datetime | None:
        """Return the newest moment that local time, read backwards, has passed."""
        second_after = now.replace(microsecond=0) + ONE_SECOND
        moments = CronSim(self.expression, self._local(second_after), reverse=True)
        moment = next(moments, None)
        return None if moment is None else moment.astimezone(UTC)

    def _local(self, instant: datetime) -> datetime:
        if self.time_zone == UTC_ZONE:
            return instant.astimezone(UTC)
        return instant.astimezone(ZoneInfo(self.time_zone))


def _check_zone(time_zone: str) -> None:
    """Raise TimeZoneUnknown unless the time zone database has the zone."""
    try:
        ZoneInfo(time_zone)
    except (LookupError, OSError, ValueError) as error:  # also of the name of a folder, or of none
        raise TimeZoneUnknown(time_zone) from error


def _check_expression(expression: str) -> None:
    """Raise CronMalformed, or CronNeverFires if only the fields together are impossible."""
    fields = expression.split()
    if len(fields) != CRON_FIELDS:
        raise CronMalformed(expression, f"{len(fields)} fields")

    for position, text in enumerate(fields):
        alone = ["*"] * CRON_FIELDS
        alone[position] = text
        try:
            CronSim(" ".join(alone), CHECKED_FROM)
        except CronSimError as error:
            raise CronMalformed(expression, str(error)) from error

    try:
        CronSim(expression, CHECKED_FROM)
    except CronSimError as error:
        raise CronNeverFires(expression) from error
