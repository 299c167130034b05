"""The SQL repository of rejected commands."""

from typing import Final

from attrs import frozen

from indelible.kernel.rejections import Rejection
from indelible_sql.engine.session import Session
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.kernel.stored_rejections import StoredRejections

STORED_REJECTIONS: Final = StoredRejections[Rejection].of(REJECTIONS, Rejection, column="command")


@frozen
class SqlRejections:
    """The rejected commands of a store."""

    _session: Session

    def page(
        self, *, command: str | None = None, before: str = "", limit: int
    ) -> tuple[Rejection, ...]:
        """Return the next `limit` rejections, newest first."""
        return STORED_REJECTIONS.page(self._session, command, before, limit)

    def add(self, rejection: Rejection) -> None:
        """Store a rejection."""
        STORED_REJECTIONS.add(self._session, rejection)
