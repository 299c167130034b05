"""A primary that was stopped while a standby took over, and that goes on, is not believed."""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Final, TypeVar

import psycopg
import pytest
from attrs import frozen
from sqlalchemy import Engine, NullPool, create_engine, make_url
from tests.conftest import POLICY, copy_cluster, folder
from tests.sql.proxy import proxy_to
from tests.sql.standbys import StreamingStandby, signal_server, streaming_standby
from tests.sql.test_standby_faults import session_number
from tests.sql.test_standby_reads import is_on_standby, listed

from indelible import concepts
from indelible.kernel import OutcomeUnknown, StoreUnreachable, Unavailable
from indelible.testing.stores import MAYA, RATIO, create
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import Pool, SqlStore, open_async_store, open_store
from indelible_sql.engine.timelines import REPLACED, Timelines, check_timeline

pytestmark = pytest.mark.slow

IMPATIENT: Final = Pool(statement_seconds=1, connect_seconds=2)
MAX_ATTEMPTS: Final = 20
T = TypeVar("T")


@frozen
class Pair:
    """A primary with a standby, and the address that names both, the primary first."""

    primary: PostgresServer
    standby: StreamingStandby

    @property
    def url(self) -> str:
        """Return the address of the application."""
        url = make_url(self.primary.url)
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://{url.username}:{url.password}@{hosts}/{url.database}"

    def stop_primary(self) -> None:
        """Let the primary answer nobody, and the standby take over."""
        self.standby.catch_up()
        signal_server(self.primary.child, SIGSTOP)
        self.standby.promote()
        self.standby.wait_until("SELECT NOT pg_is_in_recovery()")


@pytest.fixture
def pair(cluster: Path) -> Generator[Pair]:
    with ExitStack() as stack:
        directory = stack.enter_context(folder())
        copy_cluster(cluster, directory)
        primary = stack.enter_context(postgres(directory, durable=False))
        store = open_store(primary.url, policy=POLICY)
        store.upgrade(primary.owner_url)
        store.dispose()
        standby = stack.enter_context(streaming_standby(primary))
        # The server cannot be ended while it is stopped.
        stack.callback(signal_server, primary.child, SIGCONT)
        yield Pair(primary, standby)


@pytest.fixture
def store(pair: Pair) -> Generator[SqlStore]:
    opened = open_store(pair.url, policy=POLICY, pool=IMPATIENT)
    yield opened
    opened.dispose()


def repeated(action: Callable[[], T]) -> T:
    """Return what an action returns, as soon as a server does it."""
    while True:
        with suppress(Unavailable, OutcomeUnknown):
            return action()


