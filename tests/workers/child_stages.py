"""Functions that a child process performs: each fails in its own way, or waits to be stopped."""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Outage, PermanentFailure, Postpone, RetryLater
from indelible_workers.children.program import MAX_REPLY_BYTES, MEBIBYTE

LONG_SECONDS = 120
SLEEPERS = ("/bin/sh", "-c", "sleep 1000 & sleep 1000")
PROGRESS_SECONDS = 2.5  # longer than progress waits to be stored
FAILED_EXIT = 7
SECRET = "password=hunter2"  # noqa: S105 - a planted secret


def note(path: Path, text: str) -> None:
    """Add a line to a file outside."""
    with path.open("a") as out:
        out.write(f"{text}\n")


def perform(path: Path, name: str, handle: LeaseHandle) -> object:
    """Do what the first word of the task's name says, and return an outcome."""
    note(path, f"started {name} {os.getpid()}")
    kind = name.partition("-")[0]
    outcome: object = None
    if kind in ACTIONS:
        outcome = ACTIONS[kind](path, handle)

    return outcome or f"{name} by {os.getpid()}"


def hang(_: Path, __: LeaseHandle) -> None:
    """Ignore every request to stop."""
    time.sleep(LONG_SECONDS)


def hang_in_c(_: Path, __: LeaseHandle) -> None:
    """Hang without releasing the interpreter, so that no other thread of the process runs."""
    ctypes.PyDLL(None).sleep(LONG_SECONDS)


def leave(_: Path, __: LeaseHandle) -> None:
    """End the process."""
    os._exit(FAILED_EXIT)


def leave_early(_: Path, __: LeaseHandle) -> None:
    """Raise SystemExit."""
    sys.exit(FAILED_EXIT)


def exhaust(_: Path, __: LeaseHandle) -> None:
    """Use more memory than any limit allows."""
    blocks: list[bytearray] = []
    while True:
        blocks.append(bytearray(MEBIBYTE))


def spawn(path: Path, _: LeaseHandle) -> None:
    """Start a process of its own, and hang."""
    with subprocess.Popen(("/bin/sleep", str(LONG_SECONDS))) as process:
        note(path, f"child {process.pid}")


def obey(path: Path, handle: LeaseHandle) -> None:
    """Wait until a stop is requested, and note why."""
    assert handle.wait(LONG_SECONDS)
    note(path, f"stopped {handle.stop_reason}")
    handle.check()


def return_much(_: Path, __: LeaseHandle) -> bytes:
    """Return more than a worker takes."""
    return bytes(MAX_REPLY_BYTES + 1)


def fail(_: Path, __: LeaseHandle) -> None:
    """Fail with an error that contains a secret."""
    raise ValueError(f"the oven at {SECRET} is cold")


def report(_: Path, handle: LeaseHandle) -> int:
    """Report progress, and wait until a stop is requested or some seconds are over."""
    for percent in (0, 10, 20, 20, 30):
        handle.set_progress(percent)
    handle.wait(PROGRESS_SECONDS)
    return 30


def give_up(_: Path, __: LeaseHandle) -> None:
    """Fail for ever."""
    raise PermanentFailure("no such address")


def give_up_because(_: Path, __: LeaseHandle) -> None:
    """Fail for ever because of another error."""
    raise PermanentFailure("no such address") from LookupError(SECRET)


def retry_because(_: Path, __: LeaseHandle) -> None:
    """Fail for an hour because of another error."""
    error = ConnectionRefusedError(SECRET)
    raise RetryLater("the post office is closed", after_seconds=3_600) from error


def retry(_: Path, __: LeaseHandle) -> None:
    """Fail for an hour."""
    raise RetryLater("the post office is closed", after_seconds=3_600)


def meet_outage(_: Path, __: LeaseHandle) -> None:
    """Find the system outside down."""
    raise Outage("the post office is on strike", after_seconds=3_600)


def postpone(_: Path, __: LeaseHandle) -> None:
    """Wait for an hour without an attempt."""
    raise Postpone(3_600, "the oven is occupied")


def start_group(path: Path, handle: LeaseHandle) -> None:
    """Start processes in a session of their own, register them, and wait for their end."""
    with subprocess.Popen(SLEEPERS, start_new_session=True) as process:
        with handle.process_group(process.pid):
            note(path, f"group {process.pid}")
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        handle.check()


def start_group_and_hang_in_c(path: Path, handle: LeaseHandle) -> None:
    """Start such processes, and hang so that no other thread of this process runs."""
    with (
        subprocess.Popen(SLEEPERS, start_new_session=True) as process,
        handle.process_group(process.pid),
    ):
        note(path, f"group {process.pid}")
        hang_in_c(path, handle)


ACTIONS: dict[str, Callable[[Path, LeaseHandle], object]] = {
    "much": return_much,
    "hang": hang,
    "hangc": hang_in_c,
    "leave": leave,
    "exit": leave_early,
    "exhaust": exhaust,
    "spawn": spawn,
    "obey": obey,
    "fail": fail,
    "report": report,
    "permanent": give_up,
    "later": retry,
    "outage": meet_outage,
    "permanentbecause": give_up_because,
    "laterbecause": retry_because,
    "postpone": postpone,
    "group": start_group,
    "groupc": start_group_and_hang_in_c,
}
