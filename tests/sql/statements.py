"""What a store really sends: by the wire on PostgreSQL, by the driver's own trace on SQLite."""

import re
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from attrs import frozen
from sqlalchemy import event
from tests.conftest import POLICY
from tests.sql.proxy import Proxy, proxy_to

from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, open_store

QUERY, PARSE, SYNC = b"Q", b"P", b"S"
R = TypeVar("R")
SPACES = re.compile(r"\s+")


@frozen
class Trace:
    """A store and the statements that it has sent; `trips` counts its round trips."""

    store: SqlStore
    take: Callable[[], list[str]]
    trips: Callable[[], int]

    def of(self, work: Callable[[], R]) -> tuple[R, list[str]]:
        """What the work returns, and what is sent while it is done."""
        before = len(self.take())
        done = work()
        return done, self.take()[before:]

    def trips_of(self, work: Callable[[], object]) -> int:
        """How often the work waits for the database."""
        before = self.trips()
        work()
        return self.trips() - before


@contextmanager
def on_postgresql(database: PostgresServer, *, prepare: bool) -> Generator[Trace]:
    """Yield the trace of a store behind a proxy.

    Without prepared statements, every message carries its text.
    """
    with proxy_to(database.host, database.port) as proxy:
        store = open_store(proxy.url(database.url), policy=POLICY, pool=Pool(prepare=prepare))
        try:
            yield Trace(
                store,
                lambda: texts(proxy),
                lambda: sum(each[:1] in (QUERY, SYNC) for each in proxy.seen),
            )
        finally:
            store.dispose()


@contextmanager
def on_sqlite(url: str) -> Generator[Trace]:
    """A store whose drivers say what they run."""
    seen: list[str] = []

    def listen(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(lambda text: seen.append(tidy(text)))

    store = open_store(url, policy=POLICY)
    for engine in (store.engines.writer, store.engines.reader):
        event.listen(engine, "connect", listen)
    try:
        yield Trace(store, lambda: own(seen), lambda: len(own(seen)))
    finally:
        store.dispose()


def own(seen: list[str]) -> list[str]:
    """Each statement once: SQLite shows it again for every trigger that it fires."""
    return [
        text
        for at, text in enumerate(seen)
        if not text.startswith("--") and text not in seen[at - 1 : at]
    ]


def texts(proxy: Proxy) -> list[str]:
    """The statements among a client's messages."""
    found = list[str]()
    for message in list(proxy.seen):
        if message[:1] == QUERY:
            found.append(tidy(message[5:-1].decode()))
        elif message[:1] == PARSE:
            found.append(tidy(message[5:].split(b"\0")[1].decode()))
    return found


def tidy(text: str) -> str:
    """The statement on one line."""
    return SPACES.sub(" ", text).strip()
