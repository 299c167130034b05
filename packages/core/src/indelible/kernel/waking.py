"""Make a task due although an earlier run of it may be dead."""

from datetime import datetime

from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_ports import TaskQueue


def wake(tasks: TaskQueue, stage: str, entity_id: str, due_at: datetime) -> bool:
    """Make the task due then; requeue it if it is dead. Return True if it was requeued.

    A task that an operator has canceled stays canceled.
    """
    try:
        task = tasks.get(stage, entity_id)
    except TaskNotFound:
        task = None

    if task is not None and task.dead_reason is not None:
        tasks.requeue(stage, entity_id)
        return True

    tasks.enqueue(stage, {entity_id: due_at})
    return False
