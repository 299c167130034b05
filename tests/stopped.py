"""Stop a server's processes for a while, as a full disk or a debugger does."""

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from signal import SIGCONT, SIGSTOP

import psutil

from indelible_service.embedded.children import Child

MAX_SECONDS = 120  # in which each process of a busy machine gets the time to stop
POLL_SECONDS = 0.01
NOT_RUNNING = {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}


@contextmanager
def stopped(child: Child) -> Generator[None]:
    """Stop every process of a server during the block."""
    with stopped_with_children(child.pid):
        yield


@contextmanager
def stopped_with_children(pid: int) -> Generator[None]:
    """Stop a process and all that it started during the block."""
    processes: list[psutil.Process] = []
    try:
        _stop_all(psutil.Process(pid), processes)
        yield
    finally:
        for process in reversed(processes):
            _send(process, SIGCONT)


def _stop_all(main: psutil.Process, processes: list[psutil.Process]) -> None:
    """Stop a process and its descendants, and append them to the list.

    A signal takes effect when its process is scheduled. Until then a process may complete a fork,
    so the descendants of stopped processes are listed again until there is no other one.
    """
    others = [main]
    while others:
        processes.extend(others)
        for process in others:
            _send(process, SIGSTOP)
        _wait_until_stopped(others)

        others = [child for child in main.children(recursive=True) if child not in processes]


def _wait_until_stopped(processes: Iterable[psutil.Process]) -> None:
    deadline = time.monotonic() + MAX_SECONDS
    for process in processes:
        while not is_stopped(process):
            assert time.monotonic() < deadline, f"{process} does not stop"
            time.sleep(POLL_SECONDS)


def is_stopped(process: psutil.Process) -> bool:
    """Return whether no thread of the process runs."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        threads = [psutil.Process(thread.id) for thread in process.threads()]
        return all(thread.status() in NOT_RUNNING for thread in threads)
    except psutil.NoSuchProcess:  # of the process, or of a thread that has ended since
        return not process.is_running()


def _send(process: psutil.Process, signal: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal)
