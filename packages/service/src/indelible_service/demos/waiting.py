"""Wait for what the workers of the running instance do, and tell what is waited for."""

import time
from collections.abc import Callable
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel import Unavailable

MAX_WAIT_SECONDS: Final = 180
PAUSE_SECONDS: Final = 0.1  # between two looks
OnWait = Callable[[str], object]  # called with what is waited for


@frozen
class DemoNotFinished(Unavailable):
    """The workers of the instance did not do the next step in time."""

    message: ClassVar[str] = (
        "The instance did not reach the next step within {seconds} seconds: expected {expected}."
    )
    expected: str
    seconds: int


def tell_nobody(expected: str) -> None:
    """Do nothing: nobody looks while the demonstration waits."""


def wait_for(expected: str, condition: Callable[[], bool], on_wait: OnWait) -> None:
    """Wait until a condition holds; tell what is waited for unless it holds at once.

    Raises: DemoNotFinished.
    """
    if condition():
        return

    on_wait(expected)
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise DemoNotFinished(expected, MAX_WAIT_SECONDS)
        time.sleep(PAUSE_SECONDS)
