"""Sessions whose connection keeps a cursor for each of their statements."""

from typing import Any

from indelible_sql.engine.limited import forget_cursor, kept_cursor
from indelible_sql.engine.session import Session


class KeptCursorsSession(Session):
    """Executes each statement with the cursor that the connection keeps for it.

    psycopg looks up the conversions of values once for a cursor and a statement, with the encoding
    and the time zone of the connection. So only sessions that lend nobody their connection keep
    cursors: a host may set both for its transaction.
    """

    max_kept_rows = 100  # of the last result of a cursor that the connection keeps
    _kept_cursors: dict[str, Any] | None = None  # by the text of the statement

    def close(self) -> None:
        """Refuse all statements from now on; the connection keeps cursors with few rows."""
        if not self._kept_cursors:
            super().close()
            return

        self._is_open = False
        for text, cursor in self._kept_cursors.items():
            if cursor.rowcount > self.max_kept_rows:
                forget_cursor(self._connection, text)
        self._kept_cursors = self._cursor = None  # another session may have them from now on

    def _open_cursor(self, text: str) -> Any:
        """Return the cursor of the statement, or a new one while that is in use."""
        cursors = self._kept_cursors or {}
        cursor = None if text in cursors else kept_cursor(self._connection, text)
        if cursor is None:
            return super()._open_cursor(text)

        cursor.pgresult = None  # that of an earlier transaction is none of this statement
        self._kept_cursors = {**cursors, text: cursor}
        return cursor
