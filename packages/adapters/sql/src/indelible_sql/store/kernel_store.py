"""A store in a database, over whichever contexts it is composed of."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Concatenate, cast

from attrs import define
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indelible.kernel import (
    Actor,
    AuditContext,
    Feed,
    Stale,
    StoreBusy,
)
from indelible.kernel.checked_queries import CheckedQuery
from indelible.kernel.commands import use_commands
from indelible.kernel.idempotency import Idempotency, run_idempotent
from indelible.kernel.transaction import (
    Command,
    P,
    R,
    feed_page,
    is_single_update,
    log_rejections,
)
from indelible_sql.engine.connections import address
from indelible_sql.engine.errors import (
    CommitFate,
    CommitNotDone,
    fate_of,
    translate_errors,
)
from indelible_sql.engine.positions import Position
from indelible_sql.engine.single_update import NeedsTransaction
from indelible_sql.engine.space import check_space
from indelible_sql.engine.transaction_log import log_joined
from indelible_sql.schema import migrate
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.store.checked_reads import read_checked
from indelible_sql.store.database import Reading, Writing
from indelible_sql.store.own_transaction import HandlerTransaction, OwnTransaction, SingleUpdate
from indelible_sql.store.session_reads import SessionDatabase
from indelible_sql.store.standby import SqlStandbySession
from indelible_sql.store.transactions import KernelReading

MAX_ATTEMPTS = 8
MAX_PAUSE_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 0.005
MAX_CREATE_CONFLICTS = 2  # retries of a handler that creates what another transaction created

logger = logging.getLogger("indelible.sql")


@define(kw_only=True, eq=False)
class KernelStore(SessionDatabase[Reading, Writing]):
    """A database that runs commands in transactions, and migrates itself."""

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
        COMMIT was lost. Raises StoreBusy after too many lost races, and OutcomeUnknown.
        """
        use_commands(command)
        audit = AuditContext(actor=actor, reason=reason, request_id=request_id)
        block = self._block_of(handler, idempotency)
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                self.pause(min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt))
            try:
                with block(self, audit) as tx:
                    return run_idempotent(tx, handler, command, idempotency)
            except NeedsTransaction:
                block = HandlerTransaction
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
        return HandlerTransaction

    def read(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, from one unchanging view of the store."""
        if isinstance(query, CheckedQuery):
            return read_checked(self, cast("CheckedQuery[Any, Any, R]", query))
        return super().read(query, *args, **kwargs)

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

    @contextmanager
    def standby_session(
        self, *, after: str = "", is_reading: bool = True, is_only_standby: bool = False
    ) -> Generator[SqlStandbySession]:
        """Let the reads of the block come from the standby, unless it is not `is_reading`.

        They see what was written in the block, and everything up to the position `after`. The
        primary answers what the standby cannot, and everything in a store without a standby: a
        query may run on both. With `is_only_standby` the reason is raised in its place. A block
        belongs to one thread or task.

        Raises: InvalidLogPosition; with `is_only_standby` StandbyUnusable.
        """
        position = Position.parse(after) if after else None
        read_written = None if self.standby is None else self.read_written
        session = SqlStandbySession(read_written, is_reading, is_only_standby, position)
        outer = self.sessions.get()
        token = self.sessions.set(session)
        try:
            yield session
        finally:
            self.sessions.reset(token)
            if outer is not None:
                outer.add(session)

    def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes of all aggregates after a cursor.

        None is missed or returned twice.
        """
        return self.read(_read_feed, after=after, limit=limit)

    def check_space(self) -> None:
        """Return if the database can grow; it stores nothing.

        Raises: StoreFull, and what reading the store raises.
        """
        with self._connect(self.engines.reader) as connection:
            check_space(connection)

    def upgrade(
        self,
        owner_url: str | None = None,
        *,
        connection: Connection | None = None,
        history_partitions: int | None = None,
    ) -> str:
        """Bring the schema to the newest revision, and the tables of a host's contexts to theirs.

        Return the revision that it is at. `owner_url` is needed where another role owns the schema.
        With `connection`, which must be the owner's, all of it happens in the caller's own
        transaction, such as that of a migration of Django or Alembic. A new store on PostgreSQL
        gets its history in `history_partitions` partitions; the number never changes.

        Raises:
            SchemaDamaged: The schema is not as its revision made it.
            PartitionsFixed: The store exists with another number of partitions.
            PartitionsOutOfRange: The number is too small or too large.
            PartitionsUnsupported: The store is on SQLite.
            OwnTableDiffers: A host's table cannot follow its declaration by additions alone.
            WrongDatabase: The connection is to another database than the store.
            OwnerAddressWrong: The owner's address leads to another database than the store's.
        """
        if connection is not None:
            return self._upgrade_joined(connection, history_partitions)

        from indelible_sql.store.owners import owner_address  # noqa: PLC0415 - few upgrade

        url = owner_address(self, owner_url, is_refusal_accepted=True)
        role = self._application_role(address(url).username)
        with translate_errors():
            migrate.upgrade(
                url,
                self.schema,
                self.schema_catalog,
                role=role,
                history_partitions=history_partitions,
            )
            with migrate.migrating(url, self.schema) as (own_connection, _):
                return self._upgrade_own_tables(own_connection, role)

    def _upgrade_joined(self, connection: Connection, history_partitions: int | None) -> str:
        """Upgrade in the caller's transaction."""
        self._joinable.check(connection)
        with translate_errors(), migrate.joining(connection, self.schema) as schema:
            owner = None
            if schema is not None:
                owner = connection.exec_driver_sql("SELECT current_user").scalar_one()
            role = self._application_role(owner)
            migrate.upgrade_on(
                connection,
                self.schema,
                schema,
                self.schema_catalog,
                role=role,
                history_partitions=history_partitions,
            )
            return self._upgrade_own_tables(connection, role)

    def _upgrade_own_tables(self, connection: Connection, role: str | None) -> str:
        """Upgrade the tables of the host's contexts; return the revision of the schema."""
        from indelible_sql.schema.own_upgrade import (  # noqa: PLC0415 - few processes upgrade
            upgrade_own_tables,
        )

        upgrade_own_tables(
            connection, self.schema, self._own_contexts(), role=role, now=self.clock.now()
        )
        return migrate.check(connection, self.schema, self.schema_catalog.names.facts)

    def _application_role(self, owner: str | None) -> str | None:
        """Return the role of the application where the tables belong to another one."""
        role = address(self.url).username if self.url else self.engines.writer.url.username
        return None if role == owner else role

    def _own_contexts(self) -> tuple[SqlContext, ...]:
        return tuple(context for context in self.catalog.used_contexts if context.made_by_upgrade)

    def dispose(self) -> None:
        """Close every idle connection; a host's engine and an event loop's stay as they are."""
        if self.url is None or self.engines.writer.dialect.is_async:
            return
        self.engines.writer.dispose()
        self.engines.reader.dispose()
        if self.standby is not None:
            self.standby.engine.dispose()

    @contextmanager
    def _joined(self, audit: AuditContext, connection: Connection) -> Generator[Writing]:
        """Yield a transaction that joins the caller's."""
        self.check_joined(connection)
        with log_rejections(audit):
            tx = self.begin(connection, audit)
            try:
                yield tx
                self.check_complete(tx)
                tx.session.check_complete()
            finally:
                tx.session.close()
                session = self.sessions.get()
                if session is not None:
                    session.writes += 1
                    session.has_joined = True
        log_joined(audit, tx.session.changes)


@feed_page
def _read_feed(tx: KernelReading, *, after: str, limit: int) -> Feed:
    return tx.history.feed(after=after, limit=limit)


AnySqlStore = KernelStore[Any, Any]
