"""Keeps children alive: a killed one comes back, after a pause that grows, and none outlives us."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from signal import SIGKILL, SIGTERM
from types import TracebackType
from typing import Final, Self

from attrs import define, field

from indelible.kernel import IndelibleError
from indelible_service.embedded.children import Child, die_with_parent, stop

STOP_SECONDS: Final = 75  # more than a lease: who does not end by then has hung
LOOK_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 30
WELL_SECONDS: Final = 60  # who lived as long as this failed for a reason of its own
Start = Callable[[], AbstractContextManager[Child]]
logger = logging.getLogger("indelible.service")


@contextmanager
def program(*words: str, settings: Mapping[str, str]) -> Generator[Child]:
    """One of our own commands as a child, with all that it starts itself."""
    command = (sys.executable, "-m", "indelible_service", *words)
    child = Child(
        command,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
    )
    try:
        with die_with_parent(child, SIGTERM):
            yield child
    finally:
        stop(child, ((SIGTERM, STOP_SECONDS), (SIGKILL, None)))
        with suppress(ProcessLookupError):  # what a killed one has left behind
            os.killpg(child.pid, SIGKILL)


@define(eq=False)
class SupervisedChild:
    """One child, by name: how it is started, and since when it lives."""

    name: str
    start: Start
    is_server: bool
    stack: ExitStack = field(factory=ExitStack)
    child: Child | None = None
    since: float = 0.0
    failures: int = 0

    def begin(self) -> None:
        """Start it."""
        self.since = time.monotonic()
        self.child = self.stack.enter_context(self.start())

    def end(self) -> None:
        """End it, and what it has left behind."""
        self.stack.close()

    def look(self) -> None:
        """Start it again, if it has ended and its pause is over."""
        now = time.monotonic()
        if self.child and self.child.poll() is not None:
            logger.warning(
                "%s has ended (%s), and is started again", self.name, self.child.returncode
            )
            self.end()
            self.child, self.failures = (
                None,
                0 if now - self.since > WELL_SECONDS else self.failures + 1,
            )
        pause = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(self.failures, 10) / 4)
        if self.child is None and now - self.since > pause:
            try:
                self.begin()
            except (IndelibleError, OSError) as error:
                logger.warning("%s does not start: %s", self.name, error)
                self.failures += 1


@define
class Supervisor:
    """A block, at whose end no child is left; those that were started last are ended first."""

    _kept: list[SupervisedChild] = field(factory=list[SupervisedChild])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # All of them finish at once what they have in hand; each is told once: of two signals granian may hang.
        with ThreadPoolExecutor(len(self._kept) or 1) as pool:
            pool.map(SupervisedChild.end, [kept for kept in self._kept if not kept.is_server])
        for kept in reversed(self._kept):
            kept.end()

    def keep(self, name: str, start: Start, *, is_server: bool = False) -> None:
        """Start a child, and keep it alive from now on; servers are there until the others have ended."""
        kept = SupervisedChild(name, start, is_server)
        self._kept.append(kept)
        kept.begin()

    def run_until(self, until: Callable[[], bool]) -> None:
        """Start again whatever has ended, until then."""
        while not until():
            for kept in self._kept:
                kept.look()
            time.sleep(LOOK_SECONDS)
