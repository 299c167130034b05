"""Make a task due although an earlier run of it may be dead or canceled."""

from datetime import datetime

from indelible.contests.ports import ContestsWrite
from indelible.kernel.task_errors import TaskNotFound


def wake(tx: ContestsWrite, stage: str, entity_id: str, due_at: datetime) -> bool:
    """Make the task due then; requeue it if it is dead. Return True if it was requeued.

    A task that an operator has canceled stays canceled.
    """
    try:
        task = tx.tasks.get(stage, entity_id)
    except TaskNotFound:
        task = None

    if task is not None and task.dead_reason is not None:
        tx.tasks.requeue(stage, entity_id)
        return True

    tx.tasks.enqueue(stage, {entity_id: due_at})
    return False
