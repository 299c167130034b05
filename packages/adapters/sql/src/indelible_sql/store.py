"""A store in a database, over whichever contexts it is composed of."""

import logging
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any, Concatenate, Generic, TypeVar

from attrs import Factory, define, field
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from indelible.kernel import (
    Actor,
    AuditContext,
    Clock,
    Feed,
    Ids,
    Lifecycle,
    Stale,
    StoreBusy,
    UsageError,
)
from indelible.kernel.idempotency import Idempotency, run_idempotent
from indelible.kernel.settings import Config, SystemConfigCache, setting_texts
from indelible.kernel.transaction import (
    Command,
    Nesting,
    P,
    R,
    check_no_refusal,
    is_single_statement,
    is_single_update,
    log_rejections,
)
from indelible.policy import Policy
from indelible_sql.engine.connections import Engines, begin_on_host
from indelible_sql.engine.errors import (
    CommitFate,
    CommitNotDone,
    fate_of,
    translate_errors,
)
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint
from indelible_sql.engine.session import Session, SingleStatementSession
from indelible_sql.engine.single_update import NeedsTransaction
from indelible_sql.engine.transaction_log import log_joined
from indelible_sql.own_transaction import OwnTransaction, SingleUpdate, release
from indelible_sql.schema import migrate
from indelible_sql.schema.admission import check_database, check_foreign_keys
from indelible_sql.schema.catalog import Catalog
from indelible_sql.transactions import KernelReading, KernelWriting

MAX_ATTEMPTS = 8
MAX_PAUSE_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 0.005
MAX_CREATE_CONFLICTS = 2  # retries of a handler that creates what another transaction created

logger = logging.getLogger("indelible.sql")

Reading = TypeVar("Reading", bound=KernelReading)
Writing = TypeVar("Writing", bound=KernelWriting)


def _settings_cache(store: "KernelStore[Any, Any]") -> SystemConfigCache:
    def fetch() -> Mapping[str, str]:
        settings: Mapping[str, str] = store.read(lambda tx: setting_texts(tx.settings))
        return settings

    return SystemConfigCache(fetch=fetch, keys=store.catalog.settings, pause=store.pause)


@define(kw_only=True, eq=False)
class KernelStore(Generic[Reading, Writing]):
    """One database, guarded from the declarations.

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
    _is_admitted: bool = field(default=False, init=False)
    nesting: Nesting = field(factory=Nesting, init=False, repr=False)

    def run(
        self,
        handler: Callable[[Writing, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        idempotency: Idempotency[R] | None = None,
    ) -> R:
        """Run the handler in a transaction and return its result.

        With `idempotency`, return the first result again. A handler that is declared as
        `single_update` has no transaction where its statement is committed by itself.

        Runs the handler again after a lost race, and looks the changes up when the reply to a
        COMMIT was lost. Raises what the handler raises, StoreBusy after too many lost races, or
        OutcomeUnknown.
        """
        audit = AuditContext(actor=actor, reason=reason, request_id=request_id)
        block = self._block_of(handler, idempotency)
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                self.pause(min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt))
            try:
                with block(self, audit) as tx:
                    return run_idempotent(tx, handler, command, idempotency)
            except NeedsTransaction:
                block = OwnTransaction
            except (StoreBusy, CommitNotDone) as error:
                logger.info("%s: attempt %d of %d", error.code, attempt + 1, MAX_ATTEMPTS)
            except Stale as error:
                # Another transaction created the aggregate since the handler looked: the next look
                # finds it. A handler that never looks gets the error after a few attempts.
                if error.expected_seq or attempt >= MAX_CREATE_CONFLICTS:
                    raise
            except DBAPIError as error:  # from a host's own SQL in the handler
                if fate_of(error) is not CommitFate.LOST_RACE:
                    raise
        raise StoreBusy(MAX_ATTEMPTS)

    def _block_of(self, handler: object, idempotency: object) -> type[OwnTransaction[Writing]]:
        """Return the kind of transaction in which the handler runs; a receipt is a write more."""
        if is_single_update(handler) and idempotency is None:
            return SingleUpdate
        return OwnTransaction

    @contextmanager
    def transaction(
        self,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        connection: Connection | None = None,
    ) -> Generator[Writing]:
        """Open a transaction for several commands.

        Commit on a clean exit, roll back on any exception.

        With `connection` it joins the caller's own transaction, and neither commits nor closes it.
        """
        audit = AuditContext(actor=actor, reason=reason, request_id=request_id)
        if connection is None:
            with OwnTransaction(self, audit) as tx:
                yield tx
        else:
            with self.nesting.guard(), self._joined(audit, connection) as tx:
                yield tx

    def read(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, from one unchanging view of the store."""
        with self._connect(self.engines.reader) as connection:
            session = self._read_session(connection, query)
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
            return Session(connection, self.schema)

        begins = not self.engines.is_reader_autocommit
        return SingleStatementSession(connection, self.schema, begins=begins)

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes of all aggregates after a cursor.

        None is missed or returned twice.
        """
        return self.read(lambda tx: tx.history.feed(after=after, limit=limit))

    def upgrade(self, owner_url: str | None = None) -> None:
        """Bring the schema to the newest revision, or raise SchemaDamaged.

        `owner_url` is needed where another role owns the schema.
        """
        url = owner_url or self.own_url
        role = make_url(self.url).username if self.url else None
        with translate_errors():
            migrate.upgrade(url, self.schema, self.schema_catalog, role=role)
            with migrate.migrating(url, self.schema) as (connection, _):
                migrate.check(connection, self.schema, self.schema_catalog)

    @property
    def own_url(self) -> str:
        """Return the address that the store was opened with, or raise UsageError."""
        if self.url is None:
            raise UsageError("a store on a host's engine has no address: pass the owner's")
        return self.url

    def dispose(self) -> None:
        """Close every idle connection; a host's engine and an event loop's stay as they are."""
        if self.url is None or self.engines.writer.dialect.is_async:
            return
        self.engines.writer.dispose()
        self.engines.reader.dispose()

    @contextmanager
    def _joined(self, audit: AuditContext, connection: Connection) -> Generator[Writing]:
        """Yield a transaction that joins the caller's."""
        if connection.dialect.name == "sqlite":
            check_foreign_keys(connection)
        self._admit(connection)
        with log_rejections(audit):
            tx = self.begin(connection, audit)
            try:
                yield tx
                self.check_complete(tx)
            finally:
                tx.session.close()
        log_joined(audit, len(tx.session.changes))

    def begin(
        self, connection: Connection, audit: AuditContext, kind: type[Session] = Session
    ) -> Writing:
        """Begin a transaction on the connection, unless it has one."""
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
        """Return a connection of the pool; the first is checked by `_admit`."""
        with translate_errors():
            connection = engine.connect()
        try:
            if self.url is None and engine.dialect.name == "sqlite":
                begin = "BEGIN IMMEDIATE" if engine is self.engines.writer else "BEGIN"
                with translate_errors():
                    check_foreign_keys(connection)
                    begin_on_host(connection, begin)
            self._admit(connection)
        except BaseException:
            release(connection)
            raise
        return connection

    def _admit(self, connection: Connection) -> None:
        """Refuse a database that is not as declared, before any other statement."""
        if self._is_admitted:
            return
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
        self._is_admitted = True


AnySqlStore = KernelStore[Any, Any]


def _end_read(connection: Connection) -> None:
    """End a read by COMMIT, after which psycopg still knows its prepared statements.

    It forgets all of them with a ROLLBACK. The result is complete, so a connection that breaks now
    is only logged, when it is released.
    """
    with suppress(DBAPIError):
        connection.commit()
