"""Rate limits of stages: a token bucket that all processes share.

Its tokens are called permits here, because a token is an NFT.
"""

from datetime import datetime, timedelta
from typing import Final, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.values import bounded_int

MAX_RATE_TASKS: Final = 100_000  # in `per_seconds`
MAX_RATE_SECONDS: Final = 86_400  # of `per_seconds`
MAX_BURST: Final = 100_000  # permits in a bucket
RATE_TASKS: Final = {"minimum": 0, "maximum": MAX_RATE_TASKS}
RATE_SECONDS: Final = {"minimum": 1, "maximum": MAX_RATE_SECONDS}
BURST: Final = {"minimum": 1, "maximum": MAX_BURST}
MICROSECONDS_PER_SECOND: Final = 1_000_000


@frozen(kw_only=True)
class RateLimit:
    """The rate at which all processes together may claim the tasks of a stage.

    The stage has one bucket, which holds at most `burst` permits: as many as `tasks` unless it is
    given. It gets `tasks` permits in `per_seconds`, one by one. Each claim of a task takes one, and
    a retry is another claim. A rate of 0 tasks pauses the stage.
    """

    tasks: int = field(validator=bounded_int, metadata=RATE_TASKS)
    per_seconds: int = field(default=1, validator=bounded_int, metadata=RATE_SECONDS)
    burst: int | None = field(default=None, validator=optional(bounded_int), metadata=BURST)

    @property
    def is_paused(self) -> bool:
        """Return True if the rate permits no claim at all."""
        return self.tasks == 0

    @property
    def capacity(self) -> int:
        """Return the number of permits in a full bucket."""
        return self.tasks if self.burst is None else self.burst

    @property
    def permit_time(self) -> timedelta:
        """Return the time in which the bucket gets one permit, rounded up to a microsecond.

        A rate that is paused has none.
        """
        microseconds = self.per_seconds * MICROSECONDS_PER_SECOND
        rounded_up = (microseconds + self.tasks - 1) // self.tasks
        return timedelta(microseconds=rounded_up)

    @property
    def refill_time(self) -> timedelta:
        """Return the time in which an empty bucket becomes full."""
        return self.capacity * self.permit_time


@frozen
class Bucket:
    """The permits of a stage, as the time at which its bucket is full again.

    A bucket that waits needs no writes: its permits follow from the time.
    """

    full_at: datetime

    def permits(self, rate: RateLimit, now: datetime) -> int:
        """Return how many tasks may be claimed now."""
        if rate.is_paused:
            return 0

        missing_time = self._full_at(rate, now) - now
        return (rate.refill_time - missing_time) // rate.permit_time

    def taking(self, number: int, rate: RateLimit, now: datetime) -> Self:
        """Return the bucket after so many permits were taken."""
        return type(self)(self._full_at(rate, now) + number * rate.permit_time)

    def _full_at(self, rate: RateLimit, now: datetime) -> datetime:
        """Return when the bucket is full: from now on, but at most one refill from now.

        A clock that was set back would otherwise pause the stage until it has caught up.
        """
        return min(max(self.full_at, now), now + rate.refill_time)
