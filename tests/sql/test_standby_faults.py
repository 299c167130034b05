"""Reads of a session while a server is gone, was promoted, or does not know a named position."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.event import listen, remove
from tests.conftest import POLICY
from tests.sql.standbys import StreamingStandby, primary_with_standby
from tests.sql.test_standby_reads import Pair, execute, is_on_standby, listed, opened_with

from indelible.concepts import CreateConcept, SubmitConcept, create_concept, submit_concept
from indelible.kernel import Feed, NotFound, StoreUnreachable
from indelible.kernel.checked_queries import CheckedQuery
from indelible.kernel.standbys import ReadSource
from indelible.testing.stores import MAYA, RATIO, create
from indelible_sql import SqlReading, SqlStore, open_async_store, verify
from indelible_sql.engine.identity import JoinableDatabase
from indelible_sql.engine.positions import MAX_TIMELINE, Position, Replay, read_replay
from indelible_sql.store import standby as standby_module

UNKNOWN_CONCEPT = SubmitConcept(concept_id="unknown", expected_seq=1)
GONE = "the test lets the primary answer nobody"


@pytest.fixture(scope="module")
def servers(cluster: Path) -> Generator[StreamingStandby]:
    with primary_with_standby(cluster) as standby:
        yield standby


@pytest.fixture
def pair(servers: StreamingStandby) -> Generator[Pair]:
    servers.catch_up()
    store = opened_with(servers.source, servers.url)
    yield Pair(store, servers)
    create(store)  # a COMMIT flushes what the primary's reads have logged
    store.dispose()
    servers.resume_replay()
    servers.catch_up()


@contextmanager
def primary_gone(store: SqlStore) -> Generator[None]:
    """Let no pool of the primary hand out a connection."""

    def refuse(*_: object) -> None:
        raise StoreUnreachable(GONE)

    engines = (store.engines.writer, store.engines.reader)
    for engine in engines:
        listen(engine, "checkout", refuse)
    try:
        yield
    finally:
        for engine in engines:
            remove(engine, "checkout", refuse)


def session_number(connection: Connection) -> int:
    """Return the number of the server's session of a connection."""
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid)


