"""The stage that deletes the workspaces that no running job uses any more."""

import logging
from collections.abc import Iterator
from typing import Final

from attrs import define, field

from indelible.kernel import Clock, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import TaskState
from indelible.projects.errors import JobNotFound
from indelible.projects.lifecycle import TERMINAL
from indelible.projects.ports import Workspaces
from indelible.projects.repositories import ProjectsRead, ProjectsWrite
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible.projects.tasks.failures import reason_of
from indelible.projects.tasks.observers import JobObserver, SilentObserver
from indelible.projects.tasks.runs import ProjectStore

LEASE_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 600
MAX_ATTEMPTS: Final = 3

logger = logging.getLogger("indelible.projects")


@define(kw_only=True)
class Janitor:
    """Deletes workspaces of this database, on the machine of the worker that runs it."""

    store: ProjectStore
    workspaces: Workspaces
    clock: Clock = field(factory=SystemClock)
    observer: JobObserver = field(factory=SilentObserver)

    def stage(self) -> Stage[ProjectsWrite, str, int]:
        """Return the stage. What cannot be deleted is tried again in the next slot."""
        return Stage(
            name=CLEAN_WORKSPACES_STAGE,
            batch=1,
            acts_outside=True,
            lifecycle=None,
            perform=self.clean_workspaces,
            lease_seconds=LEASE_SECONDS,
            timeout_seconds=TIMEOUT_SECONDS,
            max_attempts=MAX_ATTEMPTS,
        )

    def clean_workspaces(self, _: str, handle: LeaseHandle) -> int:
        """Delete each workspace that is not in use, and return how many were deleted.

        Raises: PerformStopped.
        """
        removed = 0
        for job_id in self._own_workspaces():
            handle.check()
            # A worker may claim the task right after this answer. Its attempt then fails and is
            # repeated: a workspace holds nothing that is not made again.
            if not self.store.read(self._is_in_use, job_id) and self._remove(job_id):
                removed += 1

        return removed

    def _own_workspaces(self) -> Iterator[str]:
        """Yield the jobs with a marked folder, and those of this database with an empty one."""
        yield from self.workspaces.job_ids()
        for job_id in self.workspaces.unmarked_job_ids():
            if self.store.read(_has_job, job_id):
                yield job_id

    def _is_in_use(self, tx: ProjectsRead, job_id: str) -> bool:
        """Return True if a worker has the lease of the job's task and the job has not ended."""
        try:
            job = tx.projects.jobs.get(job_id).entity
            task = tx.tasks.get(PROCESS_JOB_STAGE, job_id)
        except (JobNotFound, TaskNotFound):
            return False

        is_leased = task.state(self.clock.now()) is TaskState.RUNNING
        return is_leased and job.status not in TERMINAL

    def _remove(self, job_id: str) -> bool:
        try:
            self.workspaces.remove(job_id)
        except Exception as error:  # noqa: BLE001 - the other workspaces are deleted nevertheless
            logger.warning("workspace of job %s: cleanup failed: %s", job_id, reason_of(error))
            self.observer.cleanup_failed()
            return False

        logger.info("workspace of job %s: deleted, no worker uses it", job_id)
        return True


def _has_job(tx: ProjectsRead, job_id: str) -> bool:
    """Return True if the database has the job."""
    try:
        tx.projects.jobs.get(job_id)
    except JobNotFound:
        return False

    return True
