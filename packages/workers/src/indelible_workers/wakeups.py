"""Send and receive wake-ups: messages that say only that a stage may have tasks ready."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from logging import DEBUG, WARNING
from threading import Thread
from time import monotonic, sleep
from typing import Any, Final, Protocol, runtime_checkable

import dramatiq
from dramatiq import Broker, Message
from dramatiq.brokers.stub import StubBroker

from indelible.kernel import digest
from indelible.kernel.breaker_commands import count_probes
from indelible.kernel.stages import Stage, TasksRead
from indelible_workers.children import check_child_stages
from indelible_workers.claims import MIN_RESTART_SECONDS
from indelible_workers.masking import failure_reason
from indelible_workers.processing import process_batch
from indelible_workers.stage_threads import thread_limit
from indelible_workers.worker import MAX_HOLD_SECONDS, Worker, logger

MAX_QUEUED: Final = 4  # wake-ups of one stage; a full batch sends another one
GATHER_SECONDS: Final = 0.1  # in which several batches or due times cause one dispatch
POLL_MILLISECONDS: Final = 250  # of a thread that waits for messages
STOP_MILLISECONDS: Final = 1_000 * MAX_HOLD_SECONDS
TIMED_OUT_MILLISECONDS: Final = 1_000  # for the other threads, which have nothing left to do
ACTIVE_SECONDS: Final = 0.05  # between two looks at the threads of a worker that ends
Stages = Mapping[str, Stage[Any, Any, Any]]


@runtime_checkable
class LimitedBroker(Protocol):
    """A broker that limits the queued messages itself, such as `WakeupBroker`.

    The check needs no import of Redis, which a process without Redis never imports.
    """

    def offer(self, message: Message[None], max_queued: int) -> bool:
        """Send the message unless enough are queued; return False where the broker fails."""
        ...


def queue_name(stage: str) -> str:
    """Return the name of the stage's own queue.

    A process takes no messages of stages it does not run, and the backlog of one stage delays no
    other.
    """
    return f"stage-{digest(stage)[:12]}"


def register_actors(broker: Broker, worker: Worker, stages: Stages) -> None:
    """Give each stage a queue and an actor that processes one batch for each message."""
    for stage in stages.values():
        queue = queue_name(stage.name)
        worker.stage_of_queue[queue] = stage.name
        process = _batch_function(broker, worker, stage)
        dramatiq.actor(process, broker=broker, actor_name=queue, queue_name=queue)


def _batch_function(
    broker: Broker, worker: Worker, stage: Stage[Any, Any, Any]
) -> Callable[[], None]:
    def process() -> None:
        if worker.claim_delay_seconds(stage.name) > 0:
            return

        if not worker.stage_threads.occupy(stage.name):
            return

        try:
            if _process_and_leave(worker, stage) == stage.batch:  # more may be ready
                broker.enqueue(_wakeup(queue_name(stage.name)))
        except Exception as error:  # noqa: BLE001 - the dispatcher sends another message
            logger.warning("stage %s: batch failed: %s", stage.name, failure_reason(error))

    return process


def _process_and_leave(worker: Worker, stage: Stage[Any, Any, Any]) -> int:
    """Process a batch, free the thread for other stages, and return how many tasks were claimed."""
    try:
        return process_batch(worker.store, stage, actor=worker.actor, worker=worker)
    finally:
        if worker.stage_threads.leave(stage.name):
            worker.wakeup.set()  # the refused wake-up is gone


def dispatch_ready(worker: Worker, stages: Stages, brokers: Sequence[Broker]) -> int:
    """Send wake-ups for stages with ready tasks and return how many ready tasks were counted.

    A stage whose rate has cut a claim short gets none until its bucket may have another permit.
    Each message goes to the first broker that works. One that fails is not asked again, because
    it may hang each time. A stage without a free thread is not counted.
    """
    ready = 0
    working = list(brokers)
    for name, stage in stages.items():
        if worker.stopping.is_set():
            break
        if worker.stage_threads.refuses(name) or worker.claim_delay_seconds(name) > 0:
            continue

        count = worker.store.read(_count_ready, stage, worker.clock.now())
        for _ in range(0, count, stage.batch):
            while working and not _send(working[0], _wakeup(queue_name(name))):
                del working[0]
        ready += count

    return ready


def _count_ready(tx: TasksRead, stage: Stage[Any, Any, Any], now: datetime) -> int:
    """Return how many tasks could be claimed now, a probe of a paused stage among them."""
    ready = tx.tasks.count_ready(stage.name, now, limit=MAX_QUEUED * stage.batch)
    if ready == 0 and stage.breaker is not None:
        return count_probes(tx, stage.name, now)

    return ready


def _seconds_until_due(worker: Worker, stages: Stages, dispatch_seconds: float) -> float:
    """Return the seconds until a task becomes due, at most those between two looks."""
    now = worker.clock.now()
    until = now + timedelta(seconds=dispatch_seconds)
    due_at = worker.store.read(lambda tx: tx.tasks.next_due(stages, after=now, until=until))
    if due_at is None:
        return dispatch_seconds

    return min(dispatch_seconds, max((due_at - now).total_seconds(), GATHER_SECONDS))


def _wakeup(queue: str) -> Message[None]:
    return Message[None](queue_name=queue, actor_name=queue, args=(), kwargs={}, options={})


def _send(broker: Broker, message: Message[None]) -> bool:
    """Send the message unless enough are queued; return False where the broker does not work."""
    if isinstance(broker, LimitedBroker):
        return broker.offer(message, MAX_QUEUED)

    if isinstance(broker, StubBroker):
        queued = broker.queues[message.queue_name].qsize()
        if queued >= MAX_QUEUED:
            return True

    broker.enqueue(message)
    return True


@contextmanager
def run_workers(
    worker: Worker,
    stages: Stages,
    brokers: Sequence[Broker] = (),
    *,
    threads: int = 4,
    dispatch_seconds: float = 5,
) -> Generator[None]:
    """Process tasks in threads until the block ends, then finish the tasks that were started.

    Each broker gets its own threads. A last broker inside the process delivers what the others
    do not accept. A stage occupies at most half of the threads, or `Stage.concurrency` of them. A
    thread whose task has exceeded its time limit is left behind at the end.

    Raises: PerformNotPicklable.
    """
    _set_limits(worker, stages, threads)
    brokers = (*brokers, StubBroker(middleware=[]))
    pools = [
        dramatiq.Worker(broker, worker_timeout=POLL_MILLISECONDS, worker_threads=threads)
        for broker in brokers
    ]
    worker.threads.set_function(lambda: _count_alive(pools))
    dispatcher = Thread(
        target=_dispatch_until_stopped,
        args=(worker, stages, brokers, dispatch_seconds),
        name="indelible-dispatcher",
    )

    with worker.heartbeat():
        for broker, pool in zip(brokers, pools, strict=True):
            register_actors(broker, worker, stages)
            pool.start()
        dispatcher.start()
        try:
            yield
        finally:
            worker.stop()
            dispatcher.join()
            _stop_pools(worker, pools)


def _set_limits(worker: Worker, stages: Stages, threads: int) -> None:
    check_child_stages(stages.values())
    for stage in stages.values():
        limit = thread_limit(stage, threads, is_only_stage=len(stages) == 1)
        worker.stage_threads.set_limit(stage.name, limit)


def _stop_pools(worker: Worker, pools: Sequence[dramatiq.Worker]) -> None:
    """Stop the threads when their tasks have ended or exceeded their limits."""
    deadline = monotonic() + MAX_HOLD_SECONDS
    while worker.stage_threads.active > 0 and monotonic() < deadline:
        sleep(ACTIVE_SECONDS)

    timeout = STOP_MILLISECONDS
    if worker.stage_threads.timed_out:
        timeout = TIMED_OUT_MILLISECONDS
        logger.error(
            "worker: %s threads of timed-out tasks are left", worker.stage_threads.timed_out
        )
    for pool in pools:
        pool.stop(timeout=timeout)


def _count_alive(pools: Sequence[dramatiq.Worker]) -> int:
    alive = 0
    for pool in pools:
        alive += sum(thread.is_alive() for thread in pool.workers)

    return alive


def _dispatch_until_stopped(
    worker: Worker, stages: Stages, brokers: Sequence[Broker], dispatch_seconds: float
) -> None:
    pause_seconds = 0.0
    level = WARNING  # only the first of several failures in a row is a warning
    while not worker.stopping.is_set():
        if worker.wakeup.wait(pause_seconds):
            sleep(GATHER_SECONDS)
            worker.wakeup.clear()

        pause_seconds = dispatch_seconds
        # Before the dispatch, which leaves out delayed stages: a delay may end during its queries.
        delays = [worker.claim_delay_seconds(name) for name in stages]
        try:
            ready = dispatch_ready(worker, stages, brokers)
            if not ready:
                pause_seconds = _seconds_until_due(worker, stages, dispatch_seconds)
        except Exception as error:  # noqa: BLE001 - the database may be unavailable for a while
            logger.log(level, "dispatcher: ready tasks not counted: %s", failure_reason(error))
            level = DEBUG
        else:
            level = WARNING
            if ready:
                # A ready task may lie before a claim position, which returns to the front only
                # after this time.
                pause_seconds = min(MIN_RESTART_SECONDS, dispatch_seconds)
            for delay_seconds in delays:
                if delay_seconds > 0:
                    pause_seconds = min(pause_seconds, delay_seconds)
