"""A check that is answered within a time limit, whatever it waits for."""

from collections.abc import Callable
from threading import Condition, Thread
from typing import ClassVar

from attrs import define, field, frozen

from indelible.kernel import Unavailable


@frozen
class ProbeTimeout(Unavailable):
    """The database did not answer a check of health within the limit."""

    code: ClassVar[str] = "HEALTH_TIMEOUT"
    message: ClassVar[str] = "The database did not answer within {seconds} seconds."
    seconds: float


@define
class Probe:
    """Runs a check in one thread of its own, which starts with the first request.

    Requests that arrive while a check runs wait for its result, so that a check that hangs costs
    one thread and one connection of the process.
    """

    _check: Callable[[], object]
    _limit_seconds: float
    _condition: Condition = field(factory=Condition, init=False)
    _thread: Thread | None = field(default=None, init=False)
    _is_running: bool = field(default=False, init=False)
    _number: int = field(default=0, init=False)  # of finished checks
    _error: Exception | None = field(default=None, init=False)

    def run(self) -> None:
        """Return once a check has succeeded.

        Raises: ProbeTimeout, or the error of the check.
        """
        with self._condition:
            number = self._number
            self._is_running = True
            self._start_thread()
            self._condition.notify_all()
            is_finished = self._condition.wait_for(
                lambda: self._number > number, self._limit_seconds
            )
            if not is_finished:
                raise ProbeTimeout(self._limit_seconds)
            if self._error is not None:
                raise self._error

    def _start_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._work, name="health", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._is_running)
            error = self._run_check()
            with self._condition:
                self._error = error
                self._number += 1
                self._is_running = False
                self._condition.notify_all()

    def _run_check(self) -> Exception | None:
        try:
            self._check()
        except Exception as error:  # noqa: BLE001 - it is raised in the thread of the request
            return error
        return None
