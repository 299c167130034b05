"""End a demonstration at SIGINT or SIGTERM: its children end, and the command says so."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import ClassVar, Final

import click
from attrs import define, frozen

from indelible.kernel import Unavailable
from indelible_service.cli.output import error_text

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
SIGNALLED: Final = 128  # and the number of the signal: the exit code of shells


class SignalReceived(BaseException):
    """A signal to end; no handler of errors catches it."""


@frozen
class DemoInterrupted(Unavailable):
    """A signal has ended the demonstration."""

    message: ClassVar[str] = (
        "Demonstration {demonstration} was ended by {signal}; the instance goes on."
    )
    demonstration: str
    signal: str


@define
class _Interruption:
    """The first signal; later ones are ignored, because they could disturb the end."""

    number: int | None = None

    def handle(self, number: int, _frame: object) -> None:
        if self.number is None:
            self.number = number
            raise SignalReceived

    def check(self) -> None:
        """Raise the signal again where code without Python's exceptions has lost it."""
        if self.number is not None:
            raise SignalReceived


@contextmanager
def ended_by_signals(demonstration: str) -> Generator[Callable[[], None]]:
    """Leave the block at a signal, then print DEMO_INTERRUPTED and exit with 128 and its number.

    Yields a function to call between two steps.
    """
    interruption = _Interruption()
    previous = {number: signal.signal(number, interruption.handle) for number in SIGNALS}
    try:
        yield interruption.check
    except BaseException:  # the signal may have become another error, inside a database's callback
        if interruption.number is None:
            raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)

    if interruption.number is not None:
        name = signal.Signals(interruption.number).name
        click.echo(error_text(DemoInterrupted(demonstration, name)), err=True)
        click.get_current_context().exit(SIGNALLED + interruption.number)
