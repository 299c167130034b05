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
PLACEHOLDER: Final = re.compile(r"(\w+)\"? ?= ?\?")
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
INSTANTS: Final = ("concepts_updated_at", "concept_versions_created_at", "concept_warnings_computed_at", "history_at")

Edit = Callable[[], object]


@frozen
class Sent:
    """A statement as the driver got it, and the values that went with it."""

    text: str
    values: Any


@frozen
class Statements:
    """The statements of one edit: the load and the writes."""

    load: Sent
    writes: tuple[Sent, ...]

    @classmethod
    def of(cls, sent: list[Sent]) -> "Statements":
        """The statements of an edit, told apart."""
        (load,) = (each for each in sent if each.text.startswith("SELECT"))
        return cls(load, tuple(each for each in sent if each.text.startswith(("WITH", "UPDATE", "INSERT"))))

    def texts(self) -> Iterator[str]:
        """What to print."""
        yield from (each.text for each in (self.load, *self.writes))


@frozen
class Bench:
    """Ways to make one edit: the store's, and a bare driver's."""

    store: Edit
    bare: Edit
    statements: Statements


def _filled(store: SqlStore) -> None:
    """Enough other concepts for names to be looked up among."""
    for number in range(CONCEPTS):
        create(store, evolve(CONTENT, name=f"Concept {number}"))


def _edits(store: SqlStore) -> Edit:
    """Each call is one more edit of a concept of its own."""
    saved, number = [create(store, CONTENT)], [0]

    def once() -> None:
        number[0] += 1
        command = concepts.EditConcept(
            concept_id=saved[0].concept.id,
            expected_seq=saved[0].seq,
            content=evolve(CONTENT, explanation=f"{CONTENT.explanation} Revision {number[0]}."),
            change_note="one of many edits",
        )
        saved[0] = store.run(concepts.edit_concept, command, actor=MAYA, reason="one of many edits")

    return once


def _seen(watch: Watch, edit: Edit) -> Statements:
    for _ in range(WARM):
        edit()
    found: list[Sent] = []
    watch.before.append(lambda text, values: found.append(Sent(text, values)))
    edit()
    watch.before.clear()
    return Statements.of(found)


@contextmanager
def on_postgresql(url: str, owner_url: str) -> Generator[Bench]:
    """Over TCP: load and lock, one fused guarded statement, COMMIT; both prepared."""
    store = open_store(url)
    watch = watched(store.engines.writer)
    _filled(store)
    store.dispose()  # a plan that was made for empty tables would be kept
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
    edit = _edits(store)
    statements = _seen(watch, edit)
    with psycopg.connect(url) as connection:
        yield Bench(edit, _bare_postgresql(connection, statements, create(store, OWN)), statements)
    store.dispose()


def _bare_postgresql(connection: psycopg.Connection[Any], statements: Statements, mine: ConceptSaved) -> Edit:
    cursor, concept_id, number = connection.cursor(), mine.concept.id, [0]
    load, (write,) = statements.load, statements.writes
    found = {**load.values, "concept_id": concept_id, "expected_seq": mine.seq}

    def once() -> None:
        number[0] += 1
        row = cursor.execute(load.text.encode(), found, prepare=True).fetchone()
        assert row is not None
        if number[0] == 1:
            names = [column.name for column in cursor.description or ()]
            number.extend(names.index(each) for each in ("seq", "current_version", "hash", "updated_at"))
        _, seq, version, last, at = number
        values = {**write.values, **_next(concept_id, row[seq], row[version], row[last], number[0])}
        values |= dict.fromkeys(INSTANTS, row[at] + timedelta(microseconds=1))
        assert cursor.execute(write.text.encode(), values, prepare=True).fetchone() is not None
        connection.commit()
        found["expected_seq"] = row[seq] + 1

    return once


def _next(concept_id: str, seq: int, version: int, last: str, number: int) -> Mapping[str, Any]:
    """The values of the concept's next change that differ from one edit to another."""
    digest = f"{number:064x}"
    return {
        "concepts_id": concept_id,
        "concepts_name_key": name_key(OWN.name),
        "concepts_seq": seq + 1,
        "concepts_old_seq": seq,
        "concepts_current_version": version + 1,
        "concepts_hash": digest,
        "concept_versions_id": f"{concept_id}-{number}",
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
    """BEGIN IMMEDIATE, load, the guarded statements in order, COMMIT; the same settings of the connection."""
    store = open_store(url)
    watch = watched(store.engines.writer)
    _filled(store)
    edit = _edits(store)
    statements = _seen(watch, edit)
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")
    yield Bench(edit, _bare_sqlite(connection, statements, create(store, OWN)), statements)
    connection.close()
    store.dispose()


def _bare_sqlite(connection: sqlite3.Connection, statements: Statements, mine: ConceptSaved) -> Edit:
    number, expected, concept_id = [0], [mine.seq], mine.concept.id
    own = next(each for each in statements.load.values if isinstance(each, str) and not each.startswith("["))
    columns = [_columns(each.text) for each in statements.writes]

    def once() -> None:
        number[0] += 1
        connection.execute("BEGIN IMMEDIATE")
        known = {statements.load.values[-1]: expected[0], own: concept_id}
        asked = [known.get(each, each) for each in statements.load.values]
        cursor = connection.execute(statements.load.text, asked)
        row = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
        when = instant_text(mine.concept.updated_at + timedelta(microseconds=number[0]))
        changed = _next(concept_id, row["seq"], row["current_version"], row["hash"], number[0])
        changed = {**changed, **dict.fromkeys(INSTANTS, when)}
        for write, names in zip(statements.writes, columns, strict=True):
            values = [changed.get(name, old) for name, old in zip(names, write.values, strict=True)]
            assert connection.execute(write.text, values).rowcount == 1
        connection.execute("COMMIT")
        expected[0] = row["seq"] + 1

    return once


def _columns(text: str) -> list[str]:
    """The name of each parameter of a write, as the fused statement calls it."""
    table = re.search(r"(?:INTO|UPDATE) (?:main\.)?(\w+)", text)
    assert table is not None
    if text.startswith("UPDATE"):
        *moved, key, old = PLACEHOLDER.findall(text)
        return [f"{table[1]}_{name}" for name in (*moved, key, f"old_{old}")]
    inside = text[text.index("(") + 1 : text.index(")")].replace('"', "")
    return [f"{table[1]}_{name.strip()}" for name in inside.split(",")]
