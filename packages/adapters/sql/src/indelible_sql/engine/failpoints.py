"""Moments between two statements of a command, at which a test may end the program.

This is all of them. Each is reached in the one function that it names, and what happens there is an
argument of `open_store`: no setting, environment variable or address can give it.
"""

from collections.abc import Callable
from enum import Enum


class Failpoint(Enum):
    """A moment of a command: where it is reached, and what has been done by then."""

    BEFORE_BEGIN = "store.py: KernelStore._own_transaction", "nothing was asked of the database"
    AFTER_BEGIN = (
        "store.py: KernelStore._on_connection",
        "a transaction is open; on PostgreSQL the driver is yet to say so",
    )
    BEFORE_QUESTION = (
        "session.py: Session.rows",
        "a load, a look-up, a receipt's lock or its search, a capture's function is not sent",
    )
    AFTER_QUESTION = (
        "session.py: Session.rows",
        "a load, a look-up, a receipt's lock or its search, a capture's function is answered",
    )
    BEFORE_STEP = "session.py: Session.step", "on SQLite, the head or a record is not written"
    AFTER_STEP = "session.py: Session.step", "on SQLite, the head or a record is written"
    BEFORE_FUSED = (
        "session.py: Session._write_fused",
        "on PostgreSQL, the head and its records are not written",
    )
    AFTER_FUSED = (
        "session.py: Session._write_fused",
        "on PostgreSQL, the head and its records are written",
    )
    BEFORE_RECEIPT = "history.py: SqlReceipts.keep", "the receipt is not written"
    AFTER_RECEIPT = "history.py: SqlReceipts.keep", "the receipt is written"
    BEFORE_COMMIT = (
        "store.py: KernelStore._own_transaction",
        "everything is written, and COMMIT is not sent",
    )
    AFTER_COMMIT = (
        "store.py: KernelStore._own_transaction",
        "the COMMIT is known to be done, and the caller is not told",
    )

    def __init__(self, location: str, moment: str) -> None:
        self.location = location
        self.moment = moment


AtFailpoint = Callable[[Failpoint], object]


def no_failpoint(_: Failpoint) -> None:
    """Nothing happens: every store is opened like this, unless a test says otherwise."""
