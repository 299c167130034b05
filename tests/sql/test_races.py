"""Test simultaneous writers: one is first, the others get an error, nothing is lost or doubled."""

from collections.abc import Callable, Generator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from attrs import evolve
from tests.feeds import changes
from tests.sql.conftest import code
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

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

EDITS = 10
ROUNDS = 10
ONCE = Idempotency("key-1", ConceptSaved)


@pytest.fixture(scope="module")
def pool() -> Generator[ProcessPoolExecutor]:
    with editors() as found:
        yield found


def both(*attempts: Callable[[], Any]) -> list[str]:
    """The codes with which attempts that begin together are refused, '' where one is not."""
    start = Barrier(len(attempts))

    def begin(attempt: Callable[[], Any]) -> str:
        start.wait()
        return code(attempt)

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(begin, attempts))


def test_eight_processes_edit_one_concept_and_nothing_is_lost(
    pool: ProcessPoolExecutor, store: SqlStore, tell: Callable[[str], None]
) -> None:
    raced = race(pool, store.own_url, EDITS)
    tell(
        f"race on {store.engines.writer.dialect.name}: {raced.seq} changes by {PROCESSES},"
        f" Stale {raced.stale} times"
    )

    assert raced.numbers == list(range(1, PROCESSES * EDITS + 2))
    assert raced.seq == len(raced.numbers)
    assert raced.stale >= 1
    assert raced.findings == ()


def test_an_edit_and_a_publication_at_once_have_one_winner(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        approved = approve(store, submit(store, create(store)))
        codes = both(partial(edit, store, approved), partial(publish, store, approved))
        shown = store.read(concepts.get_concept, approved.concept.id)

        assert sorted(codes) == ["", "STALE"]
        assert shown.seq == approved.seq + 1
        assert (shown.concept.status is ConceptStatus.PUBLISHED) is (codes[1] == "")
        assert shown.concept.current_version == (1 if codes[1] == "" else 2)
    assert verify(store) == ()


def test_of_two_that_submit_at_once_one_is_stale(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        created = create(store)

        assert sorted(both(*[partial(submit, store, created)] * 2)) == ["", "STALE"]
    assert verify(store) == ()


def test_of_two_that_revoke_a_key_at_once_one_is_stale(store: SqlStore) -> None:
    for _ in range(ROUNDS):
        made = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
        command = RevokeKey(key_id=made.key.id, expected_seq=made.seq)

        assert sorted(both(*[partial(do, store, revoke_key, command)] * 2)) == ["", "STALE"]
        assert store.read(get_key, made.key.id).seq == made.seq + 1


def test_of_two_births_under_one_id_at_once_one_is_told_that_it_is_late(store: SqlStore) -> None:
    for number in range(ROUNDS):
        concept, version_id = evolve(CONCEPT, id=f"c-{number}"), f"v-{number}"
        version = evolve(VERSION, id=version_id, concept_id=concept.id)
        codes = both(*[partial(save, store, concept, version)] * 2)

        assert codes.count("") == 1
        assert set(codes) <= {"", "STALE", "STALE_CONCEPT", "VERSION_ALREADY_EXISTS"}
        assert len(store.read(concepts.list_history, concept.id)) == 1


def test_two_creates_under_one_key_at_once_are_one_create(store: SqlStore) -> None:
    command = concepts.CreateConcept(content=RATIO)
    for number in range(ROUNDS):
        idempotency = Idempotency(f"key-{number}", ConceptSaved)
        codes = both(
            *[partial(do, store, concepts.create_concept, command, idempotency=idempotency)] * 2
        )

        assert set(codes) <= {"", "REQUEST_IN_FLIGHT"}
        assert len(changes(store)) == number + 1


def begun(
    threads: ThreadPoolExecutor, store: SqlStore, entered: Event, leave: Event
) -> Future[ConceptSaved]:
    """A create under a key that is at work until it may leave."""

    def create_slowly(tx: WriteTx, command: concepts.CreateConcept) -> ConceptSaved:
        entered.set()
        leave.wait()
        return concepts.create_concept(tx, command)

    return threads.submit(
        do, store, create_slowly, concepts.CreateConcept(content=RATIO), idempotency=ONCE
    )


def test_a_second_request_under_a_key_is_told_to_wait_and_then_gets_the_first_answer(
    postgresql: SqlStore,
) -> None:
    entered, leave = Event(), Event()
    command = concepts.CreateConcept(content=RATIO)
    with ThreadPoolExecutor(1) as threads:
        first = begun(threads, postgresql, entered, leave)
        entered.wait()
        refused = code(do, postgresql, concepts.create_concept, command, idempotency=ONCE)
        leave.set()

    assert refused == "REQUEST_IN_FLIGHT"
    assert do(postgresql, concepts.create_concept, command, idempotency=ONCE) == first.result()
    assert len(changes(postgresql)) == 1


def test_on_sqlite_a_second_request_under_a_key_waits_for_the_first_answer(
    sqlite: SqlStore,
) -> None:
    entered, leave = Event(), Event()
    command = concepts.CreateConcept(content=RATIO)
    with ThreadPoolExecutor(2) as threads:
        first = begun(threads, sqlite, entered, leave)
        entered.wait()
        second = threads.submit(do, sqlite, concepts.create_concept, command, idempotency=ONCE)
        leave.set()

    assert second.result() == first.result()
    assert len(changes(sqlite)) == 1


def edit_now(tx: SqlTransaction, concept_id: str) -> None:
    """Edit the concept as it stands, however often it moves meanwhile."""
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


def test_batches_that_lock_in_opposite_order_are_both_done(
    postgresql: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    ids, run = (
        [create(postgresql).concept.id for _ in range(2)],
        partial(postgresql.run, actor=MAYA),
    )
    crossed = Barrier(2)
    attempts: list[int] = []

    def batch(tx: SqlTransaction, order: list[str]) -> None:
        edit_now(tx, order[0])
        attempts.append(1)
        if len(attempts) <= 2:
            crossed.wait()  # each now holds what the other wants
        edit_now(tx, order[1])

    with caplog.at_level("INFO", "indelible.sql"):
        codes = both(*(partial(run, batch, order, reason="a batch") for order in (ids, ids[::-1])))

    assert codes == ["", ""]
    assert "40P01" in caplog.text
    assert [postgresql.read(concepts.get_concept, each).seq for each in ids] == [3, 3]
    assert verify(postgresql) == ()
