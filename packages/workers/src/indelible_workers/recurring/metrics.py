"""The metrics of a scheduler: what it enqueued, and when it last looked at its schedules."""

from typing import Final

from attrs import define, field
from prometheus_client import CollectorRegistry, Counter, Gauge

from indelible_workers.clocks.thread_clock import ThreadClock, WaitingClock

ENQUEUED: Final = "enqueued"
REFUSED: Final = "refused"
SKIPPED: Final = "skipped"


@define(eq=False)
class SchedulerMetrics:
    """Counts the slots that one scheduler has enqueued, and measures its rounds."""

    registry: CollectorRegistry = field(factory=CollectorRegistry)
    _clock: WaitingClock = field(factory=ThreadClock, kw_only=True, alias="clock")
    _slots: Counter = field(init=False)
    _round_at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.round_ended()
        self._slots = Counter(
            "indelible_scheduler_slots",
            "Slots of recurring tasks that this scheduler enqueued, skipped as too late, or tried"
            " again because the store refused them.",
            ("stage", "outcome"),
            registry=self.registry,
        )
        age = Gauge(
            "indelible_scheduler_round_age_seconds",
            "Time since the scheduler last looked at its recurring tasks without a failure.",
            registry=self.registry,
        )
        age.set_function(lambda: self._clock.monotonic() - self._round_at)

    def count(self, stage: str, outcome: str) -> None:
        """Count a slot by its outcome."""
        self._slots.labels(stage, outcome).inc()

    def round_ended(self) -> None:
        """Remember a round without a failure."""
        self._round_at = self._clock.monotonic()
