"""Every one of the states of a charge, moved by Stripe's events."""

from datetime import timedelta

import pytest
from attrs import define, evolve
from tests.core.money.payments import (
    DISPUTE_FEE,
    FEE,
    HOUR,
    START,
    PaymentRun,
    dispute_body,
    intent_body,
    refund_body,
    withdrawn_body,
)

from indelible.money.entities.values import AccountKind, MovementKind, OutcomeCode, RefundReason
from indelible.money.lifecycle.payments import ChargeStatus, RefundStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE, SEND_REFUND_STAGE
from indelible.money.tasks.observers import SilentPaymentObserver

REQUIRES_ACTION = "payment_intent.requires_action"
PROCESSING = "payment_intent.processing"
FAILED = "payment_intent.payment_failed"
CANCELED = "payment_intent.canceled"


def bring_to(run: PaymentRun, intent_id: str, status: ChargeStatus) -> None:
    """Bring an unpaid charge to a state by one event."""
    types = {
        ChargeStatus.REQUIRES_ACTION: REQUIRES_ACTION,
        ChargeStatus.PROCESSING: PROCESSING,
        ChargeStatus.FAILED: FAILED,
    }
    if status in types:
        run.tell(types[status], intent_id)
        run.clock.advance(1)


def test_a_created_intent_leaves_its_charge_pending(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()

    stored = run.charge(charge.id)
    assert (stored.status, stored.intent_id) == (ChargeStatus.PENDING, intent.id)
    assert run.gateway.intents[intent.id].metadata == {"charge_id": charge.id}


@pytest.mark.parametrize(
    ("event_type", "status", "reached"),
    [
        (REQUIRES_ACTION, ChargeStatus.PENDING, ChargeStatus.REQUIRES_ACTION),
        (REQUIRES_ACTION, ChargeStatus.FAILED, ChargeStatus.REQUIRES_ACTION),
        (PROCESSING, ChargeStatus.PENDING, ChargeStatus.PROCESSING),
        (PROCESSING, ChargeStatus.FAILED, ChargeStatus.PROCESSING),
        (PROCESSING, ChargeStatus.REQUIRES_ACTION, ChargeStatus.PROCESSING),
        (CANCELED, ChargeStatus.PENDING, ChargeStatus.CANCELED),
        (CANCELED, ChargeStatus.REQUIRES_ACTION, ChargeStatus.CANCELED),
        (CANCELED, ChargeStatus.FAILED, ChargeStatus.CANCELED),
    ],
)
def test_an_event_leads_an_unpaid_charge_on(
    run: PaymentRun, event_type: str, status: ChargeStatus, reached: ChargeStatus
) -> None:
    charge, intent = run.opened_intent()
    bring_to(run, intent.id, status)

    run.tell(event_type, intent.id)

    stored = run.charge(charge.id)
    assert stored.status is reached
    if reached is ChargeStatus.CANCELED:
        assert stored.outcome_code is OutcomeCode.CANCELLED


@pytest.mark.parametrize(
    "status",
    [
        ChargeStatus.PENDING,
        ChargeStatus.REQUIRES_ACTION,
        ChargeStatus.PROCESSING,
        ChargeStatus.FAILED,
    ],
)
def test_a_payment_that_succeeds_is_booked_once(run: PaymentRun, status: ChargeStatus) -> None:
    charge, intent = run.opened_intent()
    bring_to(run, intent.id, status)

    event = run.succeed(intent.id)

    stored = run.charge(charge.id)
    assert (stored.status, stored.received_minor) == (ChargeStatus.SUCCEEDED, FEE)
    assert run.kinds() == [MovementKind.ENTRY_FEE]
    assert run.balance(AccountKind.ESCROW) == FEE
    assert event.status is InboxStatus.PROCESSED


@pytest.mark.parametrize(
    "status", [ChargeStatus.PENDING, ChargeStatus.REQUIRES_ACTION, ChargeStatus.PROCESSING]
)
def test_a_declined_payment_keeps_its_code_and_may_be_tried_again(
    run: PaymentRun, status: ChargeStatus
) -> None:
    charge, intent = run.opened_intent()
    bring_to(run, intent.id, status)

    event = run.tell(FAILED, intent.id, last_payment_error={"decline_code": "insufficient_funds"})

    assert run.charge(charge.id).failure_code == "insufficient_funds"
    assert event.last_code == "PAYMENT_FAILED"
    run.succeed(intent.id)
    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED


def test_an_expired_charge_is_canceled_at_stripe_first(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.process(EXPIRE_CHARGE_STAGE)
    assert run.charge(charge.id).status is ChargeStatus.PENDING

    run.clock.advance(3_601)
    run.process(EXPIRE_CHARGE_STAGE)

    assert run.gateway.intents[intent.id].status == "canceled"
    stored = run.charge(charge.id)
    assert (stored.status, stored.outcome_code) == (ChargeStatus.CANCELED, OutcomeCode.EXPIRED)


def test_a_charge_that_is_paid_at_stripe_does_not_expire(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.gateway.pay(intent.id)
    run.clock.advance(3_601)

    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.PENDING


def test_a_payment_after_the_expiry_is_booked_and_refunded(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.clock.advance(3_700)

    run.succeed(intent.id)

    assert run.charge(charge.id).status is ChargeStatus.REFUND_PENDING
    assert [refund.reason_code for refund in run.refunds(charge)] == [RefundReason.LATE_PAYMENT]
    run.finish()
    stored = run.charge(charge.id)
    assert (stored.status, stored.outcome_code) == (
        ChargeStatus.REFUNDED,
        OutcomeCode.LATE_PAYMENT,
    )
    assert run.balance(AccountKind.ESCROW) == 0


def test_an_event_that_is_three_days_late_counts_from_the_time_of_the_payment(
    run: PaymentRun,
) -> None:
    charge, intent = run.opened_intent()
    run.clock.advance(3 * 86_400)
    paid = run.gateway.pay(intent.id)

    run.deliver("payment_intent.succeeded", intent_body(paid), created=START + HOUR / 2)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED


def test_a_payment_after_the_settlement_is_refunded_from_the_escrow(run: PaymentRun) -> None:
    run.paid("item-1")
    charge, intent = run.opened_intent("item-2")
    run.settle("item-1", amount_minor=FEE)

    run.succeed(intent.id)
    run.finish()

    assert [one.reason_code for one in run.refunds(charge)] == [
        RefundReason.LATE_WEBHOOK_AFTER_SETTLEMENT
    ]
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED
    assert run.balance(AccountKind.ESCROW) == 0
    assert run.balance(AccountKind.GOODWILL) == 0


@define
class CountsQuarantined(SilentPaymentObserver):
    """Counts the payments whose money is kept apart."""

    number: int = 0

    def payment_quarantined(self) -> None:
        """Count one more."""
        self.number += 1


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        ({"amount_minor": FEE - 1}, OutcomeCode.AMOUNT_MISMATCH),
        ({"currency": "USD"}, OutcomeCode.CURRENCY_MISMATCH),
    ],
)
def test_other_money_is_quarantined_and_refunded(
    run: PaymentRun, payment: dict[str, object], code: OutcomeCode
) -> None:
    observer = CountsQuarantined()
    run.observer = observer
    charge, intent = run.opened_intent()

    run.succeed(intent.id, **payment)

    stored = run.charge(charge.id)
    assert (stored.status, stored.outcome_code) == (ChargeStatus.REFUND_PENDING, code)
    assert observer.number == 1
    run.finish()
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED
    assert MovementKind.ENTRY_FEE not in run.kinds()
    assert run.balance(AccountKind.ESCROW) == 0
    assert run.balance(AccountKind.REFUND_CLEARING, stored.refund_currency) == 0


@pytest.mark.parametrize(
    ("amount_minor", "status"),
    [(FEE, ChargeStatus.REFUNDED), (1_000, ChargeStatus.PARTIALLY_REFUNDED)],
)
def test_a_refund_that_succeeds_ends_by_its_event(
    run: PaymentRun, amount_minor: int, status: ChargeStatus
) -> None:
    run.gateway.refund_status = "pending"
    charge, intent = run.paid()
    run.refund(charge, amount_minor)
    run.process(SEND_REFUND_STAGE)
    (refund,) = run.refunds(charge)
    assert refund.status is RefundStatus.PENDING

    body = refund_body(refund.stripe_refund_id or "", intent.id, amount=amount_minor)
    run.deliver("refund.updated", body)

    stored = run.charge(charge.id)
    assert (stored.status, stored.refunded_minor) == (status, amount_minor)
    assert run.balance(AccountKind.REFUND_CLEARING) == 0
    assert run.balance(AccountKind.STRIPE_BALANCE) == FEE - amount_minor


def test_a_refunded_charge_is_read_with_its_refunds(run: PaymentRun) -> None:
    run.gateway.refund_status = "pending"
    charge, intent = run.paid()
    run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    run.gateway.refund_status = "succeeded"
    for refund_id, refund in run.gateway.refunds.items():
        run.gateway.refunds[refund_id] = evolve(refund, status="succeeded")

    body = {
        "id": f"ch_{intent.id}",
        "status": "succeeded",
        "payment_intent": intent.id,
        "amount": FEE,
        "amount_refunded": FEE,
        "currency": "eur",
        "created": int(START.timestamp()),
        "disputed": False,
    }
    run.deliver("charge.refunded", body)

    assert run.charge(charge.id).status is ChargeStatus.REFUNDED


def test_a_dispute_withdraws_the_money(run: PaymentRun) -> None:
    charge, intent = run.paid()

    run.deliver("charge.dispute.created", dispute_body(intent.id))
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intent.id))

    stored = run.charge(charge.id)
    assert (stored.status, stored.disputed_from) == (
        ChargeStatus.DISPUTED,
        ChargeStatus.SUCCEEDED,
    )
    assert run.balance(AccountKind.DISPUTE_RECEIVABLE) == FEE
    assert run.balance(AccountKind.DISPUTE_LOSSES) == DISPUTE_FEE
    assert run.balance(AccountKind.STRIPE_BALANCE) == -DISPUTE_FEE


