"""Codes that no other test triggers: unknown ids, second births, and changes of the ledger."""

import logging
from datetime import timedelta

import pytest
from attrs import evolve
from tests.core.money.payments import ADA, FEE, HOUR, REFERENCE, START, PaymentRun, refund_body

from indelible.kernel import IndelibleError
from indelible.money.commands.payments import ApplyEvent, OpenCharge, ReplayEvent
from indelible.money.entities.charges import Charge
from indelible.money.entities.ledger import Movement
from indelible.money.entities.stripe_objects import RefundObject
from indelible.money.entities.values import AccountKind, MovementKind
from indelible.money.errors.gateway import GatewayRejected
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.inbox import apply_event, replay_event
from indelible.money.handlers.saving import save
from indelible.money.ports.ledger import ALL_MOVEMENTS
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import IntentMove, decide_intent
from indelible.money.rules.events import parse_event
from indelible.money.rules.ledger.checks import check_movement
from indelible.money.rules.refunds import check_refund
from indelible.money.rules.stages import SEND_REFUND_STAGE


def refused(run: PaymentRun, handler: object, command: object) -> str:
    """Return the code by which a command is refused."""
    with pytest.raises(IndelibleError) as caught:
        run.store.run(handler, command, actor=ADA, reason="a test")  # type: ignore[arg-type]  # fields of several types
    return caught.value.code


def paid_movement(run: PaymentRun) -> Movement:
    """Return the movement of a payment."""
    run.paid()
    (head,) = run.store.read(
        lambda tx: tx.money.movements.list_page(ALL_MOVEMENTS, where={}, after="", limit=9)
    )
    return head.entity


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("refunds", "REFUND_NOT_FOUND"),
        ("disputes", "DISPUTE_NOT_FOUND"),
        ("events", "STRIPE_EVENT_NOT_FOUND"),
        ("payout_jobs", "PAYOUT_JOB_NOT_FOUND"),
        ("charges", "CHARGE_NOT_FOUND"),
        ("transfers", "TRANSFER_NOT_FOUND"),
        ("payees", "PAYEE_NOT_FOUND"),
        ("reconciliations", "RECONCILIATION_NOT_FOUND"),
    ],
)
def test_an_unknown_id_has_a_code_of_its_own(run: PaymentRun, name: str, code: str) -> None:
    with pytest.raises(IndelibleError) as caught:
        run.store.read(lambda tx: getattr(tx.money, name).get("nothing"))

    assert caught.value.code == code


def test_an_event_that_was_never_received_is_not_replayed(run: PaymentRun) -> None:
    command = ReplayEvent(event_id="evt_nothing")

    assert refused(run, replay_event, command) == "STRIPE_EVENT_NOT_FOUND"


def test_an_organizer_pays_for_no_item_of_their_own(run: PaymentRun) -> None:
    command = OpenCharge(
        reference=REFERENCE,
        party="ada",
        item="item-1",
        amount_minor=FEE,
        currency="EUR",
        expires_at=START + HOUR,
        organizer="ada",
    )

    assert refused(run, open_charge, command) == "ORGANIZER_DOES_NOT_PAY"
    assert run.store.feed().changes == ()
    others = evolve(command, party="bob")
    assert run.store.run(open_charge, others, actor=ADA, reason="a test").charge.party == "bob"


def test_a_second_charge_of_an_item_has_the_id_of_the_first(run: PaymentRun) -> None:
    charge = run.open()

    def open_again(tx: MoneyWrite, second: Charge) -> None:
        save(tx, tx.money.charges, None, second, "open")

    assert refused(run, open_again, charge) == "STALE"


def test_a_refund_of_stripe_belongs_to_one_refund(run: PaymentRun) -> None:
    charge, intent = run.paid()
    refund = run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    sent = run.refunds(charge)[0]
    assert sent.id == refund.id
    reported = RefundObject(
        id="re_other",
        status="succeeded",
        amount_minor=FEE,
        currency="EUR",
        payment_intent=intent.id,
        charge=f"ch_{intent.id}",
        created=START,
    )

    with pytest.raises(IndelibleError) as caught:
        check_refund(sent, reported)
    assert caught.value.code == "REFUND_EXISTS"


def test_events_of_one_second_leave_an_intent_in_doubt(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    processing = evolve(
        charge.transition("process", now=START), intent_id=intent.id, last_event_at=START
    )

    with pytest.raises(IndelibleError) as caught:
        decide_intent(processing, IntentMove.FAIL, START, intent, is_read=False)
    assert caught.value.code == "PAYMENT_INTENT_IN_DOUBT"


def test_a_processed_event_that_is_applied_again_is_a_duplicate(run: PaymentRun) -> None:
    _, intent = run.opened_intent()
    event_id = run.succeed(intent.id).id
    digest = run.event(event_id).payload_digest
    body = run.store.read(lambda tx: tx.payloads.get(digest)).content
    before = len(run.store.feed().changes)

    command = ApplyEvent(event=parse_event(body))
    applied = run.store.run(apply_event, command, actor=ADA, reason="a test")

    assert applied.code == "STRIPE_EVENT_DUPLICATE"
    assert len(run.store.feed().changes) == before


def test_a_movement_is_never_changed(run: PaymentRun) -> None:
    movement = paid_movement(run)

    with pytest.raises(IndelibleError) as caught:
        movement.transition("post", now=START + timedelta(days=1), total_minor=1)
    assert caught.value.code == "LEDGER_IMMUTABLE"
    assert run.movement(movement.id) == movement


def test_a_movement_names_the_sums_of_its_postings(run: PaymentRun) -> None:
    movement = paid_movement(run)
    postings = run.store.read(lambda tx: tx.money.movements.postings(movement.id, after=0, limit=9))

    with pytest.raises(IndelibleError) as caught:
        check_movement(evolve(movement, total_minor=FEE + 1), postings, {})
    assert caught.value.code == "LEDGER_UNBALANCED"


def test_a_refused_refund_is_reported_and_its_money_goes_back(
    run: PaymentRun, caplog: pytest.LogCaptureFixture
) -> None:
    charge, _ = run.paid()
    run.gateway.failures.before["create_refund"] = [GatewayRejected("refund_disputed", "no")]
    refund = run.refund(charge)

    with caplog.at_level(logging.ERROR, logger="indelible.money"):
        run.process(SEND_REFUND_STAGE)

    (record,) = caplog.records
    assert record.getMessage() == (
        f"[Payment] REFUND_FAILED: Refund {refund.id} failed: refund_disputed."
    )
    assert run.balance(AccountKind.ESCROW) == FEE
    assert run.kinds()[-1] is MovementKind.REFUND_FAILED
    late = run.deliver("refund.failed", refund_body("re_other", "pi_nothing", status="failed"))
    assert late.last_code == "PAYMENT_INTENT_NOT_FOUND"
