"""Requirements on the filters and the orders of lists of tasks."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import Any, Final

from attrs import evolve

from indelible.app import ReadTx
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_lists import TaskFilter, TaskOrder
from indelible.kernel.tasks import Attempt, Priority, Task, TaskState
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.task_lists import (
    NOW,
    STAGE,
    TaskListsConformance,
    dead,
    listed,
    one_in_each_state,
    prioritized,
)
from indelible.testing.stores import FAR, MAYA, NOOR, AnyStore, do, enqueue, ids

ALL: Final = 100
Pairs = Sequence[tuple[Task, tuple[Attempt, ...]]]


def some_of_every_state(store: AnyStore) -> None:
    """Create tasks in every state, some of which NOOR has canceled or requeued."""
    one_in_each_state(store)
    prioritized(store, "urgent", Priority.HIGH, due_at=FAR)
    for name in ("canceled-4", "waiting-4"):
        enqueue(store, name)
        command = CancelTask(stage=STAGE, entity_id=name)
        do(store, cancel_task, command, actor=NOOR)
    for name in ("waiting-4", "dead-2"):
        do(store, requeue_task, RequeueTask(stage=STAGE, entity_id=name), actor=NOOR)


class TaskFiltersConformance(TaskListsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_every_filter_and_order_of_tasks_lists_what_it_means(self, store: AnyStore) -> None:
        some_of_every_state(store)
        records = _tasks_with_records(store)

        for state in TaskState:
            for matching in _filters(state, records):
                expected = _expected(matching, records)
                assert ids(_all_pages(store, matching)) == expected, matching
                assert _count(store, matching) == len(expected), matching

    def test_dead_tasks_are_ordered_by_the_time_of_their_death(self, store: AnyStore) -> None:
        for name in ("c", "a", "b"):
            dead(store, name)

        assert ids(listed(store, TaskState.DEAD)) == ["a", "b", "c"]
        assert ids(listed(store, TaskState.DEAD, order=TaskOrder.OLDEST)) == ["c", "a", "b"]
        assert ids(listed(store, TaskState.DEAD, order=TaskOrder.NEWEST)) == ["b", "a", "c"]

    def test_an_actor_finds_what_it_canceled_and_requeued(self, store: AnyStore) -> None:
        some_of_every_state(store)

        assert ids(listed(store, TaskState.CANCELED, actor=NOOR)) == ["canceled-4"]
        assert ids(listed(store, TaskState.WAITING, actor=NOOR)) == ["waiting-4", "dead-2"]
        assert ids(listed(store, TaskState.RUNNING, actor=NOOR)) == []
        assert ids(listed(store, TaskState.RUNNING, actor=MAYA)) == [
            "running-1",
            "running-2",
            "running-3",
        ]

    def test_a_list_by_time_continues_after_a_task_that_was_requeued(self, store: AnyStore) -> None:
        for name in ("c", "a", "b"):
            dead(store, name)
        matching = TaskFilter(stage=STAGE, state=TaskState.DEAD, order=TaskOrder.NEWEST)
        (first,) = listed(store, TaskState.DEAD, order=TaskOrder.NEWEST, limit=1)
        position = matching.position_of(first)
        do(store, requeue_task, RequeueTask(stage=STAGE, entity_id=first.entity_id))

        rest = listed(store, TaskState.DEAD, order=TaskOrder.NEWEST, after=position)
        assert (first.entity_id, ids(rest)) == ("b", ["a", "c"])

    def test_a_position_of_another_order_of_tasks_is_refused(self, store: AnyStore) -> None:
        dead(store, "a")
        (task,) = listed(store, TaskState.DEAD)
        orders = (None, *TaskOrder)

        for order, other in product(orders, orders):
            position = TaskFilter(stage=STAGE, state=TaskState.DEAD, order=other).position_of(task)
            expected = "" if order is other else "INVALID_POSITION"
            assert _refusal(store, order, position) == expected, (order, other)


def _refusal(store: AnyStore, order: TaskOrder | None, position: str) -> str:
    """Return the code of the error of a list of dead tasks, '' if it is listed."""
    return code(lambda: listed(store, TaskState.DEAD, order=order, after=position))


def _tasks_with_records(store: AnyStore) -> list[tuple[Task, tuple[Attempt, ...]]]:
    """Return every task with the records of its fence."""
    tasks: list[Task] = []
    for state in TaskState:
        tasks += listed(store, state)

    pairs: list[tuple[Task, tuple[Attempt, ...]]] = []
    for task in tasks:
        attempts = store.read(_attempts_of, task.entity_id)
        pairs.append((task, tuple(attempt for attempt in attempts if attempt.fence == task.fence)))
    return pairs


def _attempts_of(tx: ReadTx, entity_id: str) -> tuple[Attempt, ...]:
    return tx.tasks.attempts_of(STAGE, entity_id, limit=ALL)


def _filters(state: TaskState, pairs: Pairs) -> Iterator[TaskFilter]:
    """Yield filters with each order and actor, and with the times of some tasks as bounds."""
    of_state = TaskFilter(stage=STAGE, state=state)
    times: list[datetime] = []
    for task, records in pairs:
        time = of_state.time_of(task, records)
        if time is not None and task.state(NOW) is state:
            times.append(time)

    times.sort()
    middle = times[len(times) // 2]
    for order in (None, *TaskOrder):
        for actor in (None, MAYA, NOOR):
            yield evolve(of_state, order=order, actor=actor)
        for since, until in ((middle, None), (None, middle), (times[0], times[-1])):
            yield evolve(of_state, order=order, since=since, until=until)


def _expected(matching: TaskFilter, pairs: Pairs) -> list[str]:
    """Return the ids that the filter means, in its order."""
    keyed: list[tuple[tuple[Any, ...], str]] = []
    for task, records in pairs:
        if matching.matches(task, NOW, records):
            keyed.append((matching.sort_key(task, records), task.entity_id))

    keyed.sort(reverse=matching.is_descending)
    return [entity_id for _, entity_id in keyed]


def _all_pages(store: AnyStore, matching: TaskFilter) -> list[Task]:
    """Return the tasks of a list, read in pages of three."""
    tasks: list[Task] = []
    after = ""
    while True:
        page = store.read(_page, matching, after)
        if not page:
            return tasks
        tasks += page
        after = matching.position_of(page[-1])


def _page(tx: ReadTx, matching: TaskFilter, after: str) -> tuple[Task, ...]:
    return tx.tasks.list_tasks(matching, now=NOW, after=after, limit=3)


def _count(store: AnyStore, matching: TaskFilter) -> int:
    return store.read(lambda tx: tx.tasks.count_tasks(matching, now=NOW, limit=ALL))
