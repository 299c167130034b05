"""The sessions of transactions on PostgreSQL whose BEGIN goes with their first statement."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable

from indelible.kernel import UsageError
from indelible_sql.engine.connections import send_unprepared
from indelible_sql.engine.errors import TRANSACTION_ENDED
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.pipelines import longer_limit, pipeline, rows_of
from indelible_sql.engine.prepared import Prepared, prepare
from indelible_sql.engine.session import Row
from indelible_sql.engine.transaction_watch import is_in_transaction
from indelible_sql.engine.unsent import SendsLater, UnsentStatement

# The reader's BEGIN asks for one snapshot; this replaces it if it comes before the first query.
OWN_SNAPSHOTS: Final = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
OTHER_FIRST_QUERY: Final = "a read asked another first query when it was called again"


Queries = tuple[tuple[Executable, Row], ...]


@frozen
class FirstQueries:
    """The queries with which a read begins, and the statements that are sent for them."""

    queries: Queries
    statements: Sequence[UnsentStatement]


class FirstCallEnded(BaseException):
    """Ends the first call of a read, with the queries that it begins with.

    It has none where the read begins with something else. Not an Exception, which the read might
    catch.
    """

    def __init__(self, first: FirstQueries | None = None) -> None:
        super().__init__()
        self.first = first


class PipelinedSession(SendsLater):
    """Begins with its first statement."""

    sends_queries_together = True
    _begins_later = False
    _has_lent_connection = False
    _statements_ahead: Sequence[UnsentStatement] = ()  # they are sent before the next statement
    _is_reading_together = False
    _is_first_call = False
    # By the number of the read that is called again.
    _first_queries: Mapping[int, FirstQueries] = {}
    _expected: FirstQueries | None = None  # what the read that is called again must ask first

    def _begin(self) -> None:
        """Leave BEGIN to the first statement."""
        self._begins_later = True

    @property
    def connection(self) -> Connection:
        """Return the connection, in its transaction and after all that was written."""
        self._end_first_call()
        self._forget_answers()
        connection = super().connection
        self._has_lent_connection = True
        if self._has_unsent:
            self._send_unsent()
        return connection

    def read_together(self, reads: Sequence[Callable[[], Any]]) -> tuple[Any, ...]:
        """Return what each read returns; their first queries are sent in one round trip.

        Each read is called up to its first query, and once more when all of these are answered.
        Where one begins with anything else, it and those behind it are called once. So are all
        once the connection was lent: nobody knows which of them use it.
        """
        if self._is_reading_together or self._has_lent_connection:
            return super().read_together(reads)

        self._is_reading_together = True
        try:
            return self._call_again(reads, self._send_first_queries(reads))
        finally:
            self._is_reading_together = False

    def _send_first_queries(self, reads: Sequence[Callable[[], Any]]) -> Mapping[int, FirstQueries]:
        """Send the first queries of the reads, and wait for all the answers."""
        gathered = self._first_queries_of(reads)
        if not gathered:
            return gathered
        self.at_failpoint(Failpoint.BEFORE_QUERIES)
        self._statements_ahead = [
            statement for first in gathered.values() for statement in first.statements
        ]
        try:
            self._send_unsent()
        finally:
            self._statements_ahead = ()
        self.at_failpoint(Failpoint.AFTER_QUERIES)
        return gathered

    def _first_queries_of(self, reads: Sequence[Callable[[], Any]]) -> Mapping[int, FirstQueries]:
        """Call each read up to its first query; return these by the number of the read.

        What follows a read that begins with something else is not sent before it.
        """
        gathered: dict[int, FirstQueries] = {}
        try:
            for number, read in enumerate(reads):
                self._is_first_call = True
                try:
                    read()
                except FirstCallEnded as ended:
                    if ended.first is None:
                        break
                    gathered[number] = ended.first
                except Exception:  # noqa: BLE001 - raised again, after those of the reads before
                    break
        finally:
            self._is_first_call = False
        return gathered

    def _call_again(
        self, reads: Sequence[Callable[[], Any]], first_queries: Mapping[int, FirstQueries]
    ) -> tuple[Any, ...]:
        """Return what each read returns, whose first queries were answered.

        Raises: UsageError for a read that does not ask them again.
        """
        results: list[Any] = []
        self._first_queries = first_queries
        try:
            for number, read in enumerate(reads):
                self._expected = self._first_queries.get(number)
                results.append(read())
                self._require_first_query()
        finally:
            self._first_queries = {}
            self._expected = None
        return tuple(results)

    def _gather(self, queries: Queries) -> NoReturn:
        """End the first call of a read with its first queries."""
        self._is_first_call = False
        if not all(statement.is_select for statement, _ in queries):
            raise FirstCallEnded
        try:
            statements = [self._unsent(*query) for query in queries]
        except Exception as error:  # it is raised when the read is called again
            raise FirstCallEnded from error
        raise FirstCallEnded(FirstQueries(queries, statements))

    def _end_first_call(self) -> None:
        """End the first call of a read that begins with something else than a query."""
        if self._is_first_call:
            raise FirstCallEnded

    def _forget_answers(self) -> None:
        """Forget the answers for the reads that follow: what is sent now may write."""
        self._require_first_query()
        self._first_queries = {}

    def _require_first_query(self) -> None:
        """Raise UsageError if a read that is called again has not asked its first query."""
        if self._expected is not None:
            raise UsageError(OTHER_FIRST_QUERY)

    def _is_same(self, first: FirstQueries, queries: Queries) -> bool:
        """Return True if the queries were sent, also where each call builds their statements."""
        if first.queries == queries:
            return True
        if len(first.queries) != len(queries):
            return False

        pairs = zip(first.statements, first.queries, queries, strict=True)
        for sent, (_, sent_values), (statement, values) in pairs:
            if values != sent_values:
                return False
            prepared = prepare(statement, self.dialect, self.schema)
            if (prepared.text, prepared.defaults) != (sent.prepared.text, sent.prepared.defaults):
                return False
        return True

    def _prepared(self, statement: Executable) -> Prepared:
        self._end_first_call()
        self._forget_answers()
        return super()._prepared(statement)

    def rows(self, statement: Executable, values: Row) -> list[dict[str, Any]]:
        """Return every row, which may have been sent for together with others."""
        if not self._is_first_call and self._expected is None:
            return super().rows(statement, values)
        (rows,) = self.rows_of_queries((statement, values))
        return rows

    def rows_of_queries(self, *queries: tuple[Executable, Row]) -> list[list[dict[str, Any]]]:
        """Return every row of each query, in one round trip; each sees its own moment."""
        if self._is_first_call:
            self._gather(queries)
        if self._expected is not None and self._is_same(self._expected, queries):
            first, self._expected = self._expected, None
            return self._rows_of(first.statements)

        *before, last = queries
        ahead = [self._unsent(*query) for query in before]
        self._statements_ahead = ahead
        try:
            last_rows = super().rows(*last)
        finally:
            self._statements_ahead = ()
        return [*self._rows_of(ahead), last_rows]

    def _rows_of(self, statements: Sequence[UnsentStatement]) -> list[list[dict[str, Any]]]:
        """Return every row of each statement that was answered."""
        rows: list[list[dict[str, Any]]] = []
        for statement in statements:
            rows.append(statement.prepared.read_all(rows_of(self._connection, statement.cursor)))
        return rows

    @property
    def _has_unsent(self) -> bool:
        """Return whether something has to be sent before or with the next statement."""
        return self._begins_later

    def _send_unsent(self) -> None:
        """Send what has to be sent before the next statement."""
        self._end_first_call()
        self._forget_answers()
        try:
            self._together(0, self._send_ahead)
        except BaseException as error:
            self._raise_translated(error)
            raise

    def _execute(self, prepared: Prepared, parameters: Any) -> Sequence[Any]:
        """Execute a statement, in one round trip with all that was not sent."""
        if not self._has_unsent and not self._statements_ahead:
            return super()._execute(prepared, parameters)

        def send() -> None:
            self._send_ahead()
            self._cursor.execute(prepared.text, parameters)

        self._together(1, send)
        return rows_of(self._connection, self._cursor) if prepared.columns else ()

    def _send_ahead(self) -> None:
        """Send the queries that go ahead of a statement, in a pipeline."""
        for query in self._statements_ahead:
            query.send()

    def _together(self, number: int, send: Callable[[], None]) -> None:
        """Send what was not sent, call `send`, and wait for all the answers.

        `send` sends a `number` of statements besides those ahead: the answers to all of them
        may take longer than one. All statements are refused later if the transaction has not begun
        or has ended, or if this is interrupted: they would run outside of a transaction.
        """
        driver: Any = self._connection.connection.driver_connection  # a broken one is replaced
        begins, self._begins_later = self._begins_later, False
        self._is_open = False
        if not begins and not self.is_autocommit and not is_in_transaction(driver):
            raise UsageError(TRANSACTION_ENDED)
        limit = driver.limit_seconds
        driver.limit_seconds = longer_limit(limit, max(1, number + len(self._statements_ahead)))
        try:
            with pipeline(self._connection):
                if begins:
                    self._connection.begin()
                send()
        except Exception:
            self._is_open = is_in_transaction(driver) and self._connection.in_transaction()
            raise
        finally:
            driver.limit_seconds = limit
        self._is_open = self.is_autocommit or is_in_transaction(driver)
        if self._watch.at_statements:
            self._watch.look()


class FeedPageSession(PipelinedSession):
    """Runs the queries of one page between BEGIN and COMMIT, in one round trip.

    Each query sees its own moment: the page sees every change up to the end that was read before.
    Nothing may follow, since the transaction has ended.
    """

    _has_sent = False

    @property
    def connection(self) -> Connection:
        """Raise UsageError."""
        raise UsageError("a page of the feed has no connection: read without `feed_page`")

    def _prepared(self, statement: Executable) -> Prepared:
        """Return the statement as it is sent, or raise UsageError after the page."""
        if self._has_sent:
            raise UsageError("a query of one page of the feed sent a statement after the page")
        return super()._prepared(statement)

    def _together(self, number: int, send: Callable[[], None]) -> None:
        """Send BEGIN, what `send` sends and COMMIT, and wait for all the answers."""
        self._has_sent = True

        def send_page() -> None:
            send_unprepared(self._connection, OWN_SNAPSHOTS)
            send()
            send_unprepared(self._connection, "COMMIT")

        super()._together(number, send_page)
        self._connection.commit()  # sends nothing: the driver's transaction has ended
