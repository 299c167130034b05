"""Decide whether a stage of contests that raised an error is tried again, or has failed."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from indelible.kernel import (
    IndelibleError,
    OutcomeUnknown,
    Stale,
    Unavailable,
    UsageError,
    instant_text,
)
from indelible.kernel.lease_handles import PerformStopped
from indelible.kernel.masking import mask_secrets
from indelible.kernel.stages import PermanentFailure, Postpone, RetryLater
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import MAX_POSTPONE_SECONDS

MAX_REASON_CHARACTERS: Final = 1_000
MAX_ATTEMPTS: Final = 20  # of a transition, after which its contest is in ERROR
UNKNOWN_CODE: Final = "INTERNAL_ERROR"
# The worker decides what becomes of these.
STOPS: Final = (PerformStopped, LeaseLost, Postpone, RetryLater, PermanentFailure)
# The same transaction may succeed later.
TRANSIENT: Final = (Unavailable, OutcomeUnknown, Stale, OSError)


@contextmanager
def permanent_failures() -> Generator[None]:
    """Raise PermanentFailure for an error that the same input would lead to again.

    Any other error is left to the worker: a transient fault is tried again, and so is a defect,
    until the last attempt.
    """
    try:
        yield
    except (*STOPS, *TRANSIENT, UsageError):
        raise
    except IndelibleError as error:
        raise PermanentFailure(one_line(str(error))) from error


def raise_early(due_at: datetime, now: datetime) -> None:
    """Raise Postpone if the time has not come, by the clock that decides about the transition.

    The wait is relative: the clock of the database, by which tasks are due, may be another one.
    """
    seconds = (due_at - now).total_seconds()
    if seconds > 0:
        reason = f"it is due at {instant_text(due_at)}"
        raise Postpone(min(seconds, MAX_POSTPONE_SECONDS), reason)


def one_line(text: str) -> str:
    """Return a text as one printable line without secrets, of the length of a reason."""
    masked = mask_secrets(text[:10_000])
    printable = "".join(character if character.isprintable() else " " for character in masked)
    line = " ".join(printable.split())[:MAX_REASON_CHARACTERS].strip()
    return line or UNKNOWN_CODE
