"""The database of a store: its connections, its declarations, its reads and its transactions."""

import logging
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from enum import StrEnum
from threading import Lock
from types import CodeType
from typing import Any, Concatenate, Generic, TypeVar

from attrs import Factory, define, field
from sqlalchemy import Connection, Engine, QueuePool
from sqlalchemy.exc import DBAPIError

from indelible.kernel import AuditContext, Clock, Ids, Lifecycle
from indelible.kernel.commit_signal import CommitSignal
from indelible.kernel.lost_races import LostRaces
from indelible.kernel.settings import Config, SystemConfigCache, setting_texts
from indelible.kernel.store_measures import PoolUse
from indelible.kernel.transaction import (
    Nesting,
    P,
    R,
    check_no_refusal,
    is_single_statement,
)
from indelible.policy import Policy
from indelible_sql.engine.connections import Engines, begin_on_host
from indelible_sql.engine.errors import state_of, translate_errors
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint
from indelible_sql.engine.identity import JoinableDatabase
from indelible_sql.engine.session import Session
from indelible_sql.engine.single_statement import SingleStatementSession
from indelible_sql.engine.sqlalchemy_internals import pool_capacity
from indelible_sql.kernel.feed_end import NeedsFeedEnd, feed_end_of, fresh_feed_end
from indelible_sql.kernel.task_terms import READ_TIME
from indelible_sql.schema.admission import check_database, check_foreign_keys
from indelible_sql.schema.catalog import Catalog
from indelible_sql.store.transactions import KernelReading, KernelWriting

logger = logging.getLogger("indelible.sql")

Reading = TypeVar("Reading", bound=KernelReading)
Writing = TypeVar("Writing", bound=KernelWriting)


def _settings_cache(database: "Database[Any, Any]") -> SystemConfigCache:
    def fetch() -> Mapping[str, str]:
        settings: Mapping[str, str] = database.read(lambda tx: setting_texts(tx.settings))
        return settings

    return SystemConfigCache(fetch=fetch, keys=database.catalog.settings, pause=database.pause)


def _joinable_database(database: "Database[Any, Any]") -> JoinableDatabase:
    return JoinableDatabase(database.engines.reader)


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
    is_admitted: bool = field(default=False, init=False)
    _admission: Lock = field(factory=Lock, init=False, repr=False)
    # The code of the queries that have needed the feed's end.
    _feed_readers: set[CodeType] = field(factory=set[CodeType], init=False, repr=False)
    _joinable: JoinableDatabase = field(
        init=False, repr=False, default=Factory(_joinable_database, takes_self=True)
    )
    nesting: Nesting = field(factory=Nesting, init=False, repr=False)
    commits: CommitSignal = field(factory=CommitSignal, init=False, repr=False)
    lost_races: LostRaces = field(factory=LostRaces, init=False, repr=False)

    def read(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, from one unchanging view of the store.

        A query that reads PostgreSQL's feed runs again when it does so for the first time: the end
        of the feed must be known before its view begins.
        """
        code = getattr(query, "__code__", None)  # a partial function has none
        try:
            feed_end = self._read_feed_end() if code in self._feed_readers else None
            return self._read(query, feed_end, *args, **kwargs)
        except NeedsFeedEnd:
            if code is not None:
                self._feed_readers.add(code)
            return self._read(query, self._read_feed_end(), *args, **kwargs)

    def database_time(self) -> datetime:
        """Return the time of the database."""
        reader = self.engines.reader
        begins = not self.engines.is_reader_autocommit
        with self._single_statement(reader, begins=begins) as session:
            now: datetime = session.rows(READ_TIME, {})[0]["now"]
        return now

    def pool_uses(self) -> dict[str, PoolUse]:
        """Return the use of the writer's and of the reader's pool; a host's own has no limit."""
        uses: dict[str, PoolUse] = {}
        for name, engine in (("writer", self.engines.writer), ("reader", self.engines.reader)):
            pool = engine.pool
            if isinstance(pool, QueuePool):
                size = pool_capacity(pool)
                uses[name] = PoolUse(size=size, available=max(0, size - pool.checkedout()))
        return uses

    def _read(
        self,
        query: Callable[Concatenate[Reading, P], R],
        feed_end: int | None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        with self._connect(self.engines.reader) as connection:
            session = self._read_session(connection, query)
            session.feed_end = feed_end
            try:
                tx = self.reading(session, self.catalog, self.policy, Config(self.config))
                result = query(tx, *args, **kwargs)
            finally:
                session.close()
            _end_read(connection)
            return result

    def _read_session(self, connection: Connection, query: object) -> Session:
        """Return a session that checks that a query declared so sends a single statement."""
        if not is_single_statement(query):
            later = self.engines.is_writer_autocommit  # on PostgreSQL
            return Session(connection, self.schema, begins_later=later, has_snapshot=True)

        begins = not self.engines.is_reader_autocommit
        return SingleStatementSession(connection, self.schema, begins=begins, has_snapshot=begins)

    def _read_feed_end(self) -> int:
        """Return the end of PostgreSQL's feed, read in no transaction that lasts.

        A statement without a transaction has the isolation that is the default of the role or the
        database. Where that keeps a snapshot, a transaction of the writer reads the end.
        """
        position = None
        if self.engines.is_reader_autocommit:
            with self._single_statement(self.engines.reader, begins=False) as session:
                position = fresh_feed_end(session)
        if position is None:
            with self._single_statement(self.engines.writer, begins=True) as session:
                position = feed_end_of(session)

        return position

    @contextmanager
    def _single_statement(self, engine: Engine, *, begins: bool) -> Generator[Session]:
        """Yield a session for one statement, which begins a transaction only with `begins`."""
        with self._connect(engine) as connection:
            if not begins and connection.in_transaction():
                with translate_errors():
                    connection.commit()  # the check of the database began it
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
        for context in self.catalog.contexts:
            if context.before_commit is not None:
                context.before_commit(tx)

    @contextmanager
    def _connect(self, engine: Engine) -> Generator[Connection]:
        """Yield a connection and return it to its pool."""
        connection = self.check_out(engine)
        try:
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
        host_lifecycles = tuple(
            lifecycle
            for head, lifecycle in self.catalog.heads.items()
            if head not in self.schema_catalog.heads
        )
        with translate_errors():
            check_database(
                connection,
                self.schema,
                self.schema_catalog,
                (*self.lifecycles, *host_lifecycles),
            )


def _end_read(connection: Connection) -> None:
    """End a read by COMMIT, after which psycopg still knows its prepared statements.

    It forgets all of them with a ROLLBACK. The result is complete, so a connection that breaks now
    is only logged, when it is released.
    """
    with suppress(DBAPIError):
        connection.commit()


def release(connection: Connection) -> None:
    """Roll back what was not committed and return the connection to its pool.

    A broken one is dropped and logged.
    """
    try:
        connection.close()
    except DBAPIError as error:
        logger.info("connection broke while it was released (%s)", state_of(error) or "no state")
        if not connection.closed:
            connection.invalidate(error)
            connection.close()
