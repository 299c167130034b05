"""The failure of a dead task, as the `on_dead` of its stage gets it."""

from attrs import frozen


@frozen(kw_only=True)
class TaskFailure:
    """The failure of a task that is not tried again, in texts without secrets.

    `code` and `message` are those of the error that the stage raised, or of its cause if it has
    one. Without a code, as of an error in a child process, `code` is None and `message` is the
    reason.
    """

    reason: str
    code: str | None
    message: str
