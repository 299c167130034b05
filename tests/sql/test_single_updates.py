"""Test that a claim or a completion is one statement without a transaction, all or nothing."""

import logging
import time
from collections.abc import Generator
from contextlib import suppress
from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve
from sqlalchemy import Integer, literal_column, select, text, update
from tests.sql.conftest import code
from tests.sql.faults import CREATE
from tests.sql.lost_commits import ProxiedStore, proxied_store
from tests.sql.proxy import Fault

from indelible import concepts
from indelible.kernel import Actor, OutcomeUnknown, UsageError
from indelible.kernel.task_commands import (
    ClaimTasks,
    CompleteTasks,
    claim_tasks,
    complete_tasks,
)
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Lease, Task
from indelible.kernel.transaction import single_update
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.failpoints import Failpoint, no_failpoint
from indelible_sql.engine.limited import kept_cursor
from indelible_sql.engine.limited_connections import MAX_KEPT_CURSORS
from indelible_sql.kernel.task_tables import TASKS

STAGE: Final = "work"
WORKER: Final = Actor.system("worker")
SYNC_MESSAGE: Final = b"S\0\0\0\x04"  # the end of a statement, which commits it


class Broken(Exception):
    """An error that is not the library's."""


def enqueue(store: SqlStore, number: int) -> None:
    """Enqueue tasks with the ids 1 to n, due in this order."""
    with store.transaction(actor=MAYA, reason="work to do") as tx:
        now = tx.clock.now()
        dues = {str(n): now - timedelta(seconds=number - n) for n in range(1, number + 1)}
        tx.tasks.enqueue(STAGE, dues)


def claim(store: SqlStore, limit: int, lease_seconds: int = 60) -> tuple[Lease, ...]:
    """Claim tasks as the worker."""
    command = ClaimTasks(stage=STAGE, limit=limit, lease_seconds=lease_seconds)
    return store.run(claim_tasks, command, actor=WORKER, reason="claim")


def complete(store: SqlStore, *leases: Lease) -> None:
    """Complete tasks as the worker."""
    store.run(complete_tasks, CompleteTasks(leases=leases), actor=WORKER, reason="completion")


def task(store: SqlStore, entity_id: str) -> Task:
    """Return a task."""
    return store.read(lambda tx: tx.tasks.get(STAGE, entity_id))


@pytest.fixture
def proxied(database: PostgresServer) -> Generator[ProxiedStore]:
    with proxied_store(database, None) as proxied:
        yield proxied


def test_one_lost_lease_of_several_completes_none(store: SqlStore) -> None:
    enqueue(store, 3)
    leases = claim(store, 3)
    lost = evolve(leases[1], fence=leases[1].fence + 1)

    with pytest.raises(LeaseLost):
        complete(store, leases[0], lost, leases[2])

    for lease in leases:
        assert task(store, lease.entity_id).lease_owner == WORKER


def test_a_completion_of_a_lost_lease_is_refused(store: SqlStore) -> None:
    enqueue(store, 1)
    (lease,) = claim(store, 1)
    complete(store, lease)

    assert code(complete, store, lease) == "LEASE_LOST"


def test_a_second_statement_is_refused(store: SqlStore) -> None:
    enqueue(store, 2)

    @single_update
    def claim_twice(tx: SqlTransaction, command: ClaimTasks) -> None:
        claim_tasks(tx, command)
        claim_tasks(tx, command)

    with pytest.raises(UsageError, match="second statement"):
        store.run(claim_twice, ClaimTasks(stage=STAGE, limit=1), actor=WORKER, reason="claims")


def test_a_change_of_an_aggregate_is_refused(store: SqlStore) -> None:
    @single_update
    def create_concept(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)

    with pytest.raises(UsageError):
        store.run(create_concept, CREATE, actor=MAYA, reason="a concept")
    assert store.feed().changes == ()


def test_the_connection_of_a_single_update_is_refused(store: SqlStore) -> None:
    @single_update
    def select(tx: SqlTransaction, _: object) -> object:
        return tx.connection.scalar(text("SELECT 1"))

    with pytest.raises(UsageError, match="no connection"):
        store.run(select, None, actor=MAYA, reason="a query")


def test_a_single_update_inside_a_transaction_is_refused(store: SqlStore) -> None:
    with store.transaction(actor=MAYA, reason="a block"), pytest.raises(UsageError, match="open"):
        claim(store, 1)


