"""One edit, whole: by a store, and by a bare driver that sends the statements which the store was seen to send."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import cycle
from typing import Any, Final

import psycopg
from attrs import evolve, frozen
from sqlalchemy import make_url
from tests.bench import others
from tests.bench.rounds import Act, Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.bench.statements import (
    CONTENT,
    NOTE,
    OWN,
    Edited,
    Sent,
    Statements,
    columns_of,
    connected,
    revised,
)
from tests.bench.unguarded import unguarded_postgresql, unguarded_sqlite
from tests.chaos.testbed import Testbed
from tests.sql.drivers import watched

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore, open_store, verify

UNGUARDED: Final = "bare driver, unguarded"
GUARDED: Final = "bare driver, guarded"
OURS: Final = "indelible"

DESCRIPTION: Final = (
    "Load the concept, decide, write its next version with its warnings and its change, COMMIT. The *bare driver* sends"
    " the statements that indelible was seen to send, prepared, and makes by hand what its rows need, the three digests"
    " too: `verify` finds no fault in them. *Unguarded* is the least that keeps the same rows: nothing is loaded,"
    " the tables have a primary key and no more, and {}. eventsourcing loads an aggregate of a few events and saves"
    " one more; SQLAlchemy-Continuum gets a row, changes it and commits: both keep the same content, the note and the"
    " actor."
)


@frozen(kw_only=True)
class Bench:
    """Ways to make one edit: the store's, and a bare driver's, with the guards and without them."""

    store: Way
    bare: Way
    unguarded: Way
    statements: Statements


def fill_store(store: SqlStore, concepts: int) -> None:
    """Enough other concepts for names to be looked up among."""
    for number in range(concepts):
        create(store, evolve(CONTENT, name=f"Concept {number}"))


def edits(store: SqlStore) -> Way:
    """Each call edits the next of some concepts, all of the same age."""
    saved = [
        create(store, evolve(CONTENT, name=f"Fractions {number}")) for number in range(others.MANY)
    ]
    counts, following = [kept(store, each.concept.id) for each in saved], cycle(range(others.MANY))

    def once() -> None:
        number = next(following)
        saved[number] = store.run(
            concepts.edit_concept, edit_of(saved[number]), actor=MAYA, reason=NOTE
        )

    return Way(once, lambda: sum(count() for count in counts))


def edit_of(saved: ConceptSaved) -> concepts.EditConcept:
    """The command that gives the concept its next version."""
    content = revised(saved.version.version_number, saved.version.content.name)
    return concepts.EditConcept(
        concept_id=saved.concept.id, expected_seq=saved.seq, content=content, change_note=NOTE
    )


def kept(store: SqlStore, concept_id: str) -> Callable[[], int]:
    """How many changes the concept's history has by now."""
    return lambda: len(store.read(concepts.list_history, concept_id))


def seen(url: str) -> Statements:
    """What a store sends, told by another one than is measured: to be watched costs time."""
    store, found = open_store(url), list[Sent]()
    watch, saved = watched(store.engines.writer), create(store, evolve(CONTENT, name="Watched"))
    watch.before.append(lambda text, values: found.append(Sent(text, values)))
    store.run(concepts.edit_concept, edit_of(saved), actor=MAYA, reason=NOTE)
    store.dispose()
    return Statements.of(found)


@contextmanager
def on_postgresql(url: str, owner_url: str, concepts: int) -> Generator[Bench]:
    """Over TCP: load and lock, one fused guarded statement, COMMIT; both prepared."""
    store = open_store(url)
    fill_store(store, concepts)
    store.dispose()  # a plan that was made for empty tables would be kept
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
        edit, statements, mine = edits(store), seen(url), create(store, OWN)
        unguarded = unguarded_postgresql(owner, statements, mine)
        with psycopg.connect(url) as connection:
            bare = Way(_bare_postgresql(connection, statements, mine), kept(store, mine.concept.id))
            yield Bench(store=edit, bare=bare, unguarded=unguarded, statements=statements)
    assert not verify(store)  # neither's rows have anything wrong with them
    store.dispose()


def _bare_postgresql(
    connection: psycopg.Connection[Any], statements: Statements, mine: ConceptSaved
) -> Act:
    cursor, concept_id, number = connection.cursor(), mine.concept.id, [0]
    load, (write,) = statements.load, statements.writes
    own, found = (
        Edited.by_psycopg(statements, mine),
        {**load.values, "concept_id": concept_id, "expected_seq": mine.seq},
    )

    def once() -> None:
        number[0] += 1
        row = cursor.execute(load.text.encode(), found, prepare=True).fetchone()
        assert row is not None
        if number[0] == 1:
            names = [column.name for column in cursor.description or ()]
            number.extend(
                names.index(each) for each in ("seq", "current_version", "hash", "updated_at")
            )
        _, seq, version, last, at = number
        values = {
            **write.values,
            **own.following(row[seq], row[version], row[last], row[at] + timedelta(microseconds=1)),
        }
        assert cursor.execute(write.text.encode(), values, prepare=True).fetchone() is not None
        connection.commit()
        found["expected_seq"] = row[seq] + 1

    return once


