"""Messages that say only that a stage may have work, and the sweep that sends them again."""

from collections.abc import Callable, Generator, Mapping, Sequence
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
from indelible.kernel.stages import Stage, TasksRead
from indelible_workers.processing import SOON_SECONDS, process_batch, reason_of
from indelible_workers.redis import WakeupBroker
from indelible_workers.worker import LONGEST_HOLD_SECONDS, Worker, logger

MOST_HINTS: Final = 4  # at once, of one stage; each that finds a full batch sends another
TOLD_SECONDS: Final = 0.1  # in which finished work is heard of together
Stages = Mapping[str, Stage[Any, Any, Any]]


def queue_of(stage: str) -> str:
    """The queue of a stage: no process takes messages of others, and the backlog of one holds up no other."""
    return f"stage-{digest(stage)[:12]}"


def register(broker: Broker, shift: Worker, stages: Stages) -> None:
    """An actor and a queue for each stage, which is drained, and sends itself again after a full batch."""

    def drained(stage: Stage[Any, Any, Any]) -> Callable[[], None]:
        def drain_it() -> None:
            try:
                if process_batch(shift.store, stage, actor=shift.actor, shift=shift) == stage.batch:
                    broker.enqueue(_hint(queue_of(stage.name)))
            except Exception as error:  # noqa: BLE001 - the next sweep sends another
                logger.warning("%s: %s", stage.name, reason_of(error))

        return drain_it

    for stage in stages.values():
        queue = queue_of(stage.name)
        dramatiq.actor(drained(stage), broker=broker, actor_name=queue, queue_name=queue)


def dispatch_ready(shift: Worker, stages: Stages, brokers: Sequence[Broker]) -> int:
    """Send a few messages for each stage that has work now, by the first broker that takes them; how much was seen."""
    seen, there = 0, list(brokers)
    for name, stage in stages.items():
        if shift.ended.is_set():
            break
        due = shift.store.read(_waiting, name, shift.clock.now(), MOST_HINTS * stage.batch)
        for _ in range(0, due, stage.batch):
            while there and not _takes(there[0], _hint(queue_of(name))):
                del there[0]  # for this time: one that hangs is not waited for again
        seen += due
    return seen


def _waiting(tx: TasksRead, stage: str, now: datetime, most: int) -> int:
    return tx.tasks.count_ready(stage, now, most=most)


def _hint(queue: str) -> Message[None]:
    return Message[None](queue_name=queue, actor_name=queue, args=(), kwargs={}, options={})


def _takes(broker: Broker, hint: Message[None]) -> bool:
    if isinstance(broker, WakeupBroker):
        return broker.takes(hint, MOST_HINTS)
    if not isinstance(broker, StubBroker) or broker.queues[hint.queue_name].qsize() < MOST_HINTS:
        broker.enqueue(hint)
    return True


@contextmanager
def run_workers(
    shift: Worker,
    stages: Stages,
    brokers: Sequence[Broker] = (),
    *,
    threads: int = 4,
    sweep_seconds: float = 5,
) -> Generator[None]:
    """Threads at each broker, and a sweeper; at the end nothing more is claimed, and what is in hand is finished.

    What no broker takes is drained in this process.
    """
    brokers = (*brokers, StubBroker(middleware=[]))
    workers = [
        dramatiq.Worker(each, worker_timeout=250, worker_threads=threads) for each in brokers
    ]
    shift.threads.set_function(
        lambda: sum(thread.is_alive() for worker in workers for thread in worker.workers)
    )
    sweeper = Thread(
        target=_sweep_on, args=(shift, stages, brokers, sweep_seconds), name="indelible-sweeper"
    )
    with shift.heartbeat():
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
                worker.stop(timeout=1_000 * LONGEST_HOLD_SECONDS)


def _sweep_on(
    shift: Worker, stages: Stages, brokers: Sequence[Broker], sweep_seconds: float
) -> None:
    pause, level = 0.0, WARNING
    while not shift.ended.is_set():
        if shift.told.wait(pause):
            sleep(TOLD_SECONDS)
            shift.told.clear()
        try:
            # What waits may lie before the place that claims go on from, until they begin at the front again.
            pause = (
                min(SOON_SECONDS, sweep_seconds)
                if dispatch_ready(shift, stages, brokers)
                else sweep_seconds
            )
            level = WARNING
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            logger.log(level, "no work is looked for: %s", reason_of(error))
            pause, level = sweep_seconds, DEBUG
