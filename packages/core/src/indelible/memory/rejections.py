"""Rejected commands in memory."""

from datetime import datetime
from operator import attrgetter
from typing import Self

from attrs import field, frozen

from indelible.kernel.rejections import Rejection

RejectionRows = dict[str, Rejection]
_position = attrgetter("at", "id")


@frozen
class MemoryRejections:
    """The rejected commands of a store, by their ids."""

    _rows: RejectionRows = field(factory=RejectionRows)

    def page(
        self, *, command: str | None = None, before: str = "", limit: int
    ) -> tuple[Rejection, ...]:
        """Return the next `limit` rejections, newest first."""
        matching: list[Rejection] = []
        for rejection in sorted(self._rows.values(), key=_position, reverse=True):
            is_of_command = command is None or rejection.command == command
            if is_of_command and self._is_past(rejection, before):
                matching.append(rejection)

        return tuple(matching[:limit])

    def add(self, rejection: Rejection) -> None:
        """Store a rejection."""
        self._rows[rejection.id] = rejection

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._rows.copy())

    def _is_past(self, rejection: Rejection, before: str) -> bool:
        """Return True if a rejection stands after the one with an id, from the newest on."""
        if not before:
            return True
        if before not in self._rows:
            return False

        position: tuple[datetime, str] = _position(rejection)
        return position < _position(self._rows[before])
