"""Queries that PostgreSQL answers in one round trip with the check of their caller."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from time import monotonic
from typing import Any

import psycopg
import pytest
from sqlalchemy import Integer, String, bindparam, column, text
from tests.conftest import POLICY
from tests.sql.conftest import code, opened_through
from tests.sql.proxy import Fault, Proxy

from indelible.kernel import Forbidden, StoreUnreachable, UsageError
from indelible.kernel.checked_queries import CheckedQuery
from indelible.kernel.keys import CreateKey, create_key, get_key
from indelible.kernel.transaction import single_statement
from indelible.testing.stores import MAYA, create, do, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlReading, SqlStore, open_async_store, open_store
from indelible_sql.engine.checked import MAX_KEPT_CHARACTERS, CheckedSession
from indelible_sql.engine.errors import ValueUnstorable
from indelible_sql.engine.limited import kept_cursor
from indelible_sql.engine.prepared import prepare
from indelible_sql.kernel.keys import KEY_HEADS

UNKNOWN = "unknown"
IMPOSSIBLE = text("SELECT 1 / 0 AS impossible").columns(column("impossible", Integer()))
NUMBER = text("SELECT CAST(:number AS integer) AS number").columns(column("number", Integer()))
SLEEP = text("SELECT 1 AS number FROM pg_sleep(60)").columns(column("number", Integer()))
LONG = text(f"SELECT repeat('x', {MAX_KEPT_CHARACTERS + 1}) AS long").columns(long=String())
NUMBERS = count(1)
LIMIT_SECONDS = 1
KEYS = b"keys"  # in the message with the statement of the check
Query = Callable[[SqlReading], Any]


class Refused(Forbidden):
    """The caller is refused."""

    message = "Refused."


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    """Yield a store with one connection that reads, so that a query meets what one has left."""
    with opened_through(proxy, database.url, size=1, overflow=0) as store:
        yield store


@single_statement
def count_keys(tx: SqlReading) -> int:
    return len(tx.keys.page(after="", limit=9))


@single_statement
def divide(tx: SqlReading) -> Any:  # noqa: ANN401 - of any row
    return tx.session.rows(IMPOSSIBLE, {})


@single_statement
def read_too_large_number(tx: SqlReading) -> Any:  # noqa: ANN401 - of any row
    statement = NUMBER.bindparams(bindparam("number", type_=Integer()))
    return tx.session.rows(statement, {"number": 2**80})


@single_statement
def get_number(tx: SqlReading) -> Any:  # noqa: ANN401 - of any row
    statement = NUMBER.bindparams(bindparam("number", type_=Integer()))
    return tx.session.rows(statement, {"number": 1})


@single_statement
def get_unknown(tx: SqlReading) -> object:
    return tx.keys.get(UNKNOWN)


@single_statement
def return_at_once(_: SqlReading) -> str:
    return "nothing was read"


def read_twice(tx: SqlReading) -> int:
    return count_keys(tx) + count_keys(tx)


@single_statement
def sleep(tx: SqlReading) -> Any:  # noqa: ANN401 - of any row
    return tx.session.rows(SLEEP, {})


@single_statement
def ask_what_differs(tx: SqlReading) -> Any:  # noqa: ANN401 - of any row
    statement = NUMBER.bindparams(bindparam("number", type_=Integer()))
    return tx.session.rows(statement, {"number": next(NUMBERS)})


@single_statement
def catch_everything(tx: SqlReading) -> object:
    try:
        return count_keys(tx)
    except BaseException:  # noqa: BLE001 - what ends the query is caught too
        return "caught"


@single_statement
def divide_and_catch(tx: SqlReading) -> object:
    try:
        return divide(tx)
    except ValueUnstorable:
        return "caught"


def use_connection(tx: SqlReading) -> object:
    return tx.connection.execute(text("SELECT 1")).scalar_one()


def refuse(_: object) -> None:
    raise Refused


def accept(_: object) -> None:
    pass


def checked(query: Query, decide: Callable[[Any], object] = accept) -> CheckedQuery[Any, Any, Any]:
    return CheckedQuery(count_keys, decide, query)


@pytest.mark.slow
def test_a_check_decides_by_its_own_answer_before_the_query_is_returned(store: SqlStore) -> None:
    key = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",))).key
    seen: list[int] = []

    @single_statement
    def get_one(tx: SqlReading) -> object:
        return get_key(tx, key.id)

    result: Any = store.read(checked(get_one, seen.append))

    assert (seen, result.key) == ([1], key)
    assert code(store.read, checked(get_unknown)) == "KEY_NOT_FOUND"


@pytest.mark.parametrize(
    "query",
    [
        count_keys,
        get_unknown,
        divide,
        read_too_large_number,
        return_at_once,
        read_twice,
        use_connection,
    ],
)
def test_a_refusal_comes_before_every_answer_and_error_of_the_query(
    store: SqlStore, query: Query
) -> None:
    with pytest.raises(Refused):
        store.read(checked(query, refuse))

    assert store.read(checked(count_keys)) == 0  # the connection is as it was


@pytest.fixture
def limited(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    """Yield a store that waits shortly for a reply."""
    with opened_through(
        proxy, database.url, size=1, overflow=0, statement_seconds=LIMIT_SECONDS
    ) as store:
        yield store


def test_a_refusal_does_not_depend_on_how_long_the_query_takes(limited: SqlStore) -> None:
    limited.read(count_keys)
    began = monotonic()
    with pytest.raises(Refused):
        limited.read(checked(sleep, refuse))
    took = monotonic() - began

    assert took < 2 * LIMIT_SECONDS
    with pytest.raises(StoreUnreachable):
        limited.read(checked(sleep))
    assert limited.read(checked(count_keys)) == 0


def test_an_event_loop_refuses_before_a_query_is_answered(database: PostgresServer) -> None:
    async def refuse_slow_query() -> None:
        pool = Pool(statement_seconds=LIMIT_SECONDS)
        store = open_async_store(database.url, policy=POLICY, pool=pool)
        try:
            with pytest.raises(Refused):
                await store.read(checked(sleep, refuse))
            with pytest.raises(StoreUnreachable):
                await store.read(checked(sleep))
            assert await store.read(checked(count_keys)) == 0
        finally:
            await store.dispose()

    asyncio.run(refuse_slow_query())


@pytest.mark.slow
def test_a_query_is_called_once(store: SqlStore) -> None:
    seen: list[int] = []
    before = next(NUMBERS)

    (row,) = store.read(checked(ask_what_differs, seen.append))
    assert (row["number"], next(NUMBERS)) == (before + 1, before + 2)
    assert seen == [0]
    with pytest.raises(Refused):
        store.read(checked(ask_what_differs, refuse))


@pytest.mark.slow
def test_a_query_that_catches_everything_hides_no_failure_of_its_check(store: SqlStore) -> None:
    with pytest.raises(ValueUnstorable):
        store.read(CheckedQuery(divide, accept, catch_everything))
    with pytest.raises(Refused):
        store.read(CheckedQuery(return_at_once, refuse, catch_everything))


@pytest.mark.slow
def test_an_interrupted_check_decides_nothing_whatever_the_query_catches(store: SqlStore) -> None:
    asked: list[object] = []

    @single_statement
    def interrupt(tx: SqlReading) -> int:
        count_keys(tx)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.read(CheckedQuery(interrupt, asked.append, catch_everything))
    assert asked == []


@pytest.mark.slow
def test_a_check_that_catches_its_failure_decides_nothing(store: SqlStore) -> None:
    asked: list[object] = []

    with pytest.raises(ValueUnstorable):
        store.read(CheckedQuery(divide_and_catch, asked.append, count_keys))
    assert asked == []


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (divide, ValueUnstorable),
        (read_too_large_number, ValueUnstorable),
    ],
)
def test_an_accepted_caller_gets_the_error_that_the_query_has_alone(
    store: SqlStore, query: Query, error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.read(query)
    with pytest.raises(error):
        store.read(checked(query))


@pytest.mark.slow
def test_a_query_that_sends_nothing_is_answered(store: SqlStore) -> None:
    assert store.read(checked(return_at_once)) == "nothing was read"


def test_a_check_that_sends_nothing_refuses_before_the_query_is_sent(
    store: SqlStore, proxy: Proxy
) -> None:
    query = CheckedQuery(return_at_once, refuse, count_keys)
    with pytest.raises(Refused):
        store.read(query)

    proxy.messages.clear()
    with pytest.raises(Refused):
        store.read(query)
    assert proxy.messages == []


def test_a_query_of_two_statements_is_a_usage_error(store: SqlStore) -> None:
    with pytest.raises(UsageError, match="second statement"):
        store.read(checked(single_statement(read_twice)))


def test_a_query_without_a_declaration_has_its_own_transaction_after_the_check(
    store: SqlStore,
) -> None:
    assert store.read(checked(use_connection)) == 1


@pytest.mark.slow
def test_a_check_that_fails_decides_nothing(store: SqlStore) -> None:
    asked: list[object] = []

    with pytest.raises(ValueUnstorable):
        store.read(CheckedQuery(divide, asked.append, count_keys))
    assert asked == []


def test_a_connection_that_breaks_decides_nothing(store: SqlStore, proxy: Proxy) -> None:
    asked: list[object] = []
    store.read(checked(count_keys))
    proxy.plan(Fault.CUT, KEYS)

    with pytest.raises(StoreUnreachable):
        store.read(checked(count_keys, asked.append))
    assert asked == []
    assert store.read(checked(count_keys, asked.append)) == 0
    assert asked == [0]


def test_a_connection_that_was_closed_gives_no_earlier_answer(store: SqlStore) -> None:
    asked: list[object] = []
    store.read(checked(get_number))
    pooled = store.engines.reader.raw_connection()
    driver: Any = pooled.driver_connection
    pooled.close()
    driver.close()

    with pytest.raises(StoreUnreachable):
        store.read(checked(get_number, asked.append))
    assert asked == []


def test_a_check_and_its_query_may_send_the_same_statement(store: SqlStore) -> None:
    keys = [do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",))).key for _ in range(2)]
    ids = [key.id for key in keys]

    @single_statement
    def get_first(tx: SqlReading) -> str:
        return get_key(tx, ids[0]).key.id

    @single_statement
    def get_second(tx: SqlReading) -> str:
        return get_key(tx, ids[1]).key.id

    for _ in range(2):  # the second time, the connection has a cursor for the statement
        seen: list[object] = []
        assert store.read(CheckedQuery(get_first, seen.append, get_second)) == ids[1]
        assert seen == [ids[0]]


@pytest.mark.slow
def test_a_connection_keeps_a_cursor_with_little(store: SqlStore) -> None:
    def cursor_of(statement: Any) -> Any:  # noqa: ANN401 - psycopg's
        with store.engines.reader.connect() as connection:
            return kept_cursor(
                connection, prepare(statement, connection.dialect, store.schema).text
            )

    keys = KEY_HEADS.next_page
    store.read(CheckedQuery(get_number, accept, count_keys))
    first = cursor_of(keys)
    store.read(CheckedQuery(get_number, accept, count_keys))
    assert cursor_of(keys) is first

    store.read(checked(single_statement(lambda tx: tx.session.rows(LONG, {}))))
    assert cursor_of(LONG).pgresult is None  # it is another one
    for _ in range(CheckedSession.max_kept_rows + 1):
        do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    store.read(CheckedQuery(get_number, accept, count_keys))
    assert cursor_of(keys) is not first


def test_sqlite_reads_both_one_after_the_other(sqlite: SqlStore) -> None:
    seen: list[int] = []

    assert sqlite.read(checked(count_keys, seen.append)) == 0
    assert seen == [0]
    with pytest.raises(Refused):
        sqlite.read(checked(get_unknown, refuse))


# A pipeline that fails leaves a connection that can be used, in a transaction or in none. psycopg
# takes a statement for prepared once it has sent it, also where the server has not read it.
ONE_CONNECTION = Pool(size=1, overflow=0)
IMPATIENT = "?options=-c%20lock_timeout%3D100ms"


@contextmanager
def locked(database: PostgresServer, table: str) -> Generator[None]:
    """Lock a table during the block."""
    with psycopg.connect(database.admin_url) as admin:
        admin.execute(f"LOCK TABLE indelible.{table}".encode())
        yield


def test_a_keyed_read_follows_a_failed_pipeline(database: PostgresServer) -> None:
    store = open_store(database.url, policy=POLICY, pool=ONE_CONNECTION)
    store.read(get_number)  # it is prepared from the next time on
    with pytest.raises(ValueUnstorable):
        store.read(CheckedQuery(divide, accept, get_number))

    for _ in range(3):
        together = store.read(CheckedQuery(count_keys, accept, get_number))
        assert together == store.read(get_number) == [{"number": 1}]
    store.dispose()


def test_a_keyed_read_of_an_event_loop_follows_a_failed_pipeline(database: PostgresServer) -> None:
    async def read() -> None:
        store = open_async_store(database.url, policy=POLICY, pool=ONE_CONNECTION)
        await store.read(get_number)
        with pytest.raises(ValueUnstorable):
            await store.read(CheckedQuery(divide, accept, get_number))

        for _ in range(3):
            together = await store.read(CheckedQuery(count_keys, accept, get_number))
            assert together == await store.read(get_number) == [{"number": 1}]
        await store.dispose()

    asyncio.run(read())


def test_a_page_of_the_feed_follows_a_failed_pipeline(database: PostgresServer) -> None:
    store = open_store(database.url + IMPATIENT, policy=POLICY, pool=ONE_CONNECTION)
    create(store)
    store.feed()
    with locked(database, "history"):
        error = refusal(store.feed)
    assert error is not None
    assert error.code == "STORE_TIMEOUT"

    for _ in range(3):
        assert len(store.feed().changes) == 1
    store.dispose()
