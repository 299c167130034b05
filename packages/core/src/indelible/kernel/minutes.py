"""The number of events per minute, as the charts of the last hour show it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self

from attrs import frozen


def minute_of(time: datetime) -> datetime:
    """Return the beginning of the minute of an instant."""
    return time.replace(second=0, microsecond=0)


@frozen(kw_only=True)
class MinuteCounts:
    """The number of events in each minute since a time; a minute without events is missing.

    At most `limit` events are counted, from the newest on. Where there may be more, the number of
    the oldest minute is a lower bound, and the minutes before it are not counted.
    """

    since: datetime
    counts: Mapping[datetime, int]
    limit: int

    @classmethod
    def of_times(cls, times: Iterable[datetime], *, since: datetime, limit: int) -> Self:
        """Count the last `limit` of the times since then; they are in the order of time."""
        newest = [time for time in times if time >= since][-limit:]
        counts = Counter(minute_of(time) for time in newest)
        return cls(since=since, counts=counts, limit=limit)

    @property
    def total(self) -> int:
        """Return the number of counted events, at most the limit."""
        return sum(self.counts.values())

    @property
    def is_complete(self) -> bool:
        """Return True if every event since the time is counted."""
        return self.total < self.limit

    @property
    def counted_from(self) -> datetime:
        """Return the first minute that is counted."""
        if self.is_complete:
            return minute_of(self.since)

        return min(self.counts)


def sum_counts(parts: Sequence[MinuteCounts], *, since: datetime) -> MinuteCounts:
    """Return the sums of counts since the same time.

    They begin with the first minute that all parts have counted.
    """
    sums = Counter[datetime]()
    for part in parts:
        sums.update(part.counts)

    starts = [part.counted_from for part in parts if not part.is_complete]
    if not starts:
        return MinuteCounts(since=since, counts=sums, limit=sum(sums.values()) + 1)

    counts = {minute: number for minute, number in sums.items() if minute >= max(starts)}
    return MinuteCounts(since=since, counts=counts, limit=sum(counts.values()))
