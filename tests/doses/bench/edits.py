"""Measure one edit: by the store, and by a bare driver that sends the statements of the store."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import cycle
from typing import Any, Final

import psycopg
from attrs import evolve, frozen
from sqlalchemy import make_url
from tests.doses.bench import others
from tests.doses.bench.rounds import Act, Dose, Goal, Measured, Table, Way, measure_in_turns
from tests.doses.bench.statements import (
    CONTENT,
    NOTE,
    UNIQUE_CONTENT,
    EditValues,
    Sent,
    Statements,
    columns_of,
    connected,
    revised,
)
from tests.doses.bench.unguarded import unguarded_postgresql, unguarded_sqlite
from tests.sql.drivers import watched
from tests.testbed import Testbed

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore, open_store, verify

UNGUARDED: Final = "bare driver, unguarded"
GUARDED: Final = "bare driver, guarded"
OURS: Final = "indelible"
MICROSECOND: Final = timedelta(microseconds=1)

DESCRIPTION: Final = (
    "Load the concept, decide, write its next version with its warnings and its change, COMMIT."
    " The *bare driver* sends the statements that indelible sends, prepared, and computes what its"
    " rows need, with the three digests: `verify` finds no fault in them. *Unguarded* is the least"
    " that stores the same rows: nothing is loaded, the tables have a primary key and no more,"
    " and {}. eventsourcing loads an aggregate of a few events and saves one more;"
    " SQLAlchemy-Continuum gets a row, changes it and commits: both store the same content, the"
    " note and the actor."
)


@frozen(kw_only=True)
class Bench:
    """Ways to make one edit: by the store, and by a bare driver with guards and without them."""

    store: Way
    bare: Way
    unguarded: Way
    statements: Statements


def fill_store(store: SqlStore, concepts: int) -> None:
    """Create enough concepts for names to be compared with."""
    for number in range(concepts):
        create(store, evolve(CONTENT, name=f"Concept {number}"))


def edit_by_store(store: SqlStore) -> Way:
    """Return a way that edits the next of some concepts of the same age."""
    saved: list[ConceptSaved] = []
    for number in range(others.CONCEPTS):
        saved.append(create(store, evolve(CONTENT, name=f"Fractions {number}")))
    counters = [change_counter(store, concept.concept.id) for concept in saved]
    numbers = cycle(range(others.CONCEPTS))

    def edit() -> None:
        number = next(numbers)
        command = edit_command(saved[number])
        saved[number] = store.run(concepts.edit_concept, command, actor=MAYA, reason=NOTE)

    return Way(edit, lambda: sum(count() for count in counters))


def edit_command(saved: ConceptSaved) -> concepts.EditConcept:
    """Return the command that gives a concept its next version."""
    content = revised(saved.version.version_number, saved.version.content.name)
    return concepts.EditConcept(
        concept_id=saved.concept.id, expected_seq=saved.seq, content=content, change_note=NOTE
    )


def change_counter(store: SqlStore, concept_id: str) -> Callable[[], int]:
    """Return a function that counts the changes of a concept."""
    return lambda: len(store.read(concepts.list_history, concept_id))


def record_edit(url: str) -> Statements:
    """Edit a concept by a store of its own, because recording takes time, and record it."""
    store = open_store(url)
    sent: list[Sent] = []
    watch = watched(store.engines.writer)
    saved = create(store, evolve(CONTENT, name="Watched"))
    watch.before.append(lambda text, values: sent.append(Sent(text, values)))
    store.run(concepts.edit_concept, edit_command(saved), actor=MAYA, reason=NOTE)
    store.dispose()

    return Statements.of(sent)


@contextmanager
def on_postgresql(url: str, owner_url: str, concepts: int) -> Generator[Bench]:
    """Prepare edits over TCP: load and lock, one guarded statement, COMMIT."""
    store = open_store(url)
    fill_store(store, concepts)
    store.dispose()  # prepared plans were made for empty tables

    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
        by_store = edit_by_store(store)
        statements = record_edit(url)
        own = create(store, UNIQUE_CONTENT)
        unguarded = unguarded_postgresql(owner, statements, own)
        with psycopg.connect(url) as connection:
            edit = _edit_on_postgresql(connection, statements, own)
            bare = Way(edit, change_counter(store, own.concept.id))
            yield Bench(store=by_store, bare=bare, unguarded=unguarded, statements=statements)

    assert verify(store) == ()
    store.dispose()


def _edit_on_postgresql(
    connection: psycopg.Connection[Any], statements: Statements, own: ConceptSaved
) -> Act:
    cursor = connection.cursor()
    load, (write,) = statements.load, statements.writes
    load_values = {**load.values, "concept_id": own.concept.id, "expected_seq": own.seq}
    values = EditValues.for_psycopg(statements, own)
    positions: dict[str, int] = {}

    def edit() -> None:
        row = cursor.execute(load.text.encode(), load_values, prepare=True).fetchone()
        assert row is not None
        if not positions:
            for position, column in enumerate(cursor.description or ()):
                positions.setdefault(column.name, position)

        seq = row[positions["seq"]]
        now = row[positions["updated_at"]] + MICROSECOND
        version, digest = row[positions["current_version"]], row[positions["hash"]]
        write_values = {**write.values, **values.next(seq, version, digest, now)}
        written = cursor.execute(write.text.encode(), write_values, prepare=True).fetchone()
        assert written is not None
        connection.commit()
        load_values["expected_seq"] = seq + 1

    return edit


@contextmanager
def on_sqlite(url: str, concepts: int) -> Generator[Bench]:
    """Prepare edits on SQLite: BEGIN IMMEDIATE, load, the guarded statements in order, COMMIT."""
    store = open_store(url)
    fill_store(store, concepts)
    by_store = edit_by_store(store)
    statements = record_edit(url)
    own = create(store, UNIQUE_CONTENT)
    path = make_url(url).database or ""

    with closing(connected(path)) as guarded, closing(connected(f"{path}.unguarded")) as plain:
        edit = _edit_on_sqlite(guarded, statements, own)
        bare = Way(edit, change_counter(store, own.concept.id))
        unguarded = unguarded_sqlite(plain, guarded, statements, own)
        yield Bench(store=by_store, bare=bare, unguarded=unguarded, statements=statements)

    assert verify(store) == ()
    store.dispose()


def _edit_on_sqlite(
    connection: sqlite3.Connection, statements: Statements, own: ConceptSaved
) -> Act:
    load = statements.load
    recorded_id = _recorded_id(load)
    recorded_seq = load.values[-1]
    columns = [columns_of(write.text) for write in statements.writes]
    values = EditValues.for_sqlite3(statements, own)
    expected_seq, edits = own.seq, 0

    def edit() -> None:
        nonlocal expected_seq, edits
        edits += 1
        connection.execute("BEGIN IMMEDIATE")
        replaced = {recorded_seq: expected_seq, recorded_id: own.concept.id}
        load_values = [replaced.get(value, value) for value in load.values]
        cursor = connection.execute(load.text, load_values)
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))

        now = own.concept.updated_at + edits * MICROSECOND
        changed = values.next(row["seq"], row["current_version"], row["hash"], now)
        for write, names in zip(statements.writes, columns, strict=True):
            write_values = write.values_with(names, changed)
            assert connection.execute(write.text, write_values).rowcount == 1
        connection.execute("COMMIT")
        expected_seq = row["seq"] + 1

    return edit


def _recorded_id(load: Sent) -> str:
    """Return the concept id among the recorded values; the other texts are JSON arrays."""
    for value in load.values:
        if isinstance(value, str) and not value.startswith("["):
            return value

    message = f"no concept id in {load.values}"
    raise LookupError(message)


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure an edit on both databases, next to other libraries."""
    database = bed.postgresql()
    with (
        on_postgresql(database.url, database.owner_url, dose.concepts) as bench,
        others.on_postgresql(database.owner_url) as libraries,
    ):
        measured = _measure(bench, libraries, dose)
        yield _postgresql_table(measured, bench.statements)

    with (
        on_sqlite(bed.sqlite(), dose.concepts) as bench,
        others.on_sqlite(bed.file.parent) as libraries,
    ):
        measured = _measure(bench, libraries, dose)
        yield _sqlite_table(measured, bench.statements)


