"""Errors of stages, and a failpoint that raises them."""

from collections.abc import Callable

from indelible.contests.tasks.failpoints import ContestFailpoint
from indelible.kernel.errors import Conflict, Unavailable


class Broken(Conflict):
    """A deterministic failure."""

    code = "BROKEN_FOR_GOOD"
    message = "It cannot be made."


class Away(Unavailable):
    """A transient failure."""

    code = "AWAY"
    message = "The database is away."


def failing(
    point: ContestFailpoint, error: Callable[[], Exception]
) -> Callable[[ContestFailpoint], None]:
    """Return a failpoint at which an error is raised."""

    def fail(reached: ContestFailpoint) -> None:
        if reached is point:
            raise error()

    return fail
