"""Requirements on lists of tasks by state, and on the number of tasks that finish in a minute."""

from datetime import datetime, timedelta
from typing import Any, Final

from indelible.kernel.task_commands import (
    CancelTask,
    CompleteTasks,
    cancel_task,
    complete_tasks,
)
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import Lease, Priority, Task, TaskState
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.hung_threads import HungThreadsConformance
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    OVER,
    AnyStore,
    claim,
    do,
    enqueue,
    ids,
    within,
)

NOW: Final = BEGINNING + timedelta(hours=1)  # before the ends of leases
STAGE: Final = "work"


def listed(
    store: AnyStore,
    state: TaskState,
    *,
    after: str = "",
    limit: int = 100,
    **filters: Any,  # noqa: ANN401 - those of TaskFilter
) -> tuple[Task, ...]:
    """Return the tasks of a list."""
    matching = TaskFilter(stage=STAGE, state=state, **filters)
    return store.read(lambda tx: tx.tasks.list_tasks(matching, now=NOW, after=after, limit=limit))


def counted(store: AnyStore, state: TaskState, *, limit: int = 100) -> int:
    """Return the number of tasks in a list."""
    matching = TaskFilter(stage=STAGE, state=state)
    return store.read(lambda tx: tx.tasks.count_tasks(matching, now=NOW, limit=limit))


def prioritized(
    store: AnyStore, entity_id: str, priority: Priority, *, due_at: datetime = BEGINNING
) -> None:
    """Enqueue a task with a priority."""
    within(store, lambda tx: tx.tasks.enqueue(STAGE, {entity_id: due_at}, priority=priority))


def claimed(store: AnyStore, entity_id: str) -> Lease:
    """Enqueue a task, which must be the only due one, and return its lease."""
    enqueue(store, entity_id)
    (lease,) = claim(store)
    return lease


def completed(store: AnyStore, *entity_ids: str) -> None:
    """Enqueue and complete tasks, one after the other."""
    for entity_id in entity_ids:
        do(store, complete_tasks, CompleteTasks(leases=(claimed(store, entity_id),)))


def dead(store: AnyStore, entity_id: str, error_class: str | None = None) -> None:
    """Enqueue a task and let it die."""
    lease = claimed(store, entity_id)
    within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no", error_class=error_class))


def canceled(store: AnyStore, *entity_ids: str) -> None:
    """Enqueue and cancel tasks, one after the other."""
    for entity_id in entity_ids:
        enqueue(store, entity_id)
        do(store, cancel_task, CancelTask(stage=STAGE, entity_id=entity_id))


def refusal(store: AnyStore, after: str) -> str:
    """Return the error code of a list of waiting tasks that continues there."""
    return code(lambda: listed(store, TaskState.WAITING, after=after))


def one_in_each_state(store: AnyStore) -> dict[TaskState, list[str]]:
    """Create tasks in every state and return their ids in the order of the lists."""
    completed(store, "completed-1", "completed-2", "completed-3")
    canceled(store, "canceled-1", "canceled-2", "canceled-3")
    for number in (1, 2, 3):
        dead(store, f"dead-{number}")
    for number in (1, 2, 3):
        claimed(store, f"running-{number}")
    enqueue(store, "waiting-1", "waiting-2")
    enqueue(store, "waiting-3", due_at=FAR)
    enqueue(store, "another", stage="other")

    return {
        TaskState.WAITING: ["waiting-1", "waiting-2", "waiting-3"],
        TaskState.RUNNING: ["running-1", "running-2", "running-3"],
        TaskState.COMPLETED: ["completed-3", "completed-2", "completed-1"],
        TaskState.DEAD: ["dead-1", "dead-2", "dead-3"],
        TaskState.CANCELED: ["canceled-3", "canceled-2", "canceled-1"],
    }