def test_reads_of_older_connections_are_not_older_than_the_own_write(
    pair: Pair, store: SqlStore
) -> None:
    create(store)
    assert store.feed().changes  # by a connection that stays in the pool of reads
    pair.stop_primary()
    concept_id = repeated(lambda: create(store)).concept.id
    signal_server(pair.primary.child, SIGCONT)

    for _ in range(IMPATIENT.size + IMPATIENT.overflow + 1):  # no refusal keeps a connection
        with pytest.raises(StoreUnreachable, match=REPLACED):
            store.feed()  # the first of the hosts answers again
    create(store)  # by the connection to the new primary

    with psycopg.connect(pair.primary.admin_url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        admin.execute("SELECT pg_reload_conf()")
    ids = {change.entity_id for change in repeated(store.feed).changes}
    assert concept_id in ids


def test_a_read_that_names_a_write_of_the_new_primary_is_not_answered_by_the_old_one(
    pair: Pair, store: SqlStore
) -> None:
    create(store)
    assert store.feed().changes  # this process knows the first primary alone
    pair.stop_primary()
    other = open_store(pair.standby.url, policy=POLICY)
    concept_id = create(other).concept.id
    position = str(other.read_written())
    other.dispose()
    signal_server(pair.primary.child, SIGCONT)

    with (
        store.standby_session(after=position),
        pytest.raises(StoreUnreachable, match="timeline 1: expected timeline 2 or a newer"),
    ):
        store.feed()
    assert concept_id not in {change.entity_id for change in store.feed().changes}


def test_an_event_loop_does_not_read_what_is_older_than_its_own_write(pair: Pair) -> None:
    async def write_and_read() -> None:
        store = open_async_store(pair.url, policy=POLICY, pool=IMPATIENT)
        command = concepts.CreateConcept(content=RATIO)

        async def create_one() -> None:
            await store.run(concepts.create_concept, command, actor=MAYA, reason="a test")

        await create_one()
        assert (await store.feed()).changes
        await asyncio.to_thread(pair.stop_primary)
        for _ in range(MAX_ATTEMPTS):
            with suppress(Unavailable, OutcomeUnknown):
                await create_one()
                break
        else:
            pytest.fail("the standby took no write")
        signal_server(pair.primary.child, SIGCONT)
        with pytest.raises(StoreUnreachable, match=REPLACED):
            await store.feed()
        await store.dispose()

    asyncio.run(write_and_read())


def test_only_a_newer_timeline_of_the_same_cluster_replaces_a_primary(
    pair: Pair,
) -> None:
    pair.standby.promote()
    pair.standby.wait_until("SELECT NOT pg_is_in_recovery()")
    old, new = pair.primary.admin_url, pair.standby.admin_url
    with folder() as directory, postgres(directory, durable=False) as server:
        foreign = server.admin_url
        for urls in ((old, new), (old, foreign, old), (new, foreign, new)):
            assert answered(urls) == [True] * len(urls)
        assert answered((new, old, new, foreign, old)) == [True, False, True, True, False]


def test_a_standby_of_the_former_cluster_answers_no_read_once_the_primary_is_of_another(
    pair: Pair,
) -> None:
    pair.standby.catch_up()
    with (
        folder() as directory,
        postgres(directory, durable=False) as server,
        proxy_to("127.0.0.1", pair.primary.port) as proxy,
    ):
        url = proxy.url(pair.primary.url)
        store = open_store(url, policy=POLICY, read_url=pair.standby.url)
        before = create(store).concept.id
        pair.standby.catch_up()
        with store.standby_session():
            assert store.read(is_on_standby)
            assert before in store.read(listed)

        _restore_into(server, url)
        proxy.upstream = ("127.0.0.1", server.port)
        store.engines.writer.dispose()  # as if the former primary had closed its connections
        store.engines.reader.dispose()
        after = create(store).concept.id
        with store.standby_session():
            assert not store.read(is_on_standby)
            assert store.read(listed) == {after}
        store.dispose()


def _restore_into(server: PostgresServer, url: str) -> None:
    """Let a server of another cluster be what an address leads to: our tables without content."""
    store = open_store(server.url, policy=POLICY)
    store.upgrade(server.owner_url)
    store.dispose()
    password, role = make_url(url).password, make_url(url).username
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {role} PASSWORD '{password}'".encode())


def test_a_standby_and_a_server_that_does_not_tell_its_timeline_are_used(pair: Pair) -> None:
    old, standby = pair.primary.admin_url, pair.standby.admin_url
    assert answered((old, standby, old)) == [True, True, True]

    with psycopg.connect(old, autocommit=True) as admin:
        admin.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    assert answered((pair.primary.url, old, pair.primary.url)) == [True, True, True]


def test_a_server_first_met_in_recovery_is_asked_again_once_it_is_used(pair: Pair) -> None:
    timelines = Timelines()
    with (
        pool_of(pair.standby.admin_url, timelines) as writer,
        pool_of(pair.primary.admin_url, timelines) as reader,
    ):
        with writer.connect() as connection, reader.connect():
            first = session_number(connection)
        pair.standby.promote()
        pair.standby.wait_until("SELECT NOT pg_is_in_recovery()")
        with reader.connect():
            """Nobody has used the new primary yet."""
        with writer.connect() as connection:
            assert session_number(connection) == first
        with pytest.raises(StoreUnreachable, match=REPLACED), reader.connect():
            """Nothing is read."""


def test_a_server_that_was_promoted_since_its_checkout_is_asked_again(pair: Pair) -> None:
    with pool_of(pair.standby.admin_url, Timelines()) as engine:
        in_recovery = pytest.raises(StoreUnreachable, match="in recovery: expected timeline 1")
        with engine.connect() as connection, in_recovery:
            check_timeline(connection, 1)
        with engine.connect() as connection:
            pair.standby.promote()
            pair.standby.wait_until("SELECT NOT pg_is_in_recovery()")
            check_timeline(connection, 2)
        older = pytest.raises(StoreUnreachable, match="in timeline 2: expected timeline 3")
        with engine.connect() as connection, older:
            check_timeline(connection, 3)


@contextmanager
def pool_of(url: str, timelines: Timelines) -> Generator[Engine]:
    """Yield a pool of connections to one server, which is guarded."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url),
        isolation_level="AUTOCOMMIT",
    )
    timelines.guard(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def answered(urls: Sequence[str]) -> list[bool]:
    """Connect to each server in turn by one pool; return which of them are used."""
    remaining = iter(urls)
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(next(remaining)),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    Timelines().guard(engine)
    results: list[bool] = []
    for _ in urls:
        try:
            with engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        except StoreUnreachable:
            results.append(False)
        else:
            results.append(True)
    return results
