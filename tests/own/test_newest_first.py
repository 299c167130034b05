"""A list that begins with the newest reads an index, and not the table."""

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host
from tests.examples.tickets import Ticket, tickets
from tests.sql.plans import has_line, plan

from indelible.kernel import Actor
from indelible.kernel.lists import ListFilter, ListOrder
from indelible_sql import open_store
from indelible_sql.kernel.lists import listed_heads, page_query
from indelible_sql.kernel.own_contexts import own_context

pytestmark = pytest.mark.slow

__all__ = ["host"]  # the fixture

ROWS = 3_000
MAYA = Actor.user("maya")


def test_the_newest_are_read_by_an_index(host: HostDatabase) -> None:
    store = open_store(host.url, contexts=(tickets,), policy=POLICY)
    store.upgrade(host.owner_url)
    births = [Ticket.open(number=f"T-{number}", title="Fire") for number in range(ROWS)]
    store.run(tickets.execute_many, births, actor=MAYA, reason="a test")
    engine = create_engine(host.owner_url)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE tickets"))
    engine.dispose()

    (mapping,) = own_context(tickets, schema=store.schema).mappings
    explain = "EXPLAIN QUERY PLAN" if host.url.startswith("sqlite") else "EXPLAIN"
    matching = ListFilter(order=ListOrder.NEWEST)
    statement, values = page_query(listed_heads(mapping.table), matching, where={}, after="")
    lines = plan(store, explain, statement, **values, limit=26)
    assert has_line(lines, "tickets_by_created_at"), lines
    assert not has_line(lines, "Sort", "TEMP B-TREE"), lines
    store.dispose()
