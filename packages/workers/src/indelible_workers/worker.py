"""The state that the threads of one worker process share: leases, heartbeat, shutdown, metrics."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any, Final, Self

from attrs import define, field, frozen
from prometheus_client import CollectorRegistry, Counter, Gauge

from indelible.kernel import Actor, Clock, Store, SystemClock
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.tasks import Lease, Leases

HEARTBEAT_SECONDS: Final = 0.25
MAX_HOLD_SECONDS: Final = 3_600  # a task that hangs for longer is left to another process
logger = logging.getLogger("indelible.workers")


@frozen
class ClaimPosition:
    """The last lease that was claimed of a stage, and when claims last began at the front."""

    after: Lease | None
    restarted_at: float  # of the monotonic clock


@frozen(eq=False)
class HeldLeases:
    """Leases that are being processed, and since when."""

    leases: Leases
    lease_seconds: int
    since: float  # of the monotonic clock


@define(kw_only=True, eq=False)
class Worker:
    """A worker process; its threads share the store, the heartbeat and the counts."""

    store: Store[TasksRead, TasksWrite]
    actor: Actor
    clock: Clock = field(factory=SystemClock)
    registry: CollectorRegistry = field(factory=CollectorRegistry)
    stopping: Event = field(factory=Event)  # once set, no more tasks are claimed
    wakeup: Event = field(factory=Event)  # tasks may be ready: dispatch them without waiting
    claim_positions: dict[str, ClaimPosition] = field(factory=dict[str, ClaimPosition])
    threads: Gauge = field(init=False)
    _outcomes: Counter = field(init=False)
    _held_leases: list[HeldLeases] = field(factory=list[HeldLeases])

    def __attrs_post_init__(self) -> None:
        self._outcomes = Counter(
            "indelible_worker_tasks",
            "Tasks claimed, completed, retried, dead, released or lost; messages dropped.",
            ("stage", "outcome"),
            registry=self.registry,
        )
        self.threads = Gauge(
            "indelible_worker_threads", "Worker threads that are alive.", registry=self.registry
        )

    def count(self, stage: str, outcome: str, number: int = 1) -> None:
        """Count tasks of a stage by outcome."""
        self._outcomes.labels(stage, outcome).inc(number)

    def stop(self) -> None:
        """Claim no more tasks."""
        self.stopping.set()
        self.wakeup.set()

    @contextmanager
    def hold_leases(self, stage: Stage[Any, Any, Any], leases: Leases) -> Generator[None]:
        """Let the heartbeat extend the leases until the block ends."""
        hold = HeldLeases(leases, stage.lease_seconds, monotonic())
        self._held_leases.append(hold)
        try:
            yield
        finally:
            self._held_leases.remove(hold)

    @contextmanager
    def heartbeat(self) -> Generator[Self]:
        """Extend all held leases from one thread until the block ends."""
        finished = Event()
        thread = Thread(
            target=self._extend_until, args=(finished,), name="indelible-heartbeat", daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            finished.set()
            thread.join()

    def _extend_until(self, finished: Event) -> None:
        extended_at = monotonic()
        while not finished.wait(HEARTBEAT_SECONDS):
            held_leases = self._unexpired_holds()
            if not held_leases:
                continue

            shortest_seconds = min(hold.lease_seconds for hold in held_leases)
            if monotonic() - extended_at <= shortest_seconds / 3:
                continue

            try:
                self._extend(held_leases)
            except Exception as error:  # noqa: BLE001 - tried again; the fence protects the result
                logger.warning("heartbeat: leases not extended (%s)", type(error).__name__)
            else:
                extended_at = monotonic()

    def _unexpired_holds(self) -> list[HeldLeases]:
        now = monotonic()
        snapshot = tuple(self._held_leases)  # other threads add and remove meanwhile
        return [hold for hold in snapshot if now - hold.since < MAX_HOLD_SECONDS]

    def _extend(self, held_leases: list[HeldLeases]) -> None:
        with self.store.transaction(actor=self.actor, reason="lease extension") as tx:
            for hold in held_leases:
                until = tx.clock.now() + timedelta(seconds=hold.lease_seconds)
                tx.tasks.extend(hold.leases, until=until)
