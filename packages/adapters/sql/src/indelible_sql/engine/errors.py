"""The translation of drivers' errors into the library's own."""

import logging
import re
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import ClassVar, Final, Self

from attrs import frozen
from cattrs import BaseValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from indelible.kernel import (
    IndelibleError,
    Invalid,
    StoreBusy,
    StoreFull,
    StoreUnreachable,
    Unavailable,
    UsageError,
)
from indelible.kernel.json_limits import JsonLimitExceeded

# Every guard of the limits of JSON has this text in its name.
JSON_LIMITS: Final = "json_limits"


@frozen
class StoreReadOnly(Unavailable):
    """The database may only be read: a read-only mount, a standby, or a file of another owner."""

    message: ClassVar[str] = (
        "The database is read-only: a read-only mount, a standby, or a file of another owner."
    )


@frozen
class StoreDamaged(Unavailable):
    """The file is no SQLite database, or a damaged one: restore it from a backup."""

    message: ClassVar[str] = (
        "The file is not a SQLite database, or it is damaged: restore it from a backup."
    )


@frozen
class AccessDenied(Unavailable):
    """The database does not accept this user or this password, or does not let this user do it."""

    message: ClassVar[str] = "The database refused the user, the password or the privilege."


@frozen
class CommitNotDone(Unavailable):
    """The connection broke before the COMMIT took effect: nothing was changed."""

    message: ClassVar[str] = "The connection broke before COMMIT took effect; nothing was changed."


@frozen
class NoConnectionFree(Unavailable):
    """Every connection of this process's pool stayed in use for too long."""

    message: ClassVar[str] = "All connections of the pool stayed in use until the timeout."


@frozen
class StoreTimeout(Unavailable):
    """The database gave up on a statement or a lock that took too long."""

    message: ClassVar[str] = "A statement or a lock took longer than the database's timeout."


@frozen
class PreparedStatementLost(Unavailable):
    """A session of the server does not have a statement that was prepared, or has it already.

    A pooler in transaction mode gives each transaction another session.
    """

    message: ClassVar[str] = (
        "The server has lost a prepared statement, as behind a pooler in transaction mode: use "
        "Pool(prepare=False), or INDELIBLE_PREPARE=off."
    )


@frozen
class GuardViolation(IndelibleError):
    """The database refused a write that the domain had let pass.

    A defect of an adapter, never a business answer.
    """

    code: ClassVar[str] = "REFUSED_BY_GUARD"
    message: ClassVar[str] = (
        "Database guard {guard} refused a write that the domain allowed (SQLSTATE {state}): "
        "an adapter is defective."
    )
    guard: str
    state: str


@frozen
class ValueUnstorable(Invalid):
    """A value has a type, or characters, that no database stores."""

    message: ClassVar[str] = "A value has a type or characters that the database cannot store."


@frozen
class RowUnreadable(Unavailable):
    """A stored row has a value that the library does not write, so the row cannot be read."""

    message: ClassVar[str] = (
        "A stored row has a value that cannot be read ({problem}); `indelible verify` names the "
        "row."
    )
    problem: str

    @classmethod
    def because_of(cls, error: Exception) -> Self:
        """Return the error with another one's code or type: its text can hold a stored value."""
        if isinstance(error, RowUnreadable):
            return cls(error.problem)
        return cls(getattr(error, "code", "") or type(error).__name__)


@frozen
class DatabaseFault(Unavailable):
    """The database reported a fault that indelible does not know."""

    message: ClassVar[str] = "The database reported an unknown fault (SQLSTATE {state})."
    state: str


class CommitFate(Enum):
    """The fate of a transaction whose statement or COMMIT raised."""

    LOST_RACE = auto()  # nothing was committed: the handler may run again
    UNKNOWN = auto()  # the connection broke: only the database knows
    FAILED = auto()  # nothing was committed, and the same call would fail again


logger = logging.getLogger("indelible.sql")

