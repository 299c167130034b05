"""Stop a server's processes for a while, as a full disk or a debugger does."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from signal import SIGCONT, SIGSTOP

import psutil

from indelible_service.embedded.children import Child


@contextmanager
def stopped(child: Child) -> Generator[None]:
    """Stop every process of a server during the block."""
    with stopped_with_children(child.pid):
        yield


@contextmanager
def stopped_with_children(pid: int) -> Generator[None]:
    """Stop a process and all that it started during the block."""
    main = psutil.Process(pid)
    main.send_signal(SIGSTOP)  # first, because it starts the others
    processes = [main, *main.children(recursive=True)]
    try:
        for process in processes:
            _send(process, SIGSTOP)
        yield
    finally:
        for process in reversed(processes):
            _send(process, SIGCONT)


def _send(process: psutil.Process, signal: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal)
