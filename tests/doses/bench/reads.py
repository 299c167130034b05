"""Measure reads by the store, and by a bare driver that sends the statements of the store."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import make_url
from tests.doses.bench import others
from tests.doses.bench.edits import OURS, fill_store
from tests.doses.bench.lives import create_with_versions
from tests.doses.bench.rounds import Act, Dose, Measured, Table, Way, measure_in_turns
from tests.doses.bench.statements import Sent, connected
from tests.doses.chaos.testbed import Testbed
from tests.sql.drivers import Watch, watched

from indelible import concepts
from indelible.concepts import ConceptFilter
from indelible_sql import SqlStore, open_store

VERSIONS: Final = 10
PAGE: Final = 50
BARE: Final = "bare driver"
CONCEPT: Final = "a concept, its version and its warnings"
DESCRIPTION: Final = (
    "Several statements are sent in one transaction, from one snapshot; a single one is sent alone."
    " The bare driver sends the same statements, prepared, and does nothing with the rows. It ends"
    " a transaction by COMMIT: until issue 13 it ended it by ROLLBACK, after which psycopg forgets"
    " every prepared statement, so that it was 3.2 times too slow. eventsourcing rebuilds an"
    " aggregate of a few events, SQLAlchemy-Continuum gets a row: neither has warnings."
)

BEGIN_READ_ONLY: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Sends statements in one read transaction, and returns the rows of the last.
Send = Callable[[list[Sent]], object]


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure three queries on both databases."""
    server = bed.postgresql()
    with others.on_postgresql(server.owner_url) as libraries, _postgresql(server.url) as send:
        yield _table("PostgreSQL", _measure(server.url, send, libraries, dose))

    url = bed.sqlite()
    path = make_url(url).database or ""
    with others.on_sqlite(bed.file.parent) as libraries, _sqlite(path) as send:
        yield _table("SQLite", _measure(url, send, libraries, dose))


def _measure(
    url: str, send: Send, libraries: Mapping[str, others.Library], dose: Dose
) -> Iterator[Measured]:
    store = open_store(url)
    watch = watched(store.engines.reader)
    fill_store(store, dose.concepts)
    for group, query in _queries(store).items():
        ways = {BARE: _bare_way(send, _record(watch, query)), OURS: _counting_way(query)}
        if group == CONCEPT:
            for name, library in libraries.items():
                ways[name] = _counting_way(library.read)
        yield from measure_in_turns(ways, dose, group).values()
    store.dispose()


def _queries(store: SqlStore) -> Mapping[str, Act]:
    concept_id = create_with_versions(store, VERSIONS).concept.id

    def list_page() -> object:
        return store.read(concepts.list_concepts, ConceptFilter(), limit=PAGE)

    return {
        CONCEPT: lambda: store.read(concepts.get_concept, concept_id),
        f"a page of {PAGE} concepts": list_page,
        f"a history of {VERSIONS} changes": lambda: store.read(concepts.list_history, concept_id),
    }


def _record(watch: Watch, query: Act) -> list[Sent]:
    """Run a query twice, and return the statements of the second time."""
    sent: list[Sent] = []
    query()
    watch.before.append(lambda text, values: sent.append(Sent(text, values)))
    query()
    watch.before.clear()

    return [statement for statement in sent if statement.text.startswith("SELECT")]


def _bare_way(send: Send, sent: list[Sent]) -> Way:
    return _counting_way(lambda: send(sent))


def _counting_way(query: Act) -> Way:
    """Return a way that counts the queries with a result."""
    answers = 0

    def run() -> None:
        nonlocal answers
        answers += bool(query())

    return Way(run, lambda: answers)


@contextmanager
def _postgresql(url: str) -> Generator[Send]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.cursor()

        def send(sent: list[Sent]) -> object:
            rows: list[Any] = []
            if len(sent) > 1:
                cursor.execute(BEGIN_READ_ONLY)
            for statement in sent:
                text = statement.text.encode()
                rows = cursor.execute(text, statement.values, prepare=True).fetchall()
            connection.commit()
            return rows

        yield send


@contextmanager
def _sqlite(path: str) -> Generator[Send]:
    with closing(connected(path)) as connection:
        yield lambda sent: _send_to_sqlite(connection, sent)


def _send_to_sqlite(connection: sqlite3.Connection, sent: list[Sent]) -> object:
    rows: list[Any] = []
    if len(sent) > 1:
        connection.execute("BEGIN")
    for statement in sent:
        rows = connection.execute(statement.text, statement.values).fetchall()
    connection.commit()

    return rows


def _table(database: str, measured: Iterator[Measured]) -> Table:
    return Table(
        name=f"reads-{database.lower()}",
        title=f"Reads from {database}",
        description=DESCRIPTION,
        rows=tuple(measured),
        baseline=OURS,
    )
