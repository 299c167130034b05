"""The seven tables of seed 004, tokens that two workers never share, and the unit of work."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import Inspector, NullPool, create_engine, inspect
from tests.conftest import POLICY, Awaited, Loop
from tests.sql.test_plans import plan

from indelible.kernel import Actor
from indelible.kernel.tasks import TaskNotDead
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING, FAR, MAYA, OVER, claim, enqueue, within
from indelible.testing.tokens.scenarios import (
    add_tokens,
    make_author,
    make_token,
    with_repositories,
)
from indelible.tokens import Repositories, Token, TokenStatus, repositories
from indelible_service.embedded import PostgresServer
from indelible_sql import AsyncSqlStore, SqlStore, UnitOfWork, create_uow_factory, open_store
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.kernel.task_statements import CLAIM, CLAIM_BEHIND
from indelible_sql.tokens.statements import GAPS, PENDING

TIMEOUT_SECONDS = 60

# The columns of seed 004. Those in capitals are NOT NULL. DIFFERENCES lists the others.
COLUMNS: Mapping[str, str] = {
    "authors": "ID WALLET_ADDRESS twitter_handle farcaster_handle prompt_text CREATED_AT",
    "tokens_s0": (
        "ID TOKEN_ID AUTHOR_ID minter_address STATUS MINT_TIMESTAMP image_cid metadata_cid"
        " error_data CREATED_AT image_url GENERATION_ATTEMPTS generation_error reveal_tx_hash"
    ),
    "mint_events": (
        "ID TX_HASH LOG_INDEX BLOCK_NUMBER BLOCK_TIMESTAMP TOKEN_ID DETECTED_AT AUTHOR_WALLET"
        " RECIPIENT"
    ),
    "image_generation_jobs": (
        "ID TOKEN_ID SERVICE STATUS external_job_id RETRY_COUNT error_data CREATED_AT completed_at"
    ),
    "ipfs_upload_records": (
        "ID TOKEN_ID RECORD_TYPE cid STATUS RETRY_COUNT error_data CREATED_AT completed_at"
    ),
    "reveal_transactions": ("ID TOKEN_IDS tx_hash block_number STATUS CREATED_AT confirmed_at"),
    "system_state": "ID state_value UPDATED_AT",
}
# docs/decisions/deviations.md explains these differences from seed 004.
DIFFERENCES = {
    "authors.prompt_text": "an author who has set no prompt has none",
    "tokens_s0.minter_address": "a recovered token has no mint that was read",
    "system_state.key": "it is the id",
    "system_state.state_value": "the value of a deleted key is NULL",
    "reveal_transactions.gas_price_gwei": "gas_price_wei, a whole number",
    "mint_events (tx_hash, log_index)": "unique among canonical mints",
}
UNIQUES = {
    ("authors", ("wallet_address",)),
    ("tokens_s0", ("token_id",)),
    ("mint_events", ("block_hash", "tx_hash", "log_index")),
    ("mint_events", ("tx_hash", "log_index")),
}
# table, column, referred table, ON DELETE
FOREIGN_KEYS = {
    ("tokens_s0", "author_id", "authors", "RESTRICT"),
    ("tokens_s0", "mint_event_id", "mint_events", ""),
    ("image_generation_jobs", "token_id", "tokens_s0", "CASCADE"),
    ("ipfs_upload_records", "token_id", "tokens_s0", "CASCADE"),
}
INDEXES = {
    ("tokens_s0", ("status", "mint_timestamp")),
    ("tokens_s0", ("author_id",)),
    ("mint_events", ("block_number",)),
    ("image_generation_jobs", ("token_id",)),
    ("image_generation_jobs", ("service", "status")),
    ("ipfs_upload_records", ("token_id",)),
    ("ipfs_upload_records", ("record_type", "status")),
    ("reveal_transactions", ("tx_hash",)),
    ("reveal_transactions", ("status",)),
}


Schema = tuple[Inspector, str | None]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> SqlStore:
    store: SqlStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture
def schema(store: SqlStore) -> Schema:
    """Return an inspector and the schema's name."""
    if store.engines.writer.dialect.name != "sqlite":
        return inspect(store.engines.writer), "indelible"

    # The store's own connections to SQLite refuse to list indexes.
    return inspect(create_engine(store.own_url, poolclass=NullPool)), None


