"""The same store, awaited: its code runs on a greenlet, and each wait for the database is a wait of the event loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import partial
from typing import Concatenate

from attrs import frozen
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only, greenlet_spawn

from indelible.kernel import (
    Actor,
    Clock,
    Feed,
    Idempotency,
    Ids,
    Lifecycle,
)
from indelible.kernel.transaction import Command, P, R
from indelible.policy import Policy
from indelible_sql.contexts import SqlReading, SqlStore, SqlTransaction, compose_store
from indelible_sql.engine.connections import Pool, open_async_engines
from indelible_sql.engine.failpoints import AtFailpoint, no_failpoint
from indelible_sql.sql_context import SqlContext


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
        """What a handler, or any function of a transaction, returns."""
        return await greenlet_spawn(partial(work, self.tx, *args, **kwargs))


@frozen
class AsyncSqlStore:
    """One database, for an event loop."""

    store: SqlStore
    pools: tuple[AsyncEngine, AsyncEngine]

    async def run(
        self,
        handler: Callable[[SqlTransaction, Command], R],
        command: Command,
        *,
        actor: Actor,
        reason: str,
        request_id: str | None = None,
        once: Idempotency[R] | None = None,
    ) -> R:
        """The handler's result, once it is committed; as `SqlStore.run`."""
        return await greenlet_spawn(
            self.store.run,
            handler,
            command,
            actor=actor,
            reason=reason,
            request_id=request_id,
            once=once,
        )

    async def read(
        self, query: Callable[Concatenate[SqlReading, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The query's answer, from one unchanging view of the store."""
        return await greenlet_spawn(lambda: self.store.read(query, *args, **kwargs))

    @asynccontextmanager
    async def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> AsyncGenerator[AsyncSqlTransaction]:
        """Several commands at once: commits on a clean exit, rolls back on any exception."""
        block = self.store.transaction(actor=actor, reason=reason, request_id=request_id)
        tx = await greenlet_spawn(block.__enter__)
        try:
            yield AsyncSqlTransaction(tx)
        except BaseException as error:
            if not await greenlet_spawn(block.__exit__, type(error), error, error.__traceback__):
                raise
        else:
            await greenlet_spawn(block.__exit__, None, None, None)

    async def feed(self, *, after: str = "", limit: int = 100) -> Feed:
        """The next changes of all entities after a cursor; none is ever missed or given twice."""
        return await greenlet_spawn(self.store.feed, after=after, limit=limit)

    async def upgrade(self, owner_url: str | None = None) -> None:
        """Bring the schema to the newest revision; `owner_url` where another role owns it."""
        await asyncio.to_thread(self.store.upgrade, owner_url)

    async def dispose(self) -> None:
        """Close every connection that no transaction holds."""
        for pool in self.pools:
            await pool.dispose()


def open_async_store(
    url: str,
    *,
    schema: str = "indelible",
    contexts: tuple[SqlContext, ...] = (),
    lifecycles: tuple[Lifecycle[StrEnum], ...] = (),
    policy: Policy | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    pool: Pool | None = None,
    at_failpoint: AtFailpoint = no_failpoint,
) -> AsyncSqlStore:
    """The store at a database's address, for an event loop: psycopg's asyncio or aiosqlite."""
    engines, pools = open_async_engines(url, pool or Pool())
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
    store.config.spawn = _spawning()
    return AsyncSqlStore(store, pools)


def _spawning() -> Callable[[Callable[[], None]], None]:
    """How work runs beside its caller on the loop, which keeps no tasks by itself."""
    running = set[asyncio.Task[None]]()

    def spawn(work: Callable[[], None]) -> None:
        task = asyncio.get_running_loop().create_task(greenlet_spawn(work))
        running.add(task)
        task.add_done_callback(running.discard)

    return spawn


def _pause(seconds: float) -> None:
    await_only(asyncio.sleep(seconds))
