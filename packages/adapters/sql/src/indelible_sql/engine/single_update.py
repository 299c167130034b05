"""The session of a handler that sends one statement, which commits by itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

from indelible.kernel import Change, OutcomeUnknown, UsageError
from indelible_sql.engine.atomic_write import AtomicWrite, ManyChanges, Rows
from indelible_sql.engine.errors import CommitFate, fate_of, state_of
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.kept_cursors import KeptCursorsSession
from indelible_sql.engine.prepared import Prepared
from indelible_sql.engine.session import Row

# The SQLSTATE of a division by zero, by which a statement that must change all of its rows takes
# everything back where it would change fewer (`task_statements.COMPLETE_ALL_OR_NONE`).
NOT_ALL_UPDATED = "22012"


class NeedsTransaction(Exception):
    """A single update changed nothing; a transaction of several statements finds the reason."""


class SingleUpdateSession(KeptCursorsSession):
    """Runs one statement of a handler, which commits by itself in autocommit mode.

    A second statement could follow a commit that it belongs to, so it is refused, as is every
    change of an aggregate, whose lost COMMIT is looked up by the number of its transaction.
    """

    is_committed = False
    _has_sent = False

    @property
    def connection(self) -> Connection:
        """Raise UsageError."""
        raise UsageError("a single update has no connection: write without `single_update`")

    def write(
        self,
        write: AtomicWrite,  # noqa: ARG002 - of Session
        change: Change,  # noqa: ARG002 - of Session
        rows: Rows,  # noqa: ARG002 - of Session
        bulk: Sequence[Row] = (),  # noqa: ARG002 - of Session
    ) -> None:
        """Raise UsageError."""
        raise self.refused(UsageError("a single update writes no change of an aggregate"))

    def write_many(
        self,
        write: ManyChanges,  # noqa: ARG002 - of Session
        changes: Sequence[Change],  # noqa: ARG002 - of Session
        shared: Row,  # noqa: ARG002 - of Session
        rows: Sequence[Row],  # noqa: ARG002 - of Session
    ) -> None:
        """Raise UsageError."""
        raise self.refused(UsageError("a single update writes no change of an aggregate"))

    def needs_transaction(self) -> None:
        """Raise NeedsTransaction."""
        raise self.refused(NeedsTransaction())

    def _send(self, statement: Executable, values: Row) -> tuple[Prepared, Sequence[Any]]:
        """Execute the only statement, or raise UsageError."""
        if self._has_sent:
            raise self.refused(UsageError("a single update sent a second statement"))

        self.at_failpoint(Failpoint.BEFORE_UPDATE)
        self._has_sent = True
        sent = super()._send(statement, values)
        self.is_committed = self.is_autocommit
        self.at_failpoint(Failpoint.AFTER_UPDATE)
        return sent

    def _fault_of(self, error: DBAPIError) -> Exception:
        if state_of(error) == NOT_ALL_UPDATED:
            return NeedsTransaction()
        if self.is_autocommit and fate_of(error) is CommitFate.UNKNOWN:
            return OutcomeUnknown()
        return super()._fault_of(error)
