"""The conformance suite of tasks: enqueue, claim, complete, retry, mark dead, requeue, pause."""

from datetime import timedelta

from indelible.kernel import Actor
from indelible.kernel.stages import (
    PauseStage,
    RequeueTask,
    ResumeStage,
    pause_stage,
    requeue_task,
    resume_stage,
)
from indelible.kernel.tasks import MAX_COUNTED, AttemptOutcome, StageStats, Task
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.task_filters import TaskFiltersConformance
from indelible.testing.kernel.task_limits import TaskLimitsConformance
from indelible.testing.kernel.task_runs import TaskRunsConformance
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    LEASE_END,
    MAYA,
    NOOR,
    OVER,
    AnyStore,
    attempt_numbers,
    claim,
    do,
    enqueue,
    ids,
    within,
)

LATER = BEGINNING + timedelta(hours=1)
PAUSE = PauseStage(stage="work")


def task_of(store: AnyStore, entity_id: str) -> Task:
    """Return the task."""
    return store.read(lambda tx: tx.tasks.get("work", entity_id))


def backlog(store: AnyStore, stage: str = "work") -> StageStats:
    """Return the statistics of a stage, an hour after the beginning."""
    for stats in store.read(lambda tx: tx.tasks.backlogs(LATER)):
        if stats.stage == stage:
            return stats

    raise AssertionError(f"stage {stage} has no tasks")


def refusals_to_enqueue(store: AnyStore, stage: str, entity_id: str) -> list[str]:
    """Return the error codes of both ways to enqueue a task."""
    slot = code(
        lambda: within(store, lambda tx: tx.tasks.enqueue_slot(stage, entity_id, slot=BEGINNING))
    )
    return [code(lambda: enqueue(store, entity_id, stage=stage)), slot]


