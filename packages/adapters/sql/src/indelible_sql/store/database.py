"""The database of a store: its connections, its declarations, its reads and its transactions."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from threading import Lock
from types import CodeType
from typing import Any, Concatenate, Generic, TypeVar

from attrs import Factory, define, field
from sqlalchemy import Connection, Engine, QueuePool

from indelible.kernel import AuditContext, Clock, Ids, Lifecycle, UsageError
from indelible.kernel.commit_signal import CommitSignal
from indelible.kernel.lost_races import LostRaces
from indelible.kernel.settings import Config, SystemConfigCache, setting_texts
from indelible.kernel.standbys import StandbyCounts
from indelible.kernel.store_measures import PoolUse
from indelible.kernel.transaction import (
    Nesting,
    P,
    R,
    check_no_refusal,
    is_feed_page,
    is_single_statement,
)
from indelible.policy import Policy
from indelible_sql.engine.collecting import SessionKinds, kinds_of_sessions
from indelible_sql.engine.connections import Engines, begin_on_host
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint
from indelible_sql.engine.identity import JoinableDatabase
from indelible_sql.engine.pools import end_check, end_read, release
from indelible_sql.engine.positions import Position, read_written
from indelible_sql.engine.session import Session
from indelible_sql.engine.single_statement import SingleStatementSession
from indelible_sql.engine.sqlalchemy_internals import pool_capacity
from indelible_sql.kernel.feed_end import NeedsFeedEnd, feed_end_of, fresh_feed_end
from indelible_sql.schema.admission import check_database, check_foreign_keys
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.database_time import READ_TIME
from indelible_sql.store.standby import SqlStandbySession, Standby
from indelible_sql.store.transactions import KernelReading, KernelWriting

Reading = TypeVar("Reading", bound=KernelReading)
Writing = TypeVar("Writing", bound=KernelWriting)


def _settings_cache(database: "Database[Any, Any]") -> SystemConfigCache:
    def fetch() -> Mapping[str, str]:
        # The cache outlives a standby session, and later commands decide by it.
        token = database.sessions.set(None)
        try:
            settings: Mapping[str, str] = database.read(lambda tx: setting_texts(tx.settings))
        finally:
            database.sessions.reset(token)
        return settings

    return SystemConfigCache(fetch=fetch, keys=database.catalog.settings, pause=database.pause)


def _session_kinds(database: "Database[Any, Any]") -> SessionKinds:
    return kinds_of_sessions(has_own_pools=database.engines.is_writer_autocommit)


def _joinable_database(database: "Database[Any, Any]") -> JoinableDatabase:
    return JoinableDatabase(database.engines.reader)


def _session_variable() -> ContextVar[SqlStandbySession | None]:
    return ContextVar("standby_session", default=None)


@define(kw_only=True, eq=False)
class Database(Generic[Reading, Writing]):
    """One database, guarded from the declarations: what it is opened with, and how it is read.

    `schema_catalog` holds the contexts that the migrations create; `catalog` those and the host's
    own.
    """

    engines: Engines
    url: str | None = field(repr=False)
    schema: str
    schema_catalog: Catalog = field(repr=False)
    catalog: Catalog = field(repr=False)
    reading: type[Reading] = field(repr=False)
    writing: type[Writing] = field(repr=False)
    lifecycles: tuple[Lifecycle[StrEnum], ...]
    policy: Policy
    clock: Clock
    ids: Ids
    pause: Callable[[float], object] = field(default=time.sleep)
    at_failpoint: AtFailpoint
    config: SystemConfigCache = field(
        init=False, repr=False, default=Factory(_settings_cache, takes_self=True)
    )
    session_kinds: SessionKinds = field(
        init=False, repr=False, default=Factory(_session_kinds, takes_self=True)
    )
    is_admitted: bool = field(default=False, init=False)
    _admission: Lock = field(factory=Lock, init=False, repr=False)
    # The code of the queries that have needed the feed's end.
    _feed_readers: set[CodeType] = field(factory=set[CodeType], init=False, repr=False)
    _joinable: JoinableDatabase = field(
        init=False, repr=False, default=Factory(_joinable_database, takes_self=True)
    )
    standby: Standby | None = field(default=None, init=False)
    sessions: ContextVar[SqlStandbySession | None] = field(
        init=False, repr=False, factory=_session_variable
    )
    nesting: Nesting = field(factory=Nesting, init=False, repr=False)
    commits: CommitSignal = field(factory=CommitSignal, init=False, repr=False)
    lost_races: LostRaces = field(factory=LostRaces, init=False, repr=False)

    def read(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, from one unchanging view of the store.

        A query that reads PostgreSQL's feed runs again when it does so for the first time: the end
        of the feed must be known before its view begins. It is not older than the position that a
        session names.

        Raises: StoreUnreachable.
        """
        reader = self.engines.reader
        try:
            feed_end = self._read_feed_end() if self._is_feed_reader(query) else None
            connecting = self._connect(reader, has_position=True)
            return self._read(connecting, query, feed_end, *args, **kwargs)
        except NeedsFeedEnd:
            self._add_feed_reader(query)
            feed_end = self._read_feed_end()
            connecting = self._connect(reader, has_position=True)
            return self._read(connecting, query, feed_end, *args, **kwargs)

    def read_rows(self, work: Callable[[Connection], R]) -> R:
        """Return the result of work that only reads, on a connection in no transaction."""
        with translate_errors(), self.engines.reader.connect() as connection:
            session = self.sessions.get()
            if session is not None:
                session.check_primary(connection)
            return work(connection)

    def database_time(self) -> datetime:
        """Return the time of the database."""
        reader = self.engines.reader
        begins = not self.engines.is_reader_autocommit
        with self._single_statement(reader, begins=begins) as session:
            now: datetime = session.rows(READ_TIME, {})[0]["now"]
        return now

    @property
    def standby_counts(self) -> StandbyCounts | None:
        """Return the counts of the reads of sessions, None without a standby."""
        return None if self.standby is None else self.standby.counts

    @property
    def own_url(self) -> str:
        """Return the address that the store was opened with, or raise UsageError."""
        if self.url is None:
            raise UsageError("a store on a host's engine has no address: pass the owner's")
        return self.url

    def pool_uses(self) -> dict[str, PoolUse]:
        """Return the use of each pool by its name; a host's own has no limit."""
        uses: dict[str, PoolUse] = {}
        engines = {"writer": self.engines.writer, "reader": self.engines.reader}
        if self.standby is not None:
            engines["standby"] = self.standby.engine
        for name, engine in engines.items():
            pool = engine.pool
            if isinstance(pool, QueuePool):
                size = pool_capacity(pool)
                uses[name] = PoolUse(size=size, available=max(0, size - pool.checkedout()))
        return uses

    def _read(
        self,
        connecting: AbstractContextManager[Connection],
        query: Callable[Concatenate[Reading, P], R],
        feed_end: int | None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        with connecting as connection:
            session = self._read_session(connection, query, feed_end)
            session.feed_end = feed_end
            try:
                tx = self.reading(session, self.catalog, self.policy, Config(self.config))
                result = query(tx, *args, **kwargs)
            finally:
                session.close()
            end_read(connection)
            return result

    def _is_feed_reader(self, query: object) -> bool:
        """Return whether the query has needed the feed's end before."""
        return getattr(query, "__code__", None) in self._feed_readers

    def _add_feed_reader(self, query: object) -> None:
        code = getattr(query, "__code__", None)  # a partial function has none
        if code is not None:
            self._feed_readers.add(code)

    def read_written(self) -> Position:
        """Return the position of the primary, after every COMMIT."""
        with self._single_statement(self.engines.writer, begins=False) as session:
            return read_written(session)

    def _read_session(self, connection: Connection, query: object, feed_end: int | None) -> Session:
        """Return a session that begins as a query's declaration wants, and allows no more."""
        session_of_page = self.session_kinds.feed_page
        if session_of_page is not None and feed_end is None and is_feed_page(query):
            end_check(connection)
            return session_of_page(connection, self.schema)

        if not is_single_statement(query):
            return self.session_kinds.block(connection, self.schema, has_snapshot=True)

        begins = not self.engines.is_reader_autocommit
        return SingleStatementSession(connection, self.schema, begins=begins, has_snapshot=begins)

    def _read_feed_end(self) -> int:
        """Return the end of PostgreSQL's feed, read in no transaction that lasts.

        A statement without a transaction has the isolation that is the default of the role or the
        database. Where that keeps a snapshot, a transaction of the writer reads the end.
        """
        writer, reader = self.engines.writer, self.engines.reader
        position = None
        if self.engines.is_reader_autocommit:
            with self._single_statement(reader, begins=False, has_position=True) as session:
                position = fresh_feed_end(session)
        if position is None:
            with self._single_statement(writer, begins=True, has_position=True) as session:
                position = feed_end_of(session)

        return position

    @contextmanager
    def _single_statement(
        self, engine: Engine, *, begins: bool, has_position: bool = False
    ) -> Generator[Session]:
        """Yield a session for one statement, which begins a transaction only with `begins`."""
        with self._connect(engine, has_position=has_position) as connection:
            if not begins:
                end_check(connection)
            session = SingleStatementSession(connection, self.schema, begins=begins)
            try:
                yield session
            finally:
                session.close()

    def begin(
        self, connection: Connection, audit: AuditContext, kind: Callable[..., Session] = Session
    ) -> Writing:
        """Return a transaction on the connection, which may have one already."""
        session = kind(connection, self.schema, self.at_failpoint)
        self.at_failpoint(Failpoint.AFTER_BEGIN)
        return self.writes(session, audit)

    def writes(self, session: Session, audit: AuditContext) -> Writing:
        """Return the repositories that write by the session."""
        config = Config(self.config)
        return self.writing(session, self.catalog, self.policy, config, audit, self.clock, self.ids)

    def check_complete(self, tx: Writing) -> None:
        """Let each context refuse a transaction that lacks a part, before COMMIT."""
        check_no_refusal(tx.session.refusal)
        for context in self.catalog.used_contexts:
            if context.before_commit is not None:
                context.before_commit(tx)
        check_no_refusal(tx.session.refusal)  # a context may have caught that of its own write

    @contextmanager
    def _connect(self, engine: Engine, *, has_position: bool = False) -> Generator[Connection]:
        """Yield a connection and return it to its pool.

        With `has_position` its server is one that can have what the session has named.

        Raises: StoreUnreachable.
        """
        connection = self.check_out(engine)
        try:
            session = self.sessions.get() if has_position else None
            if session is not None:
                session.check_primary(connection)
            yield connection
        finally:
            release(connection)

    def check_out(self, engine: Engine) -> Connection:
        """Return a connection of the pool; the first is checked by `admit`."""
        with translate_errors():
            connection = engine.connect()
        try:
            if self.url is None and engine.dialect.name == "sqlite":
                begin = "BEGIN IMMEDIATE" if engine is self.engines.writer else "BEGIN"
                with translate_errors():
                    check_foreign_keys(connection)
                    begin_on_host(connection, begin)
            if not self.is_admitted:
                self.admit(connection)
        except BaseException:
            release(connection)
            raise
        return connection

    def check_joined(self, connection: Connection) -> None:
        """Check a host's connection before its transaction is joined.

        Raises: WrongDatabase, DriverUnsupported, ForeignKeysOff, and what `admit` raises.
        """
        self._joinable.check(connection)
        if connection.dialect.name == "sqlite":
            check_foreign_keys(connection)
        if not self.is_admitted:
            self.admit(connection)

    def admit(self, connection: Connection) -> None:
        """Check a database before any other statement; refuse one that is not as declared.

        One thread checks it, and the others wait: the checks of many threads that begin at once
        would take so long that their connections time out. Tasks of an event loop cannot wait so,
        since they would stop the loop that the check itself needs.
        """
        with nullcontext() if connection.dialect.is_async else self._admission:
            if not self.is_admitted:
                self._check_database(connection)
                self.is_admitted = True

    def _check_database(self, connection: Connection) -> None:
        names = self.schema_catalog.names
        lifecycles = list(self.lifecycles)
        for context in self.catalog.used_contexts:
            for lifecycle in context.heads.values():
                if lifecycle.name not in names.facts.lifecycles:
                    lifecycles.append(lifecycle)
        with translate_errors():
            check_database(connection, self.schema, names, tuple(lifecycles))
