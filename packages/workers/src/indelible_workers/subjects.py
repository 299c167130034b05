"""Declare what must succeed again and again, when a process starts that knows it."""

from collections.abc import Collection
from typing import Final

from indelible.kernel import Actor, Store
from indelible.kernel.silence import Subject, undeclared
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible_workers.leases.heartbeat import logger
from indelible_workers.masking import failure_reason

REASON: Final = "subjects of a process that starts"


def declare_subjects(
    store: Store[TasksRead, TasksWrite], subjects: Collection[Subject], actor: Actor
) -> bool:
    """Store the subjects that are not stored as they are declared; return False if that fails."""
    try:
        new = store.read(undeclared, subjects)
        if new:
            with store.transaction(actor=actor, reason=REASON) as tx:
                tx.subjects.declare(new)
    except Exception as error:  # noqa: BLE001 - a process must start although it cannot write
        logger.warning("subjects are not declared: %s", failure_reason(error))
        return False

    return True
