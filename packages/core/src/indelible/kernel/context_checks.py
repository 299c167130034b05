"""Checks of the arguments of a context's handlers and queries, before a store is asked."""

from datetime import datetime
from typing import Final

from indelible.kernel.actions import Command
from indelible.kernel.errors import UsageError
from indelible.kernel.values import (
    COUNT,
    UNSTORABLE,
    InstantOutOfRange,
    NumberOutOfRange,
    TextUnstorable,
    value_text,
    wrong_type,
)

MAX_HEADS: Final = 1_000  # of a list and of a search
MAX_NUMBER: Final = COUNT["maximum"]


def check_page(after: str, limit: int) -> None:
    """Refuse a position that no store can have, and a limit out of range."""
    check_text("after", after)
    check_number("limit", limit, minimum=1, maximum=MAX_HEADS)


def check_text(name: str, text: object) -> None:
    """Raise WrongType or TextUnstorable for what is no text that a database can store."""
    if not isinstance(text, str):
        raise wrong_type(name, "text", text)
    if UNSTORABLE.search(text):
        raise TextUnstorable(name)


def is_storable(text: object) -> bool:
    """Return whether a value is a text that a database can store."""
    return isinstance(text, str) and not UNSTORABLE.search(text)


def check_instant(at: object) -> None:
    """Raise WrongType or InstantOutOfRange for what is no time with a time zone."""
    if not isinstance(at, datetime):
        raise wrong_type("at", "time", at)
    if at.tzinfo is None:
        raise InstantOutOfRange("at")


def check_command(command: object) -> None:
    """Raise UsageError for what is no command."""
    if not isinstance(command, Command):
        problem = f"{value_text(command)} is no command: call an action of the class"
        raise UsageError(problem)


def check_integer(name: str, number: object) -> None:
    """Raise WrongType for what is no integer."""
    if type(number) is not int:
        raise wrong_type(name, "int", number)


def check_number(name: str, number: int, *, minimum: int, maximum: int) -> None:
    """Raise WrongType or NumberOutOfRange for what is no number from a minimum to a maximum."""
    check_integer(name, number)
    if not minimum <= number <= maximum:
        raise NumberOutOfRange(name, minimum, maximum, str(number))
