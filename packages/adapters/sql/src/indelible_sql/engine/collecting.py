"""The session of a transaction on PostgreSQL that waits as seldom as it can.

A change of an aggregate is collected, and goes with the next statement, which may read it, or with
COMMIT. Each of them is one round trip, and what is sent together is executed in its order until the
first error: COMMIT is not executed after a refused change.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

from indelible.kernel import Change, IndelibleError, Stale, UsageError
from indelible_sql.engine.atomic_write import (
    AtomicWrite,
    ManyChanges,
    Rows,
    encode_rows,
    is_taken,
    parameters,
)
from indelible_sql.engine.checked import CheckedSession
from indelible_sql.engine.connections import send_unprepared
from indelible_sql.engine.errors import (
    CommitFate,
    GuardViolation,
    ValueUnstorable,
    fate_of,
    logged_fault_of,
    state_of,
)
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint, no_failpoint
from indelible_sql.engine.pipelined import FeedPageSession, PipelinedSession
from indelible_sql.engine.pipelines import (
    has_pipelines,
    rows_of,
    was_executed,
)
from indelible_sql.engine.refusals import Explain, explained
from indelible_sql.engine.session import Row, Session
from indelible_sql.engine.single_update import NOT_ALL_UPDATED
from indelible_sql.engine.sqlalchemy_internals import CONVERSION_ERRORS, reported_error
from indelible_sql.engine.unsent import UnsentStatement

MAX_COLLECTED: Final = 100  # writes of a transaction that wait to be sent
TRANSACTION_NUMBER: Final = "SELECT pg_current_xact_id()::text AS txid"


@frozen
class CollectedWrite:
    """A write that was not sent: its changes, and what explains its refusal.

    `head` is the write of one change; a write of many names none, and a row without a change has
    none.
    """

    statement: UnsentStatement
    changes: Sequence[Change] = ()
    head: AtomicWrite | None = None
    explanations: tuple[Explain, ...] = ()


class CollectingSession(PipelinedSession):
    """Collects changes, and sends them with the next statement or with COMMIT.

    The statement of a collected change fails where its head has moved, and where it is refused.
    The error is the one that would have been raised at once, and nothing that was collected later
    is executed.
    """

    def __init__(
        self, connection: Connection, schema: str, at_failpoint: AtFailpoint = no_failpoint
    ) -> None:
        super().__init__(connection, schema, at_failpoint)
        self._is_collecting = True
        self._collected: list[CollectedWrite] = []
        self._explanations: list[Explain] = []
        self._seqs: dict[tuple[str, str], int] = {}  # of the heads that were moved
        self._counted_changes = 0
        self._late_refusal: IndelibleError | None = None

    @property
    def connection(self) -> Connection:
        """Return the connection, in its transaction and after all that was written.

        From now on a change is written at once: with the connection, the host may set and restore
        savepoints.
        """
        self._is_collecting = False
        return super().connection

    @property
    def _has_unsent(self) -> bool:
        return self._begins_later or bool(self._collected)

    def write(
        self, write: AtomicWrite, change: Change, rows: Rows, bulk: Sequence[Row] = ()
    ) -> None:
        """Collect a change; a refusal is raised when it is sent."""
        if not self._is_collecting:
            super().write(write, change, rows, bulk)
            return
        self._check_own((change,))
        self._collect(self._unsent(write.all_or_none, parameters(rows, bulk)), (change,), write)

    def write_many(
        self, write: ManyChanges, changes: Sequence[Change], shared: Row, rows: Sequence[Row]
    ) -> None:
        """Collect many changes; a refusal is raised when they are sent."""
        if not self._is_collecting:
            super().write_many(write, changes, shared, rows)
            return
        self._check_own(changes)
        values = {**shared, "rows": encode_rows(rows), "number": len(changes)}
        self._collect(self._unsent(write.all_or_none, values), changes)

    def run_later(self, statement: Executable, values: Row) -> None:
        """Collect a statement, which goes with the next one or with COMMIT."""
        if not self._is_collecting:
            super().run_later(statement, values)
            return
        self._collect(self._unsent(statement, values))

    def _collect(
        self,
        statement: UnsentStatement,
        changes: Sequence[Change] = (),
        head: AtomicWrite | None = None,
    ) -> None:
        explanations = tuple(self._explanations)
        self._collected.append(CollectedWrite(statement, changes, head, explanations))
        self.changes.extend(changes)
        self.at_failpoint(Failpoint.AFTER_COLLECT)
        if len(self._collected) == MAX_COLLECTED:
            self._send_unsent()

    @contextmanager
    def explaining(self, explain: Explain) -> Generator[None]:
        """Replace the error of a write that is refused or collected in the block."""
        self._explanations.append(explain)
        try:
            yield
        except (GuardViolation, Stale) as refusal:
            if refusal is self._late_refusal:  # of a change that was collected before the block
                raise
            raise explained(refusal, (explain,), self) from refusal
        finally:
            self._explanations.pop()

    def send_collected(self) -> None:
        """Send what was collected, so that its refusal is not taken for that of the next one."""
        if self._collected:
            self._send_unsent()

    def commit(self) -> None:
        """Refuse all statements from now on, and commit with what was collected.

        Raises: DBAPIError for a COMMIT that has failed, or whose reply was lost; the error of a
            collected change that was refused.
        """
        if not self._collected:
            super().commit()
            return
        try:
            self._exchange(1, self._send_commit, is_last=True)
            self._connection.commit()  # sends nothing: the driver's transaction has ended
        except Exception:
            self._undo()
            raise
        finally:
            self.close()

    def _send_commit(self) -> None:
        send_unprepared(self._connection, "COMMIT")

    def _together(self, number: int, send: Callable[[], None]) -> None:
        has_collected = bool(self._collected)
        if has_collected:
            self.at_failpoint(Failpoint.BEFORE_COLLECTED)
        self._exchange(number, send)
        if has_collected:
            self.at_failpoint(Failpoint.AFTER_COLLECTED)

    def _exchange(self, number: int, send: Callable[[], None], *, is_last: bool = False) -> None:
        """Send BEGIN, what was collected and what `send` sends, and wait for all the answers.

        With BEGIN the number of the transaction is asked for, unless a change brings it or nothing
        follows.
        """
        collected, self._collected = self._collected, []
        has_number = any(write.changes for write in collected)
        needs_number = self._begins_later and not has_number and not is_last
        number_cursor: Any = None

        def send_all() -> None:
            nonlocal number_cursor
            if needs_number:
                number_cursor = self._ask_number()
            for write in collected:
                write.statement.send()
            send()

        try:
            super()._together(number + len(collected), send_all)
        except BaseException as error:
            self._raise_refusal(error, collected)
            raise
        for write in collected:
            if write.changes:
                number_cursor = write.statement.cursor
            elif write.statement.number_of_rows > 0:
                self.has_changed_rows = True
        if number_cursor is not None:
            self.transaction = str(rows_of(self._connection, number_cursor)[0][0])

    def _ask_number(self) -> Any:
        """Ask for the number of the transaction in a pipeline; return the cursor of the answer."""
        cursor = self._connection.connection.cursor()
        cursor.execute(TRANSACTION_NUMBER)
        return cursor

    def _raise_refusal(self, error: BaseException, collected: Sequence[CollectedWrite]) -> None:
        """Raise the error of the first change that was refused, or another error of the driver.

        Where the connection broke, or another transaction won a race, no change was refused. What
        was collected is not known to be written: the transaction is not committed, even if the
        error is caught.
        """
        reported = reported_error(self._connection, error)
        if reported is None:
            if isinstance(error, Exception):
                self.refused(error)
            else:
                self.refused(UsageError("a statement was interrupted"))
            if isinstance(error, CONVERSION_ERRORS):
                raise ValueUnstorable from error
            return
        self.refused(reported)
        if fate_of(reported) is CommitFate.FAILED:
            for write in collected:
                if not was_executed(write.statement.cursor):
                    raise self._explained(write, reported) from reported
        raise reported from error

    def _explained(self, write: CollectedWrite, error: DBAPIError) -> IndelibleError:
        """Return the error of a change that was refused, after which the transaction is undone."""
        refusal = self._refusal(write, error)
        if isinstance(refusal, GuardViolation | Stale):
            refusal = explained(refusal, write.explanations[::-1], self._reader())
            self._late_refusal = refusal
        return refusal

    def _refusal(self, write: CollectedWrite, error: DBAPIError) -> IndelibleError:
        """Return what the database said of a change."""
        is_short = state_of(error) == NOT_ALL_UPDATED
        if is_short and write.changes:
            return _stale(write.changes[0])
        fault = logged_fault_of(error)
        if write.head is None or not isinstance(fault, GuardViolation):
            return fault
        is_birth = write.changes[0].seq == 1
        return _stale(write.changes[0]) if is_birth and is_taken(fault, write.head) else fault

    def _check_own(self, changes: Sequence[Change]) -> None:
        """Raise Stale for a change whose head this transaction has moved to its seq or further."""
        self._count_own()
        for change in changes:
            own_seq = self._seqs.get((change.lifecycle, change.entity_id), 0)
            if own_seq >= change.seq:
                stale = _stale(change)
                is_birth = change.seq == 1
                raise self.refused(stale if is_birth else evolve(stale, actual_seq=own_seq))

    def _count_own(self) -> None:
        """Remember the seqs of the changes that were added since the last call."""
        for one in self.changes[self._counted_changes :]:
            self._seqs[one.lifecycle, one.entity_id] = one.seq
        self._counted_changes = len(self.changes)

    def has_change_of(self, lifecycle: str, entity_id: str) -> bool:
        """Return True if the transaction has changed an aggregate; no host can have undone it."""
        self._count_own()
        return self._is_collecting and (lifecycle, entity_id) in self._seqs

    @contextmanager
    def writing_at_once(self) -> Generator[None]:
        """Collect nothing in the block."""
        was_collecting, self._is_collecting = self._is_collecting, False
        try:
            yield
        finally:
            self._is_collecting = was_collecting

    def forget_changes(self, count: int) -> None:
        """Forget the changes after the first `count`, which a savepoint has undone."""
        super().forget_changes(count)
        self._seqs.clear()
        self._counted_changes = 0

    def _reader(self) -> Session:
        """Undo the transaction, and return a session that reads what others have committed."""
        self._is_open = False
        self._undo()
        return Session(self._connection, self.schema, begins=False)

    def _undo(self) -> None:
        """Roll back, unless the connection is broken; the caller raises the first error."""
        with suppress(DBAPIError):
            self._connection.rollback()


def _stale(change: Change) -> Stale:
    return Stale(change.entity_id, change.previous_revision.seq)


@frozen
class SessionKinds:
    """The sessions of a store: for a block of queries or commands, and for one handler.

    `feed_page` is that of a query which reads one page of the feed, None where it is read in a
    block. `checked` is that of a query and of the check of its caller, None where they are read one
    after the other.
    """

    block: type[Session]
    handler: type[Session]
    feed_page: type[Session] | None = None
    checked: type[CheckedSession] | None = None


PIPELINED: Final = SessionKinds(
    block=PipelinedSession,
    handler=CollectingSession,
    feed_page=FeedPageSession,
    checked=CheckedSession,
)
AT_ONCE: Final = SessionKinds(block=Session, handler=Session)


def kinds_of_sessions(*, has_own_pools: bool) -> SessionKinds:
    """Return the sessions that wait as seldom as they can, with the store's own pools.

    On a host's engine, which has its own listeners, and on SQLite, a transaction begins and writes
    at once.
    """
    return PIPELINED if has_own_pools and has_pipelines() else AT_ONCE
