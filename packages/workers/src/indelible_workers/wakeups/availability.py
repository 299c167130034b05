"""The availability of the server that carries wake-ups, as the threads of a process see it."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

from indelible_workers.worker import logger


class Availability:
    """The availability of a server, as the threads of a process see it; logs each change once.

    The result of a command counts only if nothing changed since its start. A reply to an older
    command may have been sent before the loss, and its failure may have happened before the return.
    """

    def __init__(self, name: str, errors: tuple[type[Exception], ...]) -> None:
        self._name = name
        self._errors = errors
        self.is_available = True
        self._changes: int = 0
        self._lock = Lock()

    @contextmanager
    def watch(self, *, shows_return: bool = False) -> Generator[None]:
        """Log a loss if the block fails, or a return if it shows one by its success."""
        changes = self._changes
        try:
            yield
        except self._errors as error:
            if self._change(changes, is_available=False):
                cause = type(error).__name__  # its text may have a secret
                logger.warning("%s is unusable (%s); continuing without it", self._name, cause)
            raise

        if shows_return and self._change(changes, is_available=True):
            logger.warning("%s is available again", self._name)

    def _change(self, changes: int, *, is_available: bool) -> bool:
        """Set the availability; return True to the one thread whose call changed it."""
        with self._lock:
            if changes != self._changes or is_available == self.is_available:
                return False

            self.is_available = is_available
            self._changes += 1
            return True
