"""Requirements on the signal of a commit that may have made work, and on advancing tasks."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from indelible.app import WriteTx
from indelible.concepts import CreateConcept, create_concept
from indelible.kernel import StoreBusy
from indelible.kernel.commit_signal import SignalsCommits
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.task_commands import (
    AdvanceTasks,
    ClaimTasks,
    advance_tasks,
    claim_tasks,
)
from indelible.kernel.tasks import Lease
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    RATIO,
    AnyStore,
    claim,
    create,
    do,
    enqueue,
    within,
)
from indelible.testing.suite import Suite


def signals_of(store: AnyStore, work: Callable[[], object]) -> int:
    """Do the work, and return how often the store has signaled a commit meanwhile."""
    signals: list[str] = []
    assert isinstance(store, SignalsCommits)
    with store.commits.listening(lambda: signals.append("commit")):
        work()
    create(store)  # nobody listens any more
    return len(signals)


class CommitSignalsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_commit_that_makes_a_task_due_is_signaled(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c")
        first, second, third = claim(store, 3)
        ends: list[Callable[[WriteTx], object]] = [
            lambda tx: tx.tasks.retry_later(first, due_at=FAR, reason="busy"),
            lambda tx: tx.tasks.postpone(second, after_seconds=5),
            lambda tx: tx.tasks.release([third]),
            lambda tx: tx.tasks.reschedule("work", "a", due_at=BEGINNING),
            lambda tx: tx.tasks.enqueue_slot("work", "e", slot=FAR),
        ]

        assert signals_of(store, lambda: enqueue(store, "f", "g")) == 1
        for end in ends:
            assert signals_of(store, partial(within, store, end)) == 1

    def test_a_commit_with_a_change_is_signaled(self, store: AnyStore) -> None:
        assert signals_of(store, lambda: create(store)) == 1
        pause = PauseStage(stage="work")
        assert signals_of(store, lambda: do(store, pause_stage, pause)) == 1

    def test_the_error_of_a_listener_undoes_and_repeats_nothing(self, store: AnyStore) -> None:
        calls: list[None] = []

        def create_once(tx: WriteTx, command: CreateConcept) -> None:
            calls.append(None)
            create_concept(tx, command)

        def fail() -> None:
            raise StoreBusy(1)

        assert isinstance(store, SignalsCommits)
        with store.commits.listening(fail):
            signals = signals_of(
                store, lambda: do(store, create_once, CreateConcept(content=RATIO))
            )
        assert (signals, len(calls)) == (1, 1)

    def test_a_requeue_is_signaled(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="it cannot be"))

        assert signals_of(store, lambda: within(store, lambda tx: tx.tasks.requeue("work", "a")))

    def test_claims_completions_and_rollbacks_are_not_signaled(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        command = ClaimTasks(stage="work", limit=1, lease_seconds=3_600)
        leases: list[Lease] = []

        def fail(tx: WriteTx) -> None:
            tx.tasks.enqueue("work", {"c": BEGINNING})
            raise ZeroDivisionError

        def process() -> None:
            leases.extend(do(store, claim_tasks, command))
            leases.extend(claim(store))
            within(store, lambda tx: tx.tasks.complete(leases))
            with suppress(ZeroDivisionError):
                within(store, fail)

        assert signals_of(store, process) == 0

    def test_only_tasks_that_wait_for_their_next_run_are_advanced(self, store: AnyStore) -> None:
        enqueue(store, "leased", "retried")
        leased, retried = claim(store, 2)
        within(store, lambda tx: tx.tasks.retry_later(retried, due_at=FAR, reason="busy"))
        enqueue(store, "later", due_at=FAR)
        enqueue(store, "other", stage="also", due_at=FAR)
        advanced = do(store, advance_tasks, AdvanceTasks(stage="work"))
        repeated = do(store, advance_tasks, AdvanceTasks(stage="work"))

        assert (advanced, repeated) == (1, 0)
        assert [lease.entity_id for lease in claim(store, 9)] == ["later"]
        assert claim(store, stage="also") == ()
        within(store, lambda tx: tx.tasks.complete([leased]))
