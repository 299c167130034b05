"""Test the stage that follows the feed in workers: retries, death, and two workers at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from attrs import define, evolve, field
from tests.workers.bakery import MAYA, WORKER, attempts, get_task

from indelible.app import WriteTx
from indelible.kernel import Actor, Change
from indelible.kernel.feed_cursors import feed_cursor
from indelible.kernel.feed_stage import FeedFollower
from indelible.kernel.stages import PauseStage, Stage, pause_stage
from indelible.kernel.subscribers import (
    FOLLOW_FEED,
    RestartSubscriber,
    Subscriber,
    get_subscriber,
    restart_subscriber,
)
from indelible.kernel.tasks import AttemptOutcome, Task
from indelible_workers import process_batch

NAME = "counter"
CONCEPTS = 40
WORKERS = 3
OTHER_HASH = "0" * 64


@define
class Reacting:
    """A reaction that can be made once for each stage that was paused, and its stage."""

    store: Any
    is_broken: bool = False
    calls: list[str] = field(factory=list[str])

    def stage(self, **options: Any) -> Stage[Any, Any, Any]:  # noqa: ANN401 - of the follower
        """Return the stage, whose failed tasks are due at once."""
        subscriber = Subscriber(name=NAME, handle=self.handle)
        follower = FeedFollower(store=self.store, subscribers=(subscriber,), **options)
        return follower.stage()

    def handle(self, tx: WriteTx, change: Change) -> None:
        """React once to each change of the test, and to none of its own."""
        if change.actor != MAYA:
            return

        self.calls.append(change.entity_id)
        pause_stage(tx, PauseStage(stage=f"seen-{change.entity_id}"))
        if self.is_broken:
            raise ZeroDivisionError

    def seen(self) -> list[str]:
        """Return the changes to which a reaction was committed."""
        ids: list[str] = []
        for change in self.store.feed(limit=10_000).changes:
            if change.actor == Actor.system(NAME):
                ids.append(change.entity_id.removeprefix("seen-"))
        return ids

    def task(self) -> Task:
        """Return the subscriber's task."""
        return get_task(self.store, NAME, FOLLOW_FEED)

    def make_due(self) -> None:
        """Make the task due now: nobody waits for its backoff."""
        with self.store.transaction(actor=WORKER, reason="a test") as tx:
            tx.tasks.enqueue(FOLLOW_FEED, {NAME: tx.clock.now()})


def pause_many(store: Any, number: int) -> list[str]:  # noqa: ANN401 - of any kind
    """Pause stages, which makes a change of each."""
    names = [f"stage-{index:03}" for index in range(number)]
    for name in names:
        store.run(pause_stage, PauseStage(stage=name), actor=MAYA, reason="a test")

    return names


def run_until_idle(reacting: Reacting, stage: Stage[Any, Any, Any]) -> None:
    """Process the task until a run finds no change."""
    while reacting.store.read(_count_unhandled):
        reacting.make_due()
        process_batch(reacting.store, stage, actor=WORKER)


def _count_unhandled(tx: Any) -> int:  # noqa: ANN401 - of any store
    cursor = tx.subscribers.find(NAME)
    after = "" if cursor is None else cursor.after
    return len(tx.history.feed(after=after, limit=1).changes)


def test_a_broken_reaction_ends_in_a_dead_task_and_a_requeue_continues(store: Any) -> None:  # noqa: ANN401 - of any kind
    reacting = Reacting(store, is_broken=True)
    stage = reacting.stage(max_attempts=3)
    names = pause_many(store, 2)
    for _ in range(3):
        reacting.make_due()
        process_batch(store, stage, actor=WORKER)

    task = reacting.task()
    assert task.dead_reason is not None
    assert "pause of stage stage-000, seq 1: ZeroDivisionError" in task.dead_reason
    assert task.error_class == "ZeroDivisionError"
    outcomes = [attempt.outcome for attempt in attempts(store, NAME, FOLLOW_FEED)]
    assert outcomes == [AttemptOutcome.DEAD, AttemptOutcome.FAILED, AttemptOutcome.FAILED]
    assert reacting.seen() == []

    reacting.is_broken = False
    with store.transaction(actor=MAYA, reason="the reaction is repaired") as tx:
        tx.tasks.requeue(FOLLOW_FEED, NAME)
    run_until_idle(reacting, stage)
    assert reacting.seen() == names


def test_a_foreign_cursor_ends_the_task_at_once_and_only_a_restart_helps(store: Any) -> None:  # noqa: ANN401 - of any kind
    reacting = Reacting(store)
    stage = reacting.stage()
    names = pause_many(store, 1)
    run_until_idle(reacting, stage)
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.enqueue(FOLLOW_FEED, {NAME: tx.clock.now()})
        (lease,) = tx.tasks.claim(FOLLOW_FEED, limit=1, until=tx.clock.now())
        stored = tx.subscribers.find_locked(NAME)
        position = stored.feed_cursor.partition(".")[0]
        cursor = evolve(stored, feed_cursor=feed_cursor(position, OTHER_HASH), fence=lease.fence)
        tx.subscribers.save(cursor)
        tx.tasks.release([lease])

    for _ in range(2):
        process_batch(store, stage, actor=WORKER)
        dead_reason = reacting.task().dead_reason
        assert dead_reason is not None
        assert dead_reason.startswith("FOREIGN_CURSOR")
        with store.transaction(actor=MAYA, reason="try again") as tx:
            tx.tasks.requeue(FOLLOW_FEED, NAME)

    command = RestartSubscriber(name=NAME, position="end")
    store.run(restart_subscriber, command, actor=MAYA, reason="restored")
    store.run(pause_stage, PauseStage(stage="after"), actor=MAYA, reason="a test")
    run_until_idle(reacting, stage)
    assert reacting.seen() == [*names, "after"]


def test_several_workers_at_once_handle_each_change_once(store: Any) -> None:  # noqa: ANN401 - of any kind
    reacting = Reacting(store)
    stage = reacting.stage(changes_per_transaction=7, poll_seconds=0.001)
    names = pause_many(store, CONCEPTS // 2)
    start = Barrier(WORKERS + 1)

    def work() -> None:
        start.wait()
        run_until_idle(reacting, stage)

    with ThreadPoolExecutor(WORKERS) as threads:
        workers = [threads.submit(work) for _ in range(WORKERS)]
        start.wait()
        for index in range(CONCEPTS // 2, CONCEPTS):
            name = f"stage-{index:03}"
            store.run(pause_stage, PauseStage(stage=name), actor=MAYA, reason="a test")
            names.append(name)
    for worker in workers:
        worker.result()
    run_until_idle(reacting, stage)

    assert reacting.seen() == names
    assert store.read(get_subscriber, NAME).restarts == 0


def test_two_subscribers_move_apart(store: Any) -> None:  # noqa: ANN401 - of any kind
    calls: dict[str, list[str]] = {"fast": [], "slow": []}

    def noting(name: str) -> Callable[[WriteTx, Change], None]:
        def handle(_: WriteTx, change: Change) -> None:
            if name == "slow":
                raise ZeroDivisionError
            calls[name].append(change.entity_id)

        return handle

    subscribers = [Subscriber(name=name, handle=noting(name)) for name in calls]
    stage = FeedFollower(store=store, subscribers=subscribers).stage()
    names = pause_many(store, 3)
    with store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.enqueue(FOLLOW_FEED, dict.fromkeys(calls, tx.clock.now()))
    for _ in calls:
        process_batch(store, stage, actor=WORKER)

    assert calls == {"fast": names, "slow": []}
