"""Codes that no other test triggers: unknown ids, second births, and changes of the ledger."""

import pytest
from attrs import evolve
from tests.core.money.payments import ADA, FEE, HOUR, REFERENCE, START, PaymentRun

from indelible.kernel import IndelibleError
from indelible.money.commands.payments import ApplyEvent, OpenCharge, ReplayEvent
from indelible.money.entities.stripe_objects import RefundObject
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.inbox import apply_event, replay_event
from indelible.money.rules.events import parse_event
from indelible.money.rules.refunds import check_refund
from indelible.money.rules.stages import SEND_REFUND_STAGE


def refused(run: PaymentRun, handler: object, command: object) -> str:
    """Return the code by which a command is refused."""
    with pytest.raises(IndelibleError) as caught:
        run.store.run(handler, command, actor=ADA, reason="a test")  # type: ignore[arg-type]  # fields of several types
    return caught.value.code


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
