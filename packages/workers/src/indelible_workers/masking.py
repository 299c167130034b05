"""Describe failures in texts without secrets, which are stored and may be kept forever."""

from traceback import format_exception_only
from typing import Final

from indelible.kernel import IndelibleError
from indelible.kernel.masking import mask_secrets
from indelible.kernel.stages import PermanentFailure, Postpone, RetryLater
from indelible.kernel.task_failures import TaskFailure

MAX_REASON_CHARACTERS: Final = 1_000  # of a reason, as the store accepts it
MAX_CLASS_CHARACTERS: Final = 200  # of the name of a class
MAX_INPUT_CHARACTERS: Final = 10_000  # that are searched for secrets; the rest is cut off first


class DescribedError(Exception):
    """An error of another process, as texts without secrets: class, reason and traceback."""

    def __init__(self, class_name: str, reason: str, traceback: str) -> None:
        super().__init__(reason)
        self.class_name = class_name
        self.reason = reason
        self.traceback = traceback


def failure_reason(error: BaseException) -> str:
    """Return the error as one short printable line without secrets.

    A stage that raises `PermanentFailure`, `RetryLater` or `Postpone` writes the reason itself, and
    a child process has written it. Any other error gives the name of its class and its message.
    """
    if isinstance(error, PermanentFailure | RetryLater | Postpone | DescribedError):
        text = error.reason
    else:
        text = "".join(format_exception_only(error))

    return _one_line(text) or type(error).__name__


def task_failure(error: BaseException) -> TaskFailure:
    """Return the failure of a task that is not tried again after this error."""
    reason = failure_reason(error)
    cause = _cause_of(error)
    if not isinstance(cause, IndelibleError) or isinstance(cause, PermanentFailure | RetryLater):
        return TaskFailure(reason=reason, code=None, message=reason)

    return TaskFailure(reason=reason, code=cause.code, message=_one_line(cause.describe()))


def failure_class(error: BaseException) -> str:
    """Return the name of the class of the error or of its cause, by which failures are grouped."""
    cause = _cause_of(error)
    name = type(cause).__name__
    if isinstance(cause, DescribedError):
        name = cause.class_name
    is_storable = name.isidentifier() and len(name) <= MAX_CLASS_CHARACTERS
    return name if is_storable else "Exception"


def _cause_of(error: BaseException) -> BaseException:
    """Return the error from which a stage raised `PermanentFailure` or `RetryLater`, or itself."""
    if isinstance(error, PermanentFailure | RetryLater) and error.__cause__ is not None:
        return error.__cause__

    return error


def _one_line(text: str) -> str:
    """Return a text as one short printable line without secrets."""
    masked = mask_secrets(text[:MAX_INPUT_CHARACTERS])
    printable = "".join(character if character.isprintable() else " " for character in masked)
    return " ".join(printable.split())[:MAX_REASON_CHARACTERS].strip()
