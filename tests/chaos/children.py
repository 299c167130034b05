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


def child(work: Callable[..., object], *given: Any) -> ForkServerProcess:  # noqa: ANN401 - whatever the work takes
    """A process that does this work from now on."""
    started = _context().Process(target=work, args=given, daemon=True)
    started.start()
    return started


def pipe() -> tuple[Any, Any]:
    """Two ends, one of which can be given to a child."""
    return _context().Pipe()
