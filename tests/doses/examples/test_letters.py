"""A custom stage runs in process, in threads without Redis, and in threads with Redis."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread

import psycopg
import pytest
from attrs import define, field
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable
from tests.architecture.sources import ROOT
from tests.conftest import POLICY
from tests.examples.letters import (
    CONFIRM,
    HOURLY,
    MORNING,
    ORDERS,
    REPORT,
    HourlyCount,
    Letter,
    confirmation,
    dead_letters,
    order,
    report,
    serve,
)
from tests.examples.servers import servers
from tests.workers.bakery import wait_until

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, RequeueTask, RetryLater, requeue_task
from indelible.testing.stores import BEGINNING
from indelible_service.embedded import PostgresServer
from indelible_service.hosts.modules import host_recurring_tasks, host_stages
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store
from indelible_workers import Worker, process_batch, redis_client

SHOP, LETTERS = Actor.user("shop"), Actor.system("letters")


@define
class Post:
    """A post office that may be closed."""

    letters: list[Letter] = field(factory=list[Letter])
    is_closed: bool = False
    _lock: Lock = field(factory=Lock)

    def send(self, letter: Letter, _: LeaseHandle) -> None:
        if self.is_closed:
            raise RetryLater("the post office is closed", after_seconds=0)
        with self._lock:
            self.letters.append(letter)


def make_orders(url: str) -> None:
    engine = create_engine(url)
    ORDERS.create(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dose)])
def store(request: pytest.FixtureRequest) -> Generator[SqlStore]:
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        make_orders(url)
    else:
        database: PostgresServer = request.getfixturevalue("database")
        url = database.url
        with psycopg.connect(database.admin_url) as admin:
            admin.execute(str(CreateTable(ORDERS)).encode())
            admin.execute(b"GRANT SELECT, INSERT, UPDATE ON orders TO indelible_app")
    opened = open_store(url, policy=POLICY)
    yield opened
    opened.dispose()


def place_orders(store: SqlStore, *ids: str) -> None:
    for order_id in ids:
        store.run(order, (order_id, "maya"), actor=SHOP, reason="ordered at the counter")


def confirmed(store: SqlStore) -> set[str]:
    def query(tx: SqlReading) -> set[str]:
        return ids(tx.connection)

    return store.read(query)


def ids(connection: Connection) -> set[str]:
    return set(connection.execute(select(ORDERS.c.id).where(ORDERS.c.is_confirmed)).scalars())


def test_a_letter_is_sent_in_process_and_its_order_is_confirmed(store: SqlStore) -> None:
    post = Post()
    place_orders(store, "one", "two")

    while process_batch(store, confirmation(post.send), actor=LETTERS):
        pass

    assert post.letters == [("one", "maya"), ("two", "maya")]
    assert confirmed(store) == {"one", "two"}


def test_the_module_exports_its_stages_and_its_schedules(store: SqlStore) -> None:
    modules = ["tests.examples.letters"]

    assert [stage.name for stage in host_stages(modules, store)] == [CONFIRM, REPORT]
    assert host_recurring_tasks(modules, store) == [HOURLY, MORNING]


def test_a_refused_order_enqueues_no_letter(store: SqlStore) -> None:
    place_orders(store, "one")
    with pytest.raises(IntegrityError):
        place_orders(store, "one")

    assert process_batch(store, confirmation(Post().send), actor=LETTERS) == 1
    assert process_batch(store, confirmation(Post().send), actor=LETTERS) == 0


@pytest.mark.slow
@pytest.mark.parametrize("has_redis", [False, True])
def test_the_same_stage_runs_in_a_service_with_and_without_redis(
    store: SqlStore, redis_url: str, *, has_redis: bool
) -> None:
    post = Post(is_closed=True)
    counts: list[HourlyCount] = []
    worker = Worker(store=store, actor=LETTERS)
    stages = [confirmation(post.send), report(lambda count, _: counts.append(count))]
    service = Thread(target=serve, args=(worker, stages, redis_url if has_redis else None))
    place_orders(store, *(f"order-{number}" for number in range(10)))
    service.start()
    post.is_closed = False
    wait_until(lambda: len(confirmed(store)) == 10 and bool(counts))
    worker.stop()
    service.join()

    assert sorted(post.letters) == [(f"order-{number}", "maya") for number in range(10)]
    assert [(slot[13:], number in range(11)) for slot, number in counts] == [(":00:00+00:00", True)]


def test_a_dead_letter_is_listed_and_sent_after_a_requeue(store: SqlStore) -> None:
    def refuse(letter: Letter, _: LeaseHandle) -> None:
        raise PermanentFailure(f"no address for {letter[1]}")

    place_orders(store, "one")
    process_batch(store, confirmation(refuse), actor=LETTERS)
    assert store.read(dead_letters) == {"one": "no address for maya"}
    store.run(
        requeue_task,
        RequeueTask(stage=CONFIRM, entity_id="one"),
        actor=SHOP,
        reason="address added",
    )
    process_batch(store, confirmation(Post().send), actor=LETTERS)

    assert (store.read(dead_letters), confirmed(store)) == ({}, {"one"})


@pytest.mark.slow
def test_the_worker_process_ends_on_sigterm(sqlite_url: str) -> None:
    make_orders(sqlite_url)
    store = open_store(sqlite_url, policy=POLICY)
    place_orders(store, "one")
    command = [sys.executable, "-m", "tests.examples.letters"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": sqlite_url}
    ) as process:
        wait_until(lambda: confirmed(store) == {"one"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    store.dispose()


@pytest.mark.slow
def test_the_stage_runs_on_the_servers_from_wheels() -> None:
    with TemporaryDirectory(prefix="indelible-") as directory:
        Path(directory).chmod(0o711)  # PostgreSQL may run as another user
        with servers(Path(directory)) as (store, redis_url):
            store.run(enqueue_one, None, actor=SHOP, reason="a test")
            ready = store.read(
                lambda tx: tx.tasks.count_ready(CONFIRM, BEGINNING + timedelta(days=1), limit=9)
            )
            assert (ready, redis_client(redis_url).exists("nothing")) == (1, 0)


def enqueue_one(tx: SqlTransaction, _: None) -> None:
    tx.tasks.enqueue(CONFIRM, {"one": BEGINNING})
