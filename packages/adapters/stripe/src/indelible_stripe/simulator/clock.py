"""The clock of a simulator: it can be advanced, and stopped."""

import threading
import time
from collections.abc import Callable

from attrs import define, field


@define
class SimulatorClock:
    """Seconds since 1970: those of the machine plus an offset, or those of a stopped clock.

    `stopped_at` is the start of a clock that moves only by `advance`. Threads may share a clock.
    """

    stopped_at: int | None = None
    _offset_seconds: int = 0
    _changed: threading.Condition = field(factory=threading.Condition, init=False)

    def now(self) -> float:
        """Return the time in seconds."""
        base = time.time() if self.stopped_at is None else float(self.stopped_at)
        return base + self._offset_seconds

    def seconds(self) -> int:
        """Return the time in whole seconds, as Stripe's `created` has it."""
        return int(self.now())

    def advance(self, seconds: int) -> None:
        """Move the clock forward and wake everybody who waits for it."""
        with self._changed:
            self._offset_seconds += seconds
            self._changed.notify_all()

    def wake(self) -> None:
        """Make every waiting thread look again."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, until: Callable[[], float | None], is_ready: Callable[[], bool]) -> None:
        """Block until `is_ready`, or until the time that `until` returns, or until woken.

        A stopped clock reaches a time only by `advance`.
        """
        with self._changed:
            if is_ready():
                return
            deadline = until()
            if deadline is None or self.stopped_at is not None:
                self._changed.wait()
            else:
                self._changed.wait(max(deadline - self.now(), 0))
