"""A database whose one function of time is replaced, as a simulator does (decision 0120)."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from attrs import define, field
from sqlalchemy import event
from tests.databases import temporary_database
from tests.sql.conftest import opened

from indelible.kernel.tasks import Lease
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import within
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.schema.database_time import DATABASE_TIME

LEASE = timedelta(minutes=1)


@define
class SetTime:
    """The time of a store and of its database.

    It is more than 1,000 days ahead of the machine's, at which no task may be due by its time.
    """

    time: datetime = datetime(2031, 5, 4, tzinfo=UTC)
    in_database: Callable[[datetime], None] = field(default=lambda _: None)

    def now(self) -> datetime:
        return self.time

    def advance(self, span: timedelta) -> None:
        self.time += span
        self.in_database(self.time)


def replace_on_sqlite(store: SqlStore, clock: SetTime) -> None:
    """Let each connection read the time of the clock; other texts have the values of SQLite."""
    plain = sqlite3.connect(":memory:", check_same_thread=False)

    def strftime(pattern: str, text: str, *modifiers: str) -> str | None:
        if text == "now":
            text = clock.time.isoformat(sep=" ", timespec="milliseconds")
        marks = ", ".join("?" for _ in modifiers)
        statement = f"SELECT strftime(?, ?{', ' if marks else ''}{marks})"
        value: str | None = plain.execute(statement, [pattern, text, *modifiers]).fetchone()[0]
        return value

    def replace(connection: sqlite3.Connection, _: object) -> None:
        connection.create_function("strftime", -1, strftime, deterministic=True)

    for engine in (store.engines.writer, store.engines.reader):
        engine.dispose()
        event.listen(engine, "connect", replace)


def replace_on_postgresql(owner: "psycopg.Connection[tuple[object, ...]]", clock: SetTime) -> None:
    """Let the function of time read a table."""
    owner.execute("CREATE TABLE indelible.set_time (now timestamptz NOT NULL)")
    owner.execute("INSERT INTO indelible.set_time VALUES (%s)", [clock.time])
    owner.execute("GRANT SELECT ON indelible.set_time TO PUBLIC")
    owner.execute(
        f"CREATE OR REPLACE FUNCTION indelible.{DATABASE_TIME}(has_waited boolean)"
        " RETURNS timestamptz LANGUAGE sql AS $$ SELECT now FROM indelible.set_time $$"
    )

    def set_in_database(now: datetime) -> None:
        owner.execute("UPDATE indelible.set_time SET now = %s", [now])

    clock.in_database = set_in_database


@pytest.fixture(params=["sqlite", "postgresql"])
def simulated(request: pytest.FixtureRequest) -> Iterator[tuple[SqlStore, SetTime]]:
    """Return a store in the year 2031, and its clock."""
    clock = SetTime()
    if request.param == "sqlite":
        store: SqlStore = request.getfixturevalue("sqlite")
        replace_on_sqlite(store, clock)
        store.clock = clock
        yield store, clock
        return

    server: PostgresServer = request.getfixturevalue("server")
    with (
        temporary_database(server, "replaced_time", "template1") as database,
        opened(database.url) as store,
        psycopg.connect(database.owner_url, autocommit=True) as owner,
    ):
        store.upgrade(database.owner_url)
        claim(store)  # A store compares the schema with its own before its first transaction.
        replace_on_postgresql(owner, clock)
        store.clock = clock
        yield store, clock


def claim(store: SqlStore) -> tuple[Lease, ...]:
    until = store.clock.now() + LEASE
    return within(store, lambda tx: tx.tasks.claim("work", limit=1, until=until))


def test_tasks_live_in_the_replaced_time(simulated: tuple[SqlStore, SetTime]) -> None:
    store, clock = simulated
    within(store, lambda tx: tx.tasks.enqueue("work", {"a": clock.time + timedelta(days=30)}))

    assert claim(store) == ()
    clock.advance(timedelta(days=30))
    (first,) = claim(store)
    assert claim(store) == ()
    clock.advance(2 * LEASE)
    (second,) = claim(store)
    within(store, lambda tx: tx.tasks.complete([second]))

    assert code(lambda: within(store, lambda tx: tx.tasks.complete([first]))) == "LEASE_LOST"
    task = store.read(lambda tx: tx.tasks.get("work", "a"))
    assert task.finished_at == clock.time
