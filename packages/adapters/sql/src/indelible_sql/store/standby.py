"""The standby of a store: when it answers reads, and when the primary does."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import ClassVar, Final

from attrs import define, field, frozen
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from indelible.kernel import (
    IndelibleError,
    NotFound,
    StoreUnreachable,
    Unavailable,
    UsageError,
)
from indelible.kernel.standbys import ReadSource, StandbyCounts
from indelible_sql.engine.connections import Engines
from indelible_sql.engine.errors import AccessDenied, NoConnectionFree, fault_of
from indelible_sql.engine.identity import WrongDatabase
from indelible_sql.engine.limited import limited_to
from indelible_sql.engine.positions import UNKNOWN_POSITION, Position, read_replay
from indelible_sql.engine.timelines import Timelines, check_timeline, cluster_of

logger = logging.getLogger("indelible.sql")

CHECK_SECONDS: Final = 2.0  # for a standby's reply that says what it has replayed
OUT_SECONDS: Final = 5.0  # before a standby that has failed is asked again
FIRST_PAUSE_SECONDS: Final = 0.002
MAX_PAUSE_SECONDS: Final = 0.05


@frozen
class StandbyUnusable(Unavailable):
    """The standby does not answer a read that the primary may not answer."""

    message: ClassVar[str] = "The standby cannot answer: {problem}."
    problem: str


class StandbyUnfit(Exception):
    """The standby cannot answer this read, and the primary answers it."""


class StandbyBehind(StandbyUnfit):
    """The standby has not replayed a position in time."""


PAUSED_STANDBY: Final = StandbyUnfit("it is not asked at the moment")
# After which the primary answers a read. Its own errors are raised when it reads. What a standby
# does not find may be too new for it.
STANDBY_FAULTS: Final = (StandbyUnfit, Unavailable, DBAPIError, WrongDatabase, NotFound)
# After which the standby is not asked for a while: the next reads would fail, or wait, like this.
LASTING_FAULTS: Final = (
    StoreUnreachable,
    StandbyUnfit,
    WrongDatabase,
    AccessDenied,
    NoConnectionFree,
)


@define(eq=False)
class Standby:
    """A server that replays the primary's log, with the times at which it was no use."""

    engine: Engine
    primary: Timelines
    wait_seconds: float = field(kw_only=True)
    counts: StandbyCounts = field(factory=StandbyCounts, init=False, repr=False)
    # By the monotonic clock; 0 where the standby has answered since.
    _out_until: float = field(default=0.0, init=False)
    _behind_until: float = field(default=0.0, init=False)
    _trial_until: float = field(default=0.0, init=False)  # of the last caller that asks it again

    def is_out(self) -> bool:
        """Return whether the standby has failed a moment ago.

        After that moment one caller asks it, and the others still do not.
        """
        if not self._out_until:
            return False

        now = monotonic()
        if now < self._out_until:
            self.counts.count(ReadSource.OUT)
            return True
        self._out_until = self._trial_until = now + OUT_SECONDS
        return False

    def wait_for(
        self,
        connection: Connection,
        schema: str,
        position: Position | None,
        pause: Callable[[float], object],
    ) -> None:
        """Return once the standby has replayed everything up to the position.

        Readers that come after one that has waited in vain do not wait for a while.

        Raises:
            StandbyBehind: It has not done so in time.
            StandbyUnfit: The server is no standby of this primary, or no longer.
        """
        if position == UNKNOWN_POSITION:
            raise StandbyBehind("the position of a write is not known")

        deadline = monotonic() + self.wait_seconds
        seconds = FIRST_PAUSE_SECONDS
        while not self._has_replayed(connection, schema, position):
            if monotonic() < self._behind_until:
                raise StandbyBehind("the standby is behind")
            if monotonic() + seconds > deadline:
                self._behind_until = monotonic() + OUT_SECONDS
                logger.warning("standby is behind by more than %s seconds", self.wait_seconds)
                raise StandbyBehind(f"the standby is behind by more than {self.wait_seconds} s")
            pause(seconds)
            seconds = min(2 * seconds, MAX_PAUSE_SECONDS)

    def _has_replayed(self, connection: Connection, schema: str, position: Position | None) -> bool:
        with limited_to(connection, CHECK_SECONDS):
            replay = read_replay(connection, schema)
        self._out_until = 0.0
        if not replay.is_standby:
            raise self._left(connection, "the server is not in recovery")
        if not replay.position.is_of(self.primary.cluster):
            # The primary's address leads to another cluster since this process began.
            raise self._left(connection, "the server is a standby of another cluster")
        if position is None:
            return True
        if not position.is_of(replay.position.cluster):
            raise StandbyBehind("the position is of another cluster")
        if replay.has(position):
            self._behind_until = 0.0
            return True
        return False

    def _left(self, connection: Connection, problem: str) -> StandbyUnfit:
        """Close all connections, which a promotion leaves open; return why.

        Other hosts of the address may be standbys, and it may lead to another server later.
        """
        connection.invalidate()
        self.engine.dispose()
        return StandbyUnfit(problem)

    def succeeded(self) -> None:
        """Count a read that the standby has answered."""
        self.counts.count(ReadSource.STANDBY)

    def left_out(self, error: Unavailable) -> None:
        """Count and log a read for which the primary did not tell what a standby must have."""
        self.counts.count(ReadSource.BEHIND)
        if self._out_until and self._out_until == self._trial_until:
            self._out_until = monotonic()  # the next caller asks the standby, as this one has not
        logger.warning("primary did not tell what a standby must have (%s)", error.code)

    def failed(self, error: Exception) -> None:
        """Count and log a read that the primary answers, and remember a standby that is out."""
        if isinstance(error, StandbyBehind | NotFound):
            self.counts.count(ReadSource.BEHIND)
            return

        self.counts.count(ReadSource.FAILED)
        fault = fault_of(error) if isinstance(error, DBAPIError) else error
        reason = fault.code if isinstance(fault, IndelibleError) else str(fault)
        if isinstance(fault, LASTING_FAULTS):
            self._out_until = monotonic() + OUT_SECONDS
            logger.warning(
                "standby is out (%s); the primary answers for %s seconds", reason, OUT_SECONDS
            )
        else:
            logger.info("standby failed a read (%s); the primary answers it", reason)


