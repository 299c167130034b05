"""Child processes for tests to kill.

Each is forked from a process that has imported everything and opened nothing. A start is
therefore cheap, and a test can kill many.
"""

from collections.abc import Callable
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.chaos.claims", "tests.chaos.crashes", "tests.chaos.kills"]
    )
    return context


def start_child(
    work: Callable[..., object],
    *arguments: Any,  # noqa: ANN401 - any argument that can be pickled
) -> ForkServerProcess:
    """Start a process that calls the function with the arguments."""
    process = _context().Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def create_pipe() -> tuple[Any, Any]:
    """Return two ends of a pipe; one of them can be an argument of a child."""
    return _context().Pipe()