class TaskListsConformance(HungThreadsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_each_state_has_its_list_and_its_number(self, store: AnyStore) -> None:
        expected = one_in_each_state(store)

        for state, entity_ids in expected.items():
            tasks = listed(store, state)
            assert ids(tasks) == entity_ids
            assert {task.state(NOW) for task in tasks} == {state}
            assert counted(store, state) == len(entity_ids)
            assert counted(store, state, limit=1) == 1

    def test_a_list_of_tasks_continues_after_a_position(self, store: AnyStore) -> None:
        expected = one_in_each_state(store)

        for state, entity_ids in expected.items():
            matching = TaskFilter(stage=STAGE, state=state)
            (first,) = listed(store, state, limit=1)
            rest = listed(store, state, after=matching.position_of(first))
            assert ids((first, *rest)) == entity_ids
            assert listed(store, state, after=matching.position_of(rest[-1])) == ()

    def test_waiting_tasks_are_listed_in_the_order_of_claims(self, store: AnyStore) -> None:
        later = BEGINNING + timedelta(minutes=1)
        enqueue(store, "c", due_at=later)
        enqueue(store, "b", "d")
        prioritized(store, "e", Priority.HIGH, due_at=FAR)
        prioritized(store, "a", Priority.LOW)

        assert ids(listed(store, TaskState.WAITING)) == ["e", "b", "d", "c", "a"]

    def test_a_task_under_an_expired_lease_is_listed_as_waiting(self, store: AnyStore) -> None:
        enqueue(store, "a")
        claim(store, until=OVER)

        assert ids(listed(store, TaskState.WAITING)) == ["a"]
        assert listed(store, TaskState.RUNNING) == ()

    def test_running_tasks_of_every_priority_are_listed(self, store: AnyStore) -> None:
        for priority in Priority:
            prioritized(store, f"task-{priority.value}", priority)
        claim(store, 3)

        assert ids(listed(store, TaskState.RUNNING)) == ["task-1", "task-2", "task-3"]

    def test_dead_tasks_are_selected_by_their_class_of_error(self, store: AnyStore) -> None:
        dead(store, "a", "ValueError")
        dead(store, "b", "TimeoutError")
        dead(store, "c", "ValueError")
        dead(store, "d")

        assert ids(listed(store, TaskState.DEAD, error_class="ValueError")) == ["a", "c"]
        assert ids(listed(store, TaskState.DEAD, error_class="KeyError")) == []
        assert ids(listed(store, TaskState.DEAD)) == ["a", "b", "c", "d"]

    def test_a_class_of_error_selects_among_dead_tasks_only(self, store: AnyStore) -> None:
        completed(store, "a")

        assert ids(listed(store, TaskState.COMPLETED, error_class="ValueError")) == ["a"]

    def test_a_position_of_another_list_is_refused(self, store: AnyStore) -> None:
        wrong = (
            "dead a",
            "waiting",
            "waiting a",
            "waiting 2 yesterday a",
            "waiting x 2026-01-01T00:00:00.000000+00:00 a",
            "waiting 2 2026-01-01T00:00:00 a",
            "waiting 2 2026-01-01T00:00:00.000000+00:00 a b",
        )

        for position in wrong:
            assert refusal(store, position) == "INVALID_POSITION", position

    def test_finished_tasks_are_counted_by_the_minute(self, store: AnyStore) -> None:
        completed(store, "a", "b")
        canceled(store, "c")
        dead(store, "d")
        first, *_ = sorted(_finished_times(store))

        def read(limit: int, seconds: int = 0) -> tuple[int, bool]:
            since = first + timedelta(seconds=seconds)
            counts = store.read(
                lambda tx: tx.tasks.finished_by_minute(STAGE, since=since, limit=limit)
            )
            return counts.total, counts.is_complete

        assert read(100) == (3, True)
        assert read(2) == (2, False)
        assert read(100, seconds=3_600) == (0, True)
        assert (
            store.read(
                lambda tx: tx.tasks.finished_by_minute("other", since=first, limit=10)
            ).counts
            == {}
        )

    def test_a_task_that_runs_again_is_no_longer_finished(self, store: AnyStore) -> None:
        completed(store, "a")
        enqueue(store, "a")

        assert listed(store, TaskState.COMPLETED) == ()
        assert ids(listed(store, TaskState.WAITING)) == ["a"]


def _finished_times(store: AnyStore) -> list[datetime]:
    """Return when the finished tasks finished, by the database's clock."""
    times: list[datetime] = []
    for task in (*listed(store, TaskState.COMPLETED), *listed(store, TaskState.CANCELED)):
        if task.finished_at is not None:
            times.append(task.finished_at)

    return times
