"""A process at work: who it works as, what it has in hand, and whether it is to end."""

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
from indelible.kernel.leases import Lease, Leases
from indelible.kernel.stages import Stage, WorkRead, WorkWrite

BEAT_SECONDS: Final = 0.25
LONGEST_HOLD_SECONDS: Final = 3_600  # what hangs for longer is let go, so that another process may try
logger = logging.getLogger("indelible.workers")


@frozen
class Place:
    """How far a stage was claimed, and when that began at the front: what is finished need not be passed again."""

    after: Lease | None
    front_at: float


@define(kw_only=True, eq=False)
class Hand:
    """What one thread has in hand."""

    leases: Leases
    lease_seconds: int
    since: float = field(factory=monotonic)
    beaten: float = field(factory=monotonic)

    def is_late(self, now: float) -> bool:
        """Whether a third of the lease is over."""
        return now - self.beaten > self.lease_seconds / 3 and now - self.since < LONGEST_HOLD_SECONDS


@define(kw_only=True, eq=False)
class Shift:
    """What the threads of one process share."""

    store: Store[WorkRead, WorkWrite]
    actor: Actor
    clock: Clock = field(factory=SystemClock)
    registry: CollectorRegistry = field(factory=CollectorRegistry)
    ended: Event = field(factory=Event)  # nothing more is claimed
    told: Event = field(factory=Event)  # there may be work: the sweeper is not to wait
    owing: Event = field(factory=Event)  # a claim came short behind its place, too soon to begin at the front
    places: dict[str, Place] = field(factory=dict[str, Place])
    _hands: set[Hand] = field(factory=set[Hand])
    threads: Gauge = field(init=False)
    _outcomes: Counter = field(init=False)

    def __attrs_post_init__(self) -> None:
        told = "Work claimed, finished, put off, buried, released or lost; messages dropped."
        self._outcomes = Counter("indelible_work", told, ("stage", "outcome"), registry=self.registry)
        self.threads = Gauge("indelible_worker_threads", "Worker threads that are alive.", registry=self.registry)

    def count(self, stage: str, outcome: str, number: int = 1) -> None:
        """Count what became of work."""
        self._outcomes.labels(stage, outcome).inc(number)

    def end(self) -> None:
        """Let nothing more be claimed."""
        self.ended.set()
        self.told.set()

    @contextmanager
    def holding(self, stage: Stage[Any, Any, Any], leases: Leases) -> Generator[None]:
        """The time in which the leases are in hand, and extended."""
        hand = Hand(leases=leases, lease_seconds=stage.lease_seconds)
        self._hands.add(hand)
        try:
            yield
        finally:
            self._hands.discard(hand)

    @contextmanager
    def beating(self) -> Generator[Self]:
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
        while not over.wait(BEAT_SECONDS):
            if late := [hand for hand in tuple(self._hands) if hand.is_late(monotonic())]:
                try:
                    self._extend(late)
                except Exception as error:  # noqa: BLE001 - the next beat tries again, and the fence decides
                    logger.warning("leases were not extended: %s", type(error).__name__)

    def _extend(self, hands: list[Hand]) -> None:
        with self.store.transaction(actor=self.actor, reason="the work takes longer than it was leased for") as tx:
            for hand in hands:
                tx.work.extend(hand.leases, until=tx.clock.now() + timedelta(seconds=hand.lease_seconds))
        for hand in hands:
            hand.beaten = monotonic()