@pytest.mark.slow
def test_a_promoted_standby_keeps_no_connection_that_hides_the_next_one(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = pair.store
    promoted: set[int] = set()

    def read_two(tx: SqlReading) -> None:
        promoted.add(session_number(tx.connection))
        if len(promoted) == 1:
            store.read(read_two)

    def read_promoted(connection: Connection, schema: str) -> Replay:
        replay = read_replay(connection, schema)
        is_standby = session_number(connection) not in promoted
        return Replay(is_standby=is_standby, position=replay.position)

    with store.standby_session():
        store.read(read_two)
        assert len(promoted) == 2  # two connections are idle
        monkeypatch.setattr(standby_module, "read_replay", read_promoted)
        assert not store.read(is_on_standby)
        monkeypatch.setattr(standby_module, "monotonic", lambda: float("inf"))
        assert store.read(is_on_standby)


@pytest.mark.slow
async def test_an_event_loop_closes_its_connections_to_a_promoted_standby(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, read_url = pair.standby.source.url, pair.standby.url
    store = open_async_store(url, policy=POLICY, read_url=read_url)
    await store.read(listed)
    replays = [Replay(is_standby=False, position=Position(1, 0))]

    def read_promoted(connection: Connection, schema: str) -> Replay:
        return replays.pop() if replays else read_replay(connection, schema)

    def number_on_standby(tx: SqlReading) -> int:
        return session_number(tx.connection) if is_on_standby(tx) else 0

    with store.standby_session():
        first = await store.read(number_on_standby)
        assert first
        monkeypatch.setattr(standby_module, "read_replay", read_promoted)
        assert not await store.read(number_on_standby)
        monkeypatch.setattr(standby_module, "monotonic", lambda: float("inf"))
        assert await store.read(number_on_standby) not in {0, first}
    await store.dispose()


def test_a_primary_that_is_gone_does_not_put_its_standby_out(pair: Pair) -> None:
    store = pair.store
    with store.standby_session():
        with primary_gone(store), pytest.raises(StoreUnreachable, match=GONE):
            store.read(is_on_standby)  # nobody has told yet whose standby it is
        assert store.read(is_on_standby)

        with primary_gone(store):
            with pytest.raises(StoreUnreachable, match=GONE):
                store.feed()
            with pytest.raises(StoreUnreachable, match=GONE):
                store.read(lambda tx: tx.history.feed(after="", limit=1))
            with pytest.raises(StoreUnreachable, match=GONE):
                verify(store)
            assert store.read(is_on_standby)
    with store.standby_session(is_only_standby=True), primary_gone(store):
        with pytest.raises(StoreUnreachable, match=GONE):
            store.feed()
        with pytest.raises(StoreUnreachable, match=GONE):
            verify(store)
        assert store.read(is_on_standby)
    assert pair.number(ReadSource.FAILED) == 0
    assert pair.number(ReadSource.OUT) == 0


def test_a_caller_whom_the_primary_fails_leaves_the_next_try_to_another(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, now = pair.store, 1_000.0
    assert store.standby is not None
    monkeypatch.setattr(standby_module, "monotonic", lambda: now)
    with store.standby_session():
        assert store.read(is_on_standby)
        store.standby.failed(StoreUnreachable("the test says so"))
        now += standby_module.OUT_SECONDS
        with primary_gone(store):
            with pytest.raises(StoreUnreachable, match=GONE):
                store.feed()
            assert store.read(is_on_standby)


def test_a_new_address_of_the_standby_needs_no_primary(pair: Pair) -> None:
    assert pair.store.standby is not None
    joinable = JoinableDatabase(pair.store.engines.reader)
    joinable.learn_identity()
    with primary_gone(pair.store), pair.store.standby.engine.connect() as connection:
        joinable.check_standby(connection)
        with pytest.raises(StoreUnreachable, match=GONE):
            JoinableDatabase(pair.store.engines.reader).check(connection)


def test_a_primary_that_does_not_tell_which_one_it_is_answers_itself(pair: Pair) -> None:
    function = "EXECUTE ON FUNCTION pg_control_system()"
    execute(pair.standby.source.admin_url, f"REVOKE {function} FROM PUBLIC")
    try:
        with pair.store.standby_session():
            assert not pair.store.read(is_on_standby)
    finally:
        execute(pair.standby.source.admin_url, f"GRANT {function} TO PUBLIC")
    with pair.store.standby_session():
        assert pair.store.read(is_on_standby)
    assert pair.number(ReadSource.BEHIND) == 1


@pytest.mark.slow
@pytest.mark.parametrize("is_reading", [True, False])
def test_a_read_that_names_a_position_of_a_newer_timeline_is_refused(
    pair: Pair, *, is_reading: bool
) -> None:
    store = pair.store
    reads: tuple[Callable[[], object], ...] = (
        lambda: store.read(listed),
        lambda: store.read(list_feed),
        lambda: store.read(list_feed),  # known to read the feed
        lambda: store.read(CheckedQuery(is_on_standby, bool, listed)),
        store.feed,
        lambda: verify(store),
    )

    def number(tx: SqlReading) -> int:
        return session_number(tx.connection)

    first = store.read(number)
    named = store.standby_session(after="2:0/1", is_reading=is_reading)
    with named, pytest.raises(StoreUnreachable):
        store.read(listed)
    assert store.read(number) != first  # a new connection may lead to another server

    with store.standby_session(after="2:0/1", is_reading=is_reading) as session:
        for read in reads:
            with pytest.raises(
                StoreUnreachable, match="timeline 1: expected timeline 2 or a newer"
            ):
                read()
        with pytest.raises(NotFound):
            store.run(submit_concept, UNKNOWN_CONCEPT, actor=MAYA, reason="a test")
        with pytest.raises(StoreUnreachable):  # also after a command that has written nothing
            store.read(listed)
        concept_id = create(store).concept.id
        with pytest.raises(StoreUnreachable):
            store.read(listed)
        position = session.position()
    assert position.startswith("1:")  # the position of the own write, for the next session
    with store.standby_session(after=position, is_reading=is_reading):
        assert concept_id in store.read(listed)
        assert verify(store) == ()


@pytest.mark.slow
def test_no_other_read_suffers_from_a_position_that_is_made_up(pair: Pair) -> None:
    store = pair.store
    named = Position(MAX_TIMELINE, 1)
    with store.standby_session(after=str(named)), pytest.raises(StoreUnreachable):
        store.read(listed)

    assert store.feed(limit=1)
    concept_id = create(store).concept.id
    with store.standby_session(after="1:0/1"):
        pair.standby.catch_up()
        assert store.read(is_on_standby)
        assert concept_id in store.read(listed)


@pytest.mark.slow
@pytest.mark.parametrize("is_reading", [True, False])
def test_the_primary_answers_reads_that_name_a_position_of_another_cluster(
    pair: Pair, *, is_reading: bool
) -> None:
    store = pair.store
    own = store.read_written()
    other = Position(own.timeline + 1, own.lsn, own.cluster + 1)
    with store.standby_session(after=str(other), is_reading=is_reading):
        assert not store.read(is_on_standby)
        assert store.feed(limit=1)
        assert verify(store) == ()
    assert pair.number(ReadSource.BEHIND) == (1 if is_reading else 0)
    pair.standby.catch_up()
    with store.standby_session(after=str(own)):
        assert store.read(is_on_standby)


@pytest.mark.slow
def test_a_feed_of_the_standby_is_not_older_than_a_named_position(pair: Pair) -> None:
    store = pair.store
    with store.standby_session(is_reading=False) as session:
        create(store)
        position = Position.parse(session.position())
    pair.standby.catch_up()
    later = Position(position.timeline, position.lsn + 2**30)  # the standby does not have it
    with store.standby_session(after=str(later)):
        assert store.feed(limit=1).changes
        assert verify(store) == ()
    assert pair.number(ReadSource.BEHIND) == 2


def list_feed(tx: SqlReading) -> Feed:
    return tx.history.feed(after="", limit=1)


@pytest.mark.slow
@pytest.mark.parametrize("is_nested", [False, True])
def test_a_session_sees_a_joined_write_that_its_host_commits_later(
    pair: Pair, *, is_nested: bool
) -> None:
    store = pair.store
    url = make_url(pair.standby.source.url).set(drivername="postgresql+psycopg")
    host = create_engine(url)
    with store.standby_session() as session, host.connect() as connection:
        joining = store.standby_session() if is_nested else nullcontext()
        with joining, store.transaction(actor=MAYA, reason="joins", connection=connection) as tx:
            concept_id = create_concept(tx, CreateConcept(content=RATIO)).concept.id
        early = Position.parse(session.position())
        pair.standby.catch_up()
        assert concept_id not in store.read(listed)

        pair.standby.pause_replay()
        connection.commit()
        assert concept_id in store.read(listed)
        assert Position.parse(session.position()) > early
    host.dispose()
