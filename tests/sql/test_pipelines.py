"""BEGIN goes to PostgreSQL with the first statement of a transaction."""

from collections.abc import Callable, Generator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.event import listen
from tests.sql.conftest import opened_through
from tests.sql.faults import as_admin
from tests.sql.proxy import SYNC, Fault, Proxy

from indelible import concepts
from indelible.kernel import IndelibleError, StoreUnreachable, UsageError
from indelible.testing.stores import MAYA, RATIO, create
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    SqlStore,
    SqlTransaction,
    borrow_connection,
)
from indelible_sql.engine import connections
from indelible_sql.engine.errors import ValueUnstorable

BEGIN = b"BEGIN ISOLATION LEVEL READ COMMITTED"
WHY = "a test"
CREATE = concepts.CreateConcept(content=RATIO)
CLOSE_OTHERS = """
    SELECT pg_terminate_backend(pid)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
Use = Callable[[SqlTransaction], None]


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    with opened_through(proxy, database.url) as store:
        yield store


def test_a_transaction_that_sends_nothing_does_not_begin(store: SqlStore, proxy: Proxy) -> None:
    before = len(proxy.messages)
    with store.transaction(actor=MAYA, reason=WHY):
        pass

    assert proxy.messages[before:] == []


def test_sql_of_the_host_is_in_the_transaction(store: SqlStore) -> None:
    with store.transaction(actor=MAYA, reason=WHY) as tx:
        first = tx.connection.execute(text("SELECT pg_current_xact_id()")).scalar_one()
        second = tx.connection.execute(text("SELECT pg_current_xact_id()")).scalar_one()

    assert first == second


def test_sql_of_the_host_comes_first_in_a_transaction_that_is_joined(
    store: SqlStore, database: PostgresServer
) -> None:
    with psycopg.connect(database.url, autocommit=True) as driver:
        driver.execute("BEGIN")
        borrowed = borrow_connection(driver)
        with store.transaction(actor=MAYA, reason=WHY, connection=borrowed) as tx:
            borrowed.execute(text("SELECT 1"))
            concepts.create_concept(tx, CREATE)
        driver.execute("ROLLBACK")

    assert changes(store) == 0


def test_after_a_refused_first_statement_the_connection_goes_on(store: SqlStore) -> None:
    with (
        pytest.raises(ValueUnstorable),  # the class of 22012
        store.transaction(actor=MAYA, reason=WHY) as tx,
    ):
        tx.session.rows(text("SELECT 1 / 0 AS impossible").columns(), {})

    assert create(store).seq == 1


def test_a_value_that_cannot_be_sent_leaves_no_pipeline_open(store: SqlStore) -> None:
    with (
        pytest.raises(ValueUnstorable),
        store.transaction(actor=MAYA, reason=WHY) as tx,
    ):
        concepts.get_concept(tx, "with a NUL: \0")

    assert create(store).seq == 1


@pytest.mark.parametrize(
    ("fault", "message"), [(Fault.CUT, BEGIN), (Fault.CUT, SYNC), (Fault.SWALLOW, SYNC)]
)
def test_a_connection_that_breaks_at_begin_changes_nothing(
    store: SqlStore, proxy: Proxy, fault: Fault, message: bytes
) -> None:
    create(store)
    proxy.plan(fault, message)

    with pytest.raises(StoreUnreachable):
        create(store)

    assert proxy.hits == 1
    assert changes(store) == 1


def test_a_connection_that_was_closed_meanwhile_changes_nothing(
    store: SqlStore, database: PostgresServer
) -> None:
    create(store)
    with as_admin(database) as admin:
        admin.execute(CLOSE_OTHERS)

    with pytest.raises(StoreUnreachable):
        create(store)
    with pytest.raises(StoreUnreachable):
        changes(store)  # by a connection of the reader

    assert create(store).seq == 1
    assert changes(store) == 2


def query(tx: SqlTransaction) -> None:
    concepts.create_concept(tx, CREATE)


def host_query(tx: SqlTransaction) -> None:
    tx.connection.execute(text("SELECT 1"))


@pytest.mark.parametrize("then", [query, host_query])
@pytest.mark.parametrize("first", [query, host_query])
@pytest.mark.parametrize("failure", ["broken", "refused", "interrupted"])
def test_nothing_follows_a_begin_that_has_failed(
    store: SqlStore,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    failure: str,
    first: Use,
    then: Use,
) -> None:
    """It would run outside of a transaction, and be committed alone."""
    if failure == "broken":
        proxy.plan(Fault.CUT, BEGIN)
    elif failure == "refused":
        monkeypatch.setattr(connections, "BEGIN_ON_POSTGRESQL", "BEGIN ISOLATION LEVEL NO SUCH")
    else:
        listen(store.engines.writer, "begin", interrupt, insert=True, once=True)

    def swallow(tx: SqlTransaction, _: object) -> None:
        with pytest.raises((IndelibleError, KeyboardInterrupt)):
            first(tx)
        then(tx)

    with pytest.raises(UsageError, match="the transaction has ended"):
        store.run(swallow, None, actor=MAYA, reason=WHY)
    monkeypatch.undo()

    assert changes(store) == 0
    assert create(store).seq == 1


def test_a_begin_that_has_failed_is_not_committed(store: SqlStore, proxy: Proxy) -> None:
    proxy.plan(Fault.CUT, BEGIN)

    with (
        pytest.raises(UsageError, match="its error was caught there"),
        store.transaction(actor=MAYA, reason=WHY) as tx,
        suppress(IndelibleError),
    ):
        query(tx)


def interrupt(_: object) -> None:
    raise KeyboardInterrupt


def changes(store: SqlStore) -> int:
    return len(store.feed().changes)
