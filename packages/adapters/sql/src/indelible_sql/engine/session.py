"""One open transaction on a connection, as repositories use it."""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError, PendingRollbackError, ResourceClosedError
from sqlalchemy.sql.base import Executable

from indelible.kernel import Change, Stale, UsageError
from indelible.kernel.progress import Progress
from indelible_sql.engine.atomic_write import (
    AtomicWrite,
    ManyChanges,
    Rows,
    encode_rows,
    is_taken,
    parameters,
)
from indelible_sql.engine.errors import (
    TRANSACTION_ENDED,
    UNREADABLE,
    GuardViolation,
    RowUnreadable,
    ValueUnstorable,
    logged_fault_of,
    translate_errors,
)
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint, no_failpoint
from indelible_sql.engine.limited import lift_limits
from indelible_sql.engine.prepared import SCHEMA, Prepared, prepare
from indelible_sql.engine.refusals import Explain, explained
from indelible_sql.engine.session_settings import TEXT_FORMATS, change_settings
from indelible_sql.engine.sqlalchemy_internals import (
    CONVERSION_ERRORS,
    receive_binary,
    reported_error,
)
from indelible_sql.engine.transaction_watch import TransactionWatch

Query = Select[*tuple[Any, ...]]
Row = Mapping[str, Any]

# Statements are logged, without values, only where this logger has a level of its own: the level
# DEBUG of an application is meant for its own lines.
statement_logger = logging.getLogger("indelible.sql.statements")

E = TypeVar("E", bound=Exception)


