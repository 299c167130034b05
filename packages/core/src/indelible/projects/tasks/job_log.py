"""The log of a running job: lines and warnings without secrets, written in batches."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from indelible.kernel import Clock
from indelible.kernel.masking import mask_secrets
from indelible.projects.entities import LogEntry, LogLevel, Phase, clean_message

MAX_BUFFERED: Final = 20
MAX_BUFFERED_TIME: Final = timedelta(seconds=1)

Lines = tuple[LogEntry, ...]
Warnings = tuple[str, ...]
Write = Callable[[Phase | None, Lines, Warnings], object]


@define(kw_only=True, eq=False)
class JobLog:
    """The lines and warnings of one attempt, in their order.

    At most 20 are held back, and none for longer than a second while others follow. A phase that
    begins, and `flush` before every call that may take long, write them at once. A warning that the
    job has already is not repeated: each attempt would add it again.
    """

    clock: Clock
    write: Write
    known_warnings: set[str]
    _phase: Phase | None = field(default=None, init=False)
    _lines: list[LogEntry] = field(factory=list[LogEntry], init=False)
    _warnings: list[str] = field(factory=list[str], init=False)
    _oldest: datetime | None = field(default=None, init=False)

    def begin(self, phase: Phase, message: str) -> None:
        """Write that a phase begins."""
        self._phase = phase
        self.info(message)
        self.flush()

    def info(self, message: str) -> None:
        """Add a line."""
        self._add_line(LogLevel.INFO, message)

    def error(self, message: str) -> None:
        """Add a line about an error."""
        self._add_line(LogLevel.ERROR, message)

    def warn(self, message: str) -> None:
        """Add a warning, unless the job has the same one."""
        warning = clean_message(mask_secrets(message))
        if warning in self.known_warnings:
            return

        self.known_warnings.add(warning)
        self._warnings.append(warning)
        self._flush_if_due()

    def warn_all(self, messages: Iterable[str]) -> None:
        """Add several warnings."""
        for message in messages:
            self.warn(message)

    def flush(self) -> None:
        """Write what is held back."""
        if self._phase is None and not self._lines and not self._warnings:
            return

        phase = self._phase
        self.write(phase, *self.take())

    def take(self) -> tuple[Lines, Warnings]:
        """Return what is held back, for a caller that writes it; nothing is held back then."""
        lines = tuple(self._lines)
        warnings = tuple(self._warnings)
        self._phase = None
        self._oldest = None
        self._lines.clear()
        self._warnings.clear()
        return lines, warnings

    def _add_line(self, level: LogLevel, message: str) -> None:
        now = self.clock.now()
        self._lines.append(LogEntry(ts=now, level=level, message=mask_secrets(message)))
        self._flush_if_due()

    def _flush_if_due(self) -> None:
        now = self.clock.now()
        if self._oldest is None:
            self._oldest = now

        is_full = len(self._lines) + len(self._warnings) >= MAX_BUFFERED
        if is_full or now - self._oldest >= MAX_BUFFERED_TIME:
            self.flush()
