"""Test that async stores do not block each other and that a cancelled command leaves nothing."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Coroutine
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import text
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import greenlet_spawn
from tests.conftest import POLICY
from tests.feeds import changes

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.kernel import IndelibleError
from indelible.testing.stores import CLEARER, MAYA, RATIO
from indelible_service.embedded import PostgresServer
from indelible_sql import AsyncSqlStore, SqlReading, SqlTransaction, open_async_store, verify

CREATE = concepts.CreateConcept(content=RATIO)
CONCURRENT = 20
SHORT_SLEEP = text("SELECT pg_sleep(0.1)")
LONG_SLEEP = text("SELECT pg_sleep(60)")
MAX_TURNS = 60  # more turns of the event loop than a command of these tests takes


@pytest.fixture(params=["sqlite_url", pytest.param("database", marks=pytest.mark.slow)])
async def store(request: pytest.FixtureRequest) -> AsyncGenerator[AsyncSqlStore]:
    fixture: str | PostgresServer = request.getfixturevalue(request.param)
    url = fixture if isinstance(fixture, str) else fixture.url
    opened = open_async_store(url, policy=POLICY)
    yield opened
    await opened.dispose()


@pytest.fixture
async def postgresql(database: PostgresServer) -> AsyncGenerator[AsyncSqlStore]:
    opened = open_async_store(database.url, policy=POLICY)
    yield opened
    await opened.dispose()


async def create(store: AsyncSqlStore) -> ConceptSaved:
    return await store.run(concepts.create_concept, CREATE, actor=MAYA, reason="a test")


async def edit(store: AsyncSqlStore, saved: ConceptSaved) -> ConceptSaved:
    command = edit_command(saved)
    return await store.run(concepts.edit_concept, command, actor=MAYA, reason="a test")


def edit_command(saved: ConceptSaved) -> concepts.EditConcept:
    return concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="says it more clearly",
    )


async def create_in_block(store: AsyncSqlStore, has_written: asyncio.Event) -> None:
    """Create a concept in a transaction block that does not end by itself."""
    async with store.transaction(actor=MAYA, reason="is cancelled") as tx:
        await tx.run(concepts.create_concept, CREATE)
        has_written.set()
        await asyncio.Event().wait()


async def count_changes(store: AsyncSqlStore) -> int:
    return len(await greenlet_spawn(changes, store.store))


def connections_in_use(store: AsyncSqlStore) -> int:
    """Return how many connections are checked out of the store's pools."""
    pools = [engine.sync_engine.pool for engine in store.pools]
    return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))


async def error_code(work: Awaitable[Any]) -> str:
    """Return the code of the error that the work raises, or '' if it raises none."""
    try:
        await work
    except IndelibleError as error:
        return error.code

    return ""


