"""Rate limits of stages: a token bucket that all processes share.

Its tokens are called permits here, because a token is an NFT.
"""

from datetime import datetime, timedelta
from typing import Final, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.errors import UsageError
from indelible.kernel.values import bounded_int

MAX_RATE_TASKS: Final = 100_000  # in `per_seconds`
MAX_RATE_SECONDS: Final = 86_400  # of `per_seconds`
MAX_BURST: Final = 100_000  # permits in a bucket
MAX_REFILL: Final = timedelta(days=366)  # of an empty bucket
RATE_TASKS: Final = {"minimum": 0, "maximum": MAX_RATE_TASKS}
RATE_SECONDS: Final = {"minimum": 1, "maximum": MAX_RATE_SECONDS}
BURST: Final = {"minimum": 1, "maximum": MAX_BURST}
MICROSECONDS_PER_SECOND: Final = 1_000_000
ONE_SECOND: Final = timedelta(seconds=1)


@frozen(kw_only=True)
class RateLimit:
    """The rate at which all processes together may claim the tasks of a stage.

    The stage has one bucket, which holds at most `burst` permits: as many as `tasks` unless it is
    given. It gets `tasks` permits in `per_seconds`, one by one. Each claim of a task takes one, and
    a retry is another claim. A rate of 0 tasks pauses the stage. An empty bucket must be full again
    within MAX_REFILL.
    """

    tasks: int = field(validator=bounded_int, metadata=RATE_TASKS)
    per_seconds: int = field(default=1, validator=bounded_int, metadata=RATE_SECONDS)
    burst: int | None = field(default=None, validator=optional(bounded_int), metadata=BURST)

    def __attrs_post_init__(self) -> None:
        if not self.is_paused and self.refill_time > MAX_REFILL:
            seconds = self.refill_time // ONE_SECOND
            problem = f"a bucket of {self.capacity} permits takes {seconds} seconds to fill"
            raise UsageError(f"{problem}; at most {MAX_REFILL // ONE_SECOND} are allowed")

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
    """The permits of a stage, as the time since which its bucket is filled.

    A bucket that waits needs no writes: its permits follow from the time. A permit takes its time
    out of the bucket, so processes that declare different rates share it, and none of them fills it
    for another one.
    """

    empty_at: datetime

    @classmethod
    def full(cls, rate: RateLimit, now: datetime) -> Self:
        """Return the bucket of a stage of which no task was claimed yet."""
        return cls(now - rate.refill_time)

    def permits(self, rate: RateLimit, now: datetime) -> int:
        """Return how many tasks may be claimed now."""
        if rate.is_paused:
            return 0

        return (now - self._empty_at(rate, now)) // rate.permit_time

    def taking(self, number: int, rate: RateLimit, now: datetime) -> Self:
        """Return the bucket after so many permits were taken."""
        return type(self)(self._empty_at(rate, now) + number * rate.permit_time)

    def _empty_at(self, rate: RateLimit, now: datetime) -> datetime:
        """Return since when the bucket is filled: for one refill at most, and since now at least.

        A clock that was set back would otherwise pause the stage until it has caught up.
        """
        return min(max(self.empty_at, now - rate.refill_time), now)