@contextmanager
def on_sqlite(url: str, concepts: int) -> Generator[Bench]:
    """BEGIN IMMEDIATE, load, the guarded statements in order, COMMIT; the same settings of the connection."""
    store = open_store(url)
    fill_store(store, concepts)
    edit, statements, mine = edits(store), seen(url), create(store, OWN)
    path = make_url(url).database or ""
    with closing(connected(path)) as guarded, closing(connected(f"{path}.unguarded")) as plain:
        bare = Way(_bare_sqlite(guarded, statements, mine), kept(store, mine.concept.id))
        unguarded = unguarded_sqlite(plain, guarded, statements, mine)
        yield Bench(store=edit, bare=bare, unguarded=unguarded, statements=statements)
    assert not verify(store)
    store.dispose()


def _bare_sqlite(connection: sqlite3.Connection, statements: Statements, mine: ConceptSaved) -> Act:
    number, expected, concept_id = [0], [mine.seq], mine.concept.id
    asked_for = next(
        each
        for each in statements.load.values
        if isinstance(each, str) and not each.startswith("[")
    )
    columns = [columns_of(each.text) for each in statements.writes]
    own = Edited.by_sqlite3(statements, mine)

    def once() -> None:
        number[0] += 1
        connection.execute("BEGIN IMMEDIATE")
        known = {statements.load.values[-1]: expected[0], asked_for: concept_id}
        asked = [known.get(each, each) for each in statements.load.values]
        cursor = connection.execute(statements.load.text, asked)
        row = dict(
            zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True)
        )
        now = mine.concept.updated_at + timedelta(microseconds=number[0])
        changed = own.following(row["seq"], row["current_version"], row["hash"], now)
        for write, names in zip(statements.writes, columns, strict=True):
            values = [changed.get(name, old) for name, old in zip(names, write.values, strict=True)]
            assert connection.execute(write.text, values).rowcount == 1
        connection.execute("COMMIT")
        expected[0] = row["seq"] + 1

    return once


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """A whole edit on both databases, beside what else could make it."""
    database = bed.postgresql()
    with (
        on_postgresql(database.url, database.owner_url, dose.concepts) as bench,
        others.on_postgresql(database.owner_url) as beside,
    ):
        yield _on_postgresql(_taken(bench, beside, dose), bench.statements)
    with (
        on_sqlite(bed.sqlite(), dose.concepts) as bench,
        others.on_sqlite(bed.file.parent) as beside,
    ):
        yield _on_sqlite(_taken(bench, beside, dose), bench.statements)


def _taken(bench: Bench, beside: Mapping[str, others.Other], dose: Dose) -> Mapping[str, Measured]:
    ways = {UNGUARDED: bench.unguarded, GUARDED: bench.bare, OURS: bench.store}
    return measure_in_turns({**ways, **{name: other.edit for name, other in beside.items()}}, dose)


def _on_postgresql(found: Mapping[str, Measured], statements: Statements) -> Table:
    ours, bare = found[OURS], found[GUARDED]
    goals = (
        Goal(
            promise="of the speed of the unguarded statement",
            value=found[UNGUARDED].over(ours),
            at_least=0.3,
        ),
        Goal(
            promise="of the speed of the same guarded work by bare driver",
            value=bare.over(ours),
            at_least=0.75,
        ),
        Goal(
            promise="times as fast as eventsourcing",
            value=found[others.SOURCED].over(ours),
            at_least=1.5,
        ),
        Goal(
            promise="times as fast as SQLAlchemy-Continuum",
            value=found[others.CONTINUED].over(ours),
            at_least=3,
        ),
    )
    return Table(
        name="edit-postgresql",
        title="A whole edit on PostgreSQL",
        description=DESCRIPTION.format(
            "its fused statement is sent alone, on a connection in autocommit mode"
        ),
        rows=tuple(found.values()),
        baseline=OURS,
        goals=goals,
        statements=statements.texts,
    )


def _on_sqlite(found: Mapping[str, Measured], statements: Statements) -> Table:
    ours = found[OURS]
    goals = (
        Goal(
            promise="times as fast as eventsourcing",
            value=found[others.SOURCED].over(ours),
            at_least=1,
        ),
        Goal(
            promise="times as fast as SQLAlchemy-Continuum",
            value=found[others.CONTINUED].over(ours),
            at_least=1,
        ),
    )
    return Table(
        name="edit-sqlite",
        title="A whole edit on SQLite",
        description=DESCRIPTION.format(
            "its statements are sent in one transaction, for SQLite writes to one table at a time"
        ),
        rows=tuple(found.values()),
        baseline=OURS,
        goals=goals,
        statements=statements.texts,
    )
