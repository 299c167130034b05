"""Failpoints of stages: the moments between claim, perform and finish at which a test may kill.

Each failpoint is reached in the one function that it names. Only the argument `at_failpoint` of
`Worker` can attach a function to it: no setting and no environment variable does.
"""

from collections.abc import Callable
from enum import Enum


class StageFailpoint(Enum):
    """A moment of a batch: the function that reaches it, and what is done by then."""

    BEFORE_CLAIM = (
        "batches.py: _BatchProcessor._claim",
        "nothing is claimed",
    )
    BEFORE_CLAIM_COMMIT = (
        "batches.py: _BatchProcessor._claim_and_prepare",
        "a claim that writes more, such as the record of a start, is not committed",
    )
    AFTER_CLAIM = (
        "batches.py: _BatchProcessor._claim",
        "the claim is committed, and nothing is performed",
    )
    BEFORE_PERFORM = (
        "batches.py: _BatchProcessor._perform_one",
        "the task is not performed",
    )
    AFTER_PERFORM = (
        "batches.py: _BatchProcessor._perform_one",
        "`perform` has returned, and its outcome is in memory only",
    )
    BEFORE_FINISH = (
        "batches.py: _BatchProcessor._finish",
        "the batch is performed, and its completion is not sent",
    )
    BEFORE_FINISH_COMMIT = (
        "batches.py: _BatchProcessor._complete",
        "the completion and what `finish` writes are not committed",
    )
    AFTER_FINISH = (
        "batches.py: _BatchProcessor._finish",
        "the completion is committed, and not counted",
    )
    BEFORE_RELEASE = (
        "batches.py: _BatchProcessor._release",
        "tasks that were not started are not released",
    )
    AFTER_RELEASE = (
        "batches.py: _BatchProcessor._release",
        "tasks that were not started are released",
    )
    BEFORE_FAILURE_RECORD = (
        "failures.py: FailureRecorder.record",
        "the failure or postponement of a task is in memory only",
    )
    BEFORE_FAILURE_COMMIT = (
        "failures.py: FailureRecorder._transaction",
        "the failure or postponement is written, and not committed",
    )
    AFTER_FAILURE_RECORD = (
        "failures.py: FailureRecorder.record",
        "the failure or postponement is committed",
    )

    def __init__(self, location: str, moment: str) -> None:
        self.location = location
        self.moment = moment


AtStageFailpoint = Callable[[StageFailpoint], object]


def no_stage_failpoint(_: StageFailpoint) -> None:
    """Do nothing; a worker uses this function by default."""
