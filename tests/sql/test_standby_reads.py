"""Reads from a standby: who sees what, and when the primary answers instead."""

from collections.abc import Generator
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Final

import psycopg
import pytest
from attrs import evolve, frozen
from tests.conftest import POLICY, copy_cluster, folder
from tests.sql.standbys import (
    LogSource,
    StreamingStandby,
    primary_with_standby,
    streaming_standby,
)
from tests.sql.test_feed_floor import pause, write
from tests.sql.test_several_hosts import unused_port

from indelible import captures, concepts
from indelible.kernel import NotFound, UsageError
from indelible.kernel.standbys import InvalidLogPosition, ReadSource
from indelible.testing.stores import MAYA, RATIO, create
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import Pool, SqlReading, SqlStore, open_async_store, open_store, verify
from indelible_sql.engine.errors import NoConnectionFree
from indelible_sql.engine.identity import WrongDatabase
from indelible_sql.engine.positions import UNKNOWN_POSITION, Position, Replay

SHORT_WAIT: Final = 0.05
LONG_WAIT: Final = 60.0
EVERYTHING: Final = concepts.ConceptFilter()


@frozen
class Pair:
    """A store with a standby."""

    store: SqlStore
    standby: StreamingStandby

    def number(self, source: ReadSource) -> int:
        """Return how many reads had the source."""
        assert self.store.standby is not None
        return self.store.standby.counts.number(source)


@pytest.fixture(scope="module")
def servers(cluster: Path) -> Generator[StreamingStandby]:
    # A conflict with what is replayed cancels a query at once.
    with primary_with_standby(cluster, {"max_standby_streaming_delay": "0"}) as standby:
        yield standby


@pytest.fixture
def pair(servers: StreamingStandby) -> Generator[Pair]:
    servers.catch_up()
    store = opened_with(servers.source, servers.url)
    yield Pair(store, servers)
    store.dispose()
    servers.resume_replay()
    servers.catch_up()


@pytest.fixture
def patient(servers: StreamingStandby) -> Generator[Pair]:
    """Open a store whose reads wait for the standby."""
    store = opened_with(servers.source, servers.url, LONG_WAIT)
    yield Pair(store, servers)
    store.dispose()


def opened_with(primary: LogSource, read_url: str, wait_seconds: float = SHORT_WAIT) -> SqlStore:
    """Return a store that reads from a standby, and has checked its primary."""
    store = open_store(
        primary.url, policy=POLICY, pool=Pool(standby_seconds=wait_seconds), read_url=read_url
    )
    store.read(listed)
    return store


def is_on_standby(tx: SqlReading) -> bool:
    """Return whether a standby answers."""
    return bool(tx.connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar())


def listed(tx: SqlReading) -> set[str]:
    """Return the ids of all concepts as their list has them."""
    summaries = concepts.list_concepts(tx, EVERYTHING, limit=10_000)
    return {summary.concept.id for summary in summaries}


