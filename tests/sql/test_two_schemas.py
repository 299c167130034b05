"""Two stores with schemas of their own share no host's table of one PostgreSQL database."""

from collections.abc import Generator

import pytest
from tests.examples.shipments import shipments
from tests.examples.tickets import Ticket, tickets

from indelible.declare import Context
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.schema.admission import LifecycleDiffers
from indelible_sql.schema.own_upgrade import OwnTableOfAnotherStore

pytestmark = pytest.mark.slow

named_otherwise = Context(Ticket, name="other_tickets", filters=("status",))


@pytest.fixture
def first(database: PostgresServer) -> Generator[SqlStore]:
    """Return the store that has made its tables in `public`, with a ticket."""
    store = open_store(database.url, contexts=(tickets, shipments), schema="first_one")
    store.upgrade(database.owner_url)
    open_ticket(store, tickets)
    yield store
    store.dispose()


def open_ticket(store: SqlStore, context: Context[Ticket]) -> None:
    command = Ticket.open(number="T-1", title="Fire")
    store.run(context.execute, command, actor=MAYA, reason="a call")


@pytest.mark.parametrize("context", [tickets, shipments])
def test_the_table_of_another_store_is_refused_and_stays_as_it_was(
    first: SqlStore, database: PostgresServer, context: Context[Ticket]
) -> None:
    second = open_store(database.url, contexts=(context,), schema="second_one")
    with pytest.raises(OwnTableOfAnotherStore) as refused:
        second.upgrade(database.owner_url)

    assert refused.value.table == context.name
    assert (refused.value.other_schema, refused.value.schema) == ("first_one", "second_one")
    assert verify(first) == ()
    assert len(first.read(tickets.list)) == 1
    first.upgrade(database.owner_url)
    second.dispose()


def test_a_store_neither_reads_nor_writes_the_table_of_another_one(
    first: SqlStore, database: PostgresServer
) -> None:
    bare = open_store(database.url, schema="second_one")
    bare.upgrade(database.owner_url)
    second = open_store(database.url, contexts=(tickets,), schema="second_one")

    with pytest.raises(LifecycleDiffers):
        second.read(tickets.list)
    with pytest.raises(LifecycleDiffers):
        open_ticket(second, tickets)
    assert verify(bare) == ()
    assert verify(first) == ()
    bare.dispose()
    second.dispose()


def test_with_another_name_each_store_has_its_own_tickets(
    first: SqlStore, database: PostgresServer
) -> None:
    second = open_store(database.url, contexts=(named_otherwise,), schema="second_one")
    second.upgrade(database.owner_url)
    open_ticket(second, named_otherwise)

    assert len(second.read(named_otherwise.list)) == len(first.read(tickets.list)) == 1
    assert verify(second) == verify(first) == ()
    second.dispose()