class Session:
    """Runs statements on a connection until its transaction ends.

    `changes` are the changes that were written, `has_changed_rows` is True once another statement
    has changed a row, and `commit_checks` find out whether a record
    without a change was committed. `transaction` is PostgreSQL's number of the transaction, once it
    has written a change. `schedules_tasks` is True once a task was made due. `refusal` is the first
    error of the database, or of a refused write: a transaction that has one must not be committed.
    `progress` counts the rows that were streamed. `has_snapshot` is True if all statements see the
    same moment; `feed_end` is the end of PostgreSQL's feed at an earlier one. With
    `sends_queries_together` the queries of `rows_of_queries` are of one transaction; a host's own
    connection may commit each.
    """

    sends_queries_together = False

    def __init__(
        self,
        connection: Connection,
        schema: str,
        at_failpoint: AtFailpoint = no_failpoint,
        *,
        begins: bool = True,
        has_snapshot: bool = False,
    ) -> None:
        """Begin a transaction on the connection, unless it has one or needs none."""
        self.schema = schema
        self.at_failpoint = at_failpoint
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.is_autocommit = not begins
        self.has_snapshot = has_snapshot
        self.feed_end: int | None = None
        self.changes: list[Change] = []
        self.has_changed_rows = False
        self.commit_checks: list[Callable[[Session], bool]] = []
        self.transaction: str | None = None
        self.schedules_tasks = False
        self.refusal: Exception | None = None
        self.progress = Progress()
        self._connection = connection
        self._is_open = True
        self._has_pinned_formats = False
        self._cursor: Any = None  # opened with the first statement
        self._watch = TransactionWatch(connection)
        if begins:
            self._begin_or_join()

    def _begin_or_join(self) -> None:
        if self._connection.in_transaction():
            self._watch.lent()
            return
        self._begin()
        if self.is_sqlite:
            self._watch.look()

    def _begin(self) -> None:
        """Begin the transaction: the cursor begins nothing by itself."""
        with translate_errors():
            self._connection.begin()

    @property
    def connection(self) -> Connection:
        """Return the connection, in its transaction and after all that was written.

        Raises: UsageError once the transaction has ended; a store's error if it cannot begin.
        """
        if not self._is_open:
            raise UsageError(TRANSACTION_ENDED)
        self._watch.lent()
        return self._connection

    @property
    def dialect(self) -> Dialect:
        """Return the dialect of the connection, on which nothing begins."""
        return self._connection.dialect

    def send_collected(self) -> None:
        """Send the writes that were not sent; all were."""

    def check_complete(self) -> None:
        """Return if COMMIT would commit what was written; raise UsageError."""
        self._watch.check()

    def commit(self) -> None:
        """Refuse all statements from now on, and commit.

        Raises: DBAPIError for a COMMIT that has failed, or whose reply was lost; UsageError for a
            transaction that has failed or ended before.
        """
        self.check_complete()
        self.close()
        self._connection.commit()

    def close(self) -> None:
        """Refuse all statements from now on."""
        self._is_open = False
        if self._cursor is None:
            return
        # A cancelled task has no connection left, and its own error is the one to raise.
        with suppress(Exception):
            self._cursor.close()

    def rows(self, statement: Executable, values: Row) -> list[dict[str, Any]]:
        """Return every row of a query."""
        prepared, rows = self._query(statement, values)
        return prepared.read_all(rows)

    def rows_at_once(self, statement: Executable, values: Row) -> list[dict[str, Any]]:
        """Return every row of a statement that may write, and is executed where it is called."""
        return Session.rows(self, statement, values)  # not of a session that may call a read twice

    def rows_of_queries(self, *queries: tuple[Executable, Row]) -> list[list[dict[str, Any]]]:
        """Return every row of each query, which are executed in their order."""
        return [self.rows(statement, values) for statement, values in queries]

    def read_together(self, reads: Sequence[Callable[[], Any]]) -> tuple[Any, ...]:
        """Return what each read returns."""
        return tuple(read() for read in reads)

    def tuples(self, statement: Executable, values: Row) -> list[Sequence[Any]]:
        """Return the values of every row, in the order of its columns; faster for many rows."""
        prepared, rows = self._query(statement, values)
        try:
            return list(prepared.read_values(rows))
        except UNREADABLE as error:
            raise RowUnreadable.because_of(error) from error

    def _query(self, statement: Executable, values: Row) -> tuple[Prepared, Sequence[Any]]:
        self.at_failpoint(Failpoint.BEFORE_QUERY)
        prepared, rows = self._send(statement, values)
        self.at_failpoint(Failpoint.AFTER_QUERY)
        return prepared, rows

    def stream(self, statement: Query, page: int) -> Iterator[Row]:
        """Yield every row, fetched a page at a time."""
        # Options of the statement, so that a host's own connection keeps its own.
        options = {
            "schema_translate_map": {SCHEMA: None if self.is_sqlite else self.schema},
            "yield_per": page,
        }
        with translate_errors():
            self._pin_formats()
            result = self.connection.execute(statement, execution_options=options)
            names = tuple(result.keys())
            try:
                for row in result:
                    self.progress.done += 1
                    yield dict(zip(names, row, strict=True))
            except UNREADABLE as error:
                raise RowUnreadable.because_of(error) from error

    def lift_limits(self) -> None:
        """Let the transaction be as long as it needs; on SQLite it always may."""
        if not self.is_sqlite:
            lift_limits(self.connection)

    def _pin_formats(self) -> None:
        """Set the formats of values until the end of the transaction: a stream receives text."""
        if not self.is_sqlite and not self._has_pinned_formats:
            change_settings(self.connection, TEXT_FORMATS)
            self._has_pinned_formats = True

    def first(self, statement: Executable, values: Row) -> dict[str, Any] | None:
        """Return the first row, or None."""
        rows = self.rows(statement, values)
        return rows[0] if rows else None

    def run_later(self, statement: Executable, values: Row) -> None:
        """Run a statement at the latest with COMMIT; nobody needs to know what it changes."""
        self.run(statement, values)

    def run(self, statement: Executable, values: Row) -> int:
        """Run a statement and return the number of rows that it changed."""
        self._send(statement, values)
        number = int(self._cursor.rowcount)
        if number > 0:
            self.has_changed_rows = True
        return number

    def write(
        self, write: AtomicWrite, change: Change, rows: Rows, bulk: Sequence[Row] = ()
    ) -> None:
        """Move the head and add its records, or raise Stale when the head has moved before.

        `bulk` are the values of `bulk_parameters` for each table of bulk records.
        """
        values = parameters(rows, bulk)
        try:
            if self.is_sqlite:
                is_written = self._write_in_order(write, values)
            else:
                is_written = self._write_fused(write.fused, values) == 1
        except GuardViolation as refusal:
            # Another transaction has created the aggregate, or one like it, since this one looked.
            if change.seq > 1 or not is_taken(refusal, write):
                raise
            is_written = False

        if not is_written:
            raise self.refused(Stale(change.entity_id, change.previous_revision.seq))
        self.changes.append(change)

    @contextmanager
    def explaining(self, explain: Explain) -> Generator[None]:
        """Replace the error of a write that is refused in the block by what `explain` returns."""
        try:
            yield
        except (GuardViolation, Stale) as refusal:
            raise explained(refusal, (explain,), self) from refusal

    def write_many(
        self, write: ManyChanges, changes: Sequence[Change], shared: Row, rows: Sequence[Row]
    ) -> None:
        """Write many changes in one statement, on PostgreSQL; Stale where a head has moved before.

        `shared` are the values that all changes have in common, and `rows` those of each.
        """
        values = {**shared, "rows": encode_rows(rows)}
        if self._write_fused(write.fused, values) < len(changes):
            first = changes[0]
            raise self.refused(Stale(first.entity_id, first.previous_revision.seq))
        self.changes.extend(changes)

    def has_change_of(self, lifecycle: str, entity_id: str) -> bool:  # noqa: ARG002 - of a subclass
        """Return True if the transaction has certainly changed an aggregate; a host may undo it."""
        return False

    @contextmanager
    def writing_at_once(self) -> Generator[None]:
        """Let each write of the block be refused where it is called."""
        yield

    def forget_changes(self, count: int) -> None:
        """Forget the changes after the first `count`, which a savepoint has undone."""
        del self.changes[count:]

    def needs_transaction(self) -> None:
        """Announce that more statements follow one that changed nothing."""

    def step(self, statement: Executable, values: Row) -> int:
        """Run one statement of several that belong together; return the number of rows changed."""
        self.at_failpoint(Failpoint.BEFORE_STEP)
        self._send(statement, values)
        self.at_failpoint(Failpoint.AFTER_STEP)
        return int(self._cursor.rowcount)

    def _write_in_order(self, write: AtomicWrite, values: Row) -> bool:
        """Run the statements in order; return False at the first that changes no row."""
        *steps, last = write.ordered
        for statement in steps:
            if self.step(statement, values) != 1:
                return False
        for statement in write.bulk:
            self.send_many(statement, values[statement.table.name])

        return self.step(last, values) == 1

    def _write_fused(self, statement: Executable, values: Row) -> int:
        """Run PostgreSQL's one statement and return the number of changes that it added."""
        self.at_failpoint(Failpoint.BEFORE_FUSED)
        prepared, rows = self._send(statement, values)
        self.at_failpoint(Failpoint.AFTER_FUSED)
        if rows:
            self.transaction = str(prepared.read(rows[0])["txid"])
        return len(rows)

    def refused(self, error: E) -> E:
        """Remember the error, so that the transaction is not committed, and return it."""
        self.refusal = self.refusal or error
        self._watch.at_statements = True
        return error

    def _send(self, statement: Executable, values: Row) -> tuple[Prepared, Sequence[Any]]:
        """Execute a statement; return it as it was sent, and the driver's rows.

        Raises: the library's error instead of a driver's.
        """
        prepared = self._prepared(statement)
        try:
            if self._cursor is None:
                self._cursor = self._open_cursor(prepared.text)
            rows = self._execute(prepared, prepared.bind(values))
        except BaseException as error:
            self._raise_translated(error)
            raise

        return prepared, rows

    def _execute(self, prepared: Prepared, parameters: Any) -> Sequence[Any]:
        """Execute a statement on the cursor; return the driver's rows, or raise its error."""
        self._cursor.execute(prepared.text, parameters)
        if self._watch.at_statements:
            self._watch.look()
        return self._cursor.fetchall() if prepared.columns else ()

    def send_many(self, statement: Executable, rows: Iterable[Row]) -> None:
        """Execute a statement once for each row.

        Raises: the library's error instead of a driver's.
        """
        prepared = self._prepared(statement)
        try:
            if self._cursor is None:
                self._cursor = self._open_cursor(prepared.text)
            self._cursor.executemany(prepared.text, prepared.bind_many(rows))
            if self._watch.at_statements:
                self._watch.look()
        except BaseException as error:
            self._raise_translated(error)
            raise

    def _prepared(self, statement: Executable) -> Prepared:
        """Return the statement as it is sent, and log it where that was asked for."""
        if not self._is_open:
            raise UsageError(TRANSACTION_ENDED)
        if self._watch.at_statements:
            self._watch.check_statement()

        prepared = prepare(statement, self._connection.dialect, self.schema)
        if statement_logger.level:
            statement_logger.debug("%s", prepared.text)
        return prepared

    def _raise_translated(self, error: BaseException) -> None:
        """Raise the library's error for one of the driver, which is remembered; else return."""
        reported = reported_error(self._connection, error, self._cursor)
        if reported is not None:
            self.refused(reported)
            raise self._fault_of(reported) from reported

        if isinstance(error, CONVERSION_ERRORS):
            raise ValueUnstorable from error
        if isinstance(error, (PendingRollbackError, ResourceClosedError)):
            raise UsageError(TRANSACTION_ENDED) from error

    def _fault_of(self, error: DBAPIError) -> Exception:
        """Return the library's error for a statement that the database refused."""
        return logged_fault_of(error)

    def _open_cursor(self, text: str) -> Any:  # noqa: ARG002 - a single update needs the text
        cursor = self._connection.connection.cursor()
        if not self.is_sqlite:
            receive_binary(cursor)
        return cursor
