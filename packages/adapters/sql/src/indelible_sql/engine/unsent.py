"""Statements that are sent later, in a pipeline with others."""

from typing import Any

from attrs import frozen
from sqlalchemy.sql.base import Executable

from indelible_sql.engine.prepared import Prepared
from indelible_sql.engine.session import Row, Session
from indelible_sql.engine.sqlalchemy_internals import driver_cursor


@frozen
class UnsentStatement:
    """A statement that was not sent, and the cursor for its answer."""

    prepared: Prepared
    parameters: Any
    cursor: Any

    def send(self) -> None:
        """Send the statement in a pipeline."""
        self.cursor.execute(self.prepared.text, self.parameters)

    @property
    def number_of_rows(self) -> int:
        """Return the number of rows that the statement has returned or changed."""
        return int(driver_cursor(self.cursor).rowcount)


class SendsLater(Session):
    """Prepares statements that it sends together."""

    def _unsent(self, statement: Executable, values: Row) -> UnsentStatement:
        """Return a statement with a cursor of its own, which receives its rows."""
        prepared = self._prepared(statement)
        try:
            cursor = self._open_cursor(prepared.text)
            return UnsentStatement(prepared, prepared.bind(values), cursor)
        except BaseException as error:
            self._raise_translated(error)
            raise
