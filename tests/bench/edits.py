"""One edit, whole: by a store, and by a bare driver that sends the statements which the store was seen to send."""

import re
import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import psycopg
from attrs import evolve, frozen
from sqlalchemy import make_url
from tests.sql.drivers import Watch, watched

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptSaved
from indelible.concepts.entities import name_key
from indelible.kernel import instant_text
from indelible.testing.stores import MAYA, create
from indelible_sql import SqlStore, open_store

CONCEPTS: Final = 500
WARM: Final = 10
QUOTE: Final = '"'
CONTENT: Final = ConceptContent(
    name="Equivalent fractions",
    definition="Fractions that name the same amount, though their numerators and denominators differ.",
    explanation="Multiply or divide both parts by the same number: the amount stays, and only its name changes. " * 4,
    examples=("1/2 = 2/4 = 50/100", "6/9 = 2/3, dividing both by 3"),
    learning_objective="Rename a fraction without changing its amount.",
    misconceptions=("A fraction with larger numbers is a larger fraction.",),
    scope_boundaries="Positive fractions only.",
)
OWN: Final = evolve(CONTENT, name="Fractions of one value")  # names that are the same would be looked up
COMMAND: Final = {"change_note": "one of many edits"}
EDIT = Callable[[], object]


@frozen
class Sent:
    """A statement as the driver got it, and the values that went with it."""

    text: str
    values: Any


@frozen
class Bench:
    """The two ways to make one edit, and the statements of both."""

    by_store: EDIT
    by_driver: EDIT
    statements: tuple[Sent, ...]


def filled(store: SqlStore) -> None:
    """Enough other concepts for names to be looked up among."""
    for number in range(CONCEPTS):
        create(store, evolve(CONTENT, name=f"Concept {number}"))


def edits(store: SqlStore) -> EDIT:
    """Each call is one more edit of a concept of its own."""
    saved = [create(store, CONTENT)]
    texts = _texts()

    def once() -> None:
        command = concepts.EditConcept(
            concept_id=saved[0].concept.id,
            expected_seq=saved[0].seq,
            content=evolve(CONTENT, explanation=next(texts)),
            **COMMAND,
        )
        saved[0] = store.run(concepts.edit_concept, command, actor=MAYA, reason="one of many edits")

    return once


def _texts() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{CONTENT.explanation} Revision {number}."


def seen(watch: Watch, edit: EDIT) -> tuple[Sent, ...]:
    """The statements of one edit, as the driver gets them."""
    found: list[Sent] = []
    watch.before.append(lambda text, values: found.append(Sent(text, values)))
    edit()
    watch.before.clear()
    return tuple(found)


@contextmanager
def on_postgresql(url: str, owner_url: str) -> Generator[Bench]:
    """Over TCP: load and lock, one fused guarded statement, COMMIT; both prepared."""
    store = open_store(url)
    watch = watched(store.engines.writer)
    filled(store)
    store.dispose()  # a plan that was made for an empty table would be kept
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
    by_store, mine = edits(store), create(store, OWN)
    for _ in range(WARM):
        by_store()
    statements = seen(watch, by_store)
    load = next(each for each in statements if "FOR UPDATE" in each.text)
    write = next(each for each in statements if each.text.startswith("WITH head"))
    with psycopg.connect(url) as connection:
        yield Bench(by_store, _bare_postgresql(connection, load, write, mine), statements)
    store.dispose()