class WorkConformance(TaskLimitsConformance, TaskFiltersConformance, TaskRunsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_tasks_are_claimed_in_order_of_due_time_and_then_of_id(self, store: AnyStore) -> None:
        within(
            store,
            lambda tx: tx.tasks.enqueue(
                "work", {"c": BEGINNING, "b": LATER.replace(year=2025), "a": BEGINNING}
            ),
        )
        enqueue(store, "to-come", due_at=FAR)
        enqueue(store, "other", stage="other")

        assert ids(claim(store, 2)) == ["b", "a"]
        assert ids(claim(store, 2)) == ["c"]
        assert claim(store, 2) == ()

    def test_a_lease_has_an_owner_and_each_claim_raises_the_fence(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (first,) = claim(store, until=OVER)
        (second,) = claim(store)
        task = task_of(store, "a")

        assert (first.fence, first.attempt, second.fence, second.attempt) == (1, 1, 2, 2)
        assert (second.due_at, second.until) == (BEGINNING, LEASE_END)
        assert (task.lease_owner, task.lease_until, task.fence) == (MAYA, LEASE_END, 2)

    def test_a_completed_task_remains_and_its_fence_continues_with_the_next_enqueue(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        leases = claim(store)
        within(store, lambda tx: tx.tasks.complete(leases))
        task = task_of(store, "a")
        enqueue(store, "a")
        (lease,) = claim(store)

        assert (task.due_at, task.lease_owner, task.fence) == (None, None, 1)
        assert (lease.fence, lease.attempt) == (2, 1)

    def test_a_task_enqueued_during_its_lease_is_due_again_after_completion(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        leases = claim(store)
        enqueue(store, "a", due_at=LATER)
        within(store, lambda tx: tx.tasks.complete(leases))
        task = task_of(store, "a")

        assert (task.due_at, task.lease_owner, task.fence, task.attempts) == (LATER, None, 1, 0)

    def test_a_task_enqueued_twice_during_its_lease_is_due_at_the_earlier_time(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        leases = claim(store)
        enqueue(store, "a", due_at=LATER)
        enqueue(store, "a", due_at=FAR)
        within(store, lambda tx: tx.tasks.complete(leases))

        assert task_of(store, "a").due_at == LATER

    def test_enqueueing_ends_an_expired_lease_and_keeps_the_attempts(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        old = claim(store, 2, until=OVER)
        enqueue(store, "a", due_at=LATER)
        task = task_of(store, "a")

        assert (task.due_at, task.lease_owner, task.attempts) == (BEGINNING, None, 1)
        assert code(lambda: within(store, lambda tx: tx.tasks.complete(old[:1]))) == "LEASE_LOST"
        assert attempt_numbers(claim(store, 2)) == [2, 2]

    def test_a_task_enqueued_during_its_lease_is_due_although_the_attempt_fails(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a", "b", "c")
        first, second, third = claim(store, 3)
        enqueue(store, "a", "b")
        enqueue(store, "c", due_at=FAR)
        within(store, lambda tx: tx.tasks.retry_later(first, due_at=LATER, reason="no answer"))
        within(store, lambda tx: tx.tasks.retry_later(third, due_at=LATER, reason="no answer"))
        is_dead = within(store, lambda tx: tx.tasks.mark_dead(second, reason="it cannot be"))
        (attempt,) = store.read(lambda tx: tx.tasks.attempts_of("work", "b", limit=5))

        for entity_id, due_at in (("a", BEGINNING), ("b", BEGINNING), ("c", LATER)):
            assert task_of(store, entity_id).due_at == due_at
        assert (is_dead, task_of(store, "b").dead_reason, attempt.outcome) == (
            False,
            None,
            AttemptOutcome.FAILED,
        )
        assert attempt_numbers(claim(store, 2)) == [1, 1]

    def test_a_waiting_task_is_moved_earlier_and_never_later(self, store: AnyStore) -> None:
        enqueue(store, "a", due_at=LATER)
        enqueue(store, "a", due_at=FAR)
        later = task_of(store, "a").due_at
        enqueue(store, "a", due_at=BEGINNING)

        assert (later, task_of(store, "a").due_at) == (LATER, BEGINNING)

    def test_a_postponed_task_keeps_its_attempts_when_it_is_moved_earlier(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.retry_later(lease, due_at=FAR, reason="no answer"))
        enqueue(store, "a")

        assert attempt_numbers(claim(store)) == [2]

    def test_an_invalid_stage_or_id_is_refused(self, store: AnyStore) -> None:
        for stage, entity_id, error_code in (
            ("work", "order 1", "TEXT_HAS_CONTROLS"),
            ("work", "", "TEXT_BLANK"),
            ("two words", "a", "TEXT_HAS_CONTROLS"),
            ("work", "a" * 201, "TEXT_TOO_LONG"),
            ("work", "order/1", "WRONG_USE"),
            ("a/b", "a", "WRONG_USE"),
        ):
            assert refusals_to_enqueue(store, stage, entity_id) == [error_code, error_code]

    def test_an_expired_lease_is_lost_after_the_next_claim(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        old = claim(store, 2, until=OVER)
        (new,) = claim(store)

        for attempt in (
            lambda: within(store, lambda tx: tx.tasks.complete(old)),
            lambda: within(
                store, lambda tx: tx.tasks.retry_later(old[0], due_at=LATER, reason="late")
            ),
            lambda: within(store, lambda tx: tx.tasks.mark_dead(old[0], reason="late")),
        ):
            assert code(attempt) == "LEASE_LOST"
        assert (task_of(store, "a").fence, task_of(store, "a").lease_owner) == (new.fence, MAYA)
        # Of a batch that lost one lease, nothing is finished.
        assert task_of(store, "b").lease_owner == MAYA

    def test_an_expired_lease_is_valid_until_the_next_claim(self, store: AnyStore) -> None:
        enqueue(store, "a")
        old = claim(store, until=OVER)
        within(store, lambda tx: tx.tasks.complete(old))

        assert code(lambda: within(store, lambda tx: tx.tasks.complete(old))) == "LEASE_LOST"
        assert task_of(store, "a").due_at is None

    def test_a_released_task_counts_no_attempt(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        lost = claim(store, until=OVER)
        running = claim(store, 2)
        within(store, lambda tx: tx.tasks.release((*running, *lost)))
        task = task_of(store, "b")

        assert (task.due_at, task.lease_owner, task.fence, task.attempts) == (
            BEGINNING,
            None,
            1,
            0,
        )
        assert attempt_numbers(claim(store, 2)) == [2, 1]

    def test_only_a_running_lease_is_extended(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        running = claim(store, 2, until=OVER)
        within(store, lambda tx: tx.tasks.complete(running[:1]))
        within(store, lambda tx: tx.tasks.extend(running, until=LEASE_END))

        assert (task_of(store, "a").lease_until, task_of(store, "b").lease_until) == (
            None,
            LEASE_END,
        )
        assert claim(store, 2) == ()

    def test_a_failed_attempt_is_a_record_and_the_work_is_due_later(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.record_start([lease]))
        within(store, lambda tx: tx.tasks.retry_later(lease, due_at=FAR, reason="no answer"))
        last, first = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5))

        assert (first.outcome, first.fence, first.actor, first.reason) == (
            AttemptOutcome.STARTED,
            1,
            MAYA,
            "a test",
        )
        assert (last.outcome, last.reason, last.request_id) == (
            AttemptOutcome.FAILED,
            "no answer",
            "request-1",
        )
        assert store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=1)) == (last,)
        assert (task_of(store, "a").due_at, task_of(store, "a").attempts) == (FAR, 1)

    def test_a_dead_task_stays_dead_until_an_operator_requeues_it(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        lease, _ = claim(store, 2)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="it cannot be"))
        enqueue(store, "a")
        dead = store.read(lambda tx: tx.tasks.dead("work", after="", limit=5))
        requeue = RequeueTask(stage="work", entity_id="a")

        (task,) = dead
        assert (task.entity_id, task.dead_reason, task.due_at) == ("a", "it cannot be", None)
        assert store.read(lambda tx: tx.tasks.dead("work", after="a", limit=5)) == ()
        do(store, requeue_task, requeue, actor=NOOR)
        last, before = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5))
        assert (last.outcome, last.actor, before.outcome) == (
            AttemptOutcome.REQUEUED,
            NOOR,
            AttemptOutcome.DEAD,
        )
        assert code(lambda: do(store, requeue_task, requeue)) == "TASK_NOT_DEAD"
        (lease,) = claim(store, 2)
        assert (lease.fence, lease.attempt) == (2, 1)

    def test_an_unknown_task_is_reported_as_missing(self, store: AnyStore) -> None:
        requeue = RequeueTask(stage="work", entity_id="unknown")

        assert code(lambda: task_of(store, "unknown")) == "TASK_NOT_FOUND"
        assert code(lambda: do(store, requeue_task, requeue)) == "TASK_NOT_FOUND"
        assert store.read(lambda tx: tx.tasks.attempts_of("work", "unknown", limit=5)) == ()
        assert store.read(lambda tx: tx.tasks.backlogs(LATER)) == ()

    def test_no_task_of_a_paused_stage_is_claimed_and_a_leased_one_is_completed(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a", "b")
        running = claim(store)
        do(store, pause_stage, PAUSE)
        paused = claim(store), store.read(lambda tx: tx.tasks.count_ready("work", LATER, limit=9))
        within(store, lambda tx: tx.tasks.complete(running))
        do(store, resume_stage, ResumeStage(stage="work"))

        assert paused == ((), 0)
        assert ids(claim(store, 9)) == ["b"]

    def test_a_stage_is_paused_once_and_resumed_only_after_it(self, store: AnyStore) -> None:
        resume = ResumeStage(stage="work")

        assert code(lambda: do(store, resume_stage, resume)) == "STAGE_NOT_FOUND"
        assert do(store, pause_stage, PAUSE).status.value == "PAUSED"
        assert code(lambda: do(store, pause_stage, PAUSE)) == "INVALID_TRANSITION"
        assert do(store, resume_stage, resume).status.value == "RUNNING"
        assert code(lambda: do(store, resume_stage, resume)) == "INVALID_TRANSITION"
        assert do(store, pause_stage, PAUSE).status.value == "PAUSED"

    def test_a_stage_has_statistics(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d")
        enqueue(store, "to-come", due_at=FAR)
        enqueue(store, "z", stage="also")
        lease, _ = claim(store, 2)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="it cannot be"))

        due = 2
        assert backlog(store) == StageStats(
            stage="work", due=due, running=1, dead=1, oldest=BEGINNING
        )
        also, work = store.read(lambda tx: tx.tasks.backlogs(LATER))
        assert (also.stage, work.stage) == ("also", "work")
        assert store.read(lambda tx: tx.tasks.count_ready("work", LATER, limit=9)) == due
        assert store.read(lambda tx: tx.tasks.count_ready("work", LATER, limit=1)) == 1

    def test_tasks_behind_many_leases_are_counted(self, store: AnyStore) -> None:
        enqueue(store, *(f"w-{number:05}" for number in range(MAX_COUNTED + 2)))
        claim(store, MAX_COUNTED)

        assert backlog(store) == StageStats(
            stage="work", due=2, running=MAX_COUNTED, dead=0, oldest=BEGINNING
        )

    def test_a_leased_task_is_running_also_when_it_is_enqueued_for_later(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a", "b")
        claim(store)
        enqueue(store, "a", due_at=FAR)

        assert backlog(store) == StageStats(
            stage="work", due=1, running=1, dead=0, oldest=BEGINNING
        )

    def test_a_claim_continues_after_a_lease_and_starts_again_at_the_front(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a", "b", "c")
        _, second = claim(store, 2, until=OVER)
        behind = within(store, lambda tx: tx.tasks.claim("work", limit=9, until=OVER, after=second))

        assert ids(behind) == ["c"]
        assert ids(claim(store, 9)) == ["a", "b", "c"]

    def test_a_batch_is_completed_as_a_whole(self, store: AnyStore) -> None:
        task_ids = [f"w-{number:03}" for number in range(120)]
        enqueue(store, *task_ids)
        leases = claim(store, 100)
        within(store, lambda tx: tx.tasks.complete(leases))
        within(store, lambda tx: tx.tasks.complete(()))

        assert ids(leases) == task_ids[:100]
        assert backlog(store) == StageStats(
            stage="work", due=20, running=0, dead=0, oldest=BEGINNING
        )

    def test_an_id_that_looks_like_two_is_one(self, store: AnyStore) -> None:
        """Tell apart `a 1` under fence 2 and `a` under fence `1 2`."""
        enqueue(store, "a-1", "a")
        first, second = claim(store, 2)
        within(store, lambda tx: tx.tasks.complete([second]))

        assert (
            task_of(store, first.entity_id).lease_owner,
            task_of(store, second.entity_id).due_at,
        ) == (MAYA, None)

    def test_a_worker_of_another_name_has_leases_of_its_own(self, store: AnyStore) -> None:
        enqueue(store, "a")
        robot = Actor.system("worker-1")
        (lease,) = store.run(
            lambda tx, _: tx.tasks.claim("work", limit=1, until=OVER),
            None,
            actor=robot,
            reason="the stage has work",
        )
        owner = task_of(store, "a").lease_owner
        claim(store)

        assert (lease.fence, owner, task_of(store, "a").lease_owner) == (1, robot, MAYA)
