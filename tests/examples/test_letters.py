"""A stage of one's own works in process, in threads without Redis, and in threads that Redis wakes."""

from collections.abc import Generator
from threading import Event, Lock, Thread

import psycopg
import pytest
from attrs import define, field
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable
from tests.conftest import POLICY
from tests.examples.letters import ORDERS, Letter, confirmation, order, serve
from tests.workers.scenes import until

from indelible.kernel import Actor
from indelible.kernel.stages import TryAgain
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, open_store
from indelible_workers import drain

SHOP, LETTERS = Actor.user("shop"), Actor.system("letters")


@define
class Post:
    """A post office, which may be shut."""

    letters: list[Letter] = field(factory=list[Letter])
    is_shut: bool = False
    _lock: Lock = field(factory=Lock)

    def send(self, letter: Letter) -> None:
        if self.is_shut:
            raise TryAgain("the post office is shut", after_seconds=0)
        with self._lock:
            self.letters.append(letter)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Generator[SqlStore]:
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        engine = create_engine(url)
        with engine.begin() as connection:
            ORDERS.create(connection)
        engine.dispose()
    else:
        database: PostgresServer = request.getfixturevalue("database")
        url = database.url
        with psycopg.connect(database.admin_url) as admin:
            admin.execute(str(CreateTable(ORDERS)).encode())
            admin.execute(b"GRANT SELECT, INSERT, UPDATE ON orders TO indelible_app")
    opened = open_store(url, policy=POLICY)
    yield opened
    opened.dispose()


def take(store: SqlStore, *ids: str) -> None:
    for order_id in ids:
        store.run(order, (order_id, "maya"), actor=SHOP, reason="ordered at the counter")


def confirmed(store: SqlStore) -> set[str]:
    def query(tx: SqlReading) -> set[str]:
        return ids(tx.connection)

    return store.read(query)


def ids(connection: Connection) -> set[str]:
    return set(connection.execute(select(ORDERS.c.id).where(ORDERS.c.is_confirmed)).scalars())


def test_a_letter_is_sent_in_process_and_kept_as_sent(store: SqlStore) -> None:
    post = Post()
    take(store, "one", "two")

    while drain(store, confirmation(post.send), actor=LETTERS):
        pass

    assert post.letters == [("one", "maya"), ("two", "maya")]
    assert confirmed(store) == {"one", "two"}


def test_an_order_that_is_refused_has_no_letter(store: SqlStore) -> None:
    take(store, "one")
    with pytest.raises(IntegrityError):
        take(store, "one")

    assert drain(store, confirmation(Post().send), actor=LETTERS) == 1
    assert drain(store, confirmation(Post().send), actor=LETTERS) == 0


@pytest.mark.parametrize("has_redis", [False, True])
def test_the_same_stage_works_in_a_service_with_redis_and_without(
    store: SqlStore, redis_url: str, *, has_redis: bool
) -> None:
    post, ended = Post(is_shut=True), Event()
    service = Thread(target=serve, args=(store, post.send, ended, redis_url if has_redis else None))
    take(store, *(f"order-{number}" for number in range(10)))
    service.start()
    post.is_shut = False
    until(lambda: len(confirmed(store)) == 10)
    ended.set()
    service.join()

    assert sorted(post.letters) == [(f"order-{number}", "maya") for number in range(10)]
