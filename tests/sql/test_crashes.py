"""Test that a crash between two statements leaves the database unchanged and usable."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.feeds import changes
from tests.sql.drivers import Watch, watched

from indelible import concepts
from indelible.concepts import Concept, ConceptSaved
from indelible.kernel import Change, Idempotency
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, revoke_key
from indelible.testing.concepts.repository import CONCEPT, VERSION, save
from indelible.testing.stores import MAYA, RATIO, approve, create, do, edit, publish, submit
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, rebuild, verify

pytestmark = pytest.mark.slow


class Crash(Exception):
    """What a program of these tests dies of."""


@contextmanager
def crashing_at(watch: Watch, stop: int, when: str) -> Generator[list[str]]:
    """The program dies before or after its so-manieth statement."""
    seen: list[str] = []

    def count(statement: str, _: object) -> None:
        seen.append(statement)
        if len(seen) == stop:
            raise Crash

    calls: list[Any] = getattr(watch, when)
    calls.append(count)
    try:
        yield seen
    finally:
        calls.clear()


Work = Callable[[SqlStore], Callable[[], object]]


def of(
    before: Callable[[SqlStore], ConceptSaved], step: Callable[[SqlStore, ConceptSaved], object]
) -> Work:
    def prepared(store: SqlStore) -> Callable[[], object]:
        saved = before(store)
        return lambda: step(store, saved)

    return prepared


def create_once(store: SqlStore) -> Callable[[], object]:
    command, idempotency = concepts.CreateConcept(content=RATIO), Idempotency("key-1", ConceptSaved)
    return lambda: do(store, concepts.create_concept, command, idempotency=idempotency)


def revoke(store: SqlStore) -> Callable[[], object]:
    made = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    command = RevokeKey(key_id=made.key.id, expected_seq=made.seq)
    return lambda: do(store, revoke_key, command)


WORKS: dict[str, Work] = {
    "create": lambda store: lambda: create(store),
    "create under a key": create_once,
    "edit": of(create, edit),
    "submit": of(create, submit),
    "approve": of(lambda store: submit(store, create(store)), approve),
    "publish": of(lambda store: approve(store, submit(store, create(store))), publish),
    "revoke a key": revoke,
    "save by the hand-off's methods": lambda store: lambda: save(store, CONCEPT, VERSION),
}


def state(store: SqlStore) -> tuple[tuple[Change, ...], list[Concept]]:
    """Everything that happened, and every concept."""
    found = changes(store)
    ids = sorted({each.entity_id for each in found if each.lifecycle == "concept"})
    return found, [store.read(concepts.get_concept, each).concept for each in ids]


def owner_url(store: SqlStore, server: PostgresServer) -> str | None:
    """The address by which the store's database can be migrated, where it is another."""
    if store.engines.writer.dialect.name == "sqlite":
        return None
    return f"{server.owner_url.rpartition('/')[0]}/{store.own_url.rpartition('/')[2]}"


@pytest.mark.parametrize("name", WORKS)
def test_a_crash_between_any_two_statements_leaves_nothing(
    store: SqlStore, name: str, server: PostgresServer
) -> None:
    watch = watched(store.engines.writer)
    do(store, lambda tx, _: tx.concepts.repository.get_concept("c-1"), None)  # connected
    work = WORKS[name](store)
    before, stop, crashes = state(store), 0, 0
    while True:
        stop += 1
        when = "after" if stop % 2 else "before"
        with crashing_at(watch, (stop + 1) // 2, when) as seen:
            try:
                work()
            except Crash:
                crashes += 1
                assert state(store) == before
                continue
        break

    assert crashes == 2 * len(seen) >= 4
    assert len(state(store)[0]) == len(before[0]) + 1
    assert verify(store) == ()
    assert not any(each.changed for each in rebuild(store, owner_url(store, server)))


def test_a_crash_in_the_middle_of_a_block_takes_all_of_it_back(store: SqlStore) -> None:
    def block() -> None:
        with store.transaction(actor=MAYA, reason="a block") as tx:
            saved = concepts.create_concept(tx, concepts.CreateConcept(content=RATIO))
            concepts.submit_concept(
                tx, concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=1)
            )
            raise Crash

    for _ in range(3):
        with pytest.raises(Crash):
            block()
    assert state(store) == ((), [])
    assert create(store).seq == 1


def test_a_sqlite_file_that_is_copied_while_it_is_written_is_whole(
    sqlite: SqlStore, sqlite_url: str
) -> None:
    saved = create(sqlite)
    source = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    target = sqlite3.connect(f"{sqlite_url.removeprefix('sqlite:///')}.copy")
    with sqlite.transaction(actor=MAYA, reason="while it is copied") as tx:
        concepts.submit_concept(
            tx, concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=1)
        )
        source.backup(target)
    source.close()
    target.close()
    copy = open_store(f"{sqlite_url}.copy", policy=POLICY, clock=sqlite.clock)

    assert verify(copy) == ()
    assert edit(copy, saved).seq == 2
    copy.dispose()
