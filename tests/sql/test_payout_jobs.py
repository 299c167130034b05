"""Test that databases keep payout jobs and their transfers together, in any order of the writes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from tests.sql.conftest import code

from indelible.app import WriteTx
from indelible.kernel import Head
from indelible.kernel.execution import execute
from indelible.money.entities.ids import transfer_id
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.payouts.planning import transfer_lines
from indelible.money.handlers.payouts.sending import payments_of
from indelible.money.handlers.saving import save
from indelible.money.rules.ledger.drafts import Proof, SettlementLine
from indelible.money.rules.ledger.payouts import payout_created
from indelible.testing.money.scenarios import REFERENCE, USD, WON, Books
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, verify
from indelible_sql.engine.errors import GuardViolation

pytestmark = pytest.mark.slow

JOB = "s1"
WAIT_SECONDS = 30


@pytest.fixture
def books(store: SqlStore) -> Books:
    return books_of(store)


def books_of(store: SqlStore) -> Books:
    """Return books with a settlement of the job that owes Ann, and another one that owes Bob."""
    books = Books(store).pay_all()
    for settlement, party in ((JOB, "ann"), ("s2", "bob")):
        lines = [SettlementLine(party=party, amount_minor=WON[party])]
        books.settle(settlement, lines=lines, rake_minor=0, rounding_minor=0, items=[])
    return books


def add_transfer(tx: WriteTx, line: OwedLine) -> Head[Transfer]:
    """Save an approved transfer of the job that pays a line."""
    now = tx.clock.now()
    transfer = Transfer.create(
        "plan",
        now=now,
        id=transfer_id(JOB, line.party),
        job_id=JOB,
        settlement_id=JOB,
        reference=REFERENCE,
        party=line.party,
        amount_minor=line.amount_minor,
        currency=USD,
        line_count=1,
        reissue_of=None,
    )
    head = save(tx, tx.money.transfers, None, transfer, "plan", bulk=(transfer_lines([line]),))
    approved = transfer.approved(str(tx.actor), "a test", destination=None, now=tx.clock.now())
    return save(tx, tx.money.transfers, head, approved, "approve")


def add_job(tx: WriteTx) -> Head[PayoutJob]:
    """Save the job that counts the transfer to Ann."""
    plan = PayoutJob.plan(
        id=JOB,
        reference=REFERENCE,
        currency=USD,
        transfer_count=1,
        total_minor=WON["ann"],
    )
    return execute(tx, tx.money.payout_jobs, plan)


def end_job(tx: WriteTx) -> None:
    """Adopt the transfer to Ann with its movement, and complete the job."""
    transfer = tx.money.transfers.lock(transfer_id(JOB, "ann"))
    sent = transfer.entity.completed("tr_1", "acct_1", now=tx.clock.now())
    save(tx, tx.money.transfers, transfer, sent, "adopt")
    payout = payout_created(
        transfer_id=sent.id,
        reference=REFERENCE,
        currency=USD,
        lines=payments_of(tx, sent),
        proof=Proof.by_operator("a test"),
    )
    post_movement(tx, payout)
    execute(tx, tx.money.payout_jobs, PayoutJob.complete(JOB))


def test_a_job_may_be_stored_after_its_approved_transfers(store: SqlStore, books: Books) -> None:
    (ann,) = books.owed("ann")
    with store.transaction(actor=MAYA, reason="a test") as tx:
        add_transfer(tx, ann)
        add_job(tx)

    assert verify(store) == ()


def test_a_transfer_whose_job_is_never_stored_is_refused(store: SqlStore, books: Books) -> None:
    (ann,) = books.owed("ann")

    def add() -> None:
        with store.transaction(actor=MAYA, reason="a test") as tx:
            add_transfer(tx, ann)

    assert code(add) == GuardViolation.code
    assert verify(store) == ()


def test_a_complete_job_takes_no_further_transfer(store: SqlStore, books: Books) -> None:
    (ann,), (bob,) = books.owed("ann"), books.owed("bob")
    with store.transaction(actor=MAYA, reason="a test") as tx:
        add_job(tx)
        add_transfer(tx, ann)
        end_job(tx)

    def add() -> None:
        with store.transaction(actor=MAYA, reason="a test") as tx:
            add_transfer(tx, bob)

    with pytest.raises(GuardViolation, match="transfers_job_open"):
        add()
    assert verify(store) == ()


def test_a_transfer_that_is_stored_while_its_job_ends_is_named_by_verify(
    postgresql: SqlStore,
) -> None:
    """Neither transaction sees the other's rows, so that no guard can refuse either."""
    books = books_of(postgresql)
    (ann,), (bob,) = books.owed("ann"), books.owed("bob")
    with postgresql.transaction(actor=MAYA, reason="a test") as tx:
        add_job(tx)
        add_transfer(tx, ann)
    is_added, is_ended = Event(), Event()

    def add() -> None:
        with postgresql.transaction(actor=MAYA, reason="a test") as tx:
            add_transfer(tx, bob)
            is_added.set()
            assert is_ended.wait(WAIT_SECONDS)

    with ThreadPoolExecutor() as threads:
        added = threads.submit(add)
        assert is_added.wait(WAIT_SECONDS)
        with postgresql.transaction(actor=MAYA, reason="a test") as tx:
            end_job(tx)
        is_ended.set()
        added.result()

    findings = verify(postgresql)
    assert {(finding.table, finding.entity_id) for finding in findings} == {("payout_jobs", JOB)}
