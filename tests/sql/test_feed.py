"""Test that the feed shows each committed change once, in any order of transactions."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from sqlalchemy import text
from tests.feeds import wait_for_complete_feed
from tests.sql.conftest import opened

from indelible import concepts
from indelible.app import ReadTx
from indelible.kernel import Change, Feed
from indelible.testing.stores import CLEARER, MAYA, RATIO, create
from indelible_sql import SqlStore, SqlTransaction, verify

WRITERS = 6
TRANSACTIONS = 15
PAGE_SIZE = 7

ChangeKey = tuple[str, int]  # the entity's id, and the seq of the change


class RolledBack(Exception):
    """An error with which a test rolls back a transaction or a savepoint."""


class Reader:
    """A subscriber that reads a store's feed page by page."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._cursor = ""
        self.changes: list[Change] = []

    def read_page(self) -> bool:
        """Read the next page, and return whether it had any changes."""
        page = self._store.feed(after=self._cursor, limit=PAGE_SIZE)
        self._cursor = page.cursor
        self.changes += page.changes

        return bool(page.changes)

    def read_to_end(self) -> list[ChangeKey]:
        """Read all visible changes, and return the keys of all changes read so far."""
        while self.read_page():
            pass

        return [(change.entity_id, change.seq) for change in self.changes]

    def read_all(self) -> list[ChangeKey]:
        """Read to the end when no open transaction hides a change any more."""
        wait_for_complete_feed(self._store)

        return self.read_to_end()


def stored_changes(store: SqlStore) -> list[ChangeKey]:
    """Return the keys of all rows of history, in order."""
    schema = "" if store.engines.reader.dialect.name == "sqlite" else "indelible."
    query = text(f"SELECT entity_id, seq FROM {schema}history ORDER BY entity_id, seq")

    return store.read(lambda tx: [(row[0], row[1]) for row in tx.connection.execute(query)])


def sleep_in_database(tx: SqlTransaction, seconds: float) -> None:
    """Keep the transaction open for some time on PostgreSQL."""
    if tx.connection.dialect.name == "postgresql":
        tx.connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def create_concept(tx: SqlTransaction, name: str) -> concepts.ConceptSaved:
    return concepts.create_concept(tx, concepts.CreateConcept(content=evolve(RATIO, name=name)))


def edit_concept(tx: SqlTransaction, saved: concepts.ConceptSaved) -> concepts.ConceptSaved:
    command = concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="in the same transaction",
    )
    return concepts.edit_concept(tx, command)


def roll_back_sometimes(random: Random, probability: float) -> None:
    if random.random() < probability:
        raise RolledBack


def write_concept(store: SqlStore, random: Random, name: str) -> None:
    """Create a concept, edit it, and at random roll back the edit or the whole transaction."""
    with suppress(RolledBack), store.transaction(actor=MAYA, reason="one of many") as tx:
        saved = create_concept(tx, name)
        sleep_in_database(tx, random.random() / 100)

        with suppress(RolledBack), tx.connection.begin_nested():
            edit_concept(tx, saved)
            roll_back_sometimes(random, probability=0.5)

        roll_back_sometimes(random, probability=0.3)


@pytest.mark.dose
def test_a_reader_gets_each_committed_change_once_while_six_threads_write(store: SqlStore) -> None:
    reader = Reader(store)

    def write(number: int) -> None:
        random = Random(number)  # noqa: S311 - no secret
        for transaction in range(TRANSACTIONS):
            write_concept(store, random, f"{number} {transaction}")

    with ThreadPoolExecutor(WRITERS) as threads:
        writers = [threads.submit(write, number) for number in range(WRITERS)]
        while not all(writer.done() for writer in writers):
            reader.read_page()
    for writer in writers:
        writer.result()
    keys = reader.read_all()

    assert sorted(keys) == stored_changes(store)
    for index, (entity_id, seq) in enumerate(keys):
        if seq > 1:
            assert keys.index((entity_id, seq - 1)) < index
    assert verify(store) == ()


@pytest.mark.slow
def test_a_cursor_of_another_database_is_refused(postgresql: SqlStore, sqlite: SqlStore) -> None:
    create(sqlite)
    create(postgresql)
    sqlite_cursor = sqlite.feed().cursor
    postgresql_cursor = postgresql.feed().cursor

    with pytest.raises(ValueError, match="FOREIGN_CURSOR"):
        postgresql.feed(after=sqlite_cursor)
    with pytest.raises(ValueError, match="FOREIGN_CURSOR"):
        sqlite.feed(after=postgresql_cursor)

    def read_backwards(tx: ReadTx, cursor: str) -> Feed:
        return tx.history.backwards(before=cursor, limit=1)

    with pytest.raises(ValueError, match="FOREIGN_CURSOR"):
        postgresql.read(read_backwards, sqlite_cursor)
    with pytest.raises(ValueError, match="FOREIGN_CURSOR"):
        sqlite.read(read_backwards, postgresql_cursor)


@pytest.mark.slow
def test_a_restored_file_refuses_the_cursors_of_what_it_has_lost(tmp_path: Path) -> None:
    """Also once it has another change at the position of a cursor."""
    original, backup = tmp_path / "original.db", tmp_path / "backup.db"
    with opened(f"sqlite:///{original}") as store:
        store.upgrade()
        create(store)
        cursor = store.feed().cursor
    shutil.copy(original, backup)
    with opened(f"sqlite:///{original}") as store:
        create(store)
        lost_cursor = store.feed().cursor

    with opened(f"sqlite:///{backup}") as store:
        for _ in range(3):
            with pytest.raises(ValueError, match="FOREIGN_CURSOR"):
                store.feed(after=lost_cursor)
            create(store)
        assert len(store.feed(after=cursor).changes) == 3
