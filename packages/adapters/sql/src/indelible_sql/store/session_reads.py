"""Reads of standby sessions: what the primary is asked for them, and which server answers."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Concatenate

from attrs import define
from sqlalchemy import Connection

from indelible.kernel import Unavailable
from indelible.kernel.transaction import P, R, is_feed_page
from indelible_sql.engine.pools import end_check
from indelible_sql.engine.positions import Position
from indelible_sql.kernel.feed_end import NeedsFeedEnd
from indelible_sql.store.database import Database, Reading, Writing
from indelible_sql.store.standby import STANDBY_FAULTS, SqlStandbySession, Standby


@define(kw_only=True, eq=False)
class SessionDatabase(Database[Reading, Writing]):
    """A database whose standby answers the reads of a session.

    What the primary is asked for such a read is asked before the standby is tried: an error of the
    primary says nothing about the standby, and lets the primary answer.
    """

    def read(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, from one unchanging view of the store."""
        session = self.sessions.get()
        standby = None if session is None else self._standby_of(session)
        if session is None or standby is None:
            return super().read(query, *args, **kwargs)

        reads_feed = is_feed_page(query) or self._is_feed_reader(query)
        while True:
            try:
                feed_end, required = self._ask_primary(session, reads_feed=reads_feed)
            except Unavailable as error:
                standby.left_out(error)
                session.leave_to_primary(error)
                return super().read(query, *args, **kwargs)
            try:
                connecting = self._connect_replayed(standby, required)
                result = self._read(connecting, query, feed_end, *args, **kwargs)
            except NeedsFeedEnd:
                self._add_feed_reader(query)
                reads_feed = True
            except STANDBY_FAULTS as error:
                standby.failed(error)
                session.leave_to_primary(error)
                return super().read(query, *args, **kwargs)
            else:
                standby.succeeded()
                return result

    def read_rows(self, work: Callable[[Connection], R]) -> R:
        """Return the result of work that only reads, on a connection in no transaction.

        In a standby session it is the standby's, which has everything that was written until now.
        """
        session = self.sessions.get()
        standby = None if session is None else self._standby_of(session)
        if session is None or standby is None:
            return super().read_rows(work)

        try:
            self._joinable.learn_identity()
            required = self._position_of_now(session)
        except Unavailable as error:
            standby.left_out(error)
            session.leave_to_primary(error)
            return super().read_rows(work)
        try:
            with self._connect_replayed(standby, required) as connection:
                result = work(connection)
        except STANDBY_FAULTS as error:
            standby.failed(error)
            session.leave_to_primary(error)
            return super().read_rows(work)

        standby.succeeded()
        return result

    def _standby_of(self, session: SqlStandbySession) -> Standby | None:
        """Return the standby that shall answer a read of the session, None for the primary.

        That is in a transaction, while the standby is out, and for the first read, which checks the
        primary's schema: the standby may be behind a migration.

        Raises: StandbyUnusable.
        """
        if not session.is_reading:
            return None

        standby = self.standby
        if standby is None or not self.is_admitted or self.nesting.is_open or standby.is_out():
            session.leave_to_primary()
            return None
        return standby

    def _ask_primary(
        self, session: SqlStandbySession, *, reads_feed: bool
    ) -> tuple[int | None, Position | None]:
        """Return the end of the feed and the position that the standby must have replayed.

        A standby does not know the primary's locks, which the end depends on. The position of a
        feed comes after its end, so that the standby has every change up to the end.
        """
        self._joinable.learn_identity()
        if not reads_feed:
            return None, session.required_position()

        feed_end = self._read_feed_end()
        return feed_end, self._position_of_now(session)

    def _position_of_now(self, session: SqlStandbySession) -> Position:
        """Return the position of everything that was written until now or that was named."""
        return self.read_written().or_later(session.known_position)

    @contextmanager
    def _connect_replayed(
        self, standby: Standby, position: Position | None
    ) -> Generator[Connection]:
        """Yield a connection to the standby once it has replayed the position."""
        with self._connect(standby.engine) as connection:
            self._joinable.check_standby(connection)
            end_check(connection)
            standby.wait_for(connection, self.schema, position, self.pause)
            yield connection
