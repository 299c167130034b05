"""Test that two workers never get the same token, and the unit of work of seed 004."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from threading import Barrier, Thread

import pytest
from attrs import evolve
from tests.conftest import POLICY, Loop, SyncFacade

from indelible.kernel import Actor
from indelible.kernel.task_errors import TaskNotDead
from indelible.policy import Policy
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import MAYA, claim, enqueue, within
from indelible.testing.tokens.scenarios import (
    add_tokens,
    cancel_token_tasks,
    make_author,
    make_token,
    with_repositories,
)
from indelible.tokens import Repositories, Token, TokenStatus, repositories
from indelible_service.embedded import PostgresServer
from indelible_sql import AsyncSqlStore, SqlStore, UnitOfWork, create_uow_factory, open_store
from indelible_sql.engine.failpoints import Failpoint

TIMEOUT_SECONDS = 60
LOCK_SECONDS = 1  # long enough for another thread to wait for a row's lock


def run_in_two_threads(work: Callable[[int], None]) -> None:
    """Run the work twice at once, with the numbers 1 and 2."""
    threads = [Thread(target=work, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_concurrent_workers_never_get_the_same_token(postgresql: SqlStore) -> None:
    add_tokens(postgresql, 20)
    cancel_token_tasks(postgresql)
    both_have_locked = Barrier(2)
    batches: list[list[int]] = []

    def lock_pending(_: int) -> None:
        with postgresql.transaction(
            actor=Actor.system("worker"), reason="the stage has work"
        ) as tx:
            pending = Repositories.over(tx).tokens.get_pending_for_generation(limit=10)
            batches.append([token.token_id for token in pending])
            both_have_locked.wait(TIMEOUT_SECONDS)

    run_in_two_threads(lock_pending)

    # One worker has the ten oldest mints.
    assert sorted(batches) == [list(range(1, 11)), list(range(11, 21))]


def test_a_requeue_locks_the_task_against_a_concurrent_requeue(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    def mark_dead() -> None:
        lease = claim(postgresql)[0]
        within(postgresql, lambda tx: tx.tasks.mark_dead(lease, reason="it cannot be done"))

    def requeue_and_mark_dead() -> None:
        with suppress(TaskNotDead):
            within(postgresql, lambda tx: tx.tasks.requeue("work", "a"))
            mark_dead()

    def start_concurrent_requeue(point: Failpoint) -> None:
        if point is Failpoint.AFTER_QUERY and not concurrent_requeue.ident:
            concurrent_requeue.start()
            concurrent_requeue.join(LOCK_SECONDS)

    concurrent_requeue = Thread(target=requeue_and_mark_dead)
    enqueue(postgresql, "a")
    mark_dead()

    store = open_store(database.url, policy=POLICY, at_failpoint=start_concurrent_requeue)
    with store.transaction(actor=MAYA, reason="a test") as tx:
        tx.tasks.requeue("work", "a")
    concurrent_requeue.join()
    store.dispose()

    assert postgresql.read(lambda tx: tx.tasks.get("work", "a")).dead_reason is None


def test_of_two_concurrent_inserts_of_an_author_one_is_refused(postgresql: SqlStore) -> None:
    both_have_read = Barrier(2)
    codes: list[str] = []
    has_waited: set[int] = set()

    def add_author(number: int) -> None:
        author = make_author(id=f"author-{number}")

        def work(r: Repositories) -> None:
            r.authors.get_by_wallet(author.wallet_address)
            if number not in has_waited:  # the store runs the work again after a conflict
                has_waited.add(number)
                both_have_read.wait(TIMEOUT_SECONDS)
            r.authors.add(author)

        codes.append(code(lambda: with_repositories(postgresql, work)))

    run_in_two_threads(add_author)

    assert sorted(codes) == ["", "AUTHOR_EXISTS"]
    assert len(with_repositories(postgresql, lambda r: r.authors.list_all())) == 1


async def fail_after_two_writes(
    unit: AbstractAsyncContextManager[UnitOfWork], token: Token
) -> None:
    async with unit as uow:
        await uow.tokens.save(token.mark_generating())
        await uow.system_state.set_state("last_processed_block", 8)
        raise LookupError


@pytest.mark.parametrize("awaited", ["async_sqlite", "async_postgresql"])
def test_the_unit_of_work_of_the_seed_commits_and_rolls_back(
    awaited: str, request: pytest.FixtureRequest, loop: Loop
) -> None:
    store: SyncFacade = request.getfixturevalue(awaited)

    async def run_units(own: AsyncSqlStore) -> None:
        uow_factory = create_uow_factory(own)
        async with uow_factory(actor=MAYA, reason="mints") as uow:
            await uow.authors.add(make_author())
            await uow.tokens.add(make_token(2))
            await uow.tokens.add(make_token(1))
            await uow.system_state.set_state("last_processed_block", 7)

        async with uow_factory(actor=MAYA, reason="work") as uow:
            first, second = await uow.tokens.get_pending_for_generation(limit=10)
            await uow.tokens.save(first.mark_generating())

        with pytest.raises(LookupError):
            await fail_after_two_writes(uow_factory(actor=MAYA, reason="a fault"), second)

        async with uow_factory(actor=MAYA, reason="a look", request_id="request-1") as uow:
            detected = await uow.tokens.get_by_status(TokenStatus.DETECTED)
            assert (first.token_id, second.token_id) == (1, 2)
            assert detected == [second]
            assert await uow.system_state.get_state("last_processed_block") == 7
            assert await uow.tokens.get_by_token_id(9) is None

    without_stages = evolve(store.store.store, policy=Policy())
    loop.wait(run_units(evolve(store.store, store=without_stages)))


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("authors", repositories.AuthorRepository),
        ("tokens", repositories.TokenRepository),
        ("mint_events", repositories.MintEventRepository),
        ("image_jobs", repositories.ImageGenerationJobRepository),
        ("ipfs_records", repositories.IPFSUploadRecordRepository),
        ("reveal_txs", repositories.RevealTransactionRepository),
        ("system_state", repositories.SystemStateRepository),
    ],
)
def test_every_method_of_a_repository_is_awaitable_in_the_unit_of_work(
    name: str, repository: type
) -> None:
    awaitable_repository = UnitOfWork.__annotations__[name]
    methods: set[str] = set()
    for attribute, value in vars(repository).items():
        if callable(value) and not attribute.startswith("_"):
            methods.add(attribute)

    assert methods <= set(dir(awaitable_repository))
