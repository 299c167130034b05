"""Logical replication into a prepared schema, by the statements of the page."""

import re
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.architecture.sources import ROOT
from tests.conftest import POLICY, copy_cluster, folder
from tests.feeds import wait_for_complete_feed

from indelible.testing.stores import MAYA, create, edit
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import SqlStore, open_store, seal, verify

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "how-to" / "replicate.md"
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
STATEMENT = re.compile(r"(?:DO \$\$.*?END \$\$|[^;$]+);\n", re.DOTALL)
OLD_SERVER = re.compile(r"CONNECTION '[^']*'")
BURN = "DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
COUNT_CHANGES = "SELECT count(*) FROM indelible.history"
COUNT_FAILURES = "SELECT apply_error_count + sync_error_count FROM pg_stat_subscription_stats"
TIMEOUT_SECONDS = 120
PAUSE_SECONDS = 0.1


@contextmanager
def migrated_server(cluster: Path, **settings: str) -> Generator[PostgresServer]:
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, settings=settings) as server,
    ):
        with opened(server) as store:
            store.upgrade(server.owner_url)
        yield server


@contextmanager
def opened(server: PostgresServer) -> Generator[SqlStore]:
    store = open_store(server.url, policy=POLICY)
    try:
        yield store
    finally:
        store.dispose()


def run_block(server: PostgresServer, text: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in STATEMENT.findall(text):
            admin.execute(statement.encode())


def number(server: PostgresServer, query: str) -> int:
    with psycopg.connect(server.admin_url) as admin:
        ((value,),) = admin.execute(query.encode()).fetchall()
    return int(value)


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(PAUSE_SECONDS)


def test_a_prepared_schema_follows_and_takes_over(cluster: Path) -> None:
    publish, subscribe, switch = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    with (
        migrated_server(cluster, wal_level="logical") as old,
        migrated_server(cluster, max_logical_replication_workers="4") as new,
        opened(old) as store,
    ):
        run_block(old, BURN)
        saved = create(store)
        run_block(old, publish)
        run_block(new, OLD_SERVER.sub(f"CONNECTION '{old.admin_url}'", subscribe))
        saved = edit(store, saved)
        sealed = seal(wait_for_complete_feed(store), actor=MAYA, reason="a switch")
        assert sealed is not None
        wait_until(lambda: number(new, COUNT_CHANGES) == 2)
        wait_until(lambda: number(new, "SELECT count(*) FROM indelible.seals") == 1)

        run_block(new, switch)

        with opened(new) as promoted:
            assert verify(promoted, against=sealed.reference) == ()
            assert edit(promoted, saved).seq == 3
            assert [change.seq for change in promoted.feed().changes] == [1, 2, 3]
            assert verify(promoted, against=sealed.reference) == ()


def test_guards_that_fire_refuse_replicated_changes(cluster: Path) -> None:
    publish, subscribe, _ = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    only_subscription = OLD_SERVER.sub("CONNECTION '{}'", STATEMENT.findall(subscribe)[-1])
    with (
        migrated_server(cluster, wal_level="logical") as old,
        migrated_server(cluster, wal_retrieve_retry_interval="100ms") as new,
        opened(old) as store,
    ):
        create(store)
        run_block(old, publish)
        run_block(new, only_subscription.format(old.admin_url))

        wait_until(lambda: number(new, COUNT_FAILURES) > 0)

        assert number(new, COUNT_CHANGES) == 0
        with psycopg.connect(new.admin_url, autocommit=True) as admin:
            admin.execute(b"DROP SUBSCRIPTION indelible")
