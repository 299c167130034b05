"""The failure of a dead task, as the `on_dead` of its stage gets it."""

from attrs import frozen


@frozen(kw_only=True)
class TaskFailure:
    """The failure of a task that is not tried again, in texts without secrets.

    `code` and `message` are those of the error, or of the one that the stage raised its own from.
    For an error without a code, and for one of a child process, the code is None and the message is
    the reason.
    """

    reason: str
    code: str | None
    message: str
