"""What all servers of ours have in common: a log, a port, an end, and that they do not outlive us."""

import os
import pwd
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
from indelible_service.data_directory import translate_os_errors

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60
Child = subprocess.Popen[bytes]
Ends = Sequence[
    tuple[Signals, float | None]
]  # the signals that end a server, and the seconds that each has for it


@frozen
class ServerFailed(Unavailable):
    """The embedded server did not start; the end of its log says why."""

    code: ClassVar[str] = "EMBEDDED_SERVER_FAILED"
    message: ClassVar[str] = "The embedded server did not start. The end of its log: {log}."
    log: str


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """How a child is started as the account, or as whoever we are."""
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()} if account else {}
    # In a session of its own: Ctrl-C in a terminal is for us, who then stop it.
    return {
        "start_new_session": True,
        "cwd": "/",
        "env": {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath},
        **who,
    }


def start_child(
    command: Sequence[str],
    log: Path,
    account: pwd.struct_passwd | None = None,
    stdin: int = DEVNULL,
) -> Child:
    """A child of ours that writes the log; FileUnusable."""
    with translate_os_errors(log):
        out = log.open("wb")
    with out:
        return Child(command, stdin=stdin, stdout=out, stderr=out, **as_account(account))


@contextmanager
def die_with_parent(
    child: Child, signal: Signals, account: pwd.struct_passwd | None = None
) -> Generator[None]:
    """The time in which the child gets the signal when we are gone, however that came."""
    # The shell reads from us until the end.
    watch = ("/bin/sh", "-c", f'read -r _; kill -{signal.value} "$0"', str(child.pid))
    with subprocess.Popen(
        watch, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, **as_account(account)
    ) as watcher:
        try:
            yield
        finally:
            watcher.kill()  # we are here: a second signal may disturb the first, and the number may be another's


@contextmanager
def running_server(
    begin: Callable[[int], Child],
    is_ready: Callable[[Child], bool],
    log: Path,
    ends: Ends,
    wanted: int | None,
    account: pwd.struct_passwd | None = None,
) -> Generator[tuple[int, Child]]:
    """The time in which a server answers: its port, which is the wanted one or a free one, and its process."""
    # A killed server's last children need a moment to notice; a port that was free may be taken since.
    passing = ("pre-existing shared memory block", "Address already in use")[: 1 if wanted else 2]
    deadline = time.monotonic() + START_SECONDS
    while True:
        child = begin(port := wanted or free_port())
        try:
            with die_with_parent(child, ends[0][0], account):  # while it starts, too
                while child.poll() is None and time.monotonic() < deadline:
                    if is_ready(child):
                        yield port, child
                        return
                    time.sleep(0.02)
        finally:
            stop(child, ends)
        failure = tail(log)
        if time.monotonic() > deadline or not any(cause in failure.log for cause in passing):
            raise failure
        time.sleep(0.1)


def stop(child: Child, signals: Ends) -> None:
    """End the child by the first signal that does it within its seconds."""
    for signal, seconds in signals:
        child.send_signal(signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return


def tail(log: Path) -> ServerFailed:
    """What the log says at its end."""
    return ServerFailed(log.read_text(errors="replace")[-2_000:].strip())


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])
