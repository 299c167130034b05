"""The errors of requests to a running service."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import IndelibleError, Unavailable


@frozen
class NotRunning(Unavailable):
    """No server answers at the address."""

    message: ClassVar[str] = "No server answers at {address}."
    address: str


@frozen
class UnexpectedAnswer(Unavailable):
    """The API gave another answer than expected."""

    message: ClassVar[str] = "The API answered {request} with status {status}: {answer}."
    request: str
    status: int
    answer: str


@frozen
class AnswerLost(IndelibleError):
    """A command was sent, and no answer says what it has done: it may have run."""

    http_status: ClassVar[int] = 503
    message: ClassVar[str] = (
        "The outcome of {request} is unknown ({cause}): repeat the command with"
        " `--idempotency-key {idempotency_key}`, which runs it once."
    )
    request: str
    idempotency_key: str
    cause: str
