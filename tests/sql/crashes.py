"""End a command at one of its statements or failpoints, as the end of its process would."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal

from tests.sql.drivers import Watch

from indelible_sql.engine.failpoints import Failpoint

Moment = Literal["before", "after"]


class Crash(Exception):
    """The error with which a program of these tests crashes."""


@contextmanager
def crashing_at(watch: Watch, number: int, moment: Moment) -> Generator[list[str]]:
    """Crash before or after the statement of this number; yield the statements until then."""
    statements: list[str] = []

    def count_and_crash(text: str, _: object) -> None:
        if text == "COMMIT":  # after it, the change is stored
            return
        statements.append(text)
        if len(statements) == number:
            raise Crash

    callbacks = watch.before if moment == "before" else watch.after
    callbacks.append(count_and_crash)
    try:
        yield statements
    finally:
        callbacks.clear()


def crashing_at_failpoint(number: int) -> Callable[[Failpoint], None]:
    """Return a function that crashes at the failpoint with this number."""
    reached = 0

    def count(_: Failpoint) -> None:
        nonlocal reached
        reached += 1
        if reached == number:
            raise Crash

    return count
