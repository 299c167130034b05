"""A stage that runs an outside program, and waits without an attempt while the press is busy."""

import os
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, Postpone, Stage

LOOK_SECONDS = 0.1


def run_program(arguments: Sequence[str], handle: LeaseHandle) -> int:
    """Run a program that ends with its task, and return its exit code."""
    with subprocess.Popen(arguments, start_new_session=True) as process:
        with handle.process_group(process.pid):
            while not has_ended(process.pid):
                if handle.wait(LOOK_SECONDS):
                    handle.check()  # raises an error, and with it the block kills the group

        # Only now is the process waited for, which gives its id away.
        return process.wait()


def has_ended(pid: int) -> bool:
    """Return True once a process has ended; its id remains its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def print_book(press: Path, book: str, handle: LeaseHandle) -> None:
    """Print a book unless the press is busy."""
    if (press / "busy").exists():
        raise Postpone(60, "the press is busy")

    program = ("cp", str(press / "plates" / book), str(press / "printed" / book))
    if run_program(program, handle) != 0:
        raise PermanentFailure("the press has no plates of this book")


def printing(press: Path) -> Stage[Any, str, None]:
    """Return the stage; a book is printed in ten minutes, and at the first attempt."""
    return Stage(
        name="print",
        batch=1,
        acts_outside=True,
        lifecycle=None,
        perform=partial(print_book, press),
        timeout_seconds=600,
        max_attempts=1,
    )