def test_the_seven_tables_have_their_columns_each_null_or_not_as_asked(schema: Schema) -> None:
    inspector, name = schema
    for table, expected in COLUMNS.items():
        columns = {
            column["name"]: bool(column["nullable"])
            for column in inspector.get_columns(table, name)
        }
        for column in expected.split():
            assert columns[column.lower()] == column.islower(), column


def test_unique_columns_are_as_asked(schema: Schema) -> None:
    inspector, name = schema
    uniques: set[tuple[str, tuple[Any, ...]]] = set()
    for table in COLUMNS:
        for constraint in inspector.get_unique_constraints(table, name):
            uniques.add((table, tuple(constraint["column_names"])))
        for index in inspector.get_indexes(table, name):
            if index["unique"]:
                uniques.add((table, tuple(index["column_names"])))

    assert uniques == UNIQUES


def test_foreign_keys_are_as_asked(schema: Schema) -> None:
    inspector, name = schema
    keys: set[tuple[str, str, str, str]] = set()
    for table in COLUMNS:
        for key in inspector.get_foreign_keys(table, name):
            if key["referred_table"] == "history":
                continue  # every head has this key
            on_delete = key.get("options", {}).get("ondelete", "")
            keys.add((table, key["constrained_columns"][0], key["referred_table"], on_delete))

    assert keys == FOREIGN_KEYS


def test_the_indexes_that_were_asked_for_begin_with_their_columns(schema: Schema) -> None:
    inspector, name = schema
    prefixes: set[tuple[str, tuple[Any, ...]]] = set()
    for table in COLUMNS:
        for index in inspector.get_indexes(table, name):
            columns = tuple(index["column_names"])
            prefixes.add((table, columns[:1]))
            prefixes.add((table, columns[:2]))

    assert prefixes >= INDEXES


def test_every_difference_is_in_one_of_the_tables() -> None:
    required = {
        f"{table}.{column.lower()}"
        for table, columns in COLUMNS.items()
        for column in columns.split()
        if column.isupper()
    }

    for difference in DIFFERENCES:
        table = difference.split(".")[0].split(" ")[0]
        assert table in COLUMNS
        assert difference not in required


def take_pending(store: SqlStore, barrier: Barrier, taken: list[list[int]]) -> None:
    """Lock ten tokens, and end the transaction after the other worker has locked its own."""
    with store.transaction(actor=Actor.system("worker"), reason="the stage has work") as tx:
        pending = Repositories.over(tx).tokens.get_pending_for_generation(limit=10)
        taken.append([token.token_id for token in pending])
        barrier.wait(TIMEOUT_SECONDS)


