"""Record the statements that a store sends: from PostgreSQL's protocol, or by SQLite's trace."""

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

# Types of messages in PostgreSQL's protocol.
QUERY = b"Q"
PARSE = b"P"

SPACES = re.compile(r"\s+")
R = TypeVar("R")


@frozen
class Trace:
    """A store, with a function that returns its statements so far."""

    store: SqlStore
    sent: Callable[[], list[str]]

    def of(self, work: Callable[[], R]) -> tuple[R, list[str]]:
        """Do the work; return its result and the statements that it sent."""
        before = len(self.sent())
        result = work()
        return result, self.sent()[before:]


@contextmanager
def on_postgresql(database: PostgresServer, *, prepare: bool) -> Generator[Trace]:
    """Yield the trace of a store behind a proxy.

    Without prepared statements, every message carries its text.
    """
    with proxy_to(database.host, database.port) as proxy:
        store = open_store(proxy.url(database.url), policy=POLICY, pool=Pool(prepare=prepare))
        try:
            yield Trace(store, lambda: proxied_statements(proxy))
        finally:
            store.dispose()


@contextmanager
def on_sqlite(url: str) -> Generator[Trace]:
    """Yield the trace of a store whose connections report their statements."""
    lines: list[str] = []

    def trace_connection(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(lambda text: lines.append(on_one_line(text)))

    store = open_store(url, policy=POLICY)
    for engine in (store.engines.writer, store.engines.reader):
        event.listen(engine, "connect", trace_connection)
    try:
        yield Trace(store, lambda: without_triggers(lines))
    finally:
        store.dispose()


def without_triggers(lines: list[str]) -> list[str]:
    """Return each statement once: SQLite reports it again for every trigger that it fires."""
    statements: list[str] = []
    previous = ""
    for line in lines:
        if line != previous and not line.startswith("--"):
            statements.append(line)
        previous = line
    return statements


def proxied_statements(proxy: Proxy) -> list[str]:
    """Return the statements among the messages of a proxy's clients."""
    statements: list[str] = []
    for message in list(proxy.messages):
        kind = message[:1]
        if kind == QUERY:
            statements.append(on_one_line(message[5:-1].decode()))
        elif kind == PARSE:
            text = message[5:].split(b"\0")[1]
            statements.append(on_one_line(text.decode()))
    return statements


def on_one_line(text: str) -> str:
    """Replace line breaks and repeated spaces by one space."""
    return SPACES.sub(" ", text).strip()
