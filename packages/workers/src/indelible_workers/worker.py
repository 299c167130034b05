"""A process at work: who it works as, what it has in hand, and whether it is to end."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any, Final, Self

from attrs import define, field
from prometheus_client import CollectorRegistry, Counter, Gauge

from indelible.kernel import Actor, Clock, Store, SystemClock
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.tasks import Lease, Leases

BEAT_SECONDS: Final = 0.25
LONGEST_HOLD_SECONDS: Final = (
    3_600  # what hangs for longer is let go, so that another process may try
)
logger = logging.getLogger("indelible.workers")


@define(kw_only=True, eq=False)
class Worker:
    """What the threads of one process share."""

    store: Store[TasksRead, TasksWrite]
    actor: Actor
    clock: Clock = field(factory=SystemClock)
    registry: CollectorRegistry = field(factory=CollectorRegistry)
    ended: Event = field(factory=Event)  # nothing more is claimed
    told: Event = field(factory=Event)  # there may be work: the sweeper is not to wait
    places: dict[str, tuple[Lease | None, float]] = field(
        factory=dict[str, tuple[Lease | None, float]]
    )
    threads: Gauge = field(init=False)
    _outcomes: Counter = field(init=False)
    _hands: list[tuple[Leases, int, float]] = field(
        factory=list[tuple[Leases, int, float]]
    )  # since when

    def __attrs_post_init__(self) -> None:
        told = "Work claimed, finished, put off, buried, released or lost; messages dropped."
        self._outcomes = Counter(
            "indelible_work", told, ("stage", "outcome"), registry=self.registry
        )
        self.threads = Gauge(
            "indelible_worker_threads", "Worker threads that are alive.", registry=self.registry
        )

    def count(self, stage: str, outcome: str, number: int = 1) -> None:
        """Count what became of work."""
        self._outcomes.labels(stage, outcome).inc(number)

    def end(self) -> None:
        """Let nothing more be claimed."""
        self.ended.set()
        self.told.set()

    @contextmanager
    def hold_leases(self, stage: Stage[Any, Any, Any], leases: Leases) -> Generator[None]:
        """The time in which the leases are in hand, and extended."""
        hand = leases, stage.lease_seconds, monotonic()
        self._hands.append(hand)
        try:
            yield
        finally:
            self._hands.remove(hand)

    @contextmanager
    def heartbeat(self) -> Generator[Self]:
        """The time in which leases are extended, by one thread, all of them in one transaction."""
        over = Event()
        thread = Thread(target=self._beat, args=(over,), name="indelible-heartbeat", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()

    def _beat(self, over: Event) -> None:
        beaten = monotonic()
        while not over.wait(BEAT_SECONDS):
            hands = [
                hand for hand in tuple(self._hands) if monotonic() - hand[2] < LONGEST_HOLD_SECONDS
            ]
            if hands and monotonic() - beaten > min(hand[1] for hand in hands) / 3:
                try:
                    with self.store.transaction(
                        actor=self.actor, reason="the work takes longer than its lease"
                    ) as tx:
                        for leases, lease_seconds, _ in hands:
                            tx.tasks.extend(
                                leases, until=tx.clock.now() + timedelta(seconds=lease_seconds)
                            )
                    beaten = monotonic()
                except Exception as error:  # noqa: BLE001 - the next beat tries again, and the fence decides
                    logger.warning("leases were not extended: %s", type(error).__name__)
