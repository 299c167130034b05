"""A handler's changes go to PostgreSQL with its next statement, or with COMMIT."""

from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TypeVar

import pytest
from sqlalchemy import String, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.sql.conftest import code, opened_through
from tests.sql.faults import as_admin
from tests.sql.proxy import Proxy

from indelible import concepts
from indelible.kernel import Head, NotFound, Stale, UsageError
from indelible.kernel.aggregates import change_for, save_change
from indelible.kernel.history import Update
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, revoke_key
from indelible.kernel.payloads import Payload
from indelible.kernel.stages import (
    PauseStage,
    ResumeStage,
    StageControl,
    pause_stage,
    resume_stage,
)
from indelible.testing.stores import BEGINNING, MAYA, create, do, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, SqlTransaction, open_store, verify
from indelible_sql.engine.collecting import MAX_COLLECTED
from indelible_sql.engine.errors import ValueUnstorable

WHY = "a test"
PAYLOAD = Payload.of(b"{}", content_type="application/json", received_at=BEGINNING)
# A trigger that delays each change by 0.4 seconds.
SLOW_HISTORY = """
    CREATE FUNCTION public.be_slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$;
    CREATE TRIGGER slow AFTER INSERT ON indelible.history
    FOR EACH STATEMENT EXECUTE FUNCTION public.be_slow();
"""
R = TypeVar("R")


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    """Yield a store with one connection that writes, so that a command meets what one has left."""
    with opened_through(proxy, database.url, size=1, overflow=0) as store:
        yield store


def pause_many(tx: SqlTransaction, count: int) -> None:
    for number in range(count):
        pause_stage(tx, PauseStage(stage=f"stage-{number}"))


def run(store: SqlStore, handler: Callable[[SqlTransaction, None], R]) -> R:
    return store.run(handler, None, actor=MAYA, reason=WHY)


def count(store: SqlStore) -> int:
    return len(store.feed(limit=1_000).changes)


@pytest.mark.slow
def test_a_refused_change_is_not_committed_with_its_neighbors(
    store: SqlStore, database: PostgresServer
) -> None:
    saved = create(store)
    other = open_store(database.url, policy=POLICY)

    def submit_what_another_has_moved(tx: SqlTransaction, _: None) -> None:
        head = tx.concepts.concepts.get(saved.concept.id)
        pause_stage(tx, PauseStage(stage="before"))
        edit(other, saved)
        submitted = head.entity.transition("submit", now=BEGINNING)
        save_change(tx, tx.concepts.concepts, head, submitted, "submit")

    error = refusal(lambda: run(store, submit_what_another_has_moved))

    assert str(error) == str(Stale(saved.concept.id, expected_seq=1, actual_seq=2))
    assert count(store) == 2
    # The connection is in no failed transaction.
    do(store, pause_stage, PauseStage(stage="after"))
    assert count(store) == 3
    other.dispose()


@pytest.mark.slow
def test_a_refused_birth_does_not_leave_its_connection_in_a_failed_transaction(
    store: SqlStore,
) -> None:
    def create_with_used_id(tx: SqlTransaction, _: None) -> None:
        (change,) = tx.history.of("key", first.key.id)
        tx.keys.save(change, first.key)

    first = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))

    for _ in range(2):
        assert code(run, store, create_with_used_id) == "STALE"
    do(store, revoke_key, RevokeKey(key_id=first.key.id, expected_seq=1))
    assert count(store) == 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [MAX_COLLECTED - 1, MAX_COLLECTED, MAX_COLLECTED + 1])
def test_so_many_changes_are_collected_and_then_sent(store: SqlStore, number: int) -> None:
    store.run(pause_many, number, actor=MAYA, reason=WHY)

    assert count(store) == number


def test_a_read_sees_what_was_collected(store: SqlStore) -> None:
    def create_and_read(tx: SqlTransaction, _: None) -> list[int]:
        first = pause_stage(tx, PauseStage(stage="work"))
        by_the_host = tx.connection.execute(text("SELECT count(*) FROM indelible.history"))
        return [len(tx.history.of("stage", first.id)), by_the_host.scalar_one()]

    assert run(store, create_and_read) == [1, 1]


@pytest.mark.slow
def test_a_savepoint_of_the_host_takes_back_what_was_written_in_it(store: SqlStore) -> None:
    def pause_and_take_back(tx: SqlTransaction, _: None) -> None:
        pause_stage(tx, PauseStage(stage="kept"))
        savepoint = tx.connection.begin_nested()
        pause_stage(tx, PauseStage(stage="taken-back"))
        savepoint.rollback()

    run(store, pause_and_take_back)

    assert count(store) == 1
    assert verify(store) == ()


