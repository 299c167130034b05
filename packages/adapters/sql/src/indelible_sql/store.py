"""A store in a database."""

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import Concatenate

from attrs import Factory, define, field
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from indelible.captures import SETTING
from indelible.concepts.handlers import ConceptRepositoryFacade
from indelible.kernel import (
    Actor,
    AuditContext,
    Clock,
    Feed,
    Ids,
    Lifecycle,
    Stale,
    StoreBusy,
    SystemClock,
    TimeOrderedIds,
    UsageError,
)
from indelible.kernel.idempotency import Idempotency, run_idempotent
from indelible.kernel.settings import Config, SystemConfigCache
from indelible.kernel.transaction import Command, Nesting, P, R, log_rejections
from indelible.policy import Policy
from indelible_sql.captures import store as captures
from indelible_sql.concepts.store import SqlConcepts
from indelible_sql.engine.connections import (
    Engines,
    Pool,
    begin_on_host,
    host_engines,
    open_engines,
)
from indelible_sql.engine.errors import (
    CommitFate,
    CommitNotDone,
    fate_of,
    fault_of,
    state_of,
    translate_errors,
)
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint, no_failpoint
from indelible_sql.engine.outcome import was_committed
from indelible_sql.engine.session import Session
from indelible_sql.kernel import keys
from indelible_sql.kernel import tasks as leases
from indelible_sql.kernel.history import SqlHistory, SqlReceipts
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema import migrate
from indelible_sql.schema.admission import check_database, check_keys
from indelible_sql.tokens import store as tokens

ATTEMPTS = 8
LONGEST_PAUSE_SECONDS = 0.2

logger = logging.getLogger("indelible.sql")


class _Opened:
    """What queries and handlers see alike; `connection` is public, so that a host's own SQL is of the same moment."""

    def __init__(self, session: Session, policy: Policy, config: Config) -> None:
        self.session, self.policy, self.config = session, policy, config
        self.connection = session.connection
        self.history = SqlHistory(session)
        self.keys = SqlAggregateRepository(session, keys.HEADS)
        self.concept_search = SqlConcepts(session)
        self.captures = captures.SqlCaptures(session, config)
        self.spaces = SqlAggregateRepository(session, captures.OF_SPACES)
        self.subspaces = SqlAggregateRepository(session, captures.OF_SUBSPACES)
        self.algorithms = SqlAggregateRepository(session, captures.OF_ALGORITHMS)
        self.settings = SqlAggregateRepository(session, captures.OF_SETTINGS)
        self.margins = captures.AssignmentMarginService(self, self.captures)
        self.stages = SqlAggregateRepository(session, leases.OF_STAGES)
        self.tokens = tokens.SqlCollection(session)


class SqlReading(_Opened):
    """What a query sees; a host's own SELECT on `connection` sees the same moment."""

    def __init__(self, session: Session, policy: Policy, config: Config) -> None:
        super().__init__(session, policy, config)
        self.concepts = self.concept_search
        self.tasks = leases.SqlTaskReader(session)


class SqlTransaction(_Opened):
    """What a handler writes to; a host's own SQL on `connection` commits with ours."""

    def __init__(
        self,
        session: Session,
        policy: Policy,
        config: Config,
        cause: AuditContext,
        clock: Clock,
        ids: Ids,
    ) -> None:
        super().__init__(session, policy, config)
        self.clock, self.ids = clock, ids
        self.actor, self.reason, self.request_id = cause.actor, cause.reason, cause.request_id
        self.receipts = SqlReceipts(session)
        self.key_heads, self.concept_heads = self.keys, self.concept_search
        self.concepts = ConceptRepositoryFacade(self, self.concept_search)
        self.artifacts = captures.SqlArtifacts(self, self.captures, session.is_sqlite)
        self.tasks = leases.SqlTaskQueue(session, self)


def _settings_of(store: "SqlStore") -> SystemConfigCache:
    return SystemConfigCache(
        fetch=lambda: store.read(lambda tx: tx.captures.stored_settings()), pause=store.pause
    )


