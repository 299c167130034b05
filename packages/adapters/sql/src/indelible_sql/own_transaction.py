"""The transactions that a store begins and commits itself."""

import logging
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indelible.kernel import AuditContext
from indelible.kernel.settings import SETTING
from indelible_sql.engine.errors import CommitFate, CommitNotDone, fate_of, fault_of, state_of
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.outcome import was_committed
from indelible_sql.engine.session import Session
from indelible_sql.engine.transaction_log import log_commit, log_failure
from indelible_sql.transactions import KernelWriting

if TYPE_CHECKING:
    from indelible_sql.store import KernelStore

logger = logging.getLogger("indelible.sql")

Writing = TypeVar("Writing", bound=KernelWriting)


class OwnTransaction(Generic[Writing]):
    """A block in a transaction of the store's own: COMMIT on a clean exit, otherwise ROLLBACK.

    One class instead of a generator for each concern, which would take several times as long.
    """

    def __init__(self, store: "KernelStore[Any, Writing]", audit: AuditContext) -> None:
        self._store = store
        self._audit = audit
        self._connection: Connection | None = None
        self._session: Session | None = None

    def __enter__(self) -> Writing:
        """Begin the transaction.

        Raises:
            UsageError: A transaction of the store is open here already.
        """
        store = self._store
        self._mark = store.nesting.enter()
        try:
            store.at_failpoint(Failpoint.BEFORE_BEGIN)
            self._connection = store.check_out(store.engines.writer)
            self._tx = store.begin(self._connection, self._audit)
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
                self._commit()
            except BaseException as failure:
                self._end(failure)
                raise

        self._end(error)
        if error is None:
            self._report_commit()

    def _commit(self) -> None:
        """Commit; look the changes up where the reply was lost."""
        store = self._store
        connection = self._tx.session.connection
        store.check_complete(self._tx)
        self._tx.session.close()
        store.at_failpoint(Failpoint.BEFORE_COMMIT)
        lost_reply = _commit(connection)
        if lost_reply is not None:
            self._release()
            session = self._tx.session
            if not was_committed(store.engines.writer, session, store.schema, store.pause):
                raise CommitNotDone from lost_reply

    def _end(self, error: BaseException | None) -> None:
        """Return the connection to its pool, which rolls back what was not committed."""
        try:
            if self._session is not None:
                self._session.close()
            self._release()
        finally:
            self._store.nesting.leave(self._mark)

        if isinstance(error, Exception):
            log_failure(self._audit, error)

    def _release(self) -> None:
        if self._connection is not None:
            release(self._connection)
            self._connection = None

    def _report_commit(self) -> None:
        """Log the commit, and forget the settings where it changed one."""
        changes = self._tx.session.changes
        log_commit(self._audit, len(changes))
        if any(change.lifecycle == SETTING.name for change in changes):
            self._store.config.invalidate()
        self._store.at_failpoint(Failpoint.AFTER_COMMIT)


def _commit(connection: Connection) -> DBAPIError | None:
    """Commit, and return the error that arrived instead of a reply.

    Only the database knows the outcome then; every other error is raised.
    """
    try:
        connection.commit()
    except DBAPIError as error:
        if fate_of(error) is not CommitFate.UNKNOWN:
            raise fault_of(error) from error
        return error
    return None


def release(connection: Connection) -> None:
    """Roll back what was not committed and return the connection to its pool.

    A broken one is dropped and logged.
    """
    try:
        connection.close()
    except DBAPIError as error:
        logger.info("connection broke while it was released (%s)", state_of(error) or "no state")
        if not connection.closed:
            connection.invalidate(error)
            connection.close()
