"""Log lines at the ends of transactions."""

import logging

from sqlalchemy.exc import DBAPIError

from indelible.kernel import AuditContext, IndelibleError, OutcomeUnknown
from indelible_sql.engine.errors import fault_of

logger = logging.getLogger("indelible.sql")


def log_commit(audit: AuditContext, number: int) -> None:
    """Log the commit of so many changes."""
    level = logging.INFO if number else logging.DEBUG
    if logger.isEnabledFor(level):
        _log(level, f"committed: {number} changes", audit)


def log_failure(audit: AuditContext, error: Exception) -> None:
    """Log a transaction that was rolled back, or whose outcome is unknown."""
    if isinstance(error, OutcomeUnknown):
        _log(logging.ERROR, "outcome unknown", audit)
    else:
        _log(logging.INFO, f"rolled back with {_code_of(error)}", audit)


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
