"""The state that the threads of one worker process share: leases, heartbeat, shutdown, metrics."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Final, Self

from attrs import define, field, frozen
from prometheus_client import CollectorRegistry, Counter, Gauge

from indelible.kernel import Actor, Store
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.kernel.tasks import Lease
from indelible_workers.children.processes import Children
from indelible_workers.clocks.thread_clock import ThreadClock, WaitingClock
from indelible_workers.leases.finishers import Finishers
from indelible_workers.leases.heartbeat import (
    HEARTBEAT_SECONDS,
    MAX_HOLD_SECONDS,
    WATCH_SECONDS,
    Heartbeat,
    logger,
)
from indelible_workers.leases.holds import HeldLeases
from indelible_workers.processing.failpoints import AtStageFailpoint, no_stage_failpoint
from indelible_workers.threads.hung_threads import HungThreadReporter
from indelible_workers.threads.stage_threads import StageThreads

__all__ = ["MAX_HOLD_SECONDS", "ClaimPosition", "Worker", "logger"]

# The pause after a claim that the rate of its stage has cut short: the time of a permit, within
# these limits.
MIN_CLAIM_DELAY_SECONDS: Final = 0.1
MAX_CLAIM_DELAY_SECONDS: Final = 5.0


@frozen
class ClaimPosition:
    """The last lease that was claimed of a stage, and when claims last began at the front."""

    after: Lease | None
    restarted_at: float  # of the monotonic clock


@define(kw_only=True, eq=False)
class Worker:
    """A worker process; its threads share the store, the heartbeat, the limits and the counts.

    `at_failpoint` is for tests: it is called between claim, perform and finish.
    """

    store: Store[TasksRead, TasksWrite]
    actor: Actor
    clock: WaitingClock = field(factory=ThreadClock)
    registry: CollectorRegistry = field(factory=CollectorRegistry)
    stopping: Event = field(factory=Event)  # once set, no more tasks are claimed
    at_failpoint: AtStageFailpoint = no_stage_failpoint
    wakeup: Event = field(factory=Event)  # tasks may be ready: dispatch them without waiting
    claim_positions: dict[str, ClaimPosition] = field(factory=dict[str, ClaimPosition])
    stage_of_queue: dict[str, str] = field(factory=dict[str, str])
    threads: Gauge = field(init=False)
    stage_threads: StageThreads = field(init=False)
    children: Children = field(factory=Children, init=False)
    finishers: Finishers = field(init=False)
    _outcomes: Counter = field(init=False)
    _rate_limited: Counter = field(init=False)
    _claims_delayed_until: dict[str, float] = field(factory=dict[str, float], init=False)
    _holds: list[HeldLeases] = field(factory=list[HeldLeases], init=False)
    _holding: Event = field(factory=Event, init=False)  # set after each addition to the holds
    _beat_at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.finishers = Finishers(self.clock)
        self._beat()
        self._outcomes = Counter(
            "indelible_worker_tasks",
            "Tasks claimed, completed, retried, postponed, dead, released, lost or timed out; "
            "messages dropped.",
            ("stage", "outcome"),
            registry=self.registry,
        )
        self._rate_limited = Counter(
            "indelible_worker_rate_limited",
            "Claims that the rate of their stage has cut short.",
            ("stage",),
            registry=self.registry,
        )
        self.threads = Gauge(
            "indelible_worker_threads", "Worker threads that are alive.", registry=self.registry
        )
        self.stage_threads = StageThreads(self.registry)
        age = Gauge(
            "indelible_worker_heartbeat_age_seconds",
            "Time since the last round of the heartbeat in which nothing failed.",
            registry=self.registry,
        )
        age.set_function(lambda: self.clock.monotonic() - self._beat_at)

    def count(self, stage: str, outcome: str, number: int = 1) -> None:
        """Count tasks of a stage by outcome."""
        self._outcomes.labels(stage, outcome).inc(number)

    def delay_claims(self, stage: str, rate: RateLimit) -> None:
        """Wake no thread for the stage until its bucket may have another permit."""
        seconds = MAX_CLAIM_DELAY_SECONDS
        if not rate.is_paused:
            permit_seconds = max(rate.permit_time.total_seconds(), MIN_CLAIM_DELAY_SECONDS)
            seconds = min(permit_seconds, seconds)

        self._claims_delayed_until[stage] = self.clock.monotonic() + seconds
        self._rate_limited.labels(stage).inc()
        self.wakeup.set()  # the dispatcher looks again after this delay, not after its usual pause

    def claim_delay_seconds(self, stage: str) -> float:
        """Return for how long no thread is to be woken for the stage."""
        return max(0.0, self._claims_delayed_until.get(stage, 0.0) - self.clock.monotonic())

    def _beat(self) -> None:
        """Remember a round of the heartbeat in which nothing has failed."""
        self._beat_at = self.clock.monotonic()

    def stop(self) -> None:
        """Claim no more tasks, and ask the running ones to stop."""
        self.stopping.set()
        self.wakeup.set()

    @contextmanager
    def hold_leases(self, hold: HeldLeases) -> Generator[None]:
        """Let the heartbeat extend the leases until the block ends."""
        self._holds.append(hold)
        self._holding.set()
        try:
            yield
        finally:
            self._holds.remove(hold)

    def new_heartbeat(self) -> Heartbeat:
        """Return the heartbeat of this process, for a caller that lets it beat."""
        hung_threads = HungThreadReporter(self.store, self.actor, self.stage_threads, self.clock)
        return Heartbeat(
            self.store,
            self.actor,
            self.stopping,
            self._holds,
            self._holding,
            hung_threads,
            self._beat,
            self.clock,
        )

    @contextmanager
    def heartbeat(self) -> Generator[Self]:
        """Extend leases and enforce time limits in two threads until the block ends.

        The second one sleeps while no lease is held.
        """
        finished = Event()
        heartbeat = self.new_heartbeat()
        repeat = partial(self.clock.repeat, finished=finished)
        threads = (
            repeat("indelible-heartbeat", heartbeat.beat, HEARTBEAT_SECONDS),
            repeat("indelible-watch", heartbeat.watch, WATCH_SECONDS, needed=self._holding),
        )

        try:
            yield self
        finally:
            self.finishers.join()
            finished.set()
            self._holding.set()
            for thread in threads:
                thread.join()
            heartbeat.end_reports()
            self.children.close()
