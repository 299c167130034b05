"""Test that a crash between two statements leaves the database unchanged and usable."""

import sqlite3
from collections.abc import Callable

import pytest
from tests.conftest import POLICY
from tests.feeds import changes
from tests.sql.crashes import Crash, crashing_at
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

CREATE = concepts.CreateConcept(content=RATIO)
MIN_STATEMENTS = 2
# A function that prepares a store, and returns the command to crash.
Scenario = Callable[[SqlStore], Callable[[], object]]


def creating(store: SqlStore) -> Callable[[], object]:
    return lambda: create(store)


def creating_with_key(store: SqlStore) -> Callable[[], object]:
    idempotency = Idempotency("key-1", ConceptSaved)
    return lambda: do(store, concepts.create_concept, CREATE, idempotency=idempotency)


def editing(store: SqlStore) -> Callable[[], object]:
    saved = create(store)
    return lambda: edit(store, saved)


def submitting(store: SqlStore) -> Callable[[], object]:
    saved = create(store)
    return lambda: submit(store, saved)


def approving(store: SqlStore) -> Callable[[], object]:
    saved = submit(store, create(store))
    return lambda: approve(store, saved)


def publishing(store: SqlStore) -> Callable[[], object]:
    saved = approve(store, submit(store, create(store)))
    return lambda: publish(store, saved)


def revoking(store: SqlStore) -> Callable[[], object]:
    created = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    command = RevokeKey(key_id=created.key.id, expected_seq=created.seq)
    return lambda: do(store, revoke_key, command)


def saving_by_repository(store: SqlStore) -> Callable[[], object]:
    return lambda: save(store, CONCEPT, VERSION)


SCENARIOS: dict[str, Scenario] = {
    "create": creating,
    "create under a key": creating_with_key,
    "edit": editing,
    "submit": submitting,
    "approve": approving,
    "publish": publishing,
    "revoke a key": revoking,
    "save by the seed's repository": saving_by_repository,
}


def contents(store: SqlStore) -> tuple[tuple[Change, ...], list[Concept]]:
    """Return all changes and all concepts."""
    all_changes = changes(store)
    ids = {change.entity_id for change in all_changes if change.lifecycle == "concept"}
    stored = [store.read(concepts.get_concept, concept_id).concept for concept_id in sorted(ids)]
    return all_changes, stored


def owner_url(store: SqlStore, server: PostgresServer) -> str | None:
    """Return the address for migrations of the store's database if it is another one."""
    if store.engines.writer.dialect.name == "sqlite":
        return None

    database = store.own_url.rpartition("/")[2]
    return f"{server.owner_url.rpartition('/')[0]}/{database}"


def crash_at_every_statement(store: SqlStore, watch: Watch, command: Callable[[], object]) -> int:
    """Crash before and after each statement, until the command succeeds; count the crashes."""
    expected = contents(store)
    number = 0
    crashes = 0
    while True:
        number += 1
        for moment in ("after", "before"):
            with crashing_at(watch, number, moment) as statements:
                try:
                    command()
                except Crash:
                    crashes += 1
                else:
                    assert crashes == 2 * len(statements)
                    return crashes
            assert contents(store) == expected


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_crash_between_any_two_statements_leaves_nothing(
    store: SqlStore, name: str, server: PostgresServer
) -> None:
    watch = watched(store.engines.writer)
    do(store, lambda tx, _: tx.concepts.repository.get_concept("c-1"), None)  # connects
    command = SCENARIOS[name](store)
    changes_before = len(changes(store))

    crashes = crash_at_every_statement(store, watch, command)

    assert crashes >= 2 * MIN_STATEMENTS
    assert len(changes(store)) == changes_before + 1
    assert verify(store) == ()
    assert not any(report.changed for report in rebuild(store, owner_url(store, server)))


def test_a_crash_within_a_transaction_block_rolls_all_of_it_back(store: SqlStore) -> None:
    def crash_in_block() -> None:
        with store.transaction(actor=MAYA, reason="a block") as tx:
            saved = concepts.create_concept(tx, CREATE)
            command = concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=1)
            concepts.submit_concept(tx, command)
            raise Crash

    for _ in range(3):
        with pytest.raises(Crash):
            crash_in_block()

    assert contents(store) == ((), [])
    assert create(store).seq == 1


def test_a_copy_of_a_sqlite_file_during_a_write_is_complete(
    sqlite: SqlStore, sqlite_url: str
) -> None:
    saved = create(sqlite)
    path = sqlite_url.removeprefix("sqlite:///")
    source = sqlite3.connect(path)
    target = sqlite3.connect(f"{path}.copy")
    with sqlite.transaction(actor=MAYA, reason="during the copy") as tx:
        command = concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=1)
        concepts.submit_concept(tx, command)
        source.backup(target)
    source.close()
    target.close()
    copy = open_store(f"{sqlite_url}.copy", policy=POLICY, clock=sqlite.clock)

    assert verify(copy) == ()
    assert edit(copy, saved).seq == 2
    copy.dispose()
