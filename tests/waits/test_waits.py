"""Test what the counting of waits counts, and that it finds a command that waits more often."""

from collections.abc import Generator
from threading import Event, Thread

import pytest
from docs.generators.waits import command_names
from tests.conftest import POLICY
from tests.sql.proxy import proxy_to
from tests.waits.counting import CountedStore, Range, Waits, excesses, measured, merged

from indelible import concepts
from indelible.kernel import NotFound, ReadTransaction
from indelible.kernel.rejections import list_rejections
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, open_store

GET = "concepts.get_concept()"


@pytest.fixture
def counted(database: PostgresServer) -> Generator[CountedStore]:
    with proxy_to(database.host, database.port) as proxy:
        store = open_store(proxy.url(database.url), policy=POLICY, pool=Pool(prepare=False))
        with store.engines.reader.connect():
            pass  # a new connection is asked for its timeline
        yield CountedStore(store, Waits(proxy))
        store.dispose()


@pytest.mark.slow
def test_a_call_is_counted_with_its_begin_and_commit(counted: CountedStore) -> None:
    saved = create(counted)  # type: ignore[arg-type]  # as the suites use it
    counted.read(concepts.get_concept, saved.concept.id)

    assert counted.waits.ranges[GET] == Range(1, 1)
    assert counted.waits.ranges["concepts.create_concept"].fewest > 2


@pytest.mark.slow
def test_a_call_that_another_one_overlaps_or_that_fails_is_not_counted(
    counted: CountedStore,
) -> None:
    entered, ended = Event(), Event()

    def wait(_: ReadTransaction) -> None:
        entered.set()
        assert ended.wait(60)

    other = Thread(target=counted.read, args=(wait,))
    other.start()
    assert entered.wait(60)
    with pytest.raises(NotFound):
        counted.read(concepts.get_concept, "unknown")
    counted.read(list_rejections)
    ended.set()
    other.join()

    assert counted.waits.ranges == {}


def test_a_command_that_waits_more_often_or_is_not_measured_is_named() -> None:
    found = {"a.edit": Range(4, 5), "a.create": Range(3, 3), "a.new": Range(1, 1)}
    allowed = {"a.edit": Range(4, 4), "a.create": Range(3, 6)}

    assert excesses(found, allowed) == [
        "a.edit waits 5 times, expected at most 4",
        "a.new is not measured: run `python -m tests.waits`",
    ]
    assert excesses(allowed, merged(found, allowed)) == []


def test_each_measured_command_exists() -> None:
    commands = {name.partition(",")[0] for name in measured() if not name.endswith("()")}

    assert commands <= command_names()


def test_most_commands_are_measured() -> None:
    assert len(measured()) > 190
