"""The session of a query that is read together with the check of its caller."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar, cast

from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import SelectBase

from indelible.kernel import UsageError
from indelible_sql.engine.kept_cursors import KeptCursorsSession
from indelible_sql.engine.limited import forget_cursor
from indelible_sql.engine.pipelines import (
    ask_for_answers,
    forget_prepared,
    pipeline,
    rows_of,
    was_executed,
)
from indelible_sql.engine.prepared import Prepared
from indelible_sql.engine.session import Row
from indelible_sql.engine.unsent import SendsLater, UnsentStatement

MAX_KEPT_CHARACTERS: Final = 10_000  # of the rows of a cursor that the connection keeps
C = TypeVar("C")
R = TypeVar("R")


@frozen
class ReadTogether(Generic[C, R]):
    """The result of a check, and the result or the error of its query."""

    checked: C
    _result: R | None
    _failure: Exception | None

    def result(self) -> R:
        """Return the query's result, or raise its error."""
        if self._failure is not None:
            raise self._failure
        return cast("R", self._result)


class QueryEnded(BaseException):
    """Ends a query whose check has failed or sent nothing.

    Not an Exception, which the query might catch.
    """


class CheckedSession(KeptCursorsSession, SendsLater):
    """Sends the one statement of a check and the one of a query in one round trip.

    The check is called inside of the query, at its statement: when the check comes to its own, both
    are known, and each function is called once. They need no transaction, since each statement sees
    one moment by itself.
    """

    max_kept_rows = 1
    _check: Callable[[], Any]
    _checked: Any = None
    _check_failure: BaseException | None = None
    _query_failure: Exception | None = None
    _statement: UnsentStatement | None = None  # of the query
    _is_checking = False
    _has_sent = False

    @property
    def connection(self) -> Connection:
        """Raise UsageError."""
        raise UsageError("a query that is read with its check has no connection")

    def read_both(
        self, check: Callable[[], C], query: Callable[[], R]
    ) -> ReadTogether[C, R] | None:
        """Return what both return; None, with nothing sent, where one sends no statement.

        An error of the query is one of its result, as long as the check was answered.
        """
        self._check = check
        result: R | None = None
        failure: Exception | None = None
        try:
            result = query()
        except QueryEnded:
            pass
        except Exception as error:  # noqa: BLE001 - it is raised after the refusal of the check
            failure = error

        if self._check_failure is not None:
            raise self._check_failure
        if not self._has_sent:
            return None
        return ReadTogether(self._checked, result, failure)

    def _send(self, statement: Executable, values: Row) -> tuple[Prepared, Sequence[Any]]:
        """Return the statement and its rows, which are read together with those of the other one.

        Raises: UsageError for a second statement, and for one that is no SELECT.
        """
        is_second = self._statement is not None and not self._is_checking
        if self._has_sent or is_second:
            raise UsageError("a query that is read with its check sent a second statement")
        if not isinstance(statement, SelectBase):
            raise UsageError("a query that is read with its check sent no SELECT")

        own = self._unsent(statement, values)
        if self._is_checking:
            self._send_both(own)
        else:
            self._statement = own
            self._read_check()
            if self._query_failure is not None:
                raise self._query_failure
        self._cursor = own.cursor
        rows = rows_of(self._connection, own.cursor)
        text = own.prepared.text
        has_kept_cursor = own.cursor is (self._kept_cursors or {}).get(text)
        if has_kept_cursor and len(rows) <= self.max_kept_rows and _are_large(rows):
            forget_cursor(self._connection, text)
        return own.prepared, rows

    def _read_check(self) -> None:
        """Call the check, which sends both statements; end the query where it sends none."""
        self._is_checking = True
        try:
            self._checked = self._check()
        except Exception as error:
            self._check_failure = error
            raise QueryEnded from error
        except BaseException as error:  # the query may catch what ends this thread or task
            self._check_failure = error
            raise
        finally:
            self._is_checking = False
        if not self._has_sent:
            raise QueryEnded

    def _send_both(self, of_check: UnsentStatement) -> None:
        """Send both statements; keep the error of the query, or raise that of the check."""
        self._has_sent = True
        try:
            self._wait_for_both(of_check)
        except Exception as error:
            if not was_executed(of_check.cursor):
                self._check_failure = error
                raise
            self._query_failure = error

    def _wait_for_both(self, of_check: UnsentStatement) -> None:
        """Send both, so that the server answers the check while it executes the query.

        Both answers together may take as long as one: nobody has accepted the caller.
        """
        of_query = cast("UnsentStatement", self._statement)
        try:
            with pipeline(self._connection):
                of_check.send()
                ask_for_answers(self._connection)
                of_query.send()
        except BaseException as error:
            forget_prepared(self._connection)
            self._raise_translated(error)
            raise


def _are_large(rows: Sequence[Any]) -> bool:
    """Return whether a connection would hold much if it kept the cursor of the rows."""
    characters = 0
    for row in rows:
        for value in row:
            if isinstance(value, str | bytes):
                characters += len(value)
    return characters > MAX_KEPT_CHARACTERS
