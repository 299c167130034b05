"""Child processes that are forked from a process that has imported everything.

A fork costs a fiftieth of a new interpreter with its imports. The process that forks has opened
nothing and runs one thread, so a child is as separate as a new process, and can be killed as such.
"""

from collections.abc import Callable
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, Final

# A process of pytest has one server of forks, whichever test needs it first.
PRELOADED: Final = (
    "tests.workers.money_kills",
    "tests.project_site",
    "tests.docs.programs",
    "tests.examples.desk_site",
    "tests.examples.django_site",
    "tests.sql.editors",
    "tests.workers.bakery_process",
    "tests.workers.failpoint_process",
)


@cache
def fork_context() -> ForkServerContext:
    """Return the context whose processes start with the preloaded modules."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def start_child(
    work: Callable[..., object],
    *arguments: Any,  # noqa: ANN401 - any argument that can be pickled
) -> ForkServerProcess:
    """Start a process that calls the function with the arguments."""
    process = fork_context().Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def create_pipe() -> tuple[Any, Any]:
    """Return two ends of a pipe; one of them can be an argument of a child."""
    return fork_context().Pipe()