@pytest.mark.parametrize("failpoint", [Failpoint.BEFORE_UPDATE, Failpoint.AFTER_UPDATE])
def test_the_log_says_whether_a_failed_claim_was_committed(
    store: SqlStore, failpoint: Failpoint, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(store, 1)
    caplog.set_level(logging.DEBUG, "indelible")

    def fail(reached: Failpoint) -> None:
        if reached is failpoint:
            raise Broken

    store.at_failpoint = fail
    with pytest.raises(Broken):
        claim(store, 1)
    store.at_failpoint = no_failpoint

    is_committed = store.engines.is_writer_autocommit and failpoint is Failpoint.AFTER_UPDATE
    assert (task(store, "1").fence == 1) is is_committed
    expected = "committed: 0 changes" if is_committed else "rolled back with Broken"
    assert [line for line in caplog.messages if line.startswith(expected)]


def test_a_commit_is_logged(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    enqueue(store, 1)
    caplog.set_level(logging.DEBUG, "indelible")

    complete(store, *claim(store, 1))

    lines = [line for line in caplog.messages if line.startswith("committed: 0 changes")]
    assert len(lines) == 2


def test_a_refused_statement_whose_error_is_caught_is_no_success(store: SqlStore) -> None:
    enqueue(store, 1)

    @single_update
    def raise_fence(tx: SqlTransaction, _: object) -> str:
        with suppress(GuardViolation):
            tx.session.run(update(TASKS).values(fence=7), {})
        return "done"

    with pytest.raises(UsageError, match="refused inside the transaction"):
        store.run(raise_fence, None, actor=MAYA, reason="a forged fence")
    assert task(store, "1").fence == 0


def test_a_transaction_inside_a_single_update_is_refused(store: SqlStore) -> None:
    enqueue(store, 1)

    @single_update
    def claim_inside(_: SqlTransaction, __: object) -> None:
        claim(store, 1)

    with pytest.raises(UsageError, match="open"):
        store.run(claim_inside, None, actor=WORKER, reason="a claim")
    assert len(claim(store, 1)) == 1


def test_a_connection_keeps_few_cursors_and_every_result_is_right(postgresql: SqlStore) -> None:
    @single_update
    def add_one(tx: SqlTransaction, number: int) -> int:
        statement = select(literal_column(f"{number} + 1", Integer()).label("result"))
        return int(tx.session.rows(statement, {})[0]["result"])

    for number in [*range(2 * MAX_KEPT_CURSORS), 0]:
        result = postgresql.run(add_one, number, actor=MAYA, reason="a query")
        assert result == number + 1

    with postgresql.engines.writer.connect() as connection:
        first = kept_cursor(connection, "SELECT 1")
        assert kept_cursor(connection, "SELECT 1") is first
        for number in range(MAX_KEPT_CURSORS):
            kept_cursor(connection, f"SELECT {number + 2}")
        assert kept_cursor(connection, "SELECT 1") is not first


def test_a_claim_of_many_tasks_keeps_no_rows(postgresql: SqlStore) -> None:
    enqueue(postgresql, 300)

    claimed = [lease.entity_id for _ in range(2) for lease in claim(postgresql, 150)]

    assert sorted(claimed, key=int) == [str(number) for number in range(1, 301)]


def claim_when_unlocked(store: SqlStore) -> tuple[Lease, ...]:
    """Claim a task whose lock ends when the server notices that its connection is gone."""
    for _ in range(1_000):
        leases = claim(store, 1)
        if leases:
            return leases
        time.sleep(0.01)
    return ()


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "is_claimed"), [(Fault.CUT, False), (Fault.SWALLOW, True)])
def test_a_claim_without_a_reply_is_unknown_and_nothing_is_lost_or_doubled(
    proxied: ProxiedStore, fault: Fault, *, is_claimed: bool
) -> None:
    enqueue(proxied.direct, 1)
    proxied.sql.feed()
    proxied.proxy.plan(fault, SYNC_MESSAGE)

    with pytest.raises(OutcomeUnknown):
        claim(proxied.sql, 1, lease_seconds=1)

    assert task(proxied.direct, "1").fence == int(is_claimed)
    if is_claimed:
        assert claim(proxied.direct, 1) == ()
        time.sleep(1.1)  # until the lease has ended
    (lease,) = claim_when_unlocked(proxied.direct)
    complete(proxied.direct, lease)
    assert (lease.fence, lease.attempt) == (1 + is_claimed, 1 + is_claimed)
    assert claim(proxied.direct, 1) == ()


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("fault", "is_complete"), [(Fault.CUT, False), (Fault.SWALLOW, True)])
def test_a_completion_without_a_reply_may_be_repeated(
    proxied: ProxiedStore, fault: Fault, number: int, *, is_complete: bool
) -> None:
    enqueue(proxied.direct, number)
    leases = claim(proxied.direct, number)
    proxied.sql.feed()
    proxied.proxy.plan(fault, SYNC_MESSAGE)

    with pytest.raises(OutcomeUnknown):
        complete(proxied.sql, *leases)

    again = code(complete, proxied.direct, *leases)
    assert again == ("LEASE_LOST" if is_complete else "")
    for lease in leases:
        done = task(proxied.direct, lease.entity_id)
        assert (done.fence, done.due_at, done.lease_owner) == (1, None, None)


def test_a_database_that_cannot_be_reached_has_no_unknown_outcome(proxied: ProxiedStore) -> None:
    proxied.proxy.plan(Fault.VANISH, SYNC_MESSAGE)
    code(claim, proxied.sql, 1)

    assert code(claim, proxied.sql, 1) == "STORE_UNREACHABLE"
