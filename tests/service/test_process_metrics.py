"""The metrics of every process: its store, its disk, and gauges that several processes read."""

from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import make_url

from indelible.kernel import Actor, SystemClock
from indelible_service.embedded import PostgresServer
from indelible_service.monitoring.disk_metrics import DiskCollector
from indelible_service.monitoring.recent import MAX_AGE_SECONDS, RecentRegistry
from indelible_service.monitoring.store_metrics import StoreCollector
from indelible_sql import Pool, SqlStore, open_store

AVAILABLE = "indelible_database_connection_pool_available"
SIZE = "indelible_database_connection_pool_size"
SKEW = "indelible_database_clock_skew_seconds"
UP = "indelible_database_up"


class LateClock(SystemClock):
    """A clock that is five seconds behind."""

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=5)


def of_store(store: SqlStore) -> CollectorRegistry:
    """Return the registry of a process with this store."""
    registry = CollectorRegistry()
    registry.register(StoreCollector(store))
    return registry


def test_a_pool_shows_its_size_and_what_is_free(database: PostgresServer) -> None:
    store = open_store(database.url, pool=Pool(size=2, overflow=1))
    registry = of_store(store)

    def available(pool: str) -> float | None:
        return registry.get_sample_value(AVAILABLE, {"pool": pool})

    assert registry.get_sample_value(SIZE, {"pool": "writer"}) == 3
    assert available("writer") == 3
    with store.transaction(actor=Actor.user("maya"), reason="a test") as tx:
        tx.tasks.backlogs(store.clock.now())
        assert available("writer") == 2
        assert available("reader") == 3
    assert available("writer") == 3
    store.dispose()


def test_the_skew_of_the_clocks_is_measured(store: SqlStore) -> None:
    store.clock = SystemClock()
    assert abs(of_store(store).get_sample_value(SKEW) or 0) < 2

    store.clock = LateClock()

    skew = of_store(store).get_sample_value(SKEW)
    assert skew is not None
    assert -7 < skew < -3


def test_a_database_that_does_not_answer_is_shown(database: PostgresServer) -> None:
    store = open_store(database.url)
    registry = of_store(store)
    assert registry.get_sample_value(UP) == 1
    store.dispose()
    nowhere = make_url(database.url).set(host="127.0.0.1", port=1)

    gone = of_store(open_store(nowhere.render_as_string(hide_password=False)))

    assert gone.get_sample_value(UP) == 0
    assert gone.get_sample_value(SKEW) is None
    assert gone.get_sample_value(SIZE, {"pool": "writer"}) == 15


def test_the_disk_is_that_of_the_directory_or_of_where_it_will_be(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    registry.register(DiskCollector(tmp_path / "not" / "yet"))

    size = registry.get_sample_value("indelible_disk_size_bytes")
    free = registry.get_sample_value("indelible_disk_free_bytes")

    assert size is not None
    assert free is not None
    assert 0 < free < size


def test_gauges_that_were_not_read_lately_are_not_exported() -> None:
    seconds = 0.0
    recent = RecentRegistry(lambda: seconds)
    Gauge("backlog", "What waits.", registry=recent).set(3)
    registry = CollectorRegistry()
    registry.register(recent)
    assert registry.get_sample_value("backlog") == 3

    recent.mark_read()
    seconds = MAX_AGE_SECONDS
    assert registry.get_sample_value("backlog") == 3
    seconds += 1
    assert registry.get_sample_value("backlog") is None
    recent.mark_read()
    assert registry.get_sample_value("backlog") == 3
