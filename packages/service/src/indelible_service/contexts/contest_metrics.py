"""The metrics of contests that a worker process measures, for its own registry to include."""

from functools import cache
from typing import Final

from attrs import define, field
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from indelible.contests.entities.values import FetchOutcome, Validity
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.rules.faults import FaultCode
from indelible.contests.tasks.observers import HOLDS, ContestReport
from indelible.contests.tasks.transitions import TRANSITIONS
from indelible_service.monitoring.recent import RecentRegistry

DURATION_BUCKETS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300)
NO_CODE: Final = ""


@define(eq=False)
class ContestMetrics:
    """Counts and measures fetches, events, transitions and settlements of this process."""

    registry: CollectorRegistry = field(factory=CollectorRegistry)
    _of_contests: RecentRegistry = field(factory=RecentRegistry, init=False)
    _of_lag: RecentRegistry = field(factory=RecentRegistry, init=False)
    _shown_lag_seconds: float = field(default=0.0, init=False)
    _lag: Gauge = field(init=False)
    _fetches: Counter = field(init=False)
    _events: Counter = field(init=False)
    _rejections: Counter = field(init=False)
    _scoring: Histogram = field(init=False)
    _settlement: Histogram = field(init=False)
    _settlements: Counter = field(init=False)
    _failed: Counter = field(init=False)
    _mismatches: Counter = field(init=False)
    _replay_match: Gauge = field(init=False)
    _states: Gauge = field(init=False)
    _overdue: Gauge = field(init=False)
    _holds: Gauge = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.registry.register(self._of_contests)
        self.registry.register(self._of_lag)
        self._create_ingestion()
        self._create_settlement()
        self._states = Gauge(
            "indelible_contest_state",
            "Contests by state, as the reconciler of this process counted them last.",
            ("state",),
            registry=self._of_contests,
        )
        self._overdue = Gauge(
            "indelible_contest_overdue_seconds",
            "Time for which the most overdue contest waits for a transition.",
            ("transition",),
            registry=self._of_contests,
        )
        self._holds = Gauge(
            "indelible_contest_holds",
            "Locked and live contests by what keeps them from their settlement.",
            ("code",),
            registry=self._of_contests,
        )
        self._start_at_zero()

    def _create_ingestion(self) -> None:
        self._lag = Gauge(
            "indelible_ingestion_lag_seconds",
            "Time since the last successful fetch of the tournament that is furthest behind.",
            registry=self._of_lag,
        )
        self._fetches = Counter(
            "indelible_ingestion_fetches",
            "Fetches of tournaments, by outcome.",
            ("outcome",),
            registry=self.registry,
        )
        self._events = Counter(
            "indelible_ingestion_events",
            "Events that were stored, by validity and the code of their first fault.",
            ("status", "code"),
            registry=self.registry,
        )
        self._rejections = Counter(
            "indelible_ingestion_rejections",
            "Faults of events that were not applied, by code.",
            ("code",),
            registry=self.registry,
        )
        self._scoring = Histogram(
            "indelible_scoring_duration_seconds",
            "Time to parse and validate a payload and to apply it to a contest's state.",
            registry=self.registry,
            buckets=DURATION_BUCKETS,
        )

    def _create_settlement(self) -> None:
        self._settlement = Histogram(
            "indelible_settlement_duration_seconds",
            "Time to compute a settlement, without its two transactions.",
            registry=self.registry,
            buckets=DURATION_BUCKETS,
        )
        self._settlements = Counter(
            "indelible_settlement_status",
            "Settlement runs that ended, by their state.",
            ("status",),
            registry=self.registry,
        )
        self._failed = Counter(
            "indelible_contest_status_transitions_failed",
            "Contests that were brought to ERROR, by the action that failed and its code.",
            ("action", "code"),
            registry=self.registry,
        )
        self._mismatches = Counter(
            "indelible_score_audit_mismatches",
            "Replays of a log whose state differed from the stored one.",
            registry=self.registry,
        )
        self._replay_match = Gauge(
            "indelible_replay_hash_match",
            "1 if the last replay of a log led to the stored state, 0 if it did not.",
            registry=self.registry,
        )

    def _start_at_zero(self) -> None:
        """Create every known label, so that a rate is defined from the first scrape on."""
        for outcome in FetchOutcome:
            self._fetches.labels(outcome.value)
        self._events.labels(Validity.VALID.value, NO_CODE)
        for fault_code in FaultCode:
            self._events.labels(Validity.INVALID.value, fault_code.value)
            self._rejections.labels(fault_code.value)
        for run_status in (RunStatus.COMPLETE, RunStatus.FAILED):
            self._settlements.labels(run_status.value)
        for state in ContestStatus:
            self._states.labels(state.value)
        for transition in TRANSITIONS:
            self._overdue.labels(transition)
        for code in HOLDS:
            self._holds.labels(code.value)
        self._replay_match.set(1)

    def fetched(self, outcome: str, lag_seconds: float) -> None:
        """Count a fetch by its outcome, and show its lag if it is longer than the one shown.

        The reconciler's next report replaces it.
        """
        self._fetches.labels(outcome).inc()
        if lag_seconds > self._shown_lag_seconds:
            self._show_lag(lag_seconds)

    def event_stored(self, status: str, code: str) -> None:
        """Count an event by its validity and its first code."""
        self._events.labels(status, code).inc()

    def event_rejected(self, code: str) -> None:
        """Count a fault of an event that was refused."""
        self._rejections.labels(code).inc()

    def scored(self, seconds: float) -> None:
        """Measure how long it took to assess a payload and to fold its events."""
        self._scoring.observe(seconds)

    def settlement_computed(self, seconds: float) -> None:
        """Measure how long it took to compute a settlement."""
        self._settlement.observe(seconds)

    def settled(self, status: str) -> None:
        """Count a settlement run by its end."""
        self._settlements.labels(status).inc()

    def replayed(self, *, is_equal: bool) -> None:
        """Show the outcome of a replay, and count a difference."""
        self._replay_match.set(int(is_equal))
        if not is_equal:
            self._mismatches.inc()

    def transition_failed(self, action: str, code: str) -> None:
        """Count a contest that was brought to ERROR."""
        self._failed.labels(action, code).inc()

    def reconciled(self, report: ContestReport) -> None:
        """Show the state of all contests."""
        self._of_contests.mark_read()
        self._show_lag(report.lag_seconds)
        for state in ContestStatus:
            self._states.labels(state.value).set(report.states.get(state, 0))
        for transition in TRANSITIONS:
            seconds = report.overdue_seconds.get(transition, 0.0)
            self._overdue.labels(transition).set(seconds)
        for code in HOLDS:
            self._holds.labels(code.value).set(report.holds.get(code, 0))

    def _show_lag(self, seconds: float) -> None:
        self._of_lag.mark_read()
        self._shown_lag_seconds = seconds
        self._lag.set(seconds)


@cache
def contest_metrics() -> ContestMetrics:
    """Return the metrics of this process, which all its stages share."""
    return ContestMetrics()
