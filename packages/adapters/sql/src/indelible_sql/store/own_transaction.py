"""The transactions that a store begins and commits itself."""

from typing import Any, Generic

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indelible.kernel import AuditContext, StoreBusy
from indelible.kernel.settings import SETTING
from indelible_sql.engine.errors import (
    CommitFate,
    CommitNotDone,
    fate_of,
    fault_of,
)
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.pools import end_check, release
from indelible_sql.engine.session import Session
from indelible_sql.engine.single_update import NeedsTransaction, SingleUpdateSession
from indelible_sql.engine.transaction_log import log_commit, log_failure
from indelible_sql.kernel.outcome import assign_number, was_committed
from indelible_sql.store.database import Database, Writing


class OwnTransaction(Generic[Writing]):
    """A block in a transaction of the store's own: COMMIT on a clean exit, otherwise ROLLBACK.

    One class instead of a generator for each concern, which would take several times as long.
    """

    def __init__(self, database: Database[Any, Writing], audit: AuditContext) -> None:
        self._database = database
        self._audit = audit
        self._connection: Connection | None = None
        self._session: Session | None = None

    def __enter__(self) -> Writing:
        """Return the transaction, which begins now, or on PostgreSQL with its first statement.

        Raises:
            UsageError: A transaction of the store is open here already.
        """
        database = self._database
        self._mark = database.nesting.enter()
        try:
            database.at_failpoint(Failpoint.BEFORE_BEGIN)
            self._connection = database.check_out(database.engines.writer)
            self._tx = self._begin(self._connection)
            self._session = self._tx.session
        except BaseException as error:
            self._end(error)
            raise
        return self._tx

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Commit or roll back, and log it.

        Raises:
            CommitNotDone: The connection broke before the COMMIT took effect.
            OutcomeUnknown: The connection broke, and the database does not say whether it did.
        """
        if error is None:
            try:
                self._commit(self._tx)
            except BaseException as failure:
                self._end(failure)
                raise

        self._end(error)
        if error is None:
            self._report_commit()

    def _begin(self, connection: Connection) -> Writing:
        database = self._database
        return database.begin(connection, self._audit, database.session_kinds.block)

    def _commit(self, tx: Writing) -> None:
        """Commit; look the changes up where the reply was lost."""
        database = self._database
        database.check_complete(tx)
        session = tx.session
        if session.transaction is None and not session.is_sqlite:
            assign_number(session)
        database.at_failpoint(Failpoint.BEFORE_COMMIT)
        try:
            session.commit()
        except DBAPIError as error:
            if fate_of(error) is not CommitFate.UNKNOWN:
                raise fault_of(error) from error
            # The reply was lost: only the database knows the outcome.
            self._release()
            if not was_committed(database.engines.writer, session, database.schema, database.pause):
                raise CommitNotDone from error

    def _end(self, error: BaseException | None) -> None:
        """Return the connection to its pool, which rolls back what was not committed."""
        may_have_written = self._connection is not None
        try:
            if self._session is not None:
                self._session.close()
            self._release()
        finally:
            self._database.nesting.leave(self._mark)
            session = self._database.sessions.get()
            if session is not None and may_have_written:
                session.writes += 1  # also where the outcome is not known

        if isinstance(error, Exception):
            if _is_lost_race(error):
                self._database.lost_races.count()
            self._log_failure(error)

    def _log_failure(self, error: Exception) -> None:
        log_failure(self._audit, error)

    def _release(self) -> None:
        if self._connection is not None:
            release(self._connection)
            self._connection = None

    def _report_commit(self) -> None:
        """Log the commit, forget the settings where it changed one, and signal it to workers."""
        session = self._tx.session
        changes = session.changes
        log_commit(self._audit, changes)
        if any(change.lifecycle == SETTING.name for change in changes):
            self._database.config.invalidate()
        self._database.at_failpoint(Failpoint.AFTER_COMMIT)
        if changes or session.schedules_tasks:
            self._database.commits.send()


class HandlerTransaction(OwnTransaction[Writing]):
    """A block for one handler, whose changes may wait for its next statement or for COMMIT.

    Whoever opens a block for several commands may catch the error of one of them where it is
    called, so that only a handler's changes are collected.
    """

    def _begin(self, connection: Connection) -> Writing:
        database = self._database
        return database.begin(connection, self._audit, database.session_kinds.handler)


class SingleUpdate(OwnTransaction[Writing]):
    """A block for a handler of one statement, which PostgreSQL commits by itself.

    SQLite, and a host's own engine, run it in a transaction.
    """

    def _begin(self, connection: Connection) -> Writing:
        database = self._database
        if not database.engines.is_writer_autocommit:
            return database.begin(connection, self._audit, SingleUpdateSession)

        end_check(connection)
        session = SingleUpdateSession(
            connection, database.schema, database.at_failpoint, begins=False
        )
        return database.writes(session, self._audit)

    def _commit(self, tx: Writing) -> None:
        """Commit, unless the statement has done so."""
        if not tx.session.is_autocommit:
            super()._commit(tx)
            return

        self._database.check_complete(tx)
        tx.session.close()

    def _log_failure(self, error: Exception) -> None:
        """Log a failure before the commit, or else the commit."""
        session = self._session
        if isinstance(session, SingleUpdateSession) and session.is_committed:
            log_commit(self._audit)
        elif not isinstance(error, NeedsTransaction):
            super()._log_failure(error)


def _is_lost_race(error: Exception) -> bool:
    """Return True for an error after which the command runs again, also one of a host's own SQL."""
    if isinstance(error, DBAPIError):
        return fate_of(error) is CommitFate.LOST_RACE
    return isinstance(error, StoreBusy)
