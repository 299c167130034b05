"""The statements that every table of rejections has: add a row, and read a page of rows."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Generic, Self, TypeVar

from attrs import frozen
from sqlalchemy import Insert, Select, Table, bindparam, select, tuple_

from indelible.kernel.rejections import Rejection
from indelible.kernel.values import field_values
from indelible.kernel.webhooks import WebhookRejection
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS, fetch_all
from indelible_sql.schema.columns import IDENTIFIER
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row

R = TypeVar("R", Rejection, WebhookRejection)


@frozen(kw_only=True, eq=False)
class StoredRejections(Generic[R]):
    """The statements on a table of rejections, and the type of its records.

    `column` is the name of the column by which a page can be filtered. The keys of `pages` are
    whether it is, and whether the page follows another one.
    """

    table: Table
    record: type[R]
    column: str
    insert: Insert
    stored_hash: Query
    pages: Mapping[tuple[bool, bool], Query]

    @classmethod
    def of(cls, table: Table, record: type[R], *, column: str) -> Self:
        """Return the statements on a table."""
        return cls(
            table=table,
            record=record,
            column=column,
            insert=row(table),
            stored_hash=rows_by(table, "id").with_only_columns(table.c.hash),
            pages=_pages(table, column),
        )

    def of_row(self, values: Row) -> R:
        """Return the rejection of a decoded row."""
        return ROWS.structure(values, self.record)

    def page(self, session: Session, value: str | None, before: str, limit: int) -> tuple[R, ...]:
        """Return the next `limit` rejections with this value of the column, newest first."""
        values: dict[str, object] = {"limit": limit}
        if value is not None:
            values[self.column] = value
        if before:
            values["before"] = before
        statement = self.pages[value is not None, bool(before)]

        return fetch_all(session, self.record, statement, values)

    def add(self, session: Session, rejection: R) -> None:
        """Store a rejection, and check at the commit that it is stored."""
        self.insert_row(session, field_values(rejection))
        session.commit_checks.append(partial(self._is_stored, rejection.id))

    def insert_row(self, session: Session, values: Row) -> None:
        """Insert a row."""
        session.step(self.insert, parameters({self.table: values}))

    def hash_of(self, session: Session, rejection_id: str) -> str | None:
        """Return the hash of a stored rejection, or None."""
        stored = session.first(self.stored_hash, {"id": rejection_id})
        return None if stored is None else str(stored["hash"])

    def _is_stored(self, rejection_id: str, session: Session) -> bool:
        return self.hash_of(session, rejection_id) is not None


AnyStoredRejections = StoredRejections[Rejection] | StoredRejections[WebhookRejection]


def _pages(table: Table, column: str) -> Mapping[tuple[bool, bool], Query]:
    """Return the statements of a page, by whether a value and a previous page are given."""
    newest: Select[Any] = (
        select(table).order_by(table.c.at.desc(), table.c.id.desc()).limit(bindparam("limit"))
    )
    last = table.alias("last")
    # The position of the last rejection of the page before; there is none for an unknown id.
    position = (
        select(last.c.at, last.c.id)
        .where(last.c.id == bindparam("before", type_=IDENTIFIER))
        .scalar_subquery()
    )
    is_past = tuple_(table.c.at, table.c.id) < position
    has_value = table.c[column] == bindparam(column, type_=IDENTIFIER)

    return {
        (False, False): newest,
        (False, True): newest.where(is_past),
        (True, False): newest.where(has_value),
        (True, True): newest.where(has_value, is_past),
    }
