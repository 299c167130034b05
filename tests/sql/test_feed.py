"""Test that the feed shows each committed change once, in any order of transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from threading import Event

import pytest
from attrs import evolve
from sqlalchemy import text
from tests.feeds import settled

from indelible import concepts
from indelible.kernel import Change
from indelible.testing.stores import CLEARER, MAYA, RATIO, create
from indelible_sql import SqlStore, SqlTransaction, verify

WRITERS = 6
TRANSACTIONS = 15
PAGE = 7

Place = tuple[str, int]


class ThrownAway(Exception):
    """Why a writer of these tests gives up."""


class Reader:
    """Follows a store's feed."""

    def __init__(self, store: SqlStore) -> None:
        self._store, self._cursor = store, ""
        self.seen: list[Change] = []

    def poll(self) -> bool:
        """Whether there was anything new."""
        page = self._store.feed(after=self._cursor, limit=PAGE)
        self._cursor = page.cursor
        self.seen += page.changes
        return bool(page.changes)

    def drain(self) -> list[Place]:
        """Everything that has been seen once nothing is left."""
        while self.poll():
            pass
        return list(map(place, self.seen))

    def finish(self) -> list[Place]:
        """Everything, once nobody hides any of it."""
        settled(self._store)
        return self.drain()


def place(change: Change) -> Place:
    return change.entity_id, change.seq


def kept(store: SqlStore) -> list[Place]:
    """Every change that the database holds."""
    schema = "" if store.engines.reader.dialect.name == "sqlite" else "indelible."
    rows = text(f"SELECT entity_id, seq FROM {schema}history ORDER BY entity_id, seq")
    return store.read(lambda tx: [(row[0], row[1]) for row in tx.connection.execute(rows)])


def linger(tx: SqlTransaction, seconds: float) -> None:
    """Keep the transaction open for a moment, in the database."""
    if tx.connection.dialect.name == "postgresql":
        tx.connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def born(tx: SqlTransaction, name: str) -> concepts.ConceptSaved:
    return concepts.create_concept(tx, concepts.CreateConcept(content=evolve(RATIO, name=name)))


def edited(tx: SqlTransaction, saved: concepts.ConceptSaved) -> concepts.ConceptSaved:
    command = concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="in the same transaction",
    )
    return concepts.edit_concept(tx, command)


def throw_away(*, chance: Random, share: float) -> None:
    """Give up, now and then."""
    if chance.random() < share:
        raise ThrownAway


def write_one(store: SqlStore, chance: Random, name: str) -> None:
    """Create a concept, edit it, and at random roll back the edit or the whole transaction."""
    with suppress(ThrownAway), store.transaction(actor=MAYA, reason="one of many") as tx:
        saved = born(tx, name)
        linger(tx, chance.random() / 100)
        with suppress(ThrownAway), tx.connection.begin_nested():
            edited(tx, saved)
            throw_away(chance=chance, share=0.5)
        throw_away(chance=chance, share=0.3)


def test_a_reader_beside_six_writers_gets_each_committed_change_once(store: SqlStore) -> None:
    reader = Reader(store)

    def write(number: int) -> None:
        chance = Random(number)  # noqa: S311
        for turn in range(TRANSACTIONS):
            write_one(store, chance, f"{number} {turn}")

    with ThreadPoolExecutor(WRITERS) as threads:
        writers = [threads.submit(write, number) for number in range(WRITERS)]
        while not all(each.done() for each in writers):
            reader.poll()
    for each in writers:
        each.result()
    seen = reader.finish()

    assert sorted(seen) == kept(store)
    assert all(
        seen.index((entity_id, seq - 1)) < at for at, (entity_id, seq) in enumerate(seen) if seq > 1
    )
    assert verify(store) == ()


def test_a_change_is_not_passed_over_because_a_later_transaction_ended_first(
    postgresql: SqlStore,
) -> None:
    reader, wrote, leave = Reader(postgresql), Event(), Event()

    def early(tx: SqlTransaction, name: str) -> None:
        born(tx, name)
        wrote.set()
        leave.wait()

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(postgresql.run, early, "early", actor=MAYA, reason="begins first")
        wrote.wait()
        late = create(postgresql)
        before = reader.drain()
        leave.set()
        first.result()
    after = reader.finish()

    assert before == []
    assert sorted(after) == kept(postgresql)
    assert after[-1] == (late.concept.id, 1)


def test_what_was_taken_back_is_never_seen(store: SqlStore) -> None:
    reader = Reader(store)

    def attempt() -> None:
        with store.transaction(actor=MAYA, reason="taken back") as tx:
            born(tx, "gone")
            raise ThrownAway

    with pytest.raises(ThrownAway):
        attempt()
    kept_one = create(store)

    assert reader.finish() == [(kept_one.concept.id, 1)]


def test_a_cursor_of_another_database_is_refused(postgresql: SqlStore, sqlite: SqlStore) -> None:
    create(sqlite)
    create(postgresql)

    for store, cursor in ((postgresql, sqlite.feed().cursor), (sqlite, postgresql.feed().cursor)):
        with pytest.raises(ValueError, match="FOREIGN_CURSOR"):
            store.feed(after=cursor)
