"""Test that a query of the whole history may take longer than the role's transaction timeout."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg
import pytest

from indelible.kernel import SystemClock
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_store, verify

pytestmark = pytest.mark.slow

TIMEOUT_MILLISECONDS = 200
STATEMENT_SECONDS = 0.2
LOCK_HISTORY = "LOCK TABLE indelible.history IN ACCESS EXCLUSIVE MODE"


class SlowClock(SystemClock):
    """A clock that takes longer than a transaction may last."""

    def now(self) -> datetime:
        time.sleep(2 * TIMEOUT_MILLISECONDS / 1_000)
        return super().now()


def test_verify_is_not_stopped_by_the_transaction_timeout_of_the_role(
    database: PostgresServer,
) -> None:
    store = open_store(database.url)
    create(store)
    store.dispose()

    options = f"?options=-ctransaction_timeout={TIMEOUT_MILLISECONDS}ms"
    slow_store = open_store(f"{database.url}{options}", clock=SlowClock())
    findings = verify(slow_store)
    slow_store.dispose()

    assert findings == ()


def test_verify_waits_longer_than_a_statement_may_take(database: PostgresServer) -> None:
    store = open_store(database.url, pool=Pool(statement_seconds=STATEMENT_SECONDS))
    create(store)
    with (
        psycopg.connect(database.admin_url) as admin,
        ThreadPoolExecutor() as executor,
    ):
        admin.execute(LOCK_HISTORY)
        verification = executor.submit(verify, store)
        time.sleep(5 * STATEMENT_SECONDS)
        admin.rollback()
        findings = verification.result()
    store.dispose()

    assert findings == ()
