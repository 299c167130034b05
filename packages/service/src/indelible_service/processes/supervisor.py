"""Supervise child processes: restart one that ended after a growing pause, stop all at the end."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from signal import SIGKILL, SIGTERM
from types import TracebackType
from typing import Final, Self

from attrs import define, field

from indelible.kernel import IndelibleError
from indelible_service.embedded.children import Child, StopSignals, running_child
from indelible_service.logs.files import log_path
from indelible_service.settings.service import Settings, environment_without_settings

STOP_SECONDS: Final = 75  # longer than a lease: a process that runs on has hung
STOP_SIGNALS: Final[StopSignals] = ((SIGTERM, STOP_SECONDS), (SIGKILL, None))
SETTINGS_FROM_STDIN: Final = "--settings-from-stdin"
LOG_FILE: Final = "--log-file"
CHECK_SECONDS: Final = 0.2
MAX_PAUSE_SECONDS: Final = 30
STABLE_SECONDS: Final = 60  # a child that ran for this long starts with no failures again
Start = Callable[[], AbstractContextManager[Child]]
logger = logging.getLogger("indelible.service")


@contextmanager
def run_command(*words: str, settings: Mapping[str, str]) -> Generator[Child]:
    """Run a command of ours as a child until the block ends, then stop it and its children.

    The settings, as variables, come through a pipe: users of the machine who may read the
    environment of a process do not find the secrets there.
    """
    program = running_child(
        (sys.executable, "-m", "indelible_service", *words, SETTINGS_FROM_STDIN),
        STOP_SIGNALS,
        env=environment_without_settings(),
        stdin=subprocess.PIPE,
        stdout=sys.stderr,
    )
    with program as child:
        write_settings(child, settings)
        yield child


def log_words(settings: Settings, process: str) -> Sequence[str]:
    """Return the words of a command that let a child log as this process does."""
    if settings.log_file is None:
        return ()

    return LOG_FILE, str(log_path(settings.data_dir, process))


def write_settings(child: Child, settings: Mapping[str, str]) -> None:
    """Write settings as variables to the stdin of a child, and close it."""
    assert child.stdin  # noqa: S101 - for the type checkers: it is a pipe
    with suppress(BrokenPipeError), child.stdin as stdin:  # the child may have ended
        stdin.write(json.dumps(dict(settings)).encode())


@define(eq=False)
class SupervisedChild:
    """A child that is restarted when it ends."""

    name: str
    start: Start
    is_server: bool
    stack: ExitStack = field(factory=ExitStack)
    child: Child | None = None
    started_at: float = 0.0  # of the monotonic clock
    failures: int = 0

    def run(self) -> None:
        """Start the child."""
        self.started_at = time.monotonic()
        self.child = self.stack.enter_context(self.start())

    def stop(self) -> None:
        """Stop the child and remove what it left behind."""
        self.stack.close()

    def check(self) -> None:
        """Restart the child where it has ended and its pause is over."""
        now = time.monotonic()
        if self.child and self.child.poll() is not None:
            self._record_end(self.child, now)

        pause = min(MAX_PAUSE_SECONDS, 2.0 ** min(self.failures, 10) / 4)
        if self.child is None and now - self.started_at > pause:
            self._restart()

    def _record_end(self, child: Child, now: float) -> None:
        logger.warning("%s ended with exit code %s; restarting it", self.name, child.returncode)
        self.stop()
        self.child = None
        if now - self.started_at > STABLE_SECONDS:
            self.failures = 0
        else:
            self.failures += 1

    def _restart(self) -> None:
        try:
            self.run()
        except (IndelibleError, OSError) as error:
            logger.warning("%s does not start: %s", self.name, error)
            self.failures += 1


@define
class Supervisor:
    """A context manager that leaves no child behind; it stops the last started one first."""

    _children: list[SupervisedChild] = field(factory=list[SupervisedChild])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The programs finish their work at the same time, while the servers still run. Each gets
        # one signal only: granian may hang after a second one.
        programs = [child for child in self._children if not child.is_server]
        with ThreadPoolExecutor(len(programs) or 1) as pool:
            for child in programs:
                pool.submit(child.stop)

        for child in reversed(self._children):
            child.stop()

    @property
    def has_failures(self) -> bool:
        """Return whether a child has ended, and has not run for long since then."""
        return any(child.failures for child in self._children)

    def add(self, name: str, start: Start, *, is_server: bool = False) -> None:
        """Start a child and restart it from now on; servers run until all programs have ended."""
        child = SupervisedChild(name, start, is_server)
        self._children.append(child)
        child.run()

    def run_until(self, is_done: Callable[[], bool]) -> None:
        """Restart children that ended until the condition holds."""
        while not is_done():
            for child in self._children:
                child.check()
            time.sleep(CHECK_SECONDS)
