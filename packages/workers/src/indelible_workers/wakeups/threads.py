"""Run the threads of a worker process, which messages wake up."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

import dramatiq
from dramatiq import Broker

from indelible.kernel.commit_signal import SignalsCommits
from indelible.kernel.stages import Stage
from indelible_workers.children.processes import check_child_stages
from indelible_workers.masking import failure_reason
from indelible_workers.processing.batches import process_batch
from indelible_workers.threads.pools import ThreadPool
from indelible_workers.threads.stage_threads import thread_limit
from indelible_workers.wakeups.dispatching import dispatch_until_stopped
from indelible_workers.wakeups.local_broker import LocalBroker
from indelible_workers.wakeups.messages import (
    Stages,
    WakeupCarrier,
    queue_name,
    wakeup_message,
)
from indelible_workers.worker import MAX_HOLD_SECONDS, Worker, logger

STOP_MILLISECONDS: Final = 1_000 * MAX_HOLD_SECONDS
TIMED_OUT_MILLISECONDS: Final = 1_000  # for the other threads, which have nothing left to do
ACTIVE_SECONDS: Final = 0.05  # between two looks at the threads of a worker that ends


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
                broker.enqueue(wakeup_message(queue_name(stage.name)))
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

    Each broker gets its own threads; a last one inside the process delivers what the others do not
    accept. Ready tasks are looked for after commits, and every `dispatch_seconds` in case the news
    of one are lost. A stage occupies half of the threads at most, or `Stage.concurrency`. A thread
    whose task has exceeded its time limit is left behind at the end.

    Raises: PerformNotPicklable, ThreadRefused under a virtual clock.
    """
    _set_limits(worker, stages, threads)
    brokers = (*brokers, LocalBroker())
    pools = [ThreadPool(broker, threads) for broker in brokers]
    worker.threads.set_function(lambda: _count_alive(pools))
    look = partial(dispatch_until_stopped, worker, stages, brokers, dispatch_seconds)

    with worker.heartbeat(), _news_of_commits(worker, brokers):
        for broker in brokers:
            register_actors(broker, worker, stages)
        dispatcher = worker.clock.start_loop("indelible-dispatcher", look, daemon=False)
        try:
            for pool in pools:
                pool.start()
            yield
        finally:
            worker.stop()
            dispatcher.join()
            _stop_pools(worker, brokers, pools)


@contextmanager
def _news_of_commits(worker: Worker, brokers: Sequence[Broker]) -> Generator[None]:
    """Let commits of this process and of others wake the dispatcher until the block ends."""
    with ExitStack() as stack:
        if isinstance(worker.store, SignalsCommits):
            stack.enter_context(worker.store.commits.listening(worker.wakeup.set))
        for broker in brokers:
            if isinstance(broker, WakeupCarrier):
                stack.enter_context(broker.connected())
        yield


def _set_limits(worker: Worker, stages: Stages, threads: int) -> None:
    check_child_stages(stages.values())
    for stage in stages.values():
        limit = thread_limit(stage, threads, is_only_stage=len(stages) == 1)
        worker.stage_threads.set_limit(stage.name, limit)


def _stop_pools(worker: Worker, brokers: Sequence[Broker], pools: Sequence[ThreadPool]) -> None:
    """Stop the threads when their tasks have ended or exceeded their limits."""
    clock = worker.clock
    deadline = clock.monotonic() + MAX_HOLD_SECONDS
    while worker.stage_threads.active > 0 and clock.monotonic() < deadline:
        clock.sleep(ACTIVE_SECONDS)

    timeout = STOP_MILLISECONDS
    if worker.stage_threads.timed_out:
        timeout = TIMED_OUT_MILLISECONDS
        logger.error(
            "worker: %s threads of timed-out tasks are left", worker.stage_threads.timed_out
        )
    for broker in brokers:
        if isinstance(broker, WakeupCarrier):
            broker.end_consumers()
    for pool in pools:
        pool.stop(timeout=timeout)


def _count_alive(pools: Sequence[ThreadPool]) -> int:
    alive = 0
    for pool in pools:
        alive += sum(thread.is_alive() for thread in pool.workers)

    return alive
