"""Repeat a query of a service until a field of its answer has a value, or has it no more."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import ClassVar, Final

import click
from attrs import frozen

from indelible.kernel import Unavailable
from indelible_service.remote.calls import Answer

PAUSE_SECONDS: Final = 1.0  # between two requests: HTTP announces no change
DEFAULT_TIMEOUT: Final = 300  # seconds, for `--until` and `--while`
MAX_TIMEOUT: Final = 86_400
UNAVAILABLE_STATUSES: Final = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
ENTRIES: Final = "entries"  # as a field: the number of entries of a list


@frozen
class NotReached(Unavailable):
    """An answer did not become what a query waits for."""

    message: ClassVar[str] = "{condition} did not hold within {seconds} seconds: it is {value}."
    condition: str
    seconds: int
    value: str


@frozen
class Condition:
    """The end of a wait: a value that a field has in any entry, or has in none any more."""

    name: str
    value: str
    is_wanted: bool

    def __str__(self) -> str:
        return f"{self.name}{'=' if self.is_wanted else '!='}{self.value}"

    def is_met_by(self, values: Sequence[str]) -> bool:
        """Return whether the values of all entries meet it."""
        return (self.value in values) is self.is_wanted


def parse_condition(
    _context: click.Context, option: click.Parameter, text: str | None
) -> Condition | None:
    """Return the condition of `FIELD=VALUE`."""
    if text is None:
        return None
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise click.BadParameter("write FIELD=VALUE, such as `status=COMPLETE`.")
    return Condition(name, value, is_wanted=option.name == "until")


UNTIL: Final = click.Option(
    ("--until",),
    callback=parse_condition,
    metavar="FIELD=VALUE",
    help="Ask again each second until the field has the value, in a list that of any entry."
    " `entries=0` waits until a list is empty. An interruption of the service is waited out.",
)
WHILE: Final = click.Option(
    ("--while", "while_"),
    callback=parse_condition,
    metavar="FIELD=VALUE",
    help="Ask again each second while the field has the value, in a list that of any entry.",
)
TIMEOUT: Final = click.Option(
    ("--timeout",),
    type=click.IntRange(1, MAX_TIMEOUT),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="The longest time that `--until` or `--while` waits.",
)


def await_answer(
    call: Callable[[], Answer],
    condition: Condition,
    timeout: int,
    values_of: Callable[[Answer, str], list[str]],
) -> Answer:
    """Repeat a query until its answer meets a condition, or until it is refused for good.

    Raises: NotReached.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer, values = _ask(call, condition.name, values_of)
        if answer is not None and (answer.is_refusal or condition.is_met_by(values)):
            return answer
        if time.monotonic() > deadline:
            raise NotReached(str(condition), timeout, ", ".join(values) or "absent")
        time.sleep(PAUSE_SECONDS)


def _ask(
    call: Callable[[], Answer], name: str, values_of: Callable[[Answer, str], list[str]]
) -> tuple[Answer | None, list[str]]:
    """Return an answer and its values of a field; None and the cause if it may come later."""
    try:
        answer = call()
    except Unavailable as error:
        return None, [f"unknown, {error.describe()}"]
    if answer.status in UNAVAILABLE_STATUSES:
        return None, [f"unknown, the service answered with status {answer.status}"]
    if answer.is_refusal:
        return answer, []
    return answer, values_of(answer, name)
