"""Bar charts of the last hour, which a template draws as SVG without a script."""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from indelible.kernel.minutes import MinuteCounts, minute_of

MINUTES: Final = 60
MAX_EVENTS: Final = 50_000  # That a chart counts; a page waits for the query.
WIDTH: Final = 300
HEIGHT: Final = 64
STEP: Final = WIDTH // MINUTES  # One unit of it is the gap between two bars.
MIN_BAR_HEIGHT: Final = 2.0
MINUTE: Final = timedelta(minutes=1)


@frozen(kw_only=True)
class ChartBar:
    """The events of one minute. `number` is None where none were counted."""

    minute: datetime
    number: int | None
    x: int
    height: float

    @property
    def y(self) -> float:
        """Return the top of the bar."""
        return round(HEIGHT - self.height, 1)


@frozen(kw_only=True)
class Chart:
    """The events of the last sixty minutes; `key` is unique on the page."""

    key: str
    title: str
    unit: str
    counts: MinuteCounts
    bars: tuple[ChartBar, ...]

    @property
    def total(self) -> int:
        """Return the sum of the bars."""
        return sum(bar.number or 0 for bar in self.bars)

    @property
    def total_text(self) -> str:
        """Return the sum for people."""
        text = f"{self.total:,}"
        return text if self.counts.is_complete else f"{text} or more"

    @property
    def description(self) -> str:
        """Return the chart in a sentence, for people who do not see it."""
        if not self.total:
            return f"No {self.unit} in the last hour."

        highest = max(self.bars, key=lambda bar: bar.number or 0)
        text = (
            f"{self.total_text} {self.unit} in the last hour. The most in one minute are"
            f" {highest.number:,}, at {highest.minute:%H:%M} UTC."
        )
        if self.counts.is_complete:
            return text
        return f"{text} The minutes before {self.counts.counted_from:%H:%M} UTC are not counted."

    @property
    def filled_bars(self) -> tuple[ChartBar, ...]:
        """Return the bars with events, newest first."""
        return tuple(bar for bar in reversed(self.bars) if bar.number)


def hour_before(now: datetime) -> datetime:
    """Return the first of the sixty minutes that end with the present one."""
    return minute_of(now) - (MINUTES - 1) * MINUTE


def make_chart(key: str, title: str, unit: str, counts: MinuteCounts) -> Chart:
    """Return the chart of sixty minutes; the highest bar has the height of the chart."""
    minutes = [counts.since + index * MINUTE for index in range(MINUTES)]
    highest = max(counts.counts.get(minute, 0) for minute in minutes)

    bars: list[ChartBar] = []
    for index, minute in enumerate(minutes):
        number: int | None = counts.counts.get(minute, 0)
        height = _height(number or 0, highest)
        if minute < counts.counted_from:
            number = None
        bars.append(ChartBar(minute=minute, number=number, x=index * STEP, height=height))

    return Chart(key=key, title=title, unit=unit, counts=counts, bars=tuple(bars))


def _height(number: int, highest: int) -> float:
    if not number:
        return 0.0

    return max(MIN_BAR_HEIGHT, round(HEIGHT * number / highest, 1))
