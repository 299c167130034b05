"""Notice a transaction that has ended behind the store's back, before anything follows it.

PostgreSQL answers the COMMIT of a failed transaction by a rollback, without an error. SQLite rolls
a transaction back by itself where the disk is full, for instance, and a host may end one by SQL:
what follows would be committed by itself, and the COMMIT would do nothing.
"""

from typing import Any, Final

from attrs import define
from sqlalchemy import Connection

from indelible.kernel import UsageError

# libpq's PQTRANS_IDLE, PQTRANS_INTRANS and PQTRANS_INERROR; no process on SQLite imports psycopg.
IDLE: Final = 0
IN_TRANSACTION: Final = 2
IN_FAILED_TRANSACTION: Final = 3
ENDED_INSIDE: Final = (
    "the transaction has ended inside of its block: a statement of the host has ended it, or the"
    " database has rolled it back after an error that was caught there"
)
STATEMENT_FAILED: Final = (
    "a statement has failed inside the transaction, and its error was caught there;"
    " let it end the transaction"
)


def is_in_transaction(driver: Any) -> bool:
    """Return whether psycopg's connection is in a transaction, which may have failed."""
    return driver.pgconn.transaction_status in (IN_TRANSACTION, IN_FAILED_TRANSACTION)


@define(eq=False)
class TransactionWatch:
    """The state of a connection's transaction, as its driver has told it last.

    A session asks before and after each statement only `at_statements`: once the host has had the
    connection, or a write was refused. Nothing else ends a transaction.
    """

    connection: Connection
    at_statements: bool = False
    _was_open: bool = False

    def look(self) -> None:
        """Remember whether there is a transaction: a driver may begin it with a later statement."""
        if not self.connection.invalidated:
            self._was_open = self._is_open()

    def lent(self) -> None:
        """Look before each statement from now on: the host has the connection."""
        self.at_statements = True
        if not self._was_open:
            self.look()

    def check_statement(self) -> None:
        """Return if a statement would run in the transaction of those before it.

        Raises: UsageError.
        """
        if self.connection.invalidated or (self._was_open and not self._is_open()):
            raise UsageError(ENDED_INSIDE)

    def check(self) -> None:
        """Return if COMMIT would commit what was written.

        Raises: UsageError.
        """
        self.check_statement()
        if self.connection.dialect.name == "sqlite":
            return
        if self._status() == IN_FAILED_TRANSACTION:
            raise UsageError(STATEMENT_FAILED)

    def _is_open(self) -> bool:
        """Return whether there is a transaction; that of a broken connection is not known."""
        if self.connection.dialect.name == "sqlite":
            driver: Any = self.connection.connection.driver_connection
            return bool(driver.in_transaction)
        return self._status() != IDLE

    def _status(self) -> int:
        driver: Any = self.connection.connection.driver_connection
        return int(driver.pgconn.transaction_status)
