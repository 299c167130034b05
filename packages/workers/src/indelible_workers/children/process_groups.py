"""Process groups that a `perform` has started, as its worker kills them."""

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from signal import SIGKILL
from typing import ClassVar, Final, TypeVar

from attrs import define, field, frozen

from indelible.kernel import Invalid
from indelible.kernel.lease_handles import LeaseHandle
from indelible_workers.children.watchers import end_watcher, start_watcher

Work = TypeVar("Work")
Outcome = TypeVar("Outcome")
NO_SIGNAL: Final = 0  # asks whether the group exists
# The program of the shell that watches. $0 is the group, which nobody else would kill once its
# worker is gone.
KILL_GROUP: Final = 'read -r _; kill -9 "-$0"'


@frozen
class ProcessGroupInvalid(Invalid):
    """A task registers a process group that its worker cannot kill for it."""

    message: ClassVar[str] = (
        "Process group {group_id} cannot be registered: {problem}; start the process in a group of "
        "its own (start_new_session=True)."
    )
    group_id: int
    problem: str


@define(eq=False)
class WatchedGroup:
    """A process group, and the shell that kills it if this process ends.

    Raises:
        ProcessGroupInvalid: The group does not exist, or is this process's own.
    """

    group_id: int
    _watcher: "subprocess.Popen[bytes]" = field(init=False)

    def __attrs_post_init__(self) -> None:
        if self.group_id == os.getpgrp():
            raise ProcessGroupInvalid(self.group_id, "it is the worker's own")
        try:
            os.killpg(self.group_id, NO_SIGNAL)
        except (ProcessLookupError, PermissionError) as error:
            problem = "it does not exist, or belongs to another user"
            raise ProcessGroupInvalid(self.group_id, problem) from error

        try:
            self._watcher = start_watcher(KILL_GROUP, self.group_id)
        except OSError:
            self.kill()
            raise

    def kill(self) -> None:
        """Kill every process of the group; there may be none any more."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group_id, SIGKILL)

    def release(self) -> None:
        """Leave the group alone from now on."""
        end_watcher(self._watcher)


def perform_and_end_groups(
    perform: Callable[[Work, LeaseHandle], Outcome], work: Work, handle: LeaseHandle
) -> Outcome:
    """Perform a task and kill the groups that it has left registered.

    Raises: PerformStopped if its processes were killed meanwhile, and whatever `perform` raises.
    """
    try:
        outcome = perform(work, handle)
    finally:
        handle.end_process_groups()

    # What a task makes of processes that were killed is no outcome.
    if handle.has_killed_groups:
        handle.check()
    return outcome
