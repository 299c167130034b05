"""Log lines at the ends of transactions, and the statements for those who ask for them."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from indelible.kernel import AuditContext, IndelibleError, OutcomeUnknown
from indelible_sql.engine.errors import fault_of

logger = logging.getLogger("indelible.sql")
# Statements are logged only where this logger has a level of its own: the level DEBUG of an
# application is meant for its own lines.
statement_logger = logging.getLogger("indelible.sql.statements")


def log_statement(text: str) -> None:
    """Log a statement, without its values, where it was asked for."""
    if statement_logger.level:
        statement_logger.debug("%s", text)


@contextmanager
def log_end(audit: AuditContext, changes: list[object]) -> Generator[None]:
    """Log the commit or the rollback of a transaction that ends with the block.

    The block appends the transaction's changes to the list once they are committed.
    """
    try:
        yield
    except OutcomeUnknown:
        _log(logging.ERROR, "outcome unknown", audit)
        raise
    except Exception as error:
        _log(logging.INFO, f"rolled back with {_code_of(error)}", audit)
        raise

    level = logging.INFO if changes else logging.DEBUG
    _log(level, f"committed: {len(changes)} changes", audit)


def log_joined(audit: AuditContext, number: int) -> None:
    """Log changes that the caller's transaction commits later."""
    level = logging.INFO if number else logging.DEBUG
    _log(level, f"wrote in the caller's transaction: {number} changes", audit)


def _log(level: int, event: str, audit: AuditContext) -> None:
    request_id = audit.request_id or "-"
    logger.log(
        level, "%s by %s, reason %r, request %s", event, audit.actor, audit.reason, request_id
    )


def _code_of(error: Exception) -> str:
    """Return the library's code, or the type of another error, whose text may hold a value."""
    if isinstance(error, DBAPIError):
        error = fault_of(error)
    if isinstance(error, IndelibleError):
        return error.code
    return type(error).__name__
