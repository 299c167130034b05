"""Rejected commands in memory."""

from typing import Self

from attrs import field, frozen

from indelible.kernel.rejections import Rejection
from indelible.memory.rejection_rows import newest_rejections

RejectionRows = dict[str, Rejection]


@frozen
class MemoryRejections:
    """The rejected commands of a store, by their ids."""

    _rows: RejectionRows = field(factory=RejectionRows)

    def page(
        self, *, command: str | None = None, before: str = "", limit: int
    ) -> tuple[Rejection, ...]:
        """Return the next `limit` rejections, newest first."""

        def is_matching(rejection: Rejection) -> bool:
            return command is None or rejection.command == command

        return newest_rejections(self._rows, is_matching, before=before, limit=limit)

    def add(self, rejection: Rejection) -> None:
        """Store a rejection."""
        self._rows[rejection.id] = rejection

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._rows.copy())