async def cancel_after(turns: int, work: Coroutine[Any, Any, object]) -> None:
    """Start the work, cancel it after this number of turns of the event loop, await its end."""
    task = asyncio.create_task(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.slow
async def test_twenty_reads_overlap(postgresql: AsyncSqlStore) -> None:
    def sleep(tx: SqlReading) -> None:
        tx.connection.execute(SHORT_SLEEP)

    async def sleep_concurrently() -> None:
        await asyncio.gather(*(postgresql.read(sleep) for _ in range(CONCURRENT)))

    await sleep_concurrently()  # opens the connections

    start = time.perf_counter()
    await postgresql.read(sleep)
    seconds_of_one = time.perf_counter() - start

    start = time.perf_counter()
    await sleep_concurrently()
    seconds_of_all = time.perf_counter() - start

    assert seconds_of_all < CONCURRENT * seconds_of_one / 2


@pytest.mark.slow
async def test_concurrent_commands_of_one_loop_are_all_committed(store: AsyncSqlStore) -> None:
    results = await asyncio.gather(*(create(store) for _ in range(CONCURRENT)))

    assert len({saved.concept.id for saved in results}) == CONCURRENT
    assert await count_changes(store) == CONCURRENT


@pytest.mark.slow
async def test_a_command_cancelled_during_a_statement_leaves_nothing(
    postgresql: AsyncSqlStore,
) -> None:
    has_written = asyncio.Event()

    def create_slowly(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        has_written.set()
        tx.connection.execute(LONG_SLEEP)

    task = asyncio.create_task(
        postgresql.run(create_slowly, CREATE, actor=MAYA, reason="is cancelled")
    )
    await has_written.wait()
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert connections_in_use(postgresql) == 0
    assert await count_changes(postgresql) == 0

    await create(postgresql)
    assert await count_changes(postgresql) == 1


@pytest.mark.slow
async def test_a_cancelled_command_is_committed_whole_or_not_at_all(store: AsyncSqlStore) -> None:
    saved = await create(store)
    committed = 0
    for turns in range(MAX_TURNS):
        await cancel_after(turns, edit(store, saved))
        view = await store.read(concepts.get_concept, saved.concept.id)

        assert view.seq in (saved.seq, saved.seq + 1)
        assert connections_in_use(store) == 0
        committed += view.seq - saved.seq
        saved = evolve(saved, seq=view.seq)

    edited = await edit(store, saved)

    assert committed < MAX_TURNS
    assert await greenlet_spawn(verify, store.store) == ()
    assert edited.seq == saved.seq + 1


async def test_a_cancelled_read_returns_its_connection(store: AsyncSqlStore) -> None:
    saved = await create(store)
    for turns in range(MAX_TURNS // 2):
        await cancel_after(turns, store.read(concepts.get_concept, saved.concept.id))
        assert connections_in_use(store) == 0

    view = await store.read(concepts.get_concept, saved.concept.id)
    assert view.seq == saved.seq


async def test_a_cancelled_transaction_block_is_rolled_back(store: AsyncSqlStore) -> None:
    has_written = asyncio.Event()
    task = asyncio.create_task(create_in_block(store, has_written))
    await has_written.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert connections_in_use(store) == 0
    assert await count_changes(store) == 0


async def test_a_command_that_times_out_leaves_nothing(postgresql: AsyncSqlStore) -> None:
    def create_slowly(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        tx.connection.execute(LONG_SLEEP)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgresql.run(create_slowly, CREATE, actor=MAYA, reason="times out")
    assert await count_changes(postgresql) == 0


async def test_a_transaction_block_commits_all_its_commands(store: AsyncSqlStore) -> None:
    async with store.transaction(actor=MAYA, reason="a block") as tx:
        saved = await tx.run(concepts.create_concept, CREATE)
        edited = await tx.run(concepts.edit_concept, edit_command(saved))

    assert edited.seq == 2
    assert await count_changes(store) == 2


async def test_a_command_of_the_store_inside_a_block_is_a_usage_error(
    store: AsyncSqlStore,
) -> None:
    async with store.transaction(actor=MAYA, reason="a block") as tx:
        code = await error_code(create(store))
        await tx.run(concepts.create_concept, CREATE)

    assert code == "WRONG_USE"
    assert await count_changes(store) == 1


async def test_a_task_created_in_a_block_may_write_after_the_block(store: AsyncSqlStore) -> None:
    block_ended = asyncio.Event()

    async def create_after_block() -> ConceptSaved:
        await block_ended.wait()
        return await create(store)

    async with store.transaction(actor=MAYA, reason="a block") as tx:
        task = asyncio.create_task(create_after_block())
        await tx.run(concepts.create_concept, CREATE)
    block_ended.set()

    assert await error_code(task) == ""
    assert await count_changes(store) == 2


async def test_an_error_in_a_block_is_raised_unchanged_and_rolls_back(
    store: AsyncSqlStore,
) -> None:
    async def submit_unknown_concept() -> None:
        command = concepts.SubmitConcept(concept_id="nowhere", expected_seq=1)
        async with store.transaction(actor=MAYA, reason="a block") as tx:
            await tx.run(concepts.create_concept, CREATE)
            await tx.run(concepts.submit_concept, command)

    assert await error_code(submit_unknown_concept()) == "CONCEPT_NOT_FOUND"
    assert await count_changes(store) == 0
