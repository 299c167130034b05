"""Test concurrent writers: one is first, the others get an error, nothing is lost or doubled."""

from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import pytest
from attrs import evolve
from tests.feeds import changes
from tests.sql.conftest import code, codes_of
from tests.sql.editors import PROCESSES, editors, race

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import ConceptSaved, ConceptStatus
from indelible.kernel import Idempotency, Stale
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, get_key, revoke_key
from indelible.testing.concepts.repository import CONCEPT, VERSION, save
from indelible.testing.stores import (
    CLEARER,
    MAYA,
    RATIO,
    approve,
    create,
    do,
    edit,
    publish,
    submit,
)
from indelible_sql import SqlStore, SqlTransaction, verify

pytestmark = pytest.mark.slow

EDITS = 10
ROUNDS = 10
CREATE = concepts.CreateConcept(content=RATIO)
IDEMPOTENCY = Idempotency("key-1", ConceptSaved)


@pytest.fixture(scope="module")
def pool() -> Generator[ProcessPoolExecutor]:
    with editors() as running:
        yield running


def test_no_edit_of_eight_processes_is_lost(
    pool: ProcessPoolExecutor, store: SqlStore, add_summary_line: Callable[[str], None]
) -> None:
    raced = race(pool, store.own_url, EDITS)
    dialect = store.engines.writer.dialect.name
    add_summary_line(
        f"race on {dialect}: {raced.seq} changes by {PROCESSES}, Stale {raced.stale} times"
    )

    assert raced.numbers == list(range(1, PROCESSES * EDITS + 2))
    assert raced.seq == len(raced.numbers)
    assert raced.stale >= 1
    assert raced.findings == ()


def test_of_a_concurrent_edit_and_publish_one_is_stale(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        approved = approve(store, submit(store, create(store)))

        codes = codes_of(partial(edit, store, approved), partial(publish, store, approved))
        view = store.read(concepts.get_concept, approved.concept.id)

        assert sorted(codes) == ["", "STALE"]
        assert view.seq == approved.seq + 1
        is_published = codes == ["STALE", ""]
        assert (view.concept.status is ConceptStatus.PUBLISHED) is is_published
        assert view.concept.current_version == (1 if is_published else 2)
    assert verify(store) == ()


def test_of_two_concurrent_submits_one_is_stale(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        submit_it = partial(submit, store, create(store))

        assert sorted(codes_of(submit_it, submit_it)) == ["", "STALE"]
    assert verify(store) == ()


def test_of_two_concurrent_revocations_of_a_key_one_is_stale(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        created = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
        command = RevokeKey(key_id=created.key.id, expected_seq=created.seq)

        revoke_it = partial(do, store, revoke_key, command)

        assert sorted(codes_of(revoke_it, revoke_it)) == ["", "STALE"]
        assert store.read(get_key, created.key.id).seq == created.seq + 1


def test_of_two_concurrent_creates_with_one_id_one_is_refused(store: SqlStore) -> None:
    for number in range(ROUNDS):
        concept = evolve(CONCEPT, id=f"c-{number}")
        version = evolve(VERSION, id=f"v-{number}", concept_id=concept.id)
        save_it = partial(save, store, concept, version)

        codes = codes_of(save_it, save_it)

        assert codes.count("") == 1
        assert set(codes) <= {"", "STALE", "STALE_CONCEPT", "VERSION_ALREADY_EXISTS"}
        assert len(store.read(concepts.list_history, concept.id)) == 1


def test_two_concurrent_creates_with_one_idempotency_key_create_one_concept(
    store: SqlStore,
) -> None:
    for number in range(ROUNDS):
        idempotency = Idempotency(f"key-{number}", ConceptSaved)
        create_it = partial(do, store, concepts.create_concept, CREATE, idempotency=idempotency)

        codes = codes_of(create_it, create_it)

        assert set(codes) <= {"", "REQUEST_IN_FLIGHT"}
        assert len(changes(store)) == number + 1


class SlowCreate:
    """A create with an idempotency key that waits within its transaction."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.has_started = Event()
        self.may_end = Event()

    def run(self) -> ConceptSaved:
        """Create the concept when `may_end` is set."""
        return do(self._store, self._handle, CREATE, idempotency=IDEMPOTENCY)

    def _handle(self, tx: WriteTx, command: concepts.CreateConcept) -> ConceptSaved:
        self.has_started.set()
        self.may_end.wait()
        return concepts.create_concept(tx, command)


def create_with_key(store: SqlStore) -> ConceptSaved:
    return do(store, concepts.create_concept, CREATE, idempotency=IDEMPOTENCY)


def test_on_postgresql_a_second_request_with_a_key_is_refused_while_the_first_runs(
    postgresql: SqlStore,
) -> None:
    slow_create = SlowCreate(postgresql)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(slow_create.run)
        slow_create.has_started.wait()
        code_of_second = code(create_with_key, postgresql)
        slow_create.may_end.set()

    assert code_of_second == "REQUEST_IN_FLIGHT"
    assert create_with_key(postgresql) == first.result()
    assert len(changes(postgresql)) == 1


def test_on_sqlite_a_second_request_with_a_key_waits_for_the_first_result(
    sqlite: SqlStore,
) -> None:
    slow_create = SlowCreate(sqlite)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(slow_create.run)
        slow_create.has_started.wait()
        second = threads.submit(create_with_key, sqlite)
        slow_create.may_end.set()

    assert second.result() == first.result()
    assert len(changes(sqlite)) == 1


def edit_until_accepted(tx: SqlTransaction, concept_id: str) -> None:
    """Edit the concept; repeat the edit while it is stale."""
    while True:
        seq = tx.concepts.search.get_current(concept_id)[0].revision.seq
        command = concepts.EditConcept(
            concept_id=concept_id, expected_seq=seq, content=CLEARER, change_note="one of a batch"
        )
        try:
            concepts.edit_concept(tx, command)
        except Stale:
            continue
        return


def test_two_batches_that_lock_in_opposite_order_both_succeed(
    postgresql: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    first_id = create(postgresql).concept.id
    second_id = create(postgresql).concept.id
    both_have_locked = Barrier(2)
    attempts: list[str] = []

    def edit_both(tx: SqlTransaction, concept_ids: tuple[str, str]) -> None:
        edit_until_accepted(tx, concept_ids[0])
        attempts.append(concept_ids[0])
        if len(attempts) <= 2:  # only the first attempts end in a deadlock
            both_have_locked.wait()
        edit_until_accepted(tx, concept_ids[1])

    def run_batch(first: str, second: str) -> None:
        postgresql.run(edit_both, (first, second), actor=MAYA, reason="a batch")

    with caplog.at_level("DEBUG", "indelible.sql"):
        codes = codes_of(
            partial(run_batch, first_id, second_id), partial(run_batch, second_id, first_id)
        )

    assert codes == ["", ""]
    assert "40P01" in caplog.text  # PostgreSQL has detected the deadlock
    # What runs again is counted, and is neither an error nor a warning.
    assert {record.levelname for record in caplog.records} <= {"DEBUG", "INFO"}
    assert postgresql.lost_races.number == 1
    assert postgresql.read(concepts.get_concept, first_id).seq == 3
    assert postgresql.read(concepts.get_concept, second_id).seq == 3
    assert verify(postgresql) == ()