def execute(url: str, *statements: str) -> None:
    """Execute statements, each in a transaction of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.slow
def test_only_the_reads_of_a_session_come_from_the_standby(pair: Pair) -> None:
    assert not pair.store.read(is_on_standby)
    with pair.store.standby_session():
        assert pair.store.read(is_on_standby)
        with pair.store.transaction(actor=MAYA, reason="reads inside"):
            assert not pair.store.read(is_on_standby)
    with pair.store.standby_session(is_reading=False):
        assert not pair.store.read(is_on_standby)
    assert not pair.store.read(is_on_standby)
    assert pair.number(ReadSource.STANDBY) == 1


def test_a_session_sees_its_own_writes_though_the_standby_is_behind(pair: Pair) -> None:
    pair.standby.pause_replay()
    with pair.store.standby_session():
        first = create(pair.store).concept.id
        assert first in pair.store.read(listed)
        second = create(pair.store).concept.id
        assert {first, second} <= pair.store.read(listed)

    assert pair.number(ReadSource.BEHIND) == 2
    with pair.store.standby_session():
        assert first not in pair.store.read(listed)  # of nobody who has seen it
    assert pair.number(ReadSource.STANDBY) == 1


def test_a_later_session_that_names_a_position_sees_what_was_written(pair: Pair) -> None:
    pair.standby.pause_replay()
    with pair.store.standby_session(is_reading=False) as session:
        concept_id = create(pair.store).concept.id
        position = session.position()

    with pair.store.standby_session(after=position) as session:
        assert concept_id in pair.store.read(listed)
        assert session.position() == position
    assert pair.number(ReadSource.BEHIND) == 1

    pair.standby.resume_replay()
    pair.standby.catch_up()
    with pair.store.standby_session(after=position):
        assert concept_id in pair.store.read(listed)
    assert pair.number(ReadSource.STANDBY) == 1


def test_a_read_waits_until_the_standby_has_replayed_the_write(patient: Pair) -> None:
    pauses: list[float] = []

    def resume(seconds: float) -> None:
        pauses.append(seconds)
        patient.standby.resume_replay()
        patient.standby.catch_up()

    patient.store.pause = resume
    patient.standby.pause_replay()
    with patient.store.standby_session():
        concept_id = create(patient.store).concept.id
        assert concept_id in patient.store.read(listed)

    assert len(pauses) == 1
    assert patient.number(ReadSource.STANDBY) == 1


def test_only_the_first_read_waits_for_a_standby_that_is_far_behind(pair: Pair) -> None:
    pauses: list[float] = []
    usual = pair.store.pause

    def counted(seconds: float) -> object:
        pauses.append(seconds)
        return usual(seconds)

    pair.store.pause = counted
    pair.standby.pause_replay()
    with pair.store.standby_session():
        create(pair.store)
        pair.store.read(listed)
        assert pauses
        pauses.clear()
        pair.store.read(listed)
        assert not pauses

        pair.standby.resume_replay()
        pair.standby.catch_up()
        assert pair.store.read(is_on_standby)


def test_settings_that_later_commands_use_are_not_read_from_the_standby(pair: Pair) -> None:
    pair.standby.pause_replay()
    change = captures.ChangeSetting(key="exact_search_artifacts", value="100", expected_seq=0)
    pair.store.run(captures.change_setting, change, actor=MAYA, reason="a test")
    pair.store.config.invalidate()
    with pair.store.standby_session():
        assert pair.store.read(is_on_standby)
        assert pair.store.config.get(change.key, None) == 100


@pytest.mark.slow
def test_a_feed_has_what_the_primary_has_and_skips_nothing(patient: Pair) -> None:
    store = patient.store
    other = opened_with(patient.standby.source, patient.standby.url)
    cursor = store.read(lambda tx: tx.history.newest(limit=1)).cursor
    with store.standby_session():
        with other.transaction(actor=MAYA, reason="holds the feed") as tx:
            held = pause(tx)
            later = write(store)
            assert store.feed(after=cursor).changes == ()

        feed = store.feed(after=cursor)
        assert {change.entity_id for change in feed.changes} == {held, later}
        assert store.feed(after=feed.cursor).changes == ()
        newest = write(store)
        assert [one.entity_id for one in store.feed(after=feed.cursor).changes] == [newest]
    assert patient.number(ReadSource.STANDBY) == 4
    other.dispose()


def test_a_feed_of_a_standby_that_is_behind_comes_from_the_primary(pair: Pair) -> None:
    cursor = pair.store.feed(limit=10_000).cursor
    pair.standby.pause_replay()
    written = write(pair.store)
    with pair.store.standby_session():
        changes = pair.store.feed(after=cursor).changes
    assert [change.entity_id for change in changes] == [written]
    assert pair.number(ReadSource.BEHIND) == 1


@pytest.mark.slow
def test_verify_checks_the_standby_unless_it_is_behind(pair: Pair) -> None:
    with pair.store.standby_session():
        assert verify(pair.store) == ()
    assert pair.number(ReadSource.STANDBY) == 1

    pair.standby.pause_replay()
    create(pair.store)
    with pair.store.standby_session():
        assert verify(pair.store) == ()
    assert pair.number(ReadSource.BEHIND) == 1


def test_the_primary_answers_a_read_that_the_replay_has_canceled(pair: Pair) -> None:
    def read_twice(tx: SqlReading) -> tuple[bool, set[str]]:
        ids = listed(tx)
        if is_on_standby(tx):
            lock = "LOCK TABLE indelible.concepts IN ACCESS EXCLUSIVE MODE"
            execute(pair.standby.source.admin_url, f"DO $$ BEGIN {lock}; END $$")
            pair.standby.catch_up()
        assert listed(tx) == ids
        return is_on_standby(tx), ids

    concept_id = create(pair.store).concept.id
    pair.standby.catch_up()
    with pair.store.standby_session():
        is_standbys, ids = pair.store.read(read_twice)
        assert concept_id in ids
        assert not is_standbys
        assert pair.number(ReadSource.FAILED) == 1


def test_the_primary_answers_while_no_standby_does(servers: StreamingStandby) -> None:
    url = servers.url.replace(str(servers.port), str(unused_port()))
    store = opened_with(servers.source, url)
    pair = Pair(store, servers)
    with store.standby_session():
        concept_id = create(store).concept.id
        assert concept_id in store.read(listed)
        assert concept_id in store.read(listed)
    assert (pair.number(ReadSource.FAILED), pair.number(ReadSource.OUT)) == (1, 1)
    store.dispose()


def test_the_primary_answers_while_the_standby_hangs(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pair.store.standby_session():
        assert pair.store.read(is_on_standby)
        pair.standby.signal(SIGSTOP)
        try:
            assert not pair.store.read(is_on_standby)
            assert not pair.store.read(is_on_standby)
        finally:
            pair.standby.signal(SIGCONT)
        assert (pair.number(ReadSource.FAILED), pair.number(ReadSource.OUT)) == (1, 1)

        monkeypatch.setattr("indelible_sql.store.standby.monotonic", lambda: float("inf"))
        assert pair.store.read(is_on_standby)


def test_the_primary_answers_where_the_position_of_a_write_is_not_known(pair: Pair) -> None:
    admin_url = pair.standby.source.admin_url
    function = "EXECUTE ON FUNCTION pg_walfile_name(pg_lsn)"
    execute(admin_url, f"REVOKE {function} FROM PUBLIC")
    try:
        with pair.store.standby_session() as session:
            concept_id = create(pair.store).concept.id
            assert concept_id in pair.store.read(listed)
            position = session.position()
    finally:
        execute(admin_url, f"GRANT {function} TO PUBLIC")
    assert position == str(UNKNOWN_POSITION)
    with pair.store.standby_session(after=position):
        assert not pair.store.read(is_on_standby)


@pytest.mark.slow
def test_a_failover_makes_no_read_older_than_the_callers_own_write(cluster: Path) -> None:
    settings = {"full_page_writes": "on"}  # for a copy of a standby
    with folder() as directory:
        copy_cluster(cluster, directory)
        with postgres(directory, durable=False, settings=settings) as primary:
            store = open_store(primary.url, policy=POLICY)
            store.upgrade(primary.owner_url)
            store.dispose()
            with streaming_standby(primary) as second, streaming_standby(second) as third:
                fail_over(primary, second, third)


def fail_over(primary: PostgresServer, second: StreamingStandby, third: StreamingStandby) -> None:
    """Read from both standbys before and after the second server becomes the primary."""
    store = opened_with(primary, second.url, LONG_WAIT)
    with store.standby_session() as session:
        first_id = create(store).concept.id
        assert first_id in store.read(listed)
        assert store.read(is_on_standby)
        first = session.position()
        third.wait_until_replayed(primary)
        second.promote()
        assert first_id in store.read(listed)
        assert not store.read(is_on_standby)
    store.dispose()

    store = opened_with(second, third.url)
    with store.standby_session(after=first):
        assert first_id in store.read(listed)
        assert store.read(is_on_standby)
    with store.standby_session() as session:
        second_id = create(store).concept.id
        assert second_id in store.read(listed)
        assert session.position().startswith("2:")
        execute(second.admin_url, "CHECKPOINT")
        third.wait_until_replayed(second)
        execute(third.admin_url, "CHECKPOINT")
        assert second_id in store.read(listed)
        assert store.read(is_on_standby)
    store.dispose()


@pytest.mark.parametrize(
    ("replayed", "position", "has_it"),
    [
        (Position(1, 80), Position(1, 80), True),
        (Position(2, 80), Position(1, 80), True),
        (Position(1, 80), Position(1, 81), False),
        (Position(2, 80), Position(1, 81), False),
        (Position(1, 2**40), Position(2, 80), False),
    ],
)
def test_a_standby_has_the_positions_of_its_timeline_and_of_older_ones(
    replayed: Position, position: Position, *, has_it: bool
) -> None:
    assert Replay(is_standby=True, position=replayed).has(position) is has_it


@pytest.mark.parametrize(
    "text",
    [
        "0/16B3748",
        "1:0/16b3748",
        "0:0/1",
        "1:0/123456789",
        "1:0/1\n",
        "1:/",
        "\u0661:0/1",
        "1:0/1@",
        "1:0/1@0",
        "1:0/1@12345678901234567890",
    ],
)
def test_a_malformed_position_is_refused(pair: Pair, text: str) -> None:
    with pytest.raises(InvalidLogPosition), pair.store.standby_session(after=text):
        """Nothing is read."""
    assert InvalidLogPosition.http_status == 400


def test_the_text_of_a_position_is_read_again() -> None:
    position = Position(3, 2**40 + 17)
    assert str(position) == "3:100/11"
    assert Position.parse("3:100/11") == position
    assert str(evolve(position, cluster=7)) == "3:100/11@7"
    for cluster in (7, -7, 2**63 - 1, -(2**63)):
        of_cluster = evolve(position, cluster=cluster)
        assert Position.parse(str(of_cluster)) == of_cluster


@pytest.mark.slow
def test_a_standby_of_another_cluster_is_not_read(
    pair: Pair, database: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = opened_with(database, pair.standby.url)
    with store.standby_session(), caplog.at_level("WARNING"):
        concept_id = create(store).concept.id
        assert store.read(listed) == {concept_id}
        assert store.read(listed) == {concept_id}
    assert store.standby is not None
    assert store.standby.counts.number(ReadSource.FAILED) == 1
    assert store.standby.counts.number(ReadSource.OUT) == 1
    assert WrongDatabase.code in caplog.text
    store.dispose()


def test_what_a_standby_does_not_find_is_looked_for_at_the_primary(pair: Pair) -> None:
    pair.standby.pause_replay()
    concept_id = create(pair.store).concept.id

    with pair.store.standby_session():
        assert pair.store.read(concepts.get_concept, concept_id).concept.id == concept_id
        with pytest.raises(NotFound):
            pair.store.read(concepts.get_concept, "unknown")
    assert pair.number(ReadSource.BEHIND) == 2


def test_a_transaction_that_gets_no_connection_has_written_nothing(pair: Pair) -> None:
    pool = Pool(size=1, overflow=0, connect_seconds=2)
    store = open_store(pair.standby.source.url, policy=POLICY, pool=pool, read_url=pair.standby.url)
    with store.standby_session() as session, store.engines.writer.connect():
        with pytest.raises(NoConnectionFree):
            create(store)
        assert session.position() == ""
    store.dispose()


def test_a_store_without_a_standby_has_sessions_too(sqlite_url: str) -> None:
    store = open_store(sqlite_url, policy=POLICY)
    store.upgrade()
    with store.standby_session(after="1:0/1") as session:
        concept_id = create(store).concept.id
        assert concept_id in store.read(listed)
        assert session.position() == ""
    store.dispose()


def test_sqlite_has_no_standby(sqlite_url: str, pair: Pair) -> None:
    with pytest.raises(UsageError, match="no standby"):
        open_store(sqlite_url, read_url=pair.standby.url)
    with pytest.raises(UsageError, match="no standby"):
        open_async_store(sqlite_url, read_url=pair.standby.url)
    with pytest.raises(UsageError, match="only PostgreSQL"):
        open_store(pair.standby.source.url, read_url=sqlite_url)


@pytest.mark.slow
async def test_an_event_loop_reads_from_the_standby(pair: Pair) -> None:
    store = open_async_store(
        pair.standby.source.url,
        policy=POLICY,
        pool=Pool(standby_seconds=SHORT_WAIT),
        read_url=pair.standby.url,
    )
    await store.read(listed)
    command = concepts.CreateConcept(content=RATIO)
    pair.standby.pause_replay()
    with store.standby_session() as session:
        saved = await store.run(concepts.create_concept, command, actor=MAYA, reason="a test")
        assert saved.concept.id in await store.read(listed)
        position = await session.position()

    pair.standby.resume_replay()
    pair.standby.catch_up()
    with store.standby_session(after=position):
        assert saved.concept.id in await store.read(listed)
        assert await store.read(is_on_standby)
    await store.dispose()