def overtaken(store: SqlStore, database: PostgresServer) -> Callable[[SqlTransaction], None]:
    """Return a function that collects a submission which another transaction has overtaken."""
    saved = create(store)
    other = open_store(database.url, policy=POLICY)

    def submit_late(tx: SqlTransaction) -> None:
        head = tx.concepts.concepts.get(saved.concept.id)
        edit(other, saved)
        other.dispose()
        submitted = head.entity.transition("submit", now=BEGINNING)
        save_change(tx, tx.concepts.concepts, head, submitted, "submit")

    return submit_late


@pytest.mark.slow
def test_what_was_collected_is_not_lost_if_the_next_statement_cannot_be_sent(
    store: SqlStore, database: PostgresServer
) -> None:
    submit_late = overtaken(store, database)

    def swallow(tx: SqlTransaction, _: None) -> None:
        submit_late(tx)
        with suppress(ValueUnstorable):
            concepts.get_concept(tx, "\ud800")

    with pytest.raises(UsageError, match="its error was caught there"):
        run(store, swallow)
    assert count(store) == 2  # the creation and the edit


@pytest.mark.slow
def test_a_write_goes_with_no_statement_that_cannot_be_sent(store: SqlStore) -> None:
    def swallow(tx: SqlTransaction, _: None) -> None:
        pause_stage(tx, PauseStage(stage="work"))
        with suppress(ValueUnstorable):
            concepts.get_concept(tx, "\ud800")

    with pytest.raises(UsageError, match="its error was caught there"):
        run(store, swallow)
    assert count(store) == 0
    do(store, pause_stage, PauseStage(stage="work"))
    assert count(store) == 1


@pytest.mark.slow
@pytest.mark.parametrize("is_block", [False, True])
@pytest.mark.parametrize("written", ["a change", "a record without a change"])
def test_a_failed_statement_of_the_host_is_not_committed(
    store: SqlStore, written: str, *, is_block: bool
) -> None:
    def swallow(tx: SqlTransaction, _: None) -> None:
        if written == "a change":
            pause_stage(tx, PauseStage(stage="work"))
        else:
            tx.payloads.add(PAYLOAD)
        with suppress(DBAPIError):
            tx.connection.execute(text("SELECT 1 / 0"))

    def in_block() -> None:
        with store.transaction(actor=MAYA, reason=WHY) as tx:
            swallow(tx, None)

    with pytest.raises(UsageError, match="its error was caught there"):
        in_block() if is_block else run(store, swallow)
    assert count(store) == 0
    with pytest.raises(NotFound):
        store.read(lambda tx: tx.payloads.get(PAYLOAD.digest))


def saved_head(
    tx: SqlTransaction, head: Head[StageControl], stage: StageControl, action: str
) -> Head[StageControl]:
    save_change(tx, tx.stages, head, stage, action)
    return tx.stages.get(stage.id)


@pytest.mark.slow
def test_a_stale_batch_names_the_head_that_another_has_moved(
    store: SqlStore, database: PostgresServer
) -> None:
    stages = [do(store, pause_stage, PauseStage(stage=f"s-{number}")) for number in range(4)]
    other = open_store(database.url, policy=POLICY)

    def resume_all(tx: SqlTransaction, _: None) -> None:
        heads = [tx.stages.get(stage.id) for stage in stages]
        do(other, resume_stage, ResumeStage(stage="s-3"))
        for action in ("resume", "pause"):  # the first head is moved here
            moved = heads[0].entity.transition(action, now=BEGINNING)
            heads[0] = saved_head(tx, heads[0], moved, action)
        updates: list[Update[StageControl]] = []
        for head in heads:
            entity = head.entity.transition("resume", now=BEGINNING)
            updates.append(Update(head, change_for(tx, head, entity, "resume"), entity))
        tx.stages.save_all(updates)

    error = refusal(lambda: run(store, resume_all))

    assert str(error) == str(Stale(stages[3].id, expected_seq=1, actual_seq=2))
    other.dispose()


def test_changes_that_go_together_may_take_as_long_as_one_by_one(
    database: PostgresServer,
) -> None:
    store = open_store(database.url, policy=POLICY, pool=Pool(statement_seconds=1))
    store.feed()  # the database is checked once
    with as_admin(database) as admin:
        admin.execute(SLOW_HISTORY)

    def create_four(tx: SqlTransaction, _: None) -> None:
        for _number in range(4):
            create_key(tx, CreateKey(owner=MAYA, scopes=("admin",)))

    run(store, create_four)

    assert count(store) == 4
    store.dispose()


def test_settings_of_one_transaction_change_no_value_of_the_next(store: SqlStore) -> None:
    letter = text("SELECT chr(246) AS letter").columns(letter=String())

    def read_letter(tx: SqlTransaction, encoding: str | None) -> str:
        if encoding is not None:
            tx.connection.exec_driver_sql(f"SET LOCAL client_encoding = '{encoding}'")
        (row,) = tx.session.rows(letter, {})
        return str(row["letter"])

    for encoding in ("LATIN1", None, "LATIN1", None):
        assert store.run(read_letter, encoding, actor=MAYA, reason=WHY) == "ö"
