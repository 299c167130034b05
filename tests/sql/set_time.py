"""A store whose database's one function of time is replaced, as a simulator does."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from attrs import define, field
from sqlalchemy import event
from tests.conftest import POLICY
from tests.databases import temporary_database

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.schema.database_time import DATABASE_TIME


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


@contextmanager
def postgresql_in_set_time(server: PostgresServer, clock: SetTime) -> Generator[SqlStore]:
    """Open a store on a new database that lives by the clock."""
    with (
        temporary_database(server, "replaced_time", "template1") as database,
        psycopg.connect(database.owner_url, autocommit=True) as owner,
    ):
        store = open_store(database.url, policy=POLICY)
        store.upgrade(database.owner_url)
        # A store compares the schema with its own before its first transaction.
        store.read(lambda tx: tx.tasks.backlogs(clock.time))
        replace_on_postgresql(owner, clock)
        store.clock = clock
        yield store
        store.dispose()
