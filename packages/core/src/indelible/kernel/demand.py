"""The demand for work: which stages have tasks that are due, and when the next one becomes due."""

from datetime import datetime

from attrs import frozen

from indelible.kernel.audit import Actor
from indelible.kernel.breakers import BREAKER, BreakerState


@frozen(kw_only=True)
class StageDemand:
    """The demand of one stage.

    `due` counts the free tasks that are due, up to the limit of the query, although the stage may
    be paused. `next_due` is the first due time that is still to come. `paused_by` is the actor of
    the pause, None for a stage that runs. `probe_at` is when its breaker plans the next probe.
    """

    stage: str
    due: int
    next_due: datetime | None
    paused_by: Actor | None
    probe_at: datetime | None

    def claimable(self, now: datetime, *, has_breaker: bool) -> int:
        """Return how many tasks could be claimed now; of a stage that its breaker pauses, a probe.

        `has_breaker` says whether the stage has one in this process.
        """
        if self.paused_by is None:
            return self.due
        if not has_breaker or self.paused_by != BREAKER:
            return 0

        breaker = BreakerState(stage=self.stage, probe_at=self.probe_at)
        return min(self.due, 1) if breaker.is_probe_due(now) else 0

    def next_at(self, now: datetime) -> datetime | None:
        """Return when more may be claimable: at the next due time, or at a planned probe."""
        times: list[datetime] = []
        if self.next_due is not None:
            times.append(self.next_due)
        if self.paused_by == BREAKER and self.probe_at is not None and self.probe_at > now:
            times.append(self.probe_at)

        return min(times, default=None)


@frozen(kw_only=True)
class Demand:
    """The demand of stages, in order of name, and the name of the last change of the feed.

    The name is '' where the feed has no change.
    """

    stages: tuple[StageDemand, ...]
    last_change: str