def check_standby(engines: Engines) -> None:
    """Raise UsageError for a database that has no standby."""
    if engines.writer.dialect.name == "sqlite":
        raise UsageError("a SQLite store has no standby to read from: expected no `read_url`")


@define(eq=False)
class SqlStandbySession:
    """The commands and reads of one caller, who sees its own writes on the standby.

    Its reads see what it has `named`, too. `writes` is the number of transactions that have ended
    in the session, also without a COMMIT. Once it `has_joined` a transaction of its host, whose
    COMMIT may come at any later time, no position is kept.
    """

    read_written: Callable[[], Position] | None
    is_reading: bool
    is_only_standby: bool
    named: Position | None
    _written: Position | None = None
    writes: int = 0
    has_joined: bool = False
    _known_writes: int = 0

    def leave_to_primary(self, error: Exception = PAUSED_STANDBY) -> None:
        """Return if the primary may answer what the standby did not, or raise why it did not."""
        if not self.is_only_standby:
            return
        if isinstance(error, DBAPIError):
            raise fault_of(error) from error
        if isinstance(error, StandbyUnfit):
            raise StandbyUnusable(str(error)) from error
        raise error

    @property
    def known_position(self) -> Position | None:
        """Return the newest position that was named or asked for."""
        return self.named if self._written is None else self._written.or_later(self.named)

    def check_primary(self, connection: Connection) -> None:
        """Return if the server of a connection is one that can have the known positions.

        A position of another cluster, from before a restore, says nothing of this server.

        Raises: StoreUnreachable: it was replaced by the one that a position is of.
        """
        for position in (self.named, self._written):
            if position is None or position == UNKNOWN_POSITION:
                continue
            if position.is_of(cluster_of(connection)):
                check_timeline(connection, position.timeline)

    def add(self, inner: "SqlStandbySession") -> None:
        """Count the writes of a session that was opened inside of this one."""
        self.writes += inner.writes
        self.has_joined = self.has_joined or inner.has_joined

    def required_position(self) -> Position | None:
        """Return the position that a standby must have replayed; the primary tells it."""
        self._ask_written()
        return self.known_position

    def position(self) -> str:
        """Return the position that a later session needs to see the writes of this one.

        The primary is asked for it once after a write, and each time after a transaction that was
        joined: then ask after its COMMIT. It is '' where nothing was written or named, and in a
        store without a standby. After a write it is that of the write, also below what was named.
        """
        if self.read_written is None:
            return ""
        self._ask_written()
        return str(self._written or self.named or "")

    def _ask_written(self) -> None:
        """Ask the primary for the position of what the session may have written since."""
        writes = self.writes
        may_have_written = self.has_joined or writes != self._known_writes
        if not may_have_written or self.read_written is None:
            return
        try:
            self._written = self.read_written()
        except Unavailable as error:
            logger.warning("position of a write is not known (%s)", error.code)
            self._written = UNKNOWN_POSITION
        self._known_writes = writes
