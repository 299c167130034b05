"""Reads by a store, and by a bare driver that sends the statements which the store was seen to send."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel
from sqlalchemy import make_url
from tests.bench import others
from tests.bench.edits import OURS, fill_store
from tests.bench.lives import create_with_versions
from tests.bench.rounds import Act, Dose, Measured, Table, Way, measure_in_turns
from tests.bench.statements import Sent, connected
from tests.chaos.testbed import Testbed
from tests.sql.drivers import Watch, watched

from indelible import concepts
from indelible.concepts import ConceptFilter
from indelible_sql import SqlStore, open_store

VERSIONS: Final = 10
PAGE: Final = 50
BARE: Final = "bare driver"

Send = Callable[[list[Sent]], object]  # in one transaction that only reads; what the last gave


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Three questions to both databases."""
    database, path = bed.postgresql(), bed.sqlite()
    with others.on_postgresql(database.owner_url) as beside, _postgresql(database.url) as send:
        yield _table("PostgreSQL", _measured(database.url, send, beside, dose))
    with (
        others.on_sqlite(bed.file.parent) as beside,
        _sqlite(make_url(path).database or "") as send,
    ):
        yield _table("SQLite", _measured(path, send, beside, dose))


def _measured(
    url: str, send: Send, beside: Mapping[str, others.Other], dose: Dose
) -> Iterator[Measured]:
    store = open_store(url)
    watch = watched(store.engines.reader)
    fill_store(store, dose.concepts)
    for group, ask in _questions(store).items():
        sent = _seen(watch, ask)
        ways = {BARE: _counted(partial(send, sent)), OURS: _counted(ask)}
        if group == CONCEPT:
            ways |= {name: _counted(other.read) for name, other in beside.items()}
        yield from measure_in_turns(ways, dose, group).values()
    store.dispose()


CONCEPT: Final = "a concept, its version and its warnings"


def _questions(store: SqlStore) -> Mapping[str, Act]:
    concept_id = create_with_versions(store, VERSIONS).concept.id
    return {
        CONCEPT: lambda: store.read(concepts.get_concept, concept_id),
        f"a page of {PAGE} concepts": lambda: store.read(
            concepts.list_concepts, ConceptFilter(), limit=PAGE
        ),
        f"a history of {VERSIONS} changes": lambda: store.read(concepts.list_history, concept_id),
    }


def _seen(watch: Watch, ask: Act) -> list[Sent]:
    found = list[Sent]()
    ask()
    watch.before.append(lambda text, values: found.append(Sent(text, values)))
    ask()
    watch.before.clear()
    return [each for each in found if each.text.startswith("SELECT")]


def _counted(ask: Act) -> Way:
    """Each answer counts that is one."""
    answers = [0]

    def once() -> None:
        answers[0] += bool(ask())

    return Way(once, partial(answers.__getitem__, 0))


@contextmanager
def _postgresql(url: str) -> Generator[Send]:
    with psycopg.connect(url) as connection:
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        cursor = connection.cursor()

        def send(sent: list[Sent]) -> object:
            found: list[Any] = []
            for each in sent:
                found = cursor.execute(each.text.encode(), each.values, prepare=True).fetchall()
            connection.rollback()
            return found

        yield send


@contextmanager
def _sqlite(path: str) -> Generator[Send]:
    with closing(connected(path)) as connection:
        yield partial(_sent_to_sqlite, connection)


def _sent_to_sqlite(connection: sqlite3.Connection, sent: list[Sent]) -> object:
    found: list[Any] = []
    connection.execute("BEGIN")
    for each in sent:
        found = connection.execute(each.text, each.values).fetchall()
    connection.execute("ROLLBACK")
    return found


def _table(database: str, found: Iterator[Measured]) -> Table:
    return Table(
        name=f"reads-{database.lower()}",
        title=f"Reads from {database}",
        description="Each in a transaction of its own, from one view of the store. The bare driver sends the same statements"
        " and makes nothing of the rows. eventsourcing rebuilds an aggregate of a few events, SQLAlchemy-Continuum gets"
        " a row: neither has warnings.",
        rows=tuple(found),
        baseline=OURS,
    )