def _measure(
    bench: Bench, libraries: Mapping[str, others.Library], dose: Dose
) -> Mapping[str, Measured]:
    ways = {UNGUARDED: bench.unguarded, GUARDED: bench.bare, OURS: bench.store}
    for name, library in libraries.items():
        ways[name] = library.edit

    return measure_in_turns(ways, dose)


def _ratio_goal(
    measured: Mapping[str, Measured], other: str, promise: str, at_least: float
) -> Goal:
    ratio = measured[other].over(measured[OURS])
    return Goal(promise=promise, value=ratio, at_least=at_least)


def _postgresql_table(measured: Mapping[str, Measured], statements: Statements) -> Table:
    goals = (
        _ratio_goal(measured, UNGUARDED, "of the speed of the unguarded statement", 0.3),
        _ratio_goal(measured, GUARDED, "of the speed of the bare driver, guarded", 0.75),
        _ratio_goal(measured, others.EVENTSOURCING, "times as fast as eventsourcing", 1.5),
        _ratio_goal(measured, others.CONTINUUM, "times as fast as SQLAlchemy-Continuum", 3),
    )
    least = "its one statement is sent alone, on a connection in autocommit mode"
    return Table(
        name="edit-postgresql",
        title="An edit on PostgreSQL",
        description=DESCRIPTION.format(least),
        rows=tuple(measured.values()),
        baseline=OURS,
        goals=goals,
        statements=statements.texts,
    )


def _sqlite_table(measured: Mapping[str, Measured], statements: Statements) -> Table:
    goals = (
        _ratio_goal(measured, others.EVENTSOURCING, "times as fast as eventsourcing", 1),
        _ratio_goal(measured, others.CONTINUUM, "times as fast as SQLAlchemy-Continuum", 1),
    )
    least = "its statements are sent in one transaction, because SQLite writes one table at a time"
    return Table(
        name="edit-sqlite",
        title="An edit on SQLite",
        description=DESCRIPTION.format(least),
        rows=tuple(measured.values()),
        baseline=OURS,
        goals=goals,
        statements=statements.texts,
    )
