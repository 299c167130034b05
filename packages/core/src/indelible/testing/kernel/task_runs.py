"""Requirements on what a task's run carries: arguments, a result, progress, priority and slot."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from indelible.app import WriteTx
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import RequeueTask, Stage, requeue_task
from indelible.kernel.task_commands import (
    CompleteTasks,
    EnqueueTask,
    ReportProgress,
    complete_tasks,
    enqueue_task,
    report_progress,
)
from indelible.kernel.tasks import AttemptOutcome, Lease, Priority, Task
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.operational_rows import OperationalRowsConformance
from indelible.testing.kernel.task_ends import TaskEndsConformance
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    LEASE_END,
    OVER,
    AnyStore,
    claim,
    do,
    enqueue,
    ids,
    within,
)

LETTER: Final = {"to": "maya@example.org", "weights": [1, 2.5], "é": None}
STORED_LETTER: Final = {"to": "maya@example.org", "weights": [1, Decimal("2.5")], "é": None}
OTHER_LETTER: Final = {"to": "noor@example.org"}
PART: Final = 40  # percent
DONE: Final = 100  # percent
NIGHT = datetime(2026, 1, 1, 4, tzinfo=UTC)
NEXT_NIGHT = NIGHT + timedelta(days=1)


def _nothing(_: object, __: LeaseHandle) -> None:
    """Perform nothing."""


MAILS: Final = Stage[WriteTx, str, None](
    name="work",
    batch=1,
    acts_outside=True,
    lifecycle=None,
    perform=_nothing,
    secret_arguments=frozenset({"pin_code"}),
)


def task_of(store: AnyStore, entity_id: str) -> Task:
    """Return the task."""
    return store.read(lambda tx: tx.tasks.get("work", entity_id))


def enqueue_with(
    store: AnyStore,
    entity_id: str,
    arguments: Any = None,  # noqa: ANN401 - also what is refused
    *,
    due_at: datetime = BEGINNING,
    priority: Priority = Priority.NORMAL,
) -> None:
    """Enqueue a task with arguments."""
    command = EnqueueTask(
        stage=MAILS, entity_id=entity_id, due_at=due_at, arguments=arguments, priority=priority
    )
    do(store, enqueue_task, command)


def refused_arguments(store: AnyStore, arguments: object) -> list[str]:
    """Return the codes of the errors of both ways to enqueue a task with these arguments."""
    documents: Any = {"a": arguments}
    enqueueing = partial(_enqueue_documents, documents=documents)
    return [
        code(lambda: enqueue_with(store, "a", arguments)),
        code(lambda: within(store, enqueueing)),
    ]


def _enqueue_documents(
    tx: WriteTx,
    *,
    documents: Any,  # noqa: ANN401 - also what is refused
) -> None:
    tx.tasks.enqueue("work", {"a": BEGINNING}, arguments=documents)


def complete(store: AnyStore, lease: Lease, result: object = None) -> None:
    """Complete a task with a result."""
    results = {lease.entity_id: result}
    do(store, complete_tasks, CompleteTasks(leases=(lease,), results=results))


def enqueue_slot(store: AnyStore, slot: datetime) -> bool:
    """Enqueue a slot of a recurring task."""
    return within(store, lambda tx: tx.tasks.enqueue_slot("work", "nightly", slot=slot))


class TaskRunsConformance(OperationalRowsConformance, TaskEndsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_lease_carries_the_arguments_of_its_run(self, store: AnyStore) -> None:
        enqueue_with(store, "a", LETTER)
        enqueue_with(store, "b")
        first, second = claim(store, 2)

        assert (first.arguments, second.arguments) == (STORED_LETTER, None)
        assert task_of(store, "a").arguments == STORED_LETTER

    def test_a_run_keeps_its_arguments_until_it_is_completed(self, store: AnyStore) -> None:
        enqueue_with(store, "a", LETTER)
        enqueue(store, "a")
        enqueue_with(store, "a", LETTER)

        different = partial(enqueue_with, store, "a", OTHER_LETTER)
        assert code(different) == "TASK_ARGUMENTS_DIFFER"
        (lease,) = claim(store)
        assert code(different) == "TASK_ARGUMENTS_DIFFER"
        complete(store, lease)
        different()
        assert task_of(store, "a").arguments == OTHER_LETTER
        (lease,) = claim(store)
        complete(store, lease)
        enqueue(store, "a")
        assert task_of(store, "a").arguments is None

    def test_a_task_enqueued_during_its_lease_keeps_its_arguments(self, store: AnyStore) -> None:
        enqueue_with(store, "a", LETTER)
        (lease,) = claim(store)
        enqueue(store, "a")
        complete(store, lease, "sent")
        task = task_of(store, "a")

        assert (task.arguments, task.result, task.due_at) == (STORED_LETTER, None, BEGINNING)

    def test_arguments_that_are_no_small_json_object_are_refused(self, store: AnyStore) -> None:
        nested: object = {}
        for _ in range(16):
            nested = {"in": nested}

        for arguments, expected in (
            ({"when": object()}, "WRONG_USE"),
            ({"share": float("nan")}, "WRONG_USE"),
            (["a", "list"], "WRONG_TYPE"),
            ({"text": "a\0b"}, "TEXT_UNSTORABLE"),
            ({1: "one", "1": "one"}, "DUPLICATE_JSON_KEY"),
            ({"text": "x" * 16_384}, "JSON_LIMIT_EXCEEDED"),
            ({"list": [0] * 1_000}, "JSON_LIMIT_EXCEEDED"),
            (nested, "JSON_LIMIT_EXCEEDED"),
        ):
            assert refused_arguments(store, arguments) == [expected, expected], expected
        assert code(lambda: task_of(store, "a")) == "TASK_NOT_FOUND"

    def test_arguments_for_a_task_that_is_not_enqueued_are_refused(self, store: AnyStore) -> None:
        documents = {"b": LETTER}

        assert code(lambda: within(store, partial(_enqueue_documents, documents=documents))) == (
            "WRONG_USE"
        )
        assert code(lambda: task_of(store, "a")) == "TASK_NOT_FOUND"

    def test_the_name_of_a_stage_is_no_stage(self, store: AnyStore) -> None:
        name: Any = "work"

        assert code(lambda: EnqueueTask(stage=name, entity_id="a")) == "WRONG_TYPE"
        assert code(lambda: task_of(store, "a")) == "TASK_NOT_FOUND"

    def test_the_largest_arguments_are_stored(self, store: AnyStore) -> None:
        largest = {"text": "x" * (16_384 - len('{"text":""}'))}
        enqueue_with(store, "a", largest)

        assert task_of(store, "a").arguments == largest

    def test_secrets_are_refused_as_arguments(self, store: AnyStore) -> None:
        for arguments in (
            {"password": "x"},
            {"API-Key": "x"},
            {"mail": [{"Access_Token": "x"}]},
        ):
            refused = refused_arguments(store, arguments)
            assert refused == ["TASK_ARGUMENT_SECRET", "TASK_ARGUMENT_SECRET"], arguments
        declared = partial(enqueue_with, store, "a", {"login": {"PinCode": "x"}})
        assert code(declared) == "TASK_ARGUMENT_SECRET"

    def test_a_completion_stores_its_result_until_the_next_run(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        first, second = claim(store, 2)
        results = {"a": {"sent": 2, "share": 0.5}}
        do(store, complete_tasks, CompleteTasks(leases=(first, second), results=results))

        assert task_of(store, "a").result == {"sent": 2, "share": Decimal("0.5")}
        assert (task_of(store, "b").result, task_of(store, "b").due_at) == (None, None)
        enqueue(store, "a")
        assert task_of(store, "a").result is None

    def test_a_result_may_be_any_small_json_value(self, store: AnyStore) -> None:
        for entity_id, result in (("a", "ab"), ("b", [1]), ("c", False), ("d", 0)):
            enqueue(store, entity_id)
            (lease,) = claim(store)
            complete(store, lease, result)
            assert task_of(store, entity_id).result == result

        enqueue(store, "e")
        (lease,) = claim(store)
        too_long = partial(complete, store, lease, "x" * 16_384)
        assert code(too_long) == "JSON_LIMIT_EXCEEDED"
        assert task_of(store, "e").lease_until == LEASE_END

    def test_no_result_is_stored_under_a_lost_lease(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        old = claim(store, 2, until=OVER)
        claim(store)
        results = {"a": 1, "b": 2}
        completion = CompleteTasks(leases=old, results=results)

        assert code(lambda: do(store, complete_tasks, completion)) == "LEASE_LOST"
        assert (task_of(store, "a").result, task_of(store, "b").result) == (None, None)

    def test_progress_is_reported_under_the_lease(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (old,) = claim(store, until=OVER)
        do(store, report_progress, ReportProgress(lease=old, percent=PART))
        (lease,) = claim(store)
        lost = ReportProgress(lease=old, percent=50)

        assert task_of(store, "a").progress == PART
        assert code(lambda: do(store, report_progress, lost)) == "LEASE_LOST"
        for percent, expected in ((101, "NUMBER_OUT_OF_RANGE"), (-1, "NUMBER_OUT_OF_RANGE")):
            wrong = ReportProgress(lease=lease, percent=percent)
            assert code(partial(do, store, report_progress, wrong)) == expected
        do(store, report_progress, ReportProgress(lease=lease, percent=DONE))
        complete(store, lease)
        assert task_of(store, "a").progress == DONE
        enqueue(store, "a")
        assert task_of(store, "a").progress is None

    def test_urgent_tasks_are_claimed_first(self, store: AnyStore) -> None:
        enqueue_with(store, "low", due_at=BEGINNING.replace(year=2025), priority=Priority.LOW)
        enqueue(store, "normal-1", "normal-2")
        enqueue_with(store, "high", priority=Priority.HIGH)
        enqueue_with(store, "to-come", due_at=FAR, priority=Priority.HIGH)
        leases = claim(store, 3)

        assert ids(leases) == ["high", "normal-1", "normal-2"]
        assert [lease.priority for lease in leases] == [1, 2, 2]
        assert ids(claim(store, 3)) == ["low"]

    def test_a_claim_behind_a_lease_still_takes_more_urgent_tasks(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c")
        _, second = claim(store, 2, until=OVER)
        enqueue_with(store, "urgent", priority=Priority.HIGH)
        enqueue_with(store, "idle", priority=Priority.LOW)
        behind = within(store, lambda tx: tx.tasks.claim("work", limit=9, until=OVER, after=second))

        assert ids(behind) == ["urgent", "c", "idle"]

    def test_a_waiting_task_only_becomes_more_urgent(self, store: AnyStore) -> None:
        enqueue_with(store, "a", priority=Priority.LOW)
        enqueue_with(store, "a", priority=Priority.HIGH)
        enqueue(store, "a")
        urgent = task_of(store, "a").priority
        (lease,) = claim(store)
        complete(store, lease)
        enqueue_with(store, "a", priority=Priority.LOW)

        assert (urgent, task_of(store, "a").priority) == (Priority.HIGH, Priority.LOW)

    def test_tasks_of_all_priorities_are_counted(self, store: AnyStore) -> None:
        for priority in Priority:
            name = priority.name.lower()
            enqueue_with(store, f"{name}-1", priority=priority)
            enqueue_with(store, f"{name}-2", priority=priority)
        claim(store)
        (stats,) = store.read(lambda tx: tx.tasks.backlogs(BEGINNING + timedelta(hours=1)))
        now = BEGINNING + timedelta(hours=1)
        ready = store.read(lambda tx: tx.tasks.count_ready("work", now, limit=9))

        assert (stats.due, stats.running, stats.oldest, ready) == (5, 1, BEGINNING, 5)

    def test_a_slot_of_a_recurring_task_is_enqueued_once(self, store: AnyStore) -> None:
        assert [enqueue_slot(store, NIGHT), enqueue_slot(store, NIGHT)] == [True, False]
        assert (task_of(store, "nightly").slot, task_of(store, "nightly").due_at) == (NIGHT, NIGHT)
        assert enqueue_slot(store, NEXT_NIGHT)
        assert not enqueue_slot(store, NIGHT)
        task = task_of(store, "nightly")
        assert (task.slot, task.due_at, task.fence) == (NEXT_NIGHT, NIGHT, 0)

    def test_a_slot_during_the_lease_is_run_after_it(self, store: AnyStore) -> None:
        enqueue_slot(store, BEGINNING)
        (lease,) = claim(store)
        enqueue_slot(store, NIGHT)
        complete(store, lease)
        task = task_of(store, "nightly")

        assert lease.slot == BEGINNING
        assert (task.slot, task.due_at, task.lease_owner) == (NIGHT, NIGHT, None)

    def test_a_completed_recurring_task_runs_again_at_its_next_slot(self, store: AnyStore) -> None:
        enqueue_slot(store, BEGINNING)
        (lease,) = claim(store)
        complete(store, lease, "done")
        enqueue_slot(store, NIGHT)
        task = task_of(store, "nightly")

        assert (task.due_at, task.attempts, task.result, task.fence) == (NIGHT, 0, None, 1)

    def test_a_run_that_begins_with_a_slot_has_no_arguments(self, store: AnyStore) -> None:
        by_hand = EnqueueTask(stage=MAILS, entity_id="nightly", arguments=LETTER)
        do(store, enqueue_task, by_hand)
        enqueue_slot(store, BEGINNING)
        (lease,) = claim(store)
        do(store, complete_tasks, CompleteTasks(leases=[lease]))
        enqueue_slot(store, NIGHT)

        assert lease.arguments == STORED_LETTER
        assert task_of(store, "nightly").arguments is None

    def test_a_dead_slot_does_not_end_the_schedule(self, store: AnyStore) -> None:
        enqueue_slot(store, BEGINNING)
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no answer"))
        hinted = within(store, lambda tx: tx.tasks.enqueue("work", {"nightly": FAR}))
        dead = task_of(store, "nightly")
        enqueue_slot(store, NIGHT)
        task = task_of(store, "nightly")
        last, *_ = store.read(lambda tx: tx.tasks.attempts_of("work", "nightly", limit=5))

        assert (hinted, dead.dead_reason, dead.due_at) == (None, "no answer", None)
        assert (task.dead_reason, task.due_at, task.attempts) == (None, NIGHT, 0)
        assert last.outcome is AttemptOutcome.REQUEUED

    def test_a_requeued_task_keeps_its_arguments(self, store: AnyStore) -> None:
        enqueue_with(store, "a", LETTER, priority=Priority.HIGH)
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no", error_class="Bounced"))
        do(store, requeue_task, RequeueTask(stage="work", entity_id="a"))
        task = task_of(store, "a")

        assert (task.arguments, task.priority) == (STORED_LETTER, Priority.HIGH)
        assert task.error_class is None
