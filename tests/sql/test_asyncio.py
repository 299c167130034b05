"""Test that async stores do not block each other and that a cancelled command leaves nothing."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable
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
READS = 20
NAP = text("SELECT pg_sleep(0.1)")
LONG = text("SELECT pg_sleep(60)")
POINTS = 60  # turns of the event loop: more than any command of these tests takes


@pytest.fixture(params=["sqlite_url", "database"])
async def store(request: pytest.FixtureRequest) -> AsyncGenerator[AsyncSqlStore]:
    found: str | PostgresServer = request.getfixturevalue(request.param)
    opened = open_async_store(found if isinstance(found, str) else found.url, policy=POLICY)
    yield opened
    await opened.dispose()


@pytest.fixture
async def postgresql(database: PostgresServer) -> AsyncGenerator[AsyncSqlStore]:
    opened = open_async_store(database.url, policy=POLICY)
    yield opened
    await opened.dispose()


async def create(store: AsyncSqlStore) -> ConceptSaved:
    return await store.run(concepts.create_concept, CREATE, actor=MAYA, reason="a test")


def edit_of(saved: ConceptSaved) -> concepts.EditConcept:
    return concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="says it more clearly",
    )


async def total(store: AsyncSqlStore) -> int:
    return len(await greenlet_spawn(changes, store.store))


def in_use(store: AsyncSqlStore) -> int:
    """How many connections of the pools are not back."""
    pools = [engine.sync_engine.pool for engine in store.pools]
    return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))


async def refused(work: Awaitable[Any]) -> str:
    try:
        await work
    except IndelibleError as error:
        return error.code
    return ""


async def test_twenty_reads_overlap(postgresql: AsyncSqlStore) -> None:
    def nap(tx: SqlReading) -> None:
        tx.connection.execute(NAP)

    await asyncio.gather(*(postgresql.read(nap) for _ in range(READS)))  # connected
    begun = time.perf_counter()
    await postgresql.read(nap)
    single = time.perf_counter() - begun
    begun = time.perf_counter()
    await asyncio.gather(*(postgresql.read(nap) for _ in range(READS)))

    assert time.perf_counter() - begun < READS * single / 2


async def test_commands_of_one_loop_stand_in_line_for_sqlites_writer(store: AsyncSqlStore) -> None:
    saved = await asyncio.gather(*(create(store) for _ in range(READS)))

    assert len({each.concept.id for each in saved}) == await total(store) == READS


async def test_a_command_that_is_cancelled_while_the_database_works_leaves_nothing(
    postgresql: AsyncSqlStore,
) -> None:
    wrote = asyncio.Event()

    def slow(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        wrote.set()
        tx.connection.execute(LONG)

    working = asyncio.create_task(postgresql.run(slow, CREATE, actor=MAYA, reason="is cancelled"))
    await wrote.wait()
    await asyncio.sleep(0)
    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working
    assert (in_use(postgresql), await total(postgresql)) == (0, 0)
    await create(postgresql)
    assert await total(postgresql) == 1


async def test_a_command_that_is_cancelled_anywhere_is_done_whole_or_not_at_all(
    store: AsyncSqlStore,
) -> None:
    saved = await create(store)
    done = 0
    for turns in range(POINTS):
        working = asyncio.create_task(
            store.run(concepts.edit_concept, edit_of(saved), actor=MAYA, reason="cancelled")
        )
        for _ in range(turns):
            await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait([working])
        shown = await store.read(concepts.get_concept, saved.concept.id)

        assert shown.seq in (saved.seq, saved.seq + 1)
        assert in_use(store) == 0
        done += shown.seq - saved.seq
        saved = evolve(saved, seq=shown.seq)
    assert done < POINTS
    assert await greenlet_spawn(verify, store.store) == ()
    assert (
        await store.run(concepts.edit_concept, edit_of(saved), actor=MAYA, reason="goes on")
    ).seq == saved.seq + 1


async def test_a_read_that_is_cancelled_anywhere_gives_its_connection_back(
    store: AsyncSqlStore,
) -> None:
    saved = await create(store)
    for turns in range(POINTS // 2):
        working = asyncio.create_task(store.read(concepts.get_concept, saved.concept.id))
        for _ in range(turns):
            await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait([working])

        assert in_use(store) == 0
    assert (await store.read(concepts.get_concept, saved.concept.id)).seq == saved.seq


async def test_a_block_that_is_cancelled_is_rolled_back(store: AsyncSqlStore) -> None:
    wrote = asyncio.Event()

    async def work() -> None:
        async with store.transaction(actor=MAYA, reason="is cancelled") as tx:
            await tx.run(concepts.create_concept, CREATE)
            wrote.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await wrote.wait()
    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working
    assert (in_use(store), await total(store)) == (0, 0)


async def test_a_command_that_is_out_of_time_leaves_nothing(postgresql: AsyncSqlStore) -> None:
    def slow(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        tx.connection.execute(LONG)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await postgresql.run(slow, CREATE, actor=MAYA, reason="is out of time")
    assert await total(postgresql) == 0


async def test_a_block_awaits_each_of_its_steps_and_commits_at_its_end(
    store: AsyncSqlStore,
) -> None:
    async with store.transaction(actor=MAYA, reason="a block") as tx:
        saved = await tx.run(concepts.create_concept, CREATE)
        edited = await tx.run(concepts.edit_concept, edit_of(saved))

    assert (edited.seq, await total(store)) == (2, 2)


async def test_a_command_inside_a_block_is_a_mistake(store: AsyncSqlStore) -> None:
    async with store.transaction(actor=MAYA, reason="a block") as tx:
        code = await refused(create(store))
        await tx.run(concepts.create_concept, CREATE)

    assert (code, await total(store)) == ("WRONG_USE", 1)


async def test_a_task_that_a_block_began_writes_once_the_block_has_ended(
    store: AsyncSqlStore,
) -> None:
    ended = asyncio.Event()

    async def later() -> ConceptSaved:
        await ended.wait()
        return await create(store)

    async with store.transaction(actor=MAYA, reason="a block") as tx:
        follower = asyncio.create_task(later())
        await tx.run(concepts.create_concept, CREATE)
    ended.set()

    assert await refused(follower) == ""
    assert await total(store) == 2


async def test_a_refusal_in_a_block_comes_out_as_it_is(store: AsyncSqlStore) -> None:
    async def work() -> None:
        async with store.transaction(actor=MAYA, reason="a block") as tx:
            await tx.run(concepts.create_concept, CREATE)
            await tx.run(
                concepts.submit_concept,
                concepts.SubmitConcept(concept_id="nowhere", expected_seq=1),
            )

    assert (await refused(work()), await total(store)) == ("CONCEPT_NOT_FOUND", 0)
