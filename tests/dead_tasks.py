"""Tasks that have died, for tests of what makes them due again."""

from datetime import timedelta

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Store
from indelible.kernel.tasks import Task

WORKER = Actor.system("worker")


def kill_task(store: Store[ReadTx, WriteTx], stage: str, entity_id: str) -> None:
    """Let the task die, the first of its stage that is due now."""

    def die(tx: WriteTx, _: None) -> None:
        now = tx.clock.now()
        tx.tasks.enqueue(stage, {entity_id: now})
        (lease,) = tx.tasks.claim(stage, limit=1, until=now + timedelta(minutes=1))
        assert lease.entity_id == entity_id
        assert tx.tasks.mark_dead(lease, reason="it has failed too often")

    store.run(die, None, actor=WORKER, reason="a test")


def task_of(store: Store[ReadTx, WriteTx], stage: str, entity_id: str) -> Task:
    """Return a task."""
    return store.read(lambda tx: tx.tasks.get(stage, entity_id))