def test_a_refunded_charge_can_be_disputed_and_returns_to_refunded(run: PaymentRun) -> None:
    charge, intent = run.paid()
    run.refund(charge)
    run.finish()

    run.deliver("charge.dispute.created", dispute_body(intent.id))
    assert run.charge(charge.id).disputed_from is ChargeStatus.REFUNDED

    run.deliver("charge.dispute.closed", dispute_body(intent.id, status="won"))
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED


@pytest.mark.parametrize("status", ["won", "warning_closed", "prevented"])
def test_a_dispute_that_is_not_lost_leads_back(run: PaymentRun, status: str) -> None:
    charge, intent = run.paid()
    first = "warning_needs_response" if status == "warning_closed" else "needs_response"
    run.deliver("charge.dispute.created", dispute_body(intent.id, status=first))

    run.deliver("charge.dispute.closed", dispute_body(intent.id, status=status))

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.dispute("dp_1").closed_at is not None


def test_a_lost_dispute_charges_the_escrow_back(run: PaymentRun) -> None:
    charge, intent = run.paid()
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intent.id))

    run.deliver("charge.dispute.closed", dispute_body(intent.id, status="lost"))

    assert run.charge(charge.id).status is ChargeStatus.CHARGED_BACK
    assert run.balance(AccountKind.ESCROW) == 0
    assert run.balance(AccountKind.DISPUTE_RECEIVABLE) == 0