@define(kw_only=True, eq=False)
class SqlStore:
    """One database, guarded from the declarations."""

    engines: Engines
    url: str | None = field(repr=False)
    schema: str
    lifecycles: tuple[Lifecycle[StrEnum], ...]
    policy: Policy
    clock: Clock
    ids: Ids
    pause: Callable[[float], object]
    at_failpoint: AtFailpoint
    config: SystemConfigCache = field(
        init=False, repr=False, default=Factory(_settings_of, takes_self=True)
    )
    _is_admitted: bool = field(default=False, init=False)
    _nesting: Nesting = field(factory=Nesting, init=False, repr=False)

    def run(
        self,
        handler: Callable[[SqlTransaction, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        once: Idempotency[R] | None = None,
    ) -> R:
        """The handler's result, once it is committed; with `once`, the first result again.

        Runs the handler again after a lost race, and finds out what became of a COMMIT whose reply was lost.
        Raises what the handler raises, StoreBusy when others won every time, or OutcomeUnknown.
        """
        cause = AuditContext(actor=actor, reason=reason, request_id=request_id)
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(min(LONGEST_PAUSE_SECONDS, 0.005 * 2**attempt))
            try:
                with self._begun(cause, None) as tx:
                    return run_idempotent(tx, handler, command, once)
            except (StoreBusy, CommitNotDone) as error:
                logger.info("%s: attempt %d of %d", error.code, attempt + 1, ATTEMPTS)
            except Stale as error:  # another gave birth to it since the handler looked, who finds it the next time
                if error.expected_seq or attempt > 1:  # who does not look is told so
                    raise
            except DBAPIError as error:  # of a host's own SQL in the handler
                if fate_of(error) is not CommitFate.LOST_RACE:
                    raise
        raise StoreBusy(ATTEMPTS)

    @contextmanager
    def transaction(
        self,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        connection: Connection | None = None,
    ) -> Generator[SqlTransaction]:
        """Several commands at once: commits on a clean exit, rolls back on any exception.

        With `connection` it joins the caller's own transaction, and neither commits nor closes it.
        """
        with self._begun(
            AuditContext(actor=actor, reason=reason, request_id=request_id), connection
        ) as tx:
            yield tx

    def read(
        self, query: Callable[Concatenate[SqlReading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The query's answer, from one unchanging view of the store."""
        with self._connected(self.engines.reader) as connection:
            session = Session(connection, self.schema)
            try:
                return query(SqlReading(session, self.policy, Config(self.config)), *args, **kwargs)
            finally:
                session.close()

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes of all entities after a cursor; none is ever missed or given twice."""
        return self.read(lambda tx: tx.history.feed(after=after, limit=limit))

    def upgrade(self, owner_url: str | None = None) -> None:
        """Bring the schema to the newest revision, or SchemaDamaged; `owner_url` where another role owns it."""
        with translate_errors():
            role = make_url(self.url).username if self.url else None
            migrate.upgrade(owner_url or self.own_url, self.schema, role=role)
            with migrate.migrating(owner_url or self.own_url, self.schema) as (connection, _):
                migrate.check(connection, self.schema)

    @property
    def own_url(self) -> str:
        """The address that the store was opened with."""
        if self.url is None:
            raise UsageError("a store on a host's engine has no address: give the owner's")
        return self.url

    def dispose(self) -> None:
        """Close every connection that no transaction holds; a host's engine, or a loop's, stays as it is."""
        if self.url is not None and not self.engines.writer.dialect.is_async:
            self.engines.writer.dispose()
            self.engines.reader.dispose()

    @contextmanager
    def _begun(
        self, cause: AuditContext, connection: Connection | None
    ) -> Generator[SqlTransaction]:
        """A transaction of ours, which ends with the block, or of the caller's, which does not."""
        with self._nesting.guard():
            if connection is not None:
                if connection.dialect.name == "sqlite":
                    check_keys(connection)
                self._admit(connection)
                with self._recorded(cause, connection) as tx:
                    yield tx
            else:
                self.at_failpoint(Failpoint.BEFORE_BEGIN)
                with self._connected(self.engines.writer) as ours:
                    with self._recorded(cause, ours) as tx:
                        yield tx
                    self.at_failpoint(Failpoint.BEFORE_COMMIT)
                    lost = _commit(ours)
                if lost and not was_committed(
                    self.engines.writer, tx.session, self.schema, self.pause
                ):
                    raise CommitNotDone from lost
                if any(change.lifecycle == SETTING.name for change in tx.session.changes):
                    self.config.invalidate()
                self.at_failpoint(Failpoint.AFTER_COMMIT)

    @contextmanager
    def _recorded(self, cause: AuditContext, connection: Connection) -> Generator[SqlTransaction]:
        session = Session(connection, self.schema, self.at_failpoint)
        tx = SqlTransaction(session, self.policy, Config(self.config), cause, self.clock, self.ids)
        try:
            self.at_failpoint(Failpoint.AFTER_BEGIN)
            with log_rejections(cause):
                yield tx
                tx.concepts.ensure_complete()
        finally:
            session.close()
        level = logging.INFO if session.changes else logging.DEBUG
        logger.log(
            level,
            "%d changes by %s, request %s",
            len(session.changes),
            cause.actor,
            cause.request_id or "-",
        )

    @contextmanager
    def _connected(self, engine: Engine) -> Generator[Connection]:
        with translate_errors():
            connection = engine.connect()
        try:
            if self.url is None and engine.dialect.name == "sqlite":
                with translate_errors():
                    check_keys(connection)
                    begin_on_host(
                        connection, "BEGIN IMMEDIATE" if engine is self.engines.writer else "BEGIN"
                    )
            self._admit(connection)
            yield connection
        finally:
            _give_back(connection)

    def _admit(self, connection: Connection) -> None:
        """Refuse a database that is not as declared, before anything else is asked of it."""
        if not self._is_admitted:
            with translate_errors():
                check_database(connection, self.schema, self.lifecycles)
            self._is_admitted = True


def _commit(connection: Connection) -> DBAPIError | None:
    """None where the COMMIT was answered, else the error that came instead of an answer."""
    try:
        connection.commit()
    except DBAPIError as error:
        if fate_of(error) is not CommitFate.UNKNOWN:
            raise fault_of(error) from error
        return error
    return None


def _give_back(connection: Connection) -> None:
    """Roll back what was not committed; where that breaks, nothing is lost, and what was to be said is said."""
    try:
        connection.close()
    except DBAPIError as error:
        logger.info(
            "a connection broke when its work was over (%s)", state_of(error) or "without a state"
        )
        if not connection.closed:
            connection.invalidate(error)
            connection.close()


def open_store(
    url: str | None = None,
    *,
    engine: Engine | None = None,
    schema: str = "indelible",
    lifecycles: tuple[Lifecycle[StrEnum], ...] = (),
    policy: Policy | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    pool: Pool | None = None,
    at_failpoint: AtFailpoint = no_failpoint,
) -> SqlStore:
    """The store at a database's address, or on a host's own engine; `upgrade` makes its tables.

    `lifecycles` are the host's own. On PostgreSQL the tables live in `schema`, and the address names the
    application's role, which may not own them. `at_failpoint` is for tests: what happens between two statements.
    """
    if (url is None) == (engine is None):
        raise UsageError("a store is opened with an address or with an engine")
    engines = open_engines(url, pool or Pool()) if url is not None else host_engines(engine)  # type: ignore[arg-type]
    return SqlStore(
        engines=engines,
        url=url,
        schema=schema,
        lifecycles=lifecycles,
        policy=policy or Policy(),
        clock=clock or SystemClock(),
        ids=ids or TimeOrderedIds(),
        pause=time.sleep,
        at_failpoint=at_failpoint,
    )
