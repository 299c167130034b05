"""Requirements on claims and completions with which nothing else is written."""

from indelible.app import ReadTx
from indelible.kernel.task_commands import (
    ClaimTasks,
    CompleteTasks,
    claim_tasks,
    complete_tasks,
)
from indelible.kernel.tasks import Task
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import MAYA, AnyStore, do, enqueue, ids
from indelible.testing.suite import Suite

STAGE = "work"


class TaskCommandsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_claims_and_completions_alone_are_as_within_a_transaction(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a", "b", "c")
        first, *others = do(store, claim_tasks, ClaimTasks(stage=STAGE, limit=2))
        (last,) = do(store, claim_tasks, ClaimTasks(stage=STAGE, limit=2, after=others[0]))
        do(store, complete_tasks, CompleteTasks(leases=(first,)))
        refused = code(lambda: do(store, complete_tasks, CompleteTasks(leases=(last, first))))
        unchanged = store.read(lambda tx: tx.tasks.get(STAGE, "c"))
        do(store, complete_tasks, CompleteTasks(leases=(last, *others)))

        assert ids((first, *others, last)) == ["a", "b", "c"]
        assert refused == "LEASE_LOST"
        assert (unchanged.lease_owner, unchanged.fence) == (MAYA, 1)
        for entity_id in ("a", "b", "c"):
            task = store.read(_task, entity_id)
            assert task.due_at is None


def _task(tx: ReadTx, entity_id: str) -> Task:
    return tx.tasks.get(STAGE, entity_id)
