"""A subscriber's cursor is written once for a page of the feed, however many changes it has."""

from collections.abc import Generator

import pytest
from tests.sql.conftest import opened_through
from tests.sql.proxy import Proxy

from indelible.app import WriteTx
from indelible.kernel import Change
from indelible.testing.kernel.followed_feeds import Following, create_many
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore

pytestmark = pytest.mark.slow


class Silent(Following):
    """A subscriber that writes nothing of its own."""

    def _handle(self, tx: WriteTx, change: Change) -> None:
        """Do nothing."""


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    with opened_through(proxy, database.url) as store:
        yield store


@pytest.mark.parametrize("number", [1, 2, 20])
def test_a_page_of_changes_writes_its_cursor_once(
    store: SqlStore, proxy: Proxy, number: int
) -> None:
    following = Silent(store)
    create_many(store, 1)
    following.run()
    create_many(store, number)
    proxy.messages.clear()

    assert following.run().handled == number
    writes = [message for message in proxy.messages if b"subscriber_cursors SET" in message]
    assert len(writes) == 1
