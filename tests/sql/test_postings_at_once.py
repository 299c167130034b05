"""What a posting on PostgreSQL sees behind the lock of its accounts."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.sql.conftest import code, opened_through
from tests.sql.faults import wait_until_one_waits
from tests.sql.proxy import Proxy

from indelible.kernel import IndelibleError
from indelible.money.handlers.ledger import post_movement, settle
from indelible.testing.money.scenarios import FEE, Books, fee, golden
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, SqlTransaction, verify

pytestmark = pytest.mark.slow
WHY = "a test"


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    with opened_through(proxy, database.url) as store:
        yield store


def while_held(
    store: SqlStore,
    database: PostgresServer,
    first: Callable[[SqlTransaction], object],
    second: Callable[[], Any],
) -> Any:  # noqa: ANN401 - of any work
    """Run the second work until it waits for the locks of the first one, which commits then."""
    with ThreadPoolExecutor(1) as threads:
        with store.transaction(actor=MAYA, reason=WHY) as tx:
            first(tx)
            waiting = threads.submit(second)
            wait_until_one_waits(database)
        return waiting.result()


def test_a_posting_that_waits_for_its_accounts_finds_the_same_movement(
    store: SqlStore, database: PostgresServer
) -> None:
    books = Books(store).pay_all()

    again = while_held(
        store, database, lambda tx: post_movement(tx, fee("fred")), lambda: books.post(fee("fred"))
    )

    assert not again.is_new
    assert books.movement(again.movement.id).total_minor == FEE
    assert books.faults() == ()
    assert verify(store) == ()


def test_a_posting_that_waits_for_its_accounts_finds_another_of_its_key(
    store: SqlStore, database: PostgresServer
) -> None:
    books = Books(store).pay_all()

    refused = while_held(
        store,
        database,
        lambda tx: post_movement(tx, fee("fred")),
        lambda: code(books.post, fee("fred", amount_minor=FEE + 1)),
    )

    assert refused == "LEDGER_DUPLICATE_ENTRY"
    assert books.faults() == ()
    assert verify(store) == ()


def test_a_settlement_that_waits_finds_that_its_items_are_covered(
    store: SqlStore, database: PostgresServer
) -> None:
    books = Books(store).pay_all()
    books.pay_all(reference="other")

    def settle_second() -> IndelibleError | None:
        try:
            books.settle("s2")
        except IndelibleError as error:
            return error
        return None

    refused = while_held(store, database, lambda tx: settle(tx, golden("s1")), settle_second)

    assert refused is not None, "no error"
    assert refused.code == "ITEM_COVERED", refused
    assert books.faults() == ()
    assert verify(store) == ()
