"""The metrics of jobs that a worker process counts, in a registry that its own one includes."""

from functools import cache
from typing import Final

from attrs import define, field
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from indelible.projects.entities.values import Phase
from indelible.projects.lifecycle import TERMINAL, JobStatus
from indelible.projects.tasks.observers import PushOutcome

PHASE_BUCKETS: Final = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900)


@define(eq=False)
class JobMetrics:
    """Counts and measures the jobs of this process."""

    registry: CollectorRegistry = field(factory=CollectorRegistry)
    _jobs: Counter = field(init=False)
    _phases: Histogram = field(init=False)
    _workspaces: Gauge = field(init=False)
    _cleanup_failures: Counter = field(init=False)
    _pushes: Counter = field(init=False)
    _remaining_requests: Gauge = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._jobs = Counter(
            "indelible_jobs",
            "Jobs that ended, by their state and the phase in which it was decided.",
            ("outcome", "phase"),
            registry=self.registry,
        )
        self._phases = Histogram(
            "indelible_job_phase_seconds",
            "Time that a phase of a job took.",
            ("phase",),
            registry=self.registry,
            buckets=PHASE_BUCKETS,
        )
        self._workspaces = Gauge(
            "indelible_job_workspaces", "Workspaces that jobs use now.", registry=self.registry
        )
        self._cleanup_failures = Counter(
            "indelible_job_cleanup_failures",
            "Workspaces that could not be deleted; the janitor tries again.",
            registry=self.registry,
        )
        self._pushes = Counter(
            "indelible_job_pushes",
            "Pushes, by outcome; `unreachable` if the host did not answer before one.",
            ("outcome",),
            registry=self.registry,
        )
        self._remaining_requests = Gauge(
            "indelible_git_host_remaining_requests",
            "Requests that the rate limit of the Git host leaves, NaN where it is not known.",
            registry=self.registry,
        )
        self._start_at_zero()

    def _start_at_zero(self) -> None:
        """Create every known label, so that a rate is defined from the first scrape on."""
        for outcome in TERMINAL:
            self._jobs.labels(outcome.value, Phase.PUSH.value)
        for phase in Phase:
            self._phases.labels(phase.value)
        for push_outcome in PushOutcome:
            self._pushes.labels(push_outcome.value)
        self.remaining_requests(None)

    def job_ended(self, outcome: JobStatus, phase: Phase) -> None:
        """Count a job by its terminal state and the phase in which it was decided."""
        self._jobs.labels(outcome.value, phase.value).inc()

    def phase_ended(self, phase: Phase, seconds: float) -> None:
        """Measure a phase that ended without an error."""
        self._phases.labels(phase.value).observe(seconds)

    def workspace_created(self) -> None:
        """Count one more workspace that is in use."""
        self._workspaces.inc()

    def workspace_left(self) -> None:
        """Count one workspace less that is in use."""
        self._workspaces.dec()

    def cleanup_failed(self) -> None:
        """Count a workspace that could not be deleted."""
        self._cleanup_failures.inc()

    def pushed(self, outcome: PushOutcome) -> None:
        """Count the outcome of a push."""
        self._pushes.labels(outcome.value).inc()

    def remaining_requests(self, number: int | None) -> None:
        """Show how many requests the host's rate limit leaves."""
        self._remaining_requests.set(float("nan") if number is None else number)


@cache
def job_metrics() -> JobMetrics:
    """Return the metrics of this process, which all its stages share."""
    return JobMetrics()