def test_two_workers_at_once_get_ten_tokens_each_and_none_of_the_other_s(
    postgresql: SqlStore,
) -> None:
    add_tokens(postgresql, 20)
    barrier = Barrier(2)
    taken: list[list[int]] = []
    workers = [Thread(target=take_pending, args=(postgresql, barrier, taken)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    # The first worker has the ten oldest mints.
    assert sorted(taken) == [list(range(1, 11)), list(range(11, 21))]


def test_a_requeue_is_recorded_under_the_fence_that_it_found(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    def mark_dead() -> None:
        (lease,) = claim(postgresql)
        within(postgresql, lambda tx: tx.tasks.mark_dead(lease, reason="it cannot be"))

    def requeue_and_mark_dead() -> None:
        with suppress(TaskNotDead):
            within(postgresql, lambda tx: tx.tasks.requeue("work", "a"))
            mark_dead()

    def at_failpoint(point: Failpoint) -> None:
        if point is Failpoint.AFTER_QUERY and not other.ident:
            other.start()
            other.join(1)

    other = Thread(target=requeue_and_mark_dead)
    enqueue(postgresql, "a")
    mark_dead()
    slow = open_store(database.url, policy=POLICY, at_failpoint=at_failpoint)
    with slow.transaction(actor=MAYA, reason="a test") as tx:
        tx.tasks.requeue("work", "a")
    other.join()
    slow.dispose()

    assert postgresql.read(lambda tx: tx.tasks.get("work", "a")).dead_reason is None


def test_tokens_are_unlocked_at_the_end_of_a_transaction(postgresql: SqlStore) -> None:
    add_tokens(postgresql, 3)
    with postgresql.transaction(actor=MAYA, reason="a look") as tx:
        first = Repositories.over(tx).tokens.get_pending_for_generation(limit=2)
    second = with_repositories(postgresql, lambda r: r.tokens.get_pending_for_generation(limit=2))

    assert [token.token_id for token in first] == [1, 2]
    assert second == first


async def fail_after_two_writes(
    unit: AbstractAsyncContextManager[UnitOfWork], token: Token
) -> None:
    async with unit as uow:
        await uow.tokens.save(token.mark_generating())
        await uow.system_state.set_state("last_processed_block", 8)
        raise LookupError


@pytest.mark.parametrize("awaited", ["async_sqlite", "async_postgresql"])
def test_the_hand_off_s_unit_of_work_runs_as_it_is_written(
    awaited: str, request: pytest.FixtureRequest, loop: Loop
) -> None:
    store: Awaited = request.getfixturevalue(awaited)

    async def run(own: AsyncSqlStore) -> None:
        uow_factory = create_uow_factory(own)
        async with uow_factory(actor=MAYA, reason="mints") as uow:
            await uow.authors.add(make_author())
            for number in (2, 1):
                await uow.tokens.add(make_token(number))
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

    loop.wait(run(store.store))


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
def test_every_method_of_a_repository_is_awaited_in_the_unit_of_work(
    name: str, repository: type
) -> None:
    awaitable = UnitOfWork.__annotations__[name]
    methods = {
        name
        for name, value in vars(repository).items()
        if callable(value) and not name.startswith("_")
    }

    assert methods <= set(dir(awaitable))


def test_of_two_who_add_one_author_at_once_one_is_told_so(postgresql: SqlStore) -> None:
    barrier = Barrier(2)
    codes: list[str] = []
    waited: list[int] = []

    def add(number: int) -> None:
        author = make_author(id=f"author-{number}")

        def work(r: Repositories) -> None:
            r.authors.get_by_wallet(author.wallet_address)
            if number not in waited:  # the store runs the work again after a conflict
                waited.append(number)
                barrier.wait(TIMEOUT_SECONDS)
            r.authors.add(author)

        codes.append(code(lambda: with_repositories(postgresql, work)))

    workers = [Thread(target=add, args=(number,)) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(codes) == ["", "AUTHOR_EXISTS"]
    assert len(with_repositories(postgresql, lambda r: r.authors.list_all())) == 1


def test_a_claim_uses_the_index_of_what_is_due_and_pending_tokens_that_of_their_status(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    add_tokens(postgresql, 50)
    enqueue(postgresql, *(f"w-{number:04}" for number in range(2_000)))
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("ANALYZE indelible.tasks, indelible.tokens_s0")
    position = {"after_due": BEGINNING, "after_id": "w-0100"}
    values = {"of_stage": "work", "now": FAR, "limit": 10, "owner": MAYA, "until": FAR}
    claims = {
        "claim": plan(postgresql, "EXPLAIN", CLAIM, **values),
        "claim behind": plan(postgresql, "EXPLAIN", CLAIM_BEHIND, **values, **position),
    }

    for lines in claims.values():
        assert any("tasks_due" in line for line in lines)
        assert not [line for line in lines if "Seq Scan on tasks" in line]
    pending = plan(
        postgresql,
        "EXPLAIN",
        PENDING,
        token_status="detected",  # noqa: S106 - a status
        task_stage="generate",
        now=OVER,
        limit=10,
    )
    assert any("tokens_s0_status_mint_timestamp" in line for line in pending), pending


def test_sqlite_finds_what_is_due_pending_and_missing_by_an_index(sqlite: SqlStore) -> None:
    values = {"of_stage": "work", "now": FAR, "limit": 10, "owner": MAYA, "until": FAR}
    claim = plan(sqlite, "EXPLAIN QUERY PLAN", CLAIM, **values)
    pending = plan(
        sqlite,
        "EXPLAIN QUERY PLAN",
        PENDING,
        token_status="detected",  # noqa: S106 - a status
        task_stage="generate",
        now=OVER,
        limit=10,
    )
    gaps = plan(sqlite, "EXPLAIN QUERY PLAN", GAPS, below=100, limit=10)

    assert any("tasks_due" in line for line in claim)
    assert any("tokens_s0_status_mint_timestamp" in line for line in pending)
    assert not [
        line for line in (*claim, *pending) if "SCAN tasks" in line or "SCAN tokens_s0" in line
    ]
    assert not [line for line in gaps if "SCAN tokens_s0" in line and "INDEX" not in line], gaps
