"""Log lines at the ends of transactions.

A host's formatter finds the request, the actor and the changes in the attribute `event_fields` of a
record: so a line of the log leads to the records that a transaction has written.
"""

import logging
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from indelible.kernel import AuditContext, Change, IndelibleError, OutcomeUnknown
from indelible_sql.engine.errors import fault_of

logger = logging.getLogger("indelible.sql")

MAX_LOGGED_CHANGES: Final = 20  # the number of all is in the event


def log_commit(audit: AuditContext, changes: Sequence[Change] = ()) -> None:
    """Log the commit of some changes."""
    level = logging.INFO if changes else logging.DEBUG
    if logger.isEnabledFor(level):
        _log(level, f"committed: {len(changes)} changes", audit, changes)


def log_failure(audit: AuditContext, error: Exception) -> None:
    """Log a transaction that was rolled back, or whose outcome is unknown."""
    if isinstance(error, OutcomeUnknown):
        _log(logging.ERROR, "outcome unknown", audit)
    else:
        _log(logging.INFO, f"rolled back with {_code_of(error)}", audit)


def log_joined(audit: AuditContext, changes: Sequence[Change]) -> None:
    """Log changes that the caller's transaction commits later."""
    level = logging.INFO if changes else logging.DEBUG
    if logger.isEnabledFor(level):
        event = f"wrote in the caller's transaction: {len(changes)} changes"
        _log(level, event, audit, changes)


def _log(
    level: int, event: str, audit: AuditContext, changes: Sequence[Change] | None = None
) -> None:
    fields: dict[str, Any] = {"request_id": audit.request_id, "actor": str(audit.actor)}
    if changes is not None:
        fields["changes"] = [_text_of(change) for change in changes[:MAX_LOGGED_CHANGES]]
    logger.log(
        level,
        "%s by %s, reason %r, request %s",
        event,
        audit.actor,
        audit.reason,
        audit.request_id or "-",
        extra={"event_fields": fields},
    )


def _text_of(change: Change) -> str:
    """Return what changed, without a value: `contest 0199... 3: lock to LOCKED`."""
    subject = f"{change.lifecycle} {change.entity_id} {change.seq}"
    return f"{subject}: {change.action} to {change.to_state}"


def _code_of(error: Exception) -> str:
    """Return the library's code, or the type of another error, whose text may hold a value."""
    if isinstance(error, DBAPIError):
        error = fault_of(error)
    if isinstance(error, IndelibleError):
        return error.code
    return type(error).__name__
