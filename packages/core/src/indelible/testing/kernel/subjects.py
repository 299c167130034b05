"""The conformance suite of subjects: a last success is stored, only rises, and survives pruning."""

from datetime import datetime, timedelta

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel.silence import (
    StandingTask,
    Subject,
    SubjectKind,
    SubjectState,
    silent_subjects,
    subject_states,
    undeclared,
)
from indelible.kernel.task_retention import SetTaskRetention, set_task_retention
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    AnyStore,
    claim,
    enqueue,
    within,
)
from indelible.testing.suite import Suite

LONGEST = timedelta(seconds=1_000)
MOMENT = timedelta(microseconds=1)
STAGE = Subject.of_stage("work", 1_000)
TASK = StandingTask(entity_id="scan", longest_silence_seconds=1_000).subject("work")
BACKUP = Subject.of_backup(1_000)


def declare(store: AnyStore, *subjects: Subject) -> None:
    """Declare subjects, as a process does that starts."""
    within(store, lambda tx: tx.subjects.declare(subjects))


def state_of(store: AnyStore, subject: Subject) -> SubjectState:
    """Return the stored subject."""
    for state in store.read(subject_states):
        if state.subject.key == subject.key:
            return state
    raise AssertionError(f"{subject} is not stored")


def succeeded_at(store: AnyStore, subject: Subject) -> datetime:
    """Return the time of the last success, of which there is one."""
    at = state_of(store, subject).succeeded_at
    assert at is not None
    return at


def problems(store: AnyStore, now: datetime) -> list[str]:
    """Return the labels and problems of the silent subjects."""
    return [f"{silent.label} {silent.problem}" for silent in store.read(silent_subjects, now)]


def complete(store: AnyStore, *ids: str) -> None:
    """Enqueue tasks, and complete them."""
    enqueue(store, *ids)
    leases = claim(store)
    assert {lease.entity_id for lease in leases} == set(ids)
    within(store, lambda tx: tx.tasks.complete(leases))


def fail(store: AnyStore, *, due_at: datetime | None = None) -> datetime:
    """Claim a task, let it fail, and return the time of the record; it is due again then or now."""
    (lease,) = claim(store)

    def retry(tx: WriteTx) -> None:
        tx.tasks.retry_later(lease, due_at=due_at or tx.clock.now(), reason="no answer")

    within(store, retry)
    (attempt,) = store.read(lambda tx: tx.tasks.attempts_of("work", lease.entity_id, limit=1))
    return attempt.at


def enqueue_now(store: AnyStore, entity_id: str) -> None:
    """Enqueue a task that is due now."""
    within(store, lambda tx: tx.tasks.enqueue("work", {entity_id: tx.clock.now()}))


def check_silent_since(store: AnyStore, due_at: datetime) -> None:
    """Check that the stage is silent a moment after its longest silence, and not before.

    It is known, and has succeeded, by the time of the database, which may be far ahead.
    """
    state = state_of(store, STAGE)
    assert state.due_at == due_at
    since = max(due_at, state.succeeded_at or state.known_since)
    assert problems(store, since + LONGEST) == []
    assert problems(store, since + LONGEST + MOMENT) == ["stage work is silent"]


class SubjectsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_subject_is_known_since_its_first_declaration(self, store: AnyStore) -> None:
        assert store.read(undeclared, (TASK,)) == (TASK,)
        declare(store, TASK)
        known_since = state_of(store, TASK).known_since
        declare(store, TASK, STAGE)

        assert store.read(undeclared, (TASK, STAGE)) == ()
        assert state_of(store, TASK).known_since == known_since
        assert problems(store, known_since + LONGEST) == []
        silent_at = known_since + LONGEST + timedelta(seconds=1)
        assert problems(store, silent_at) == ["task scan of stage work is silent"]

    def test_a_longest_silence_changes_and_ends(self, store: AnyStore) -> None:
        longer = StandingTask(entity_id="scan", longest_silence_seconds=2_000).subject("work")
        declare(store, TASK)
        known_since = state_of(store, TASK).known_since
        silent_at = known_since + 2 * LONGEST
        assert problems(store, silent_at) != []

        declare(store, longer)
        assert problems(store, silent_at) == []

        never = evolve(TASK, longest_silence_seconds=None)
        declare(store, never)
        assert problems(store, FAR) == []
        assert state_of(store, TASK).known_since == known_since

    def test_a_completed_task_counts_for_itself_and_for_its_stage(self, store: AnyStore) -> None:
        declare(store, TASK, STAGE)
        complete(store, "scan")
        first = succeeded_at(store, TASK)
        assert succeeded_at(store, STAGE) == first

        complete(store, "other")
        assert succeeded_at(store, TASK) == first
        assert succeeded_at(store, STAGE) >= first

    def test_a_task_that_enqueues_itself_again_has_succeeded(self, store: AnyStore) -> None:
        declare(store, TASK)
        enqueue(store, "scan")
        leases = claim(store)

        def finish(tx: WriteTx) -> None:
            tx.tasks.enqueue("work", {"scan": tx.clock.now()})
            tx.tasks.complete(leases)

        within(store, finish)
        assert state_of(store, TASK).due_at is not None
        succeeded_at(store, TASK)

    def test_a_failed_task_has_not_succeeded(self, store: AnyStore) -> None:
        declare(store, TASK, STAGE)
        enqueue(store, "scan")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.retry_later(lease, due_at=BEGINNING, reason="no answer"))
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no answer"))

        assert state_of(store, TASK).succeeded_at is None
        assert state_of(store, STAGE).succeeded_at is None
        assert problems(store, BEGINNING) == ["task scan of stage work is dead: no answer"]

    def test_a_success_survives_pruning(self, store: AnyStore) -> None:
        declare(store, TASK, STAGE)
        complete(store, "scan")
        of_task = succeeded_at(store, TASK)
        complete(store, "other")
        of_stage = succeeded_at(store, STAGE)

        within(store, lambda tx: set_task_retention(tx, SetTaskRetention(seconds=0)))
        ids = ["scan", "other"]
        pruned = 0
        while pruned < len(ids):  # by the database's clock, a task may finish at this moment
            pruned += within(store, lambda tx: tx.tasks.prune("work", limit=10))

        assert succeeded_at(store, TASK) == of_task
        assert succeeded_at(store, STAGE) == of_stage

    def test_a_stage_is_silent_only_while_a_task_is_due(self, store: AnyStore) -> None:
        declare(store, STAGE)
        complete(store, "a")
        silent_at = succeeded_at(store, STAGE) + LONGEST + timedelta(seconds=1)
        assert problems(store, silent_at) == []

        enqueue(store, "a")
        assert problems(store, silent_at) == ["stage work is silent"]
        enqueue(store, "b", due_at=FAR)
        complete(store, "a")
        assert problems(store, succeeded_at(store, STAGE) + 2 * LONGEST) == []

    def test_a_stage_whose_attempts_all_fail_is_silent(self, store: AnyStore) -> None:
        declare(store, STAGE)
        enqueue_now(store, "a")
        first_at = fail(store)
        fail(store)
        fail(store, due_at=FAR)
        enqueue(store, "b", due_at=FAR)

        check_silent_since(store, first_at)
        enqueue_now(store, "c")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.complete([lease]))
        check_silent_since(store, first_at)

    def test_an_attempt_that_runs_does_not_end_a_silence(self, store: AnyStore) -> None:
        declare(store, STAGE)
        enqueue_now(store, "a")
        first_at = fail(store)
        fail(store)
        (lease,) = claim(store)
        check_silent_since(store, first_at)

        within(store, lambda tx: tx.tasks.complete([lease]))
        assert problems(store, FAR) == []

    def test_work_that_is_put_off_is_not_missed_before_it_is_due(self, store: AnyStore) -> None:
        declare(store, STAGE)
        enqueue_now(store, "a")
        fail(store)
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.complete([lease]))
        enqueue(store, "a", due_at=FAR)
        assert state_of(store, STAGE).due_at == FAR

        enqueue_now(store, "b")
        fail(store)
        fail(store)
        (postponed,) = claim(store)
        within(store, lambda tx: tx.tasks.postpone(postponed, after_seconds=5_000))
        due_at = state_of(store, STAGE).due_at
        assert due_at is not None
        check_silent_since(store, due_at)

    def test_a_requeued_task_is_missed_since_it_is_due_again(self, store: AnyStore) -> None:
        declare(store, STAGE)
        enqueue_now(store, "a")
        fail(store)
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no answer"))
        assert state_of(store, STAGE).due_at is None

        within(store, lambda tx: tx.tasks.requeue("work", "a"))
        first_at = fail(store)
        fail(store, due_at=FAR)
        check_silent_since(store, first_at)

    def test_a_backup_succeeds_by_itself(self, store: AnyStore) -> None:
        within(store, lambda tx: tx.subjects.record_success(Subject.of_backup()))
        first = succeeded_at(store, BACKUP)
        assert problems(store, FAR) == []

        declare(store, BACKUP)
        assert problems(store, first + LONGEST) == []
        assert problems(store, first + 2 * LONGEST) == ["backup is silent"]
        within(store, lambda tx: tx.subjects.record_success(BACKUP))
        assert succeeded_at(store, BACKUP) >= first
        assert state_of(store, BACKUP).kind is SubjectKind.BACKUP
