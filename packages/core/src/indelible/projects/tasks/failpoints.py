"""Failpoints: the moments of a job at which a test may kill its worker.

Only the argument `at_failpoint` of `ProcessJob` arms one.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final

from indelible.projects.entities import Phase


class JobFailpoint(Enum):
    """A moment of a job; the value says what has been done by then."""

    BEFORE_LOAD = "the task is claimed, in a transaction that is open"
    AFTER_LOAD = "the job is read, in the transaction of the claim"
    BEFORE_RUNNING = "the job is not moved yet, in the transaction of the claim"
    AFTER_RUNNING = "the job is moved to running, in the transaction of the claim"
    BEFORE_WORKSPACE = "the claim is committed, and no folder exists"
    AFTER_WORKSPACE = "the folder exists and is empty"
    BEFORE_GENERATE = "the folder exists, and no file is generated"
    AFTER_GENERATE = "the files are generated in memory"
    BEFORE_COMMIT = "nothing is cloned"
    AFTER_COMMIT = "the commit exists in the workspace only"
    BEFORE_PUSH = "the commit exists in the workspace only, and its phase is measured"
    BEFORE_GIT_PUSH = "the next call sends the commit to the host"
    AFTER_GIT_PUSH = "the host has the commit, and the job does not know it"
    AFTER_PUSH = "the host has the commit, and the phase has ended"
    BEFORE_FINALIZE = "the job is running, and its result is known to the process only"
    AFTER_FINALIZE = "the job has ended, and its workspace exists"
    BEFORE_CLEANUP = "the workspace is about to be deleted"
    AFTER_CLEANUP = "the workspace is deleted, and the task is not completed"


AtJobFailpoint = Callable[[JobFailpoint], object]
BEFORE_PHASE: Final = {phase: JobFailpoint[f"BEFORE_{phase.name}"] for phase in Phase}
AFTER_PHASE: Final = {phase: JobFailpoint[f"AFTER_{phase.name}"] for phase in Phase}


def no_job_failpoint(_: JobFailpoint) -> None:
    """Do nothing, as in every program but a test."""
