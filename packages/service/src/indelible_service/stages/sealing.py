"""Seal the history at regular times: a recurring task, and the stage that processes it."""

from functools import partial
from typing import Final

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import MAX_TIMEOUT_SECONDS, Stage, TasksWrite
from indelible_sql import SqlStore, seal
from indelible_workers import RecurringTask

SEALER: Final = Actor.system("sealer")
STAGE: Final = "seal"
TASK: Final = "seal"
LEASE_SECONDS: Final = 600  # the first seal of a large database reads all of it


def seal_stage(store: SqlStore) -> Stage[TasksWrite, str, None]:
    """Return the stage that seals the finished changes of the store."""
    return Stage(
        name=STAGE,
        batch=1,
        acts_outside=False,
        lifecycle=None,
        perform=partial(_perform, store),
        lease_seconds=LEASE_SECONDS,
        timeout_seconds=MAX_TIMEOUT_SECONDS,
    )


def seal_task(every_seconds: int) -> RecurringTask:
    """Return the recurring task of the stage."""
    return RecurringTask(name=TASK, stage=STAGE, every_seconds=every_seconds)


def _perform(store: SqlStore, _: str, __: LeaseHandle) -> None:
    seal(store, actor=SEALER, reason="recurring schedule")
