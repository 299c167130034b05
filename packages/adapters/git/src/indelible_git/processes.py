"""Run a program in a process group of its own, with a time limit and a cap on its output."""

import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Final, cast

from attrs import evolve, frozen

from indelible.projects.ports import ProcessGroups

POLL_SECONDS: Final = 0.1
GRACE_SECONDS: Final = 1.0  # in which git deletes its locks after SIGTERM
CHUNK_BYTES: Final = 1 << 16


class UnwatchedGroups:
    """Process groups that nobody ends from outside, for commands that take milliseconds."""

    def process_group(self, group_id: int) -> AbstractContextManager[None]:
        """Register nothing."""
        del group_id
        return nullcontext()


@frozen
class ProcessTooSlow(Exception):
    """A process that was killed at its time limit."""

    seconds: float


@frozen
class OutputTooLarge(Exception):
    """A process that was killed because it printed more than its cap."""

    max_bytes: int


@frozen(kw_only=True)
class Command:
    """A program with its arguments, its whole environment and its limits.

    `watch` is called up to ten times a second; the process is killed if it raises an error.
    """

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    stdin: bytes = b""
    seconds: float
    max_output_bytes: int
    watch: Callable[[], None] | None = None


@frozen
class Completed:
    """The exit code of a process, negative for a signal, and its output."""

    code: int
    stdout: bytes
    stderr: bytes


def run(command: Command, groups: ProcessGroups) -> Completed:
    """Run a program to its end; end its whole group if anything goes wrong.

    Raises:
        ProcessTooSlow, OutputTooLarge: The process exceeded a limit.
        PerformStopped: The task was asked to stop.
    """
    with tempfile.TemporaryFile() as stdin:
        stdin.write(command.stdin)
        stdin.seek(0)
        # The process is waited for below, after its group is no longer registered.
        process = subprocess.Popen(  # noqa: S603 - an argument list, and no shell sees it
            command.arguments,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=command.folder,
            env=dict(command.environment),
            start_new_session=True,  # without a terminal, nothing can ask for a password
        )

    pipes = (cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stderr))
    with pipes[0], pipes[1]:
        try:
            with groups.process_group(process.pid):
                stdout, stderr = _read(command, *pipes)
                _wait_for_end(process.pid, command.seconds)
        except BaseException:
            _end_group(process.pid, command, *pipes)
            process.wait()
            raise

    return Completed(process.wait(), stdout, stderr)


def _read(command: Command, stdout: IO[bytes], stderr: IO[bytes]) -> tuple[bytes, bytes]:
    """Return all output, within the limits of the command."""
    started = monotonic()
    watched = started
    buffers = {stdout.fileno(): bytearray(), stderr.fileno(): bytearray()}
    with selectors.DefaultSelector() as selector:
        for descriptor in buffers:
            selector.register(descriptor, selectors.EVENT_READ)

        while selector.get_map():
            ready = selector.select(POLL_SECONDS)
            now = monotonic()
            if now > started + command.seconds:
                raise ProcessTooSlow(command.seconds)
            if command.watch is not None and now > watched + POLL_SECONDS:
                command.watch()
                watched = monotonic()
            for key, _ in ready:
                chunk = os.read(key.fd, CHUNK_BYTES)
                buffers[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fileobj)
            if sum(map(len, buffers.values())) > command.max_output_bytes:
                raise OutputTooLarge(command.max_output_bytes)

    return bytes(buffers[stdout.fileno()]), bytes(buffers[stderr.fileno()])


def _wait_for_end(process_id: int, seconds: float) -> None:
    """Wait until the process has ended, but leave its exit code: that keeps its id taken."""
    deadline = monotonic() + seconds
    options = os.WEXITED | os.WNOWAIT | os.WNOHANG
    pause = 0.0005
    while os.waitid(os.P_PID, process_id, options) is None:
        if monotonic() > deadline:
            raise ProcessTooSlow(seconds)
        sleep(pause)
        pause = min(2 * pause, POLL_SECONDS)


def _end_group(group_id: int, command: Command, stdout: IO[bytes], stderr: IO[bytes]) -> None:
    """Ask all processes of a group to end, and kill those that do not.

    Their output ends with the last of them. The leader was not waited for.
    """
    _signal_group(group_id, signal.SIGTERM)
    patient = evolve(command, seconds=GRACE_SECONDS, watch=None)
    try:
        with suppress(ProcessTooSlow, OutputTooLarge):
            _read(patient, stdout, stderr)
            _wait_for_end(group_id, GRACE_SECONDS)
    finally:
        _signal_group(group_id, signal.SIGKILL)


def _signal_group(group_id: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group_id, number)