def _bare_postgresql(connection: psycopg.Connection[Any], load: Sent, write: Sent, mine: ConceptSaved) -> EDIT:
    cursor, number, found = connection.cursor(), [0], {"concept_id": mine.concept.id, "expected_seq": mine.seq}
    names = [part.rpartition(".")[2] for part in load.text[len("SELECT ") : load.text.index(" \nFROM")].split(", ")]
    seq, version, last, at = (names.index(each) for each in ("seq", "current_version", "hash", "updated_at"))

    def once() -> None:
        number[0] += 1
        row = cursor.execute(load.text, found, prepare=True).fetchone()
        assert row is not None
        values = write.values | _next(mine.concept.id, row[seq], row[version], row[last], number[0])
        when = row[at] + timedelta(microseconds=1)
        values |= dict.fromkeys(INSTANTS, when)
        assert cursor.execute(write.text, values, prepare=True).fetchone() is not None
        connection.commit()
        found["expected_seq"] = row[seq] + 1

    return once


INSTANTS: Final = ("concepts_updated_at", "concept_versions_created_at", "concept_warnings_computed_at", "history_at")


def _next(concept_id: str, seq: int, version: int, last: str, number: int) -> Mapping[str, Any]:
    """The values of the concept's next change that differ from one edit to another."""
    digest = f"{number:064x}"
    return {
        "concepts_id": concept_id,
        "concepts_seq": seq + 1,
        "concepts_old_seq": seq,
        "concepts_current_version": version + 1,
        "concepts_hash": digest,
        "concept_versions_id": f"bare-{number}",
        "concept_versions_concept_id": concept_id,
        "concept_versions_version_number": version + 1,
        "concept_versions_name": OWN.name,
        "concept_versions_name_key": name_key(OWN.name),
        "concept_versions_search_key": f"{name_key(OWN.name)}\n{name_key(OWN.definition)}",
        "concept_warnings_concept_id": concept_id,
        "concept_warnings_version_number": version + 1,
        "history_entity_id": concept_id,
        "history_seq": seq + 1,
        "history_version": version + 1,
        "history_prev_hash": last,
        "history_hash": digest,
    }


@contextmanager
def on_sqlite(url: str) -> Generator[Bench]:
    """BEGIN IMMEDIATE, load, the four guarded statements in order, COMMIT; the same settings of the connection."""
    store = open_store(url)
    watch = watched(store.engines.writer)
    filled(store)
    by_store, mine = edits(store), create(store, OWN)
    for _ in range(WARM):
        by_store()
    statements = seen(watch, by_store)
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")
    load = next(each for each in statements if "search_key" in each.text and each.text.startswith("SELECT"))
    writes = [each for each in statements if each.text.startswith(("UPDATE", "INSERT"))]
    yield Bench(by_store, _bare_sqlite(connection, load, writes, mine), statements)
    connection.close()
    store.dispose()


def _bare_sqlite(connection: sqlite3.Connection, load: Sent, writes: list[Sent], mine: ConceptSaved) -> EDIT:
    number, expected = [0], [mine.seq]
    columns = [_columns(each.text) for each in writes]

    def once() -> None:
        number[0] += 1
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute(load.text, (mine.concept.id, expected[0])).fetchone()
        when = instant_text(mine.concept.updated_at + timedelta(microseconds=number[0]))
        changed = {**_next(mine.concept.id, row[3], row[4], row[5], number[0]), **dict.fromkeys(INSTANTS, when)}
        for write, names in zip(writes, columns, strict=True):
            values = [changed.get(name, old) for name, old in zip(names, write.values, strict=True)]
            assert connection.execute(write.text, values).rowcount == 1
        connection.execute("COMMIT")
        expected[0] = row[3] + 1

    return once


def _columns(text: str) -> list[str]:
    """The name of each parameter of a write, as the fused statement calls it."""
    table = re.search(r"(?:INTO|UPDATE) (?:main\.)?(\w+)", text)
    assert table is not None
    if text.startswith("UPDATE"):
        *moved, key, old = re.findall(r"(\w+) ?= ?\?", text)
        return [f"{table[1]}_{name}" for name in (*moved, key)] + [f"{table[1]}_old_{old}"]
    inside = text[text.index("(") + 1 : text.index(")")]
    return [f"{table[1]}_{name.strip().strip(QUOTE)}" for name in inside.split(",")]