TRANSACTION_ENDED: Final = "the transaction has ended"
BUSY = (
    "40001",
    "40P01",
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_BUSY_RECOVERY",
    "SQLITE_LOCKED",
)
READ_ONLY = (
    "25006",
    "SQLITE_READONLY",
    "SQLITE_READONLY_DBMOVED",
    "SQLITE_READONLY_DIRECTORY",
    "SQLITE_CANTOPEN",
)
BY_STATE: tuple[tuple[tuple[str, ...], Callable[[], IndelibleError]], ...] = (
    (BUSY, partial(StoreBusy, 1)),
    (("53100", "SQLITE_FULL"), StoreFull),
    (READ_ONLY, StoreReadOnly),
    (("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_CORRUPT_INDEX", "XX001", "XX002"), StoreDamaged),
    (("28P01", "28000", "42501"), AccessDenied),
    (("55P03", "57014", "25P03", "25P04"), StoreTimeout),
    (("26000", "42P05"), PreparedStatementLost),
    # PostgreSQL's own limit for nested values: only a JSON value reaches it.
    (("54001",), partial(JsonLimitExceeded, "value", "the database refused the value")),
)
# Parts of drivers' messages that come without a state.
UNSTORABLE_MESSAGES = ("cannot adapt type", "binding parameter", "cannot contain NUL")
BY_MESSAGE: tuple[tuple[str, Callable[[], IndelibleError]], ...] = (
    ("password authentication failed", AccessDenied),
    ("No space left on device", StoreFull),
)
REFUSED_CONNECTION = re.compile(
    r'connection to server at "(?P<host>[^"]+)"(?: \([^)]*\))?, port (?P<port>\d+) failed: '
    r"(?P<cause>Connection refused|Connection timed out|Network is unreachable|No route to host"
    r"|server closed the connection unexpectedly|FATAL: .* is starting up|FATAL: .* shutting down"
    r"|FATAL: +unsupported startup parameter)"
)
UNKNOWN_HOST = re.compile(r"failed to resolve host '(?P<host>[^']+)': \[.*\] (?P<cause>[\w ]+)")
CONNECTION_TIMEOUT = "connection timeout expired"
# The errors that an unreadable value can cause while its row is read: raise RowUnreadable for them.
UNREADABLE = (
    IndelibleError,
    ArithmeticError,
    AttributeError,
    BaseValidationError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
GUARD_STATES = ("23503", "23505", "23514", "23502", "SQLITE_CONSTRAINT")
CONNECTION_LOST_STATES = ("57P", "08")
# PostgreSQL names the key of a partition of history, which is called after that of history.
OF_PARTITION: Final = re.compile(r"^history_p\d\d_")
# A statement that does not fit the schema: a missing table or column, or one of another type.
SCHEMA_STATES = ("42", "SQLITE_ERROR")


def state_of(error: DBAPIError) -> str:
    """Return the database's code of an error: a SQLSTATE, the name of a SQLite error, or ''."""
    for attribute in ("sqlstate", "sqlite_errorname"):
        state = getattr(error.orig, attribute, None)
        if state:
            return str(state)
    return ""


def schema_problem(fault: DatabaseFault) -> str:
    """Return how the schema differs from what a statement needs, '' for another fault.

    The text names tables, columns and types, and never a value.
    """
    if not fault.state.startswith(SCHEMA_STATES):
        return ""

    driver_error = getattr(fault.__cause__, "orig", None)
    diagnostics = getattr(driver_error, "diag", None)
    return str(getattr(diagnostics, "message_primary", None) or driver_error)


def fate_of(error: DBAPIError) -> CommitFate:
    """Return what became of the transaction in which the error was raised."""
    state = state_of(error)
    if state in BUSY:
        return CommitFate.LOST_RACE

    if error.connection_invalidated or state.startswith(CONNECTION_LOST_STATES):
        return CommitFate.UNKNOWN
    if not state and isinstance(error, OperationalError | InterfaceError):
        return CommitFate.UNKNOWN
    return CommitFate.FAILED


# Named as a function because it is used as one. A class, because a generator would cost four times
# as much.
class translate_errors:  # noqa: N801 - used as a function
    """A block that raises the library's errors instead of a driver's.

    The driver's error becomes the cause; no message has a statement or a value.
    """

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise the library's error for a driver's."""
        if isinstance(error, DBAPIError):
            raise logged_fault_of(error) from error
        if isinstance(error, PoolTimeout):
            raise NoConnectionFree from error
        if isinstance(error, ResourceClosedError):
            raise UsageError(TRANSACTION_ENDED) from error


def logged_fault_of(error: DBAPIError) -> IndelibleError:
    """Return the library's error for a driver's, and log the driver's state and type.

    The driver's own text can hold a bound value. A lost race is no error: the command runs again,
    and whoever gives up reports StoreBusy. A refused write is none either: its caller gets it.
    """
    fault = fault_of(error)
    level = logging.ERROR
    if isinstance(fault, StoreBusy):
        level = logging.DEBUG
    elif isinstance(fault, Invalid | GuardViolation):
        level = logging.INFO
    state = state_of(error) or "no state"
    logger.log(level, "database error %s (%s)", state, type(error.orig).__name__)
    return fault


def fault_of(error: DBAPIError) -> IndelibleError:
    """Return the library's error for a driver's."""
    state = state_of(error)
    for states, fault in BY_STATE:
        if state in states:
            return fault()

    message = str(error.orig)
    if not state:  # psycopg gives none while it connects
        for text, fault in BY_MESSAGE:
            if text in message:
                return fault()
    if state.startswith(GUARD_STATES):
        return _refusal(_guard_of(error), state)
    if state.startswith("22") or any(part in message for part in UNSTORABLE_MESSAGES):
        return ValueUnstorable()
    if fate_of(error) is CommitFate.UNKNOWN:
        return StoreUnreachable(_cause_of(message) or type(error.orig).__name__)
    return DatabaseFault(state)


def _cause_of(message: str) -> str:
    """Return host, port and cause of a failed connection; '' for a message without them.

    The rest of a driver's message may contain values.
    """
    match = REFUSED_CONNECTION.search(message)
    if match:
        return f"{match['host']}:{match['port']}: {match['cause']}"

    match = UNKNOWN_HOST.search(message)
    if match:
        return f"{match['host']}: {match['cause']}"

    return "the connection timed out" if CONNECTION_TIMEOUT in message else ""


def _refusal(guard: str, state: str) -> IndelibleError:
    """Return the error of a refused write; the limits of JSON are those of the domain."""
    owner, is_limit, _ = guard.partition(f"_{JSON_LIMITS}")
    if is_limit:
        return JsonLimitExceeded(owner, "the database refused the value")
    return GuardViolation(guard, state)


def _guard_of(error: DBAPIError) -> str:
    """Return the guard's name: PostgreSQL names it, SQLite's triggers raise it as their text."""
    diagnostics = getattr(error.orig, "diag", None)
    constraint = getattr(diagnostics, "constraint_name", None)
    return OF_PARTITION.sub("history_", str(constraint or error.orig))
