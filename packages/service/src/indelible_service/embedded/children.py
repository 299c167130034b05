"""Start and stop child processes: each writes a log, gets a port, and ends with its parent."""

import os
import pwd
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import Signals
from subprocess import DEVNULL, PIPE
from typing import Any, ClassVar, Final

from attrs import frozen

from indelible.kernel import Unavailable
from indelible_service.files.access import DiskFull, full_disk_text, translate_os_errors

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60  # in which a server that ended is started again
# A server that runs is not ready while it repeats its log, as after a kill, or gets little time.
MAX_START_SECONDS: Final = 600
POLL_SECONDS: Final = 0.02
RETRY_SECONDS: Final = 0.1
LOG_CHARACTERS: Final = 2_000  # of the end of a log, in an error
LOG_INCOMPLETE: Final = "the server's log may be incomplete"
# After a kill, the last children of the old server need a moment to end.
MEMORY_IN_USE: Final = "pre-existing shared memory block"
PORT_IN_USE: Final = "Address already in use"

# The program of a shell that reads from a pipe of ours, which the system closes when this process
# ends. $0 is the child. Its start time tells it from a later process with its number.
STOP_ORPHAN: Final = """
birth() {
    sed -n 's/.*) [^ZX] //p' "/proc/$child/stat" | cut -d' ' -f19
}
is_alive() {
    [ -n "$born" ] && [ "$(birth)" = "$born" ]
}
child=$0
born=$(birth)
read -r _
for step in "$@"; do
    is_alive || break
    kill -"${step% *}" "$child"
    deadline=$(($(date +%s) + ${step#* }))
    while is_alive && [ "$(date +%s)" -le "$deadline" ]; do sleep 0.1; done
done
[ -z "$born" ] || kill -9 "-$child"
"""

Child = subprocess.Popen[bytes]
# Signals that stop a child, each with the seconds that it gets for it.
StopSignals = Sequence[tuple[Signals, float | None]]


@frozen
class ServerFailed(Unavailable):
    """The embedded server did not start; the end of its log says why."""

    code: ClassVar[str] = "EMBEDDED_SERVER_FAILED"
    message: ClassVar[str] = "The embedded server did not start; its log ends with: {log}."
    log: str


class StartStopped(Exception):
    """The program was told to end while a server was starting."""


def never() -> bool:
    """Return False: nothing stops the start of a server."""
    return False


@frozen(kw_only=True)
class ServerProgram:
    """A server's program: `start` starts it at a port, `is_ready` looks at the running child.

    A start is given up as soon as `is_stopped` returns True.
    """

    start: Callable[[int], Child]
    is_ready: Callable[[Child], bool]
    log: Path
    stop_signals: StopSignals
    account: pwd.struct_passwd | None = None
    preferred_port: int | None = None  # used while no other program has it
    is_stopped: Callable[[], bool] = never


def process_options(account: pwd.struct_passwd | None, cwd: str = "/") -> dict[str, Any]:
    """Return the options of `Popen` for a child of the account, or of our own.

    The child enters its working directory before it becomes the account.
    """
    options: dict[str, Any] = {
        "start_new_session": True,  # Ctrl-C in a terminal is for the parent, which stops the child
        "cwd": cwd,
        "env": {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath},
    }
    if account:
        options.update({"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()})

    return options


def start_child(
    command: Sequence[str],
    log: Path,
    account: pwd.struct_passwd | None = None,
    stdin: int = DEVNULL,
    cwd: str = "/",
) -> Child:
    """Start a child that writes to the log.

    Raises: FileUnusable.
    """
    with translate_os_errors(log):
        out = log.open("wb")
    with out:
        return Child(command, stdin=stdin, stdout=out, stderr=out, **process_options(account, cwd))


@contextmanager
def die_with_parent(
    child: Child, signals: StopSignals, account: pwd.struct_passwd | None = None
) -> Generator[None]:
    """Stop the child if this process ends during the block, even by SIGKILL.

    The child gets the signals one after the other until it has ended; then its group is killed.
    """
    steps = [f"{number.value} {seconds or 0:.0f}" for number, seconds in signals]
    command = ("/bin/sh", "-c", STOP_ORPHAN, str(child.pid), *steps)
    with subprocess.Popen(
        command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, **process_options(account)
    ) as watcher:
        try:
            yield
        finally:
            # The parent lives and stops the child itself. A second signal could disturb that, and
            # later the number could be another process's.
            watcher.kill()


@contextmanager
def running_child(
    command: Sequence[str],
    signals: StopSignals,
    **options: Any,  # noqa: ANN401 - those of `Popen`
) -> Generator[Child]:
    """Run a program until the block ends, then stop it and its children.

    They end with this process, too. Ctrl-C in a terminal is for this process only.
    """
    with Child(command, start_new_session=True, **options) as child:  # closes its pipes
        try:
            with die_with_parent(child, signals):
                yield child
        finally:
            stop_child(child, signals)
            with suppress(ProcessLookupError):  # a killed child leaves its own children behind
                os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def running_server(program: ServerProgram, fixed_port: int | None) -> Generator[tuple[int, Child]]:
    """Run a server during the block, at the fixed port or a free one; yield port and process.

    Raises: ServerFailed, DiskFull, StartStopped.
    """
    deadline = time.monotonic() + START_SECONDS
    preferred_port = program.preferred_port
    while True:
        port = fixed_port or preferred_port or free_port()
        child = program.start(port)
        try:
            with die_with_parent(child, program.stop_signals, program.account):
                if _becomes_ready(program, child):
                    yield port, child
                    return
        finally:
            stop_child(child, program.stop_signals)

        log = program.log.read_text(errors="replace")
        is_temporary = MEMORY_IN_USE in log
        if fixed_port is None and PORT_IN_USE in log:  # by another program
            preferred_port = None
            is_temporary = True
        if program.is_stopped():
            raise StartStopped
        if not is_temporary or time.monotonic() > deadline:
            raise failure_from(program.log)

        time.sleep(RETRY_SECONDS)


def _becomes_ready(program: ServerProgram, child: Child) -> bool:
    deadline = time.monotonic() + MAX_START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        if program.is_ready(child):
            return True
        if program.is_stopped():
            raise StartStopped
        time.sleep(POLL_SECONDS)

    return False


def stop_child(child: Child, signals: StopSignals) -> None:
    """Send the signals, one after the other, until the child has ended."""
    for number, seconds in signals:
        child.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return


def stop_orphan(pid: int, is_orphan: Callable[[], bool], signals: StopSignals) -> None:
    """Send the signals to a process that is no child of ours until it has ended.

    `is_orphan` is asked when the process id can no longer become another process's.
    """
    with suppress(ProcessLookupError):
        process = os.pidfd_open(pid)
        with os.fdopen(process, "rb", buffering=0):
            if not is_orphan():
                return

            for number, seconds in signals:
                signal.pidfd_send_signal(process, number)
                if select.select((process,), (), (), seconds)[0]:
                    return


def failure_from(log: Path) -> ServerFailed | DiskFull:
    """Return the error with the end of the log, or the one of a full disk."""
    text = log.read_text(errors="replace")
    reason = full_disk_text(text)
    if not reason and os.statvfs(log).f_bavail == 0:
        reason = LOG_INCOMPLETE  # there was no room for the server's own words
    if reason:
        return DiskFull(str(log.parent), reason)

    return ServerFailed(text[-LOG_CHARACTERS:].strip())


def free_port() -> int:
    """Return a port at which no program listens now."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
