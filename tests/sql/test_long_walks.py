"""What reads everything may take longer than the transactions of a role otherwise may."""

import time
from datetime import datetime

import pytest

from indelible.kernel import SystemClock
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 0.2


class SlowClock(SystemClock):
    """A clock that is looked at for longer than a transaction may take."""

    def now(self) -> datetime:
        time.sleep(2 * LIMIT_SECONDS)
        return super().now()


def test_a_walk_over_all_history_is_not_stopped_by_the_limit_of_the_role(
    database: PostgresServer,
) -> None:
    limited = f"{database.url}?options=-ctransaction_timeout={int(LIMIT_SECONDS * 1000)}ms"
    store = open_store(database.url)
    create(store)
    store.dispose()
    slow = open_store(limited, clock=SlowClock())
    found = verify(slow)
    slow.dispose()

    assert found == ()
