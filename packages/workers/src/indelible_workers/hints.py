"""Messages that say only that a stage may have work, and the sweep that sends them again."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from logging import DEBUG, WARNING
from threading import Thread
from time import sleep
from typing import Any, Final

import dramatiq
from dramatiq import Broker, Message
from dramatiq.brokers.stub import StubBroker

from indelible.kernel import digest
from indelible.kernel.stages import Stage, WorkRead
from indelible_workers.drains import SOON_SECONDS, drain, reason_of
from indelible_workers.redis import ACTOR, HintBroker
from indelible_workers.shift import Shift, logger

MOST_HINTS: Final = 4  # at once, of one stage; each that finds a full batch sends another
TOLD_SECONDS: Final = 0.1  # in which finished work is heard of together
Stages = Mapping[str, Stage[Any, Any, Any]]


def queue_of(stages: Stages) -> str:
    """The queue of those who have these stages: no other process takes their messages."""
    return f"stages-{digest(sorted(stages))[:12]}"


def register(broker: Broker, shift: Shift, stages: Stages) -> dramatiq.Actor:
    """The one actor, which drains the stage that a message names, and sends itself again after a full batch."""

    def drain_stage(*words: object) -> None:
        stage = stages.get(words[0]) if words and isinstance(words[0], str) else None
        if stage is None:
            logger.warning("a message that names no stage of ours is dropped: %s", repr(words)[:100])
            return shift.count("unknown", "dropped")
        try:
            if drain(shift.store, stage, actor=shift.actor, shift=shift) == stage.batch:
                actor.send(stage.name)
        except Exception as error:  # noqa: BLE001 - the next sweep sends another
            logger.warning("%s: %s", stage.name, reason_of(error))

    return (actor := dramatiq.actor(drain_stage, broker=broker, actor_name=ACTOR, queue_name=queue_of(stages)))


def sweep(shift: Shift, stages: Stages, brokers: Sequence[Broker]) -> int:
    """Send a few messages for each stage that has work now, by the first broker that takes them; how much was seen."""
    seen = 0
    for name, stage in stages.items():
        due = shift.store.read(_waiting, name, shift.clock.now(), MOST_HINTS * stage.batch)
        for _ in range(0, due, stage.batch):
            any(_takes(broker, queue_of(stages), name, MOST_HINTS * len(stages)) for broker in brokers)
        seen += due
    return seen


def _waiting(tx: WorkRead, stage: str, now: datetime, most: int) -> int:
    return tx.work.waiting(stage, now, most=most)


def _takes(broker: Broker, queue: str, stage: str, most: int) -> bool:
    message = Message[None](queue_name=queue, actor_name=ACTOR, args=(stage,), kwargs={}, options={})
    if isinstance(broker, HintBroker):
        return broker.takes(message, most)
    if not isinstance(broker, StubBroker) or broker.queues[queue].qsize() < most:
        broker.enqueue(message)
    return True


@contextmanager
def working(
    shift: Shift, stages: Stages, brokers: Sequence[Broker] = (), *, threads: int = 4, sweep_seconds: float = 5
) -> Generator[None]:
    """Threads at each broker, and a sweeper; at the end nothing more is claimed, and what is in hand is finished.

    What no broker takes is drained in this process.
    """
    brokers = (*brokers, StubBroker(middleware=[]))
    workers = [dramatiq.Worker(each, worker_timeout=250, worker_threads=threads) for each in brokers]
    shift.threads.set_function(lambda: sum(thread.is_alive() for worker in workers for thread in worker.workers))
    sweeper = Thread(target=_sweep_on, args=(shift, stages, brokers, sweep_seconds), name="indelible-sweeper")
    with shift.beating():
        for broker, worker in zip(brokers, workers, strict=True):
            register(broker, shift, stages)
            worker.start()
        sweeper.start()
        try:
            yield
        finally:
            shift.end()
            sweeper.join()
            for worker in workers:
                worker.stop(timeout=60_000)


def _sweep_on(shift: Shift, stages: Stages, brokers: Sequence[Broker], sweep_seconds: float) -> None:
    pause, level = 0.0, WARNING
    while not shift.ended.is_set():
        if shift.told.wait(pause):
            sleep(TOLD_SECONDS)
            shift.told.clear()
        try:
            # What waits may lie before the place that claims go on from, until they begin at the front again.
            pause = min(SOON_SECONDS, sweep_seconds) if sweep(shift, stages, brokers) else sweep_seconds
            level = WARNING
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            logger.log(level, "no work is looked for: %s", reason_of(error))
            pause, level = sweep_seconds, DEBUG
