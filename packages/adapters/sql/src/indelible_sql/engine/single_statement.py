"""The session of a query that sends one statement, and needs no transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import SelectBase

from indelible.kernel import UsageError
from indelible_sql.engine.prepared import Prepared
from indelible_sql.engine.session import Row, Session


class SingleStatementSession(Session):
    """Runs one query, which sees one moment by itself and needs no transaction.

    A second statement could see a later moment, so it is refused, as is every use of the
    connection, whose statements nobody counts.
    """

    _has_sent = False

    @property
    def connection(self) -> Connection:
        """Raise UsageError."""
        raise UsageError(
            "a single-statement query has no connection: read without `single_statement`"
        )

    def _send(self, statement: Executable, values: Row) -> tuple[Prepared, Sequence[Any]]:
        """Execute the only statement, or raise UsageError."""
        if self._has_sent:
            raise UsageError("a single-statement query sent a second statement")
        if not isinstance(statement, SelectBase):
            raise UsageError("a single-statement query sent a statement that is no SELECT")

        self._has_sent = True
        return super()._send(statement, values)
