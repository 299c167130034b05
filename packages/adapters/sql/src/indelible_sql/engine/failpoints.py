"""Failpoints: the moments between two statements of a command at which a test may kill the process.

Each failpoint is reached in the one function that it names. Only the argument `at_failpoint` of
`open_store` can attach a function to it: no setting and no environment variable does.
"""

from collections.abc import Callable
from enum import Enum


class Failpoint(Enum):
    """A moment of a command: the function that reaches it, and the state of the transaction."""

    BEFORE_BEGIN = (
        "own_transaction.py: OwnTransaction.__enter__",
        "nothing was sent to the database",
    )
    AFTER_BEGIN = (
        "database.py: Database.begin",
        "a transaction is open; on PostgreSQL, BEGIN goes with its first statement",
    )
    BEFORE_QUERY = (
        "session.py: Session._query",
        "a query, the lock of a receipt or a capture's function was not sent",
    )
    AFTER_QUERY = (
        "session.py: Session._query",
        "the rows of a query, of a receipt's lock or of a capture's function were received",
    )
    BEFORE_QUERIES = (
        "pipelined.py: PipelinedSession._send_first_queries",
        "on PostgreSQL, the first queries of several reads were not sent",
    )
    AFTER_QUERIES = (
        "pipelined.py: PipelinedSession._send_first_queries",
        "on PostgreSQL, the rows of the first queries of several reads were received",
    )
    BEFORE_STEP = (
        "session.py: Session.step",
        "on SQLite, the head or a record was not written",
    )
    AFTER_STEP = (
        "session.py: Session.step",
        "on SQLite, the head or a record was written",
    )
    BEFORE_FUSED = (
        "session.py: Session._write_fused",
        "on PostgreSQL, the head and its records were not written",
    )
    AFTER_FUSED = (
        "session.py: Session._write_fused",
        "on PostgreSQL, the head and its records were written",
    )
    AFTER_COLLECT = (
        "collecting.py: CollectingSession._collect",
        "on PostgreSQL, a change with its records, or a receipt, was collected and not sent",
    )
    BEFORE_COLLECTED = (
        "collecting.py: CollectingSession._together",
        "on PostgreSQL, collected changes were not sent, nor the statement that goes with them",
    )
    AFTER_COLLECTED = (
        "collecting.py: CollectingSession._together",
        "on PostgreSQL, collected changes were written",
    )
    BEFORE_UPDATE = (
        "single_update.py: SingleUpdateSession._send",
        "a single update was not sent",
    )
    AFTER_UPDATE = (
        "single_update.py: SingleUpdateSession._send",
        "on PostgreSQL, a single update was committed; on SQLite, COMMIT was not sent",
    )
    BEFORE_RECEIPT = (
        "history.py: SqlReceipts.save",
        "the receipt was not written",
    )
    AFTER_RECEIPT = (
        "history.py: SqlReceipts.save",
        "the receipt was written, or collected on PostgreSQL",
    )
    BEFORE_COMMIT = (
        "own_transaction.py: OwnTransaction._commit",
        "all statements ran, or go with COMMIT, which was not sent",
    )
    AFTER_COMMIT = (
        "own_transaction.py: OwnTransaction._report_commit",
        "COMMIT or a single update succeeded, and the caller has no result yet",
    )

    def __init__(self, location: str, moment: str) -> None:
        self.location = location
        self.moment = moment


AtFailpoint = Callable[[Failpoint], object]


def no_failpoint(_: Failpoint) -> None:
    """Do nothing; `open_store` uses this function by default."""
