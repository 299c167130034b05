"""Failpoints: the moments of the stages of contests at which a test may kill their worker.

Only the argument `at_failpoint` of a stage's class arms one.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final


class ContestFailpoint(Enum):
    """A moment of a stage; the value says what has been done by then."""

    FETCH_BEFORE_REQUEST = "the claim is committed, and nothing is sent"
    FETCH_AFTER_REQUEST = "the answer is known to the process only"
    FETCH_BEFORE_RECORD = "the transaction that stores the fetch is open"
    FETCH_AFTER_RECORD = "the fetch is written and not committed"
    INGEST_BEFORE_READ = "the claim is committed, and nothing is read"
    INGEST_AFTER_READ = "the log and the payload are read"
    INGEST_AFTER_ASSESS = "the events are known to the process only"
    INGEST_BEFORE_APPEND = "the transaction of the events is open"
    INGEST_AFTER_APPEND = "the events are written and not committed"
    INGEST_AFTER_COMMIT = "the events are committed, and the task is not completed"
    LOCK_AFTER_READ = "the contest is read, in the transaction of the claim"
    LOCK_BEFORE_WRITE = "the transaction of the lock is open"
    LOCK_AFTER_WRITE = "the contest is locked, and that is not committed"
    START_AFTER_READ = "the locked contest is read, in the transaction of the claim"
    START_BEFORE_WRITE = "the transaction of the start is open"
    START_AFTER_WRITE = "the contest has started, and that is not committed"
    SETTLE_BEFORE_RUN = "no run exists, in the transaction of the claim"
    SETTLE_AFTER_RUN = "the run is written and not committed"
    SETTLE_BEFORE_READ = "the run is committed, and nothing is read"
    SETTLE_AFTER_READ = "all input is read, and no transaction is open"
    SETTLE_AFTER_COMPUTE = "the result is known to the process only"
    SETTLE_BEFORE_WRITE = "the transaction of the settlement is open"
    SETTLE_AFTER_WRITE = "contest, run and lines are written and not committed"
    FAIL_BEFORE_WRITE = "the task is marked as dead, and that is not committed"
    FAIL_AFTER_WRITE = "the contest is in ERROR, and that is not committed"


AtContestFailpoint = Callable[[ContestFailpoint], object]

FETCH_FAILPOINTS: Final = tuple(point for point in ContestFailpoint if "FETCH" in point.name)
INGEST_FAILPOINTS: Final = tuple(point for point in ContestFailpoint if "INGEST" in point.name)
LOCK_FAILPOINTS: Final = tuple(point for point in ContestFailpoint if "LOCK" in point.name)
START_FAILPOINTS: Final = tuple(point for point in ContestFailpoint if "START" in point.name)
SETTLE_FAILPOINTS: Final = tuple(point for point in ContestFailpoint if "SETTLE" in point.name)
FAIL_FAILPOINTS: Final = tuple(point for point in ContestFailpoint if "FAIL" in point.name)


def no_contest_failpoint(_: ContestFailpoint) -> None:
    """Do nothing, as in every program but a test."""
