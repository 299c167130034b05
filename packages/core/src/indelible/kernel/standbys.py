"""Reads from a standby, and what a caller needs to see its own writes there."""

from collections import Counter
from contextlib import AbstractContextManager
from enum import StrEnum
from threading import Lock
from typing import ClassVar, Protocol

from attrs import define, field, frozen

from indelible.kernel.errors import Invalid


@frozen
class InvalidLogPosition(Invalid):
    """A position that no store has returned."""

    http_status: ClassVar[int] = 400
    message: ClassVar[str] = (
        "The position is invalid: expected one that an answer of this service has carried."
    )


class ReadSource(StrEnum):
    """The server that has answered a read of a standby session, and the reason."""

    STANDBY = "standby"
    BEHIND = "behind"  # the primary: the caller's own write, or what was named, is too new
    FAILED = "failed"  # the primary: the read failed on the standby
    OUT = "out"  # the primary: the standby has failed a moment ago, and is not asked


@define(eq=False)
class StandbyCounts:
    """Counts the reads of one store in this process by their source."""

    _by_source: Counter[ReadSource] = field(factory=Counter[ReadSource], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def count(self, source: ReadSource) -> None:
        """Count one more read."""
        with self._lock:
            self._by_source[source] += 1

    def number(self, source: ReadSource) -> int:
        """Return how many reads had the source."""
        with self._lock:
            return self._by_source[source]


class StandbySession(Protocol):
    """The commands and reads of one caller."""

    def position(self) -> str:
        """Return the position that a later session needs to see the writes of this one.

        It is '' where nothing was written, and in a store without a standby.
        """
        ...


class StandbyReads(Protocol):
    """A store that reads from a standby."""

    def standby_session(
        self, *, after: str = "", is_reading: bool = True
    ) -> AbstractContextManager[StandbySession]:
        """Let the reads of the block come from the standby, unless it is not `is_reading`.

        They see what was written in the block, and everything up to the position `after`.

        Raises: InvalidLogPosition.
        """
        ...
