"""Faults of workers and hosts, for the tests of the stage of jobs."""

from collections.abc import Callable
from itertools import count

from indelible.projects.tasks.failpoints import JobFailpoint


class Killed(BaseException):
    """The end of a worker in the middle of a job."""


def killing_at(*failpoints: JobFailpoint) -> Callable[[JobFailpoint], None]:
    """Return a function that ends the worker at each of the failpoints, once."""
    waiting = list(failpoints)

    def kill(failpoint: JobFailpoint) -> None:
        if waiting and waiting[0] is failpoint:
            waiting.pop(0)
            raise Killed

    return kill


def failing(error: Exception, times: int = 1) -> Callable[[], None]:
    """Return a function that raises the error in its first calls."""
    calls = count()

    def fail() -> None:
        if next(calls) < times:
            raise error

    return fail
