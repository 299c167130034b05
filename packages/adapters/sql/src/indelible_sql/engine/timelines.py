"""Use no primary of PostgreSQL that another server has replaced.

A primary that was stopped while a standby took over goes on as a primary until somebody ends it:
it takes connections, and shows the history as it was before the failover. The new primary writes
in a timeline with a higher number, so that whoever has been connected to it knows the old one.
"""

from contextlib import closing
from threading import Lock
from typing import Any, Final

from attrs import define, evolve, field, frozen
from sqlalchemy import Connection, Engine
from sqlalchemy.event import listen
from sqlalchemy.exc import DisconnectionError

from indelible.kernel import StoreUnreachable
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.poolers import SESSION, check_session
from indelible_sql.engine.pools import end_check

TIMELINE_DIGITS: Final = 8  # hexadecimal, with which the name of each file of the log begins
# A standby writes in no timeline.
WRITES_IN: Final = f"""
    SELECT
      {SESSION},
      system_identifier,
      CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END
    FROM pg_control_system()
"""
SEEN: Final = "indelible timeline"  # among what a pool knows of a connection
REPLACED: Final = "the primary that answered was replaced by another server"


def timeline_of(file: str) -> int:
    """Return the timeline in the name of a file of the log."""
    return int(file[:TIMELINE_DIGITS], 16)


@frozen
class _Seen:
    """The answer of a connection's server.

    The timeline is None for a server that does not tell it. The cluster is the identifier that a
    primary and its standbys share. A database may move to another cluster, whose timelines are
    counted anew.
    """

    cluster: int
    timeline: int | None


IN_RECOVERY: Final = 0  # in place of the timeline of a server that writes in none
UNKNOWN: Final = _Seen(0, None)


@define
class Timelines:
    """The newest timeline of each cluster to which a store's primary has belonged.

    `cluster` is that of the newest connection, 0 where no server has told it.
    """

    cluster: int = field(default=0, init=False)
    _newest: dict[int, int] = field(factory=dict[int, int], init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def guard(self, engine: Engine) -> None:
        """Let an engine's pool hand out no connection to a primary that was replaced.

        Each new connection is asked for its timeline and its session (`poolers`), which costs one
        wait. A server in recovery is asked again at each checkout, since it may be promoted. A
        connection that became too old in the pool is closed, and another one is opened in its
        place. StoreUnreachable is raised where that one, too, is of a server that was replaced.
        """
        dbapi: Any = engine.dialect.loaded_dbapi
        refusals = (dbapi.ProgrammingError, dbapi.NotSupportedError)

        def check(connection: Any, record: Any, _: object) -> None:
            seen: _Seen | None = record.info.get(SEEN)
            is_new = seen is None
            if seen is None or seen.timeline == IN_RECOVERY:
                seen = record.info[SEEN] = _ask(connection, record.driver_connection, refusals)
                self._learn(seen)
            if not self._is_replaced(seen):
                return
            if is_new:
                raise StoreUnreachable(REPLACED)
            raise DisconnectionError(REPLACED)

        listen(engine, "checkout", check)

    def _learn(self, seen: _Seen) -> None:
        if seen.timeline is None:
            return
        with self._lock:
            self.cluster = seen.cluster
            self._newest[seen.cluster] = max(seen.timeline, self._newest.get(seen.cluster, 0))

    def _is_replaced(self, seen: _Seen) -> bool:
        """Return whether another server writes in a newer timeline than this one does."""
        if seen.timeline is None or seen.timeline == IN_RECOVERY:
            return False
        return seen.timeline < self._newest[seen.cluster]


def cluster_of(connection: Connection) -> int:
    """Return the cluster of a pool's connection, 0 where its server does not tell it."""
    seen: _Seen = connection.info.get(SEEN, UNKNOWN)
    return seen.cluster


def check_timeline(connection: Connection, timeline: int) -> None:
    """Return if the server of a pool's connection writes in the timeline or in a newer one.

    A server that was in an older one when its connection was opened is asked again: it may have
    been promoted, and a pooler may lead to another server now. A caller may have made the timeline
    up: no pool learns it. Where a server does not tell its timeline, nothing is compared.

    Raises: StoreUnreachable.
    """
    seen: _Seen | None = connection.info.get(SEEN)
    if seen is None or seen.timeline is None or seen.timeline >= timeline:
        return

    connection.info[SEEN] = evolve(seen, timeline=IN_RECOVERY)  # the next checkout asks and learns
    with translate_errors():
        _, _, file = connection.exec_driver_sql(WRITES_IN).one()
    end_check(connection)
    actual = _timeline(file)
    if actual < timeline:
        state = "is in recovery"
        if actual != IN_RECOVERY:
            state = f"writes in timeline {actual}"
        expected = f"expected timeline {timeline} or a newer one"
        connection.invalidate()  # a new connection may lead to another server
        raise StoreUnreachable(f"the server that answered {state}: {expected}")


def _ask(connection: Any, driver: Any, refusals: tuple[type[Exception], ...]) -> _Seen:
    """Return what the server says; some services let nobody ask for the timeline."""
    with closing(connection.cursor()) as cursor:
        try:
            cursor.execute(WRITES_IN)
        except refusals:
            cursor.execute(f"SELECT {SESSION}, NULL, NULL")
        session, cluster, file = cursor.fetchone()
    check_session(driver, session)
    if cluster is None:
        return UNKNOWN
    return _Seen(cluster, _timeline(file))


def _timeline(file: str | None) -> int:
    """Return the timeline of the log's file that a server writes, or `IN_RECOVERY`."""
    return IN_RECOVERY if file is None else timeline_of(file)
