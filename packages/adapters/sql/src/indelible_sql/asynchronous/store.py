"""The same store for an event loop: its code runs on a greenlet, which waits on the loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from typing import Concatenate

from attrs import frozen
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from indelible.kernel import Actor, Clock, Feed, Idempotency, Ids, Lifecycle
from indelible.kernel.contexts import AnyContext
from indelible.kernel.idempotency import require_finished
from indelible.kernel.transaction import Command, P, R
from indelible.policy import Policy
from indelible_sql.contexts import SqlReading, SqlStore, SqlTransaction, compose_store
from indelible_sql.engine.connections import (
    Pool,
    open_async_engines,
    open_async_standby_engine,
)
from indelible_sql.engine.failpoints import AtFailpoint, no_failpoint
from indelible_sql.engine.sqlalchemy_internals import await_in_greenlet, run_in_greenlet
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.store.standby import SqlStandbySession, Standby, check_standby


@frozen
class AsyncSqlTransaction:
    """An open transaction whose every step is awaited."""

    tx: SqlTransaction

    async def run(
        self,
        work: Callable[Concatenate[SqlTransaction, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run a handler, or any function of a transaction, and return its result.

        Raises: UsageError for a coroutine function, which cannot be awaited in a transaction.
        """
        return require_finished(await run_in_greenlet(work, self.tx, *args, **kwargs))


@frozen
class AsyncStandbySession:
    """The commands and reads of one caller, for an event loop."""

    session: SqlStandbySession

    async def position(self) -> str:
        """Return the position of the writes, as `SqlStandbySession.position` does."""
        return await run_in_greenlet(self.session.position)


@frozen
class AsyncSqlStore:
    """One database, for an event loop."""

    store: SqlStore
    pools: tuple[AsyncEngine, ...]

    async def run(
        self,
        handler: Callable[[SqlTransaction, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        idempotency: Idempotency[R] | None = None,
    ) -> R:
        """Run the handler in a transaction and return its result, as `SqlStore.run` does."""
        return await run_in_greenlet(
            self.store.run,
            handler,
            command,
            actor=actor,
            reason=reason,
            request_id=request_id,
            idempotency=idempotency,
        )

    async def read(
        self, query: Callable[Concatenate[SqlReading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return the query's result, from one unchanging view of the store."""
        return await run_in_greenlet(self.store.read, query, *args, **kwargs)

    @contextmanager
    def standby_session(self, *, after: str = "") -> Generator[AsyncStandbySession]:
        """Let the reads of the block come from the standby, as `SqlStore.standby_session` does."""
        with self.store.standby_session(after=after) as session:
            yield AsyncStandbySession(session)

    @asynccontextmanager
    async def transaction(
        self,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        connection: AsyncConnection | None = None,
    ) -> AsyncGenerator[AsyncSqlTransaction]:
        """Open a transaction for several commands.

        It commits on a clean exit, and rolls back on any exception. With `connection` it joins the
        caller's own transaction, and neither commits nor closes it.
        """
        block = self.store.transaction(
            actor=actor,
            reason=reason,
            request_id=request_id,
            connection=None if connection is None else connection.sync_connection,
        )
        tx = await run_in_greenlet(block.__enter__)
        try:
            yield AsyncSqlTransaction(tx)
        except BaseException as error:
            is_handled = await run_in_greenlet(
                block.__exit__, type(error), error, error.__traceback__
            )
            if not is_handled:
                raise
        else:
            await run_in_greenlet(block.__exit__, None, None, None)

    async def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """Return the next changes of all aggregates after a cursor, as `SqlStore.feed` does."""
        return await run_in_greenlet(self.store.feed, after=after, limit=limit)

    async def check_space(self) -> None:
        """Return if the database can grow, as `SqlStore.check_space` does."""
        await run_in_greenlet(self.store.check_space)

    async def upgrade(
        self, owner_url: str | None = None, *, history_partitions: int | None = None
    ) -> None:
        """Bring the schema to the newest revision, as `SqlStore.upgrade` does."""
        await asyncio.to_thread(
            self.store.upgrade, owner_url, history_partitions=history_partitions
        )

    async def dispose(self) -> None:
        """Close every idle connection."""
        for pool in self.pools:
            await pool.dispose()


def open_async_store(
    url: str,
    *,
    schema: str = "indelible",
    contexts: tuple[AnyContext | SqlContext, ...] = (),
    lifecycles: tuple[Lifecycle[StrEnum], ...] = (),
    policy: Policy | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    pool: Pool | None = None,
    read_url: str | None = None,
    at_failpoint: AtFailpoint = no_failpoint,
) -> AsyncSqlStore:
    """Open a store at a database's address, for an event loop: psycopg's asyncio or aiosqlite.

    The arguments are those of `open_store`.
    """
    pool = pool or Pool()
    engines, (writer, reader) = open_async_engines(url, pool)
    store = compose_store(
        engines,
        url,
        schema=schema,
        contexts=contexts,
        lifecycles=lifecycles,
        policy=policy,
        clock=clock,
        ids=ids,
        pause=_pause,
        at_failpoint=at_failpoint,
    )
    store.config.spawn = _task_spawner()
    if read_url is None:
        return AsyncSqlStore(store, (writer, reader))

    check_standby(engines)
    engine, standby_reader = open_async_standby_engine(read_url, pool)
    store.standby = Standby(engine, engines.timelines, wait_seconds=pool.standby_seconds)
    return AsyncSqlStore(store, (writer, reader, standby_reader))


def _task_spawner() -> Callable[[Callable[[], None]], None]:
    """Return a function that runs work as a task of the caller's loop.

    The running tasks are kept here, because a loop holds only weak references to them.
    """
    running = set[asyncio.Task[None]]()

    def spawn(work: Callable[[], None]) -> None:
        task = asyncio.get_running_loop().create_task(run_in_greenlet(work))
        running.add(task)
        task.add_done_callback(running.discard)

    return spawn


def _pause(seconds: float) -> None:
    await_in_greenlet(asyncio.sleep(seconds))
