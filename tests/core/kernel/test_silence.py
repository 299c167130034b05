"""Test when a task that should run again and again is silent."""

from datetime import datetime, timedelta

import pytest

from indelible.kernel import instant_text
from indelible.kernel.silence import StandingTask, StandingTasks
from indelible.kernel.tasks import TaskKey
from indelible.memory import MemoryStore
from indelible.testing.stores import BEGINNING, FAR, TickingClock, claim, enqueue, within

SILENCE = timedelta(hours=2)
MOMENT = timedelta(minutes=1)  # longer than the clock of a test runs
TASKS = StandingTasks(
    tasks=(StandingTask(key=TaskKey("work", "scan"), longest_silence=SILENCE),),
    watched_since=BEGINNING,
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=TickingClock())


def problem(store: MemoryStore, now: datetime) -> str:
    """Return the problem of the task at a time, '' for none."""
    return " and ".join(str(task) for task in store.read(TASKS.silent, now))


def test_a_task_that_nobody_enqueues_is_silent(store: MemoryStore) -> None:
    assert problem(store, BEGINNING + SILENCE) == ""
    assert problem(store, BEGINNING + SILENCE + MOMENT) == (
        "task scan of stage work was never enqueued"
    )


def test_a_task_that_waits_for_too_long_is_silent(store: MemoryStore) -> None:
    enqueue(store, "scan")
    assert problem(store, BEGINNING + SILENCE) == ""
    assert "has been due since" in problem(store, BEGINNING + SILENCE + MOMENT)

    claim(store, until=BEGINNING + 2 * SILENCE)
    assert problem(store, BEGINNING + SILENCE + MOMENT) == ""  # it runs


def test_a_completed_task_is_silent_until_its_next_run(store: MemoryStore) -> None:
    enqueue(store, "scan")
    leases = claim(store)
    within(store, lambda tx: tx.tasks.complete(leases))

    assert problem(store, BEGINNING + SILENCE) == ""
    assert "has not run since" in problem(store, BEGINNING + SILENCE + MOMENT)


def test_a_task_that_is_put_off_is_silent_at_once(store: MemoryStore) -> None:
    enqueue(store, "scan")
    within(store, lambda tx: tx.tasks.reschedule("work", "scan", due_at=FAR))

    assert problem(store, BEGINNING) == (
        f"task scan of stage work is put off until {instant_text(FAR)}"
    )
    assert problem(store, FAR) == ""


def test_a_dead_and_a_canceled_task_are_silent_at_once(store: MemoryStore) -> None:
    enqueue(store, "scan")
    (lease,) = claim(store)
    within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no answer"))
    assert problem(store, BEGINNING) == "task scan of stage work is dead: no answer"

    within(store, lambda tx: tx.tasks.requeue("work", "scan"))
    within(store, lambda tx: tx.tasks.cancel("work", "scan"))
    assert problem(store, BEGINNING) == "task scan of stage work is canceled: a test"