@pytest.mark.parametrize(
    ("seconds", "later", "earlier"),
    [(10, PROCESSING, REQUIRES_ACTION), (10, FAILED, PROCESSING), (10, CANCELED, FAILED)],
)
def test_an_event_that_would_lead_back_is_stale(
    run: PaymentRun, seconds: int, later: str, earlier: str
) -> None:
    charge, intent = run.opened_intent()
    run.tell(later, intent.id, created=START + timedelta(seconds=seconds))
    reached = run.charge(charge.id)

    event = run.tell(earlier, intent.id, created=START)

    assert (event.status, event.last_code) == (InboxStatus.IGNORED, "STALE_EVENT")
    assert run.charge(charge.id) == reached


@pytest.mark.parametrize("event_type", [REQUIRES_ACTION, PROCESSING, FAILED, CANCELED])
def test_a_paid_charge_is_never_unpaid_again(run: PaymentRun, event_type: str) -> None:
    charge, intent = run.paid()

    event = run.tell(event_type, intent.id, created=START + HOUR)

    assert (event.status, event.last_code) == (InboxStatus.IGNORED, "STALE_EVENT")
    assert run.charge(charge.id) == charge


def test_two_events_of_one_payment_are_booked_once(run: PaymentRun) -> None:
    _, intent = run.paid()

    event = run.succeed(intent.id)

    assert (event.status, event.last_code) == (
        InboxStatus.PROCESSED,
        "PAYMENT_ALREADY_PROCESSED",
    )
    assert run.kinds() == [MovementKind.ENTRY_FEE]


def test_events_of_one_second_are_settled_by_reading_the_intent(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.tell(FAILED, intent.id, created=START)
    run.gateway.intents[intent.id] = evolve(run.gateway.intents[intent.id], status="processing")
    reads = run.gateway.count("retrieve_payment_intent")

    run.tell(REQUIRES_ACTION, intent.id, created=START)

    assert run.charge(charge.id).status is ChargeStatus.PROCESSING
    assert run.gateway.count("retrieve_payment_intent") == reads + 1
