"""The errors that a simulated installation logs."""

import logging
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def logged_errors() -> Generator[list[str]]:
    """Log nothing, since what goes wrong in a simulation is planned; yield the logged errors."""
    logger = logging.getLogger("indelible")
    level, propagate = logger.level, logger.propagate
    handler = ErrorHandler(logging.ERROR)
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    try:
        yield handler.messages
    finally:
        logger.propagate = propagate
        logger.setLevel(level)
        logger.removeHandler(handler)


class ErrorHandler(logging.Handler):
    """Collects what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Add a message."""
        self.messages.append(record.getMessage())
