"""The SQL repository of rejected commands."""

from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import Select, bindparam, select, tuple_

from indelible.kernel.rejections import Rejection
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters, row
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.schema.columns import IDENTIFIER
from indelible_sql.schema.tables import rows_by

INSERT_REJECTION = row(REJECTIONS)
REJECTION_HASH = rows_by(REJECTIONS, "id").with_only_columns(REJECTIONS.c.hash)
NEWEST: Select[Any] = (
    select(REJECTIONS)
    .order_by(REJECTIONS.c.at.desc(), REJECTIONS.c.id.desc())
    .limit(bindparam("limit"))
)
_LAST = REJECTIONS.alias("last")
# The position of the last rejection of the page before; there is none for an unknown id.
_POSITION = (
    select(_LAST.c.at, _LAST.c.id)
    .where(_LAST.c.id == bindparam("before", type_=IDENTIFIER))
    .scalar_subquery()
)
_IS_PAST = tuple_(REJECTIONS.c.at, REJECTIONS.c.id) < _POSITION
_IS_OF_COMMAND = REJECTIONS.c.command == bindparam("command", type_=IDENTIFIER)
# The statements of a page. The keys are whether a command filters the rejections, and whether the
# page follows another one.
PAGES = {
    (False, False): NEWEST,
    (False, True): NEWEST.where(_IS_PAST),
    (True, False): NEWEST.where(_IS_OF_COMMAND),
    (True, True): NEWEST.where(_IS_OF_COMMAND, _IS_PAST),
}


@frozen
class SqlRejections:
    """The rejected commands of a store."""

    _session: Session

    def page(
        self, *, command: str | None = None, before: str = "", limit: int
    ) -> tuple[Rejection, ...]:
        """Return the next `limit` rejections, newest first."""
        values: dict[str, object] = {"limit": limit}
        if command is not None:
            values["command"] = command
        if before:
            values["before"] = before
        statement = PAGES[command is not None, bool(before)]

        return fetch_all(self._session, Rejection, statement, values)

    def add(self, rejection: Rejection) -> None:
        """Store a rejection."""
        insert_rejection(self._session, field_values(rejection))
        self._session.commit_checks.append(partial(_is_stored, rejection.id))


def insert_rejection(session: Session, values: Row) -> None:
    """Insert a row."""
    session.step(INSERT_REJECTION, parameters({REJECTIONS: values}))


def _is_stored(rejection_id: str, session: Session) -> bool:
    return session.first(REJECTION_HASH, {"id": rejection_id}) is not None
