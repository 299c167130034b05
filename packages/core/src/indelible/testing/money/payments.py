"""Requirements on charges, refunds, disputes and the inbox."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from attrs import evolve

from indelible import money
from indelible.kernel import Head
from indelible.money import (
    ApplyEvent,
    Charge,
    ChargeSaved,
    EventOrigin,
    OpenCharge,
    Refund,
    RequestRefund,
    StripeEvent,
)
from indelible.money.commands.payments import RejectRefund
from indelible.money.entities.values import EventOutcome, OutcomeCode, RefundReason
from indelible.money.handlers.refunds import reject_refund
from indelible.money.lifecycle.payments import ChargeStatus, DisputeStatus, RefundStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.events import parse_envelope, parse_event
from indelible.money.rules.stages import (
    EXPIRE_CHARGE_STAGE,
    PROCESS_STRIPE_EVENT_STAGE,
    SEND_REFUND_STAGE,
)
from indelible.money.tasks.receiving import received
from indelible.testing.captures.scenarios import code, field_refused
from indelible.testing.money.scenarios import FEE, REFERENCE, USD
from indelible.testing.stores import BEGINNING, FAR, AnyStore, do
from indelible.testing.suite import Suite

EXPIRY: Final = BEGINNING + timedelta(days=1)
SECONDS: Final = int(BEGINNING.timestamp())


def ids_of(heads: Sequence[Head[Any]]) -> list[str]:
    """Return the ids of heads."""
    return [head.entity.id for head in heads]


def open_charge(store: AnyStore, item: str = "i1", party: str = "ann") -> ChargeSaved:
    """Open the charge of an item."""
    command = OpenCharge(
        reference=REFERENCE,
        party=party,
        item=item,
        amount_minor=FEE,
        currency=USD,
        expires_at=EXPIRY,
    )
    return do(store, money.open_charge, command)


def attach(store: AnyStore, charge_id: str, intent_id: str = "pi_1") -> ChargeSaved:
    """Attach an intent to a charge."""
    command = money.AttachIntent(charge_id=charge_id, intent_id=intent_id, generation=1)
    return do(store, money.attach_intent, command)


def event_bytes(event_id: str, event_type: str, subject: dict[str, Any]) -> bytes:
    """Return the bytes of an event."""
    document = {
        "id": event_id,
        "type": event_type,
        "livemode": False,
        "created": SECONDS,
        "data": {"object": subject},
    }
    return json.dumps(document).encode()


def intent_object(intent_id: str = "pi_1", **changes: object) -> dict[str, Any]:
    """Return a paid intent."""
    values: dict[str, Any] = {
        "id": intent_id,
        "status": "succeeded",
        "amount": FEE,
        "amount_received": FEE,
        "currency": "usd",
        "created": SECONDS,
        "livemode": False,
    }
    return values | changes


def dispute_object(
    number: int = 1, *, status: str = "needs_response", due_after_seconds: int = 60
) -> dict[str, Any]:
    """Return a dispute of the charge whose intent has the same number."""
    return {
        "id": f"dp_{number}",
        "status": status,
        "payment_intent": f"pi_{number}",
        "charge": f"ch_{number}",
        "amount": FEE,
        "currency": "usd",
        "reason": "fraudulent",
        "created": SECONDS,
        "evidence_details": {"due_by": SECONDS + due_after_seconds},
    }


def receive(store: AnyStore, body: bytes) -> money.StripeEventSaved:
    """Receive an event by a webhook."""
    command = received(parse_envelope(body), body, EventOrigin.WEBHOOK)
    return do(store, money.receive_event, command)


def apply(store: AnyStore, event_id: str, event_type: str, subject: dict[str, Any]) -> StripeEvent:
    """Receive an event and apply it."""
    body = event_bytes(event_id, event_type, subject)
    receive(store, body)
    return do(store, money.apply_event, ApplyEvent(event=parse_event(body))).event


def paid_charge(store: AnyStore, item: str = "i1", intent_id: str = "pi_1") -> Charge:
    """Return a charge that was paid."""
    saved = open_charge(store, item)
    attach(store, saved.charge.id, intent_id)
    subject = intent_object(intent_id)
    apply(store, f"evt_{intent_id}", "payment_intent.succeeded", subject)
    return store.read(money.get_charge, saved.charge.id).charge


def reject(store: AnyStore, refund: Refund) -> Refund:
    """Let Stripe refuse a refund."""
    command = RejectRefund(refund_id=refund.id, failure_code="charge_disputed")
    return do(store, reject_refund, command).refund


def failed_refund(store: AnyStore, charge: Charge) -> Refund:
    """Request the refund of a charge, which Stripe refuses."""
    command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.CANCELLED)
    return reject(store, do(store, money.request_refund, command).refund)


class PaymentsConformance(Suite):
    """Requirements on charges, refunds, disputes and the inbox."""

    def test_a_charge_is_found_by_its_item_intent_and_reference(self, store: AnyStore) -> None:
        saved = open_charge(store)
        attached = attach(store, saved.charge.id).charge

        assert store.read(money.charge_of_item, "i1") == attached
        of_intent = store.read(lambda tx: tx.money.charges.of_intent("pi_1"))
        assert of_intent is not None
        assert of_intent.entity == attached
        assert store.read(lambda tx: tx.money.charges.of_intent("pi_2")) is None
        heads = store.read(
            lambda tx: tx.money.charges.of_reference(
                REFERENCE, statuses=[ChargeStatus.PENDING], after="", limit=9
            )
        )
        assert ids_of(heads) == [attached.id]

    def test_an_item_has_one_charge(self, store: AnyStore) -> None:
        first = open_charge(store)
        second = open_charge(store, party="bob")

        assert (second.charge, second.is_new) == (first.charge, False)

    def test_an_intent_belongs_to_one_charge(self, store: AnyStore) -> None:
        attach(store, open_charge(store, "i1").charge.id)
        other = open_charge(store, "i2").charge.id

        assert code(partial(attach, store, other)) == "DUPLICATE_INTENT"

    def test_an_opened_charge_has_a_task_for_its_expiry(self, store: AnyStore) -> None:
        charge = open_charge(store).charge

        task = store.read(lambda tx: tx.tasks.get(EXPIRE_CHARGE_STAGE, charge.id))
        assert task.due_at == EXPIRY
        assert self._expired(store, EXPIRY - timedelta(seconds=1)) == []
        assert self._expired(store, FAR) == [charge.id]

    def test_a_received_event_is_stored_once(self, store: AnyStore) -> None:
        body = event_bytes("evt_1", "customer.created", {"id": "cus_1"})
        first = receive(store, body)
        second = receive(store, body)

        assert (first.is_duplicate, second.is_duplicate) == (False, True)
        assert first.event == second.event
        digest = first.event.payload_digest
        assert store.read(lambda tx: tx.payloads.get(digest)).content == body
        task = store.read(lambda tx: tx.tasks.get(PROCESS_STRIPE_EVENT_STAGE, "evt_1"))
        assert not task.is_completed
        assert store.read(lambda tx: tx.money.events.joins.unknown(["evt_1", "evt_2"])) == (
            "evt_2",
        )

    def test_an_event_has_an_outcome_after_an_attempt(self, store: AnyStore) -> None:
        event = receive(store, event_bytes("evt_1", "customer.created", {"id": "cus_1"})).event
        for status in set(InboxStatus) - {InboxStatus.RECEIVED}:
            assert field_refused(partial(evolve, event, status=status)) == "attempt_number"

    def test_a_payment_is_booked_once_whatever_arrives(self, store: AnyStore) -> None:
        charge = paid_charge(store)
        event = apply(store, "evt_2", "payment_intent.succeeded", intent_object())

        assert charge.status is ChargeStatus.SUCCEEDED
        assert event.last_code == "PAYMENT_ALREADY_PROCESSED"
        assert len(store.read(money.statement, "ann")) == 1

    def test_each_attempt_of_an_event_is_a_record(self, store: AnyStore) -> None:
        body = event_bytes("evt_1", "payment_intent.succeeded", intent_object())
        receive(store, body)
        apply_it = partial(do, store, money.apply_event, ApplyEvent(event=parse_event(body)))
        assert code(apply_it) == "PAYMENT_INTENT_NOT_FOUND"
        fail = money.FailEvent(event_id="evt_1", code="PAYMENT_INTENT_NOT_FOUND")
        do(store, money.fail_event, fail)
        attach(store, open_charge(store).charge.id)

        event = apply_it().event
        attempts = store.read(lambda tx: tx.money.events.attempts("evt_1", after=0, limit=9))

        assert event.status is InboxStatus.PROCESSED
        failed, processed = attempts
        assert failed.outcome is EventOutcome.FAILED
        assert processed.outcome is EventOutcome.PROCESSED
        assert apply_it().outcome is EventOutcome.DUPLICATE

    def test_a_dead_letter_waits_for_an_operator(self, store: AnyStore) -> None:
        receive(store, event_bytes("evt_1", "payment_intent.succeeded", intent_object()))
        bury = money.BuryEvent(event_id="evt_1", code="PAYMENT_INTENT_NOT_FOUND")

        buried = do(store, money.bury_event, bury).event

        assert buried.status is InboxStatus.DEAD
        assert store.read(lambda tx: tx.money.events.unfinished(FAR, limit=9)) == ()

    def test_other_money_is_quarantined(self, store: AnyStore) -> None:
        charge = open_charge(store).charge
        attach(store, charge.id)
        subject = intent_object(amount_received=FEE + 1)
        apply(store, "evt_1", "payment_intent.succeeded", subject)

        stored = store.read(money.get_charge, charge.id).charge
        assert (stored.status, stored.outcome_code) == (
            ChargeStatus.REFUND_PENDING,
            OutcomeCode.AMOUNT_MISMATCH,
        )
        assert stored.received_minor == FEE + 1

    def test_a_refund_has_its_task_and_its_attempts(self, store: AnyStore) -> None:
        charge = paid_charge(store)
        command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.CANCELLED)
        refund = do(store, money.request_refund, command).refund
        begin = money.BeginRefundAttempt(
            refund_id=refund.id, generation=1, kind=money.AttemptKind.CALL
        )
        do(store, money.begin_refund_attempt, begin)

        attempts = store.read(lambda tx: tx.money.refunds.attempts(refund.id, after=0, limit=9))
        (attempt,) = attempts
        assert attempt.idempotency_key == f"refund:{refund.id}:g1"
        assert not store.read(lambda tx: tx.tasks.get(SEND_REFUND_STAGE, refund.id)).is_completed
        heads = store.read(lambda tx: tx.money.refunds.of_charge(charge.id))
        assert ids_of(heads) == [refund.id]
        assert refund.status is RefundStatus.REQUESTED

    def test_a_failed_refund_is_listed_until_another_one_replaces_it(self, store: AnyStore) -> None:
        charge = paid_charge(store)
        other = paid_charge(store, "i2", "pi_2")
        first = failed_refund(store, charge)
        of_other = failed_refund(store, other)
        assert self._failed(store) == sorted([first.id, of_other.id])
        assert len(self._failed(store, limit=1)) == 1

        command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.CANCELLED)
        second = do(store, money.request_refund, command).refund
        assert self._failed(store) == [of_other.id]
        reject(store, second)
        assert self._failed(store) == sorted([first.id, second.id, of_other.id])

    def test_a_dispute_is_listed_until_it_is_closed(self, store: AnyStore) -> None:
        charge = paid_charge(store)
        subject = dispute_object()
        apply(store, "evt_2", "charge.dispute.created", subject)
        assert self._due(store, FAR) == ["dp_1"]
        assert store.read(money.get_charge, charge.id).charge.status is ChargeStatus.DISPUTED

        apply(store, "evt_3", "charge.dispute.closed", subject | {"status": "won"})

        assert self._due(store, FAR) == []
        heads = store.read(lambda tx: tx.money.disputes.of_charge(charge.id))
        assert ids_of(heads) == ["dp_1"]

    def test_disputes_are_due_while_they_need_a_response(self, store: AnyStore) -> None:
        for number, status in enumerate(DisputeStatus, start=1):
            charge = paid_charge(store, f"i{number}", f"pi_{number}")
            subject = dispute_object(number, status=status.value, due_after_seconds=600 - number)
            apply(store, f"evt_d{number}", "charge.dispute.created", subject)
            self._check_disputed(store, charge, status)

        warned, needing = "dp_1", "dp_4"
        due_by = BEGINNING + timedelta(seconds=600 - 4)
        assert self._due(store, FAR) == [needing, warned]
        assert self._due(store, due_by) == [needing]
        assert self._due(store, due_by - timedelta(seconds=1)) == []

    def _expired(self, store: AnyStore, now: datetime) -> list[str]:
        return ids_of(store.read(lambda tx: tx.money.charges.expired(now, after="", limit=9)))

    def _failed(self, store: AnyStore, limit: int = 9) -> list[str]:
        return ids_of(store.read(lambda tx: tx.money.refunds.joins.failed_for_good(limit=limit)))

    def _check_disputed(self, store: AnyStore, charge: Charge, status: DisputeStatus) -> None:
        (dispute,) = store.read(lambda tx: tx.money.disputes.of_charge(charge.id))
        assert dispute.entity.status is status

    def _due(self, store: AnyStore, until: datetime) -> list[str]:
        return ids_of(store.read(lambda tx: tx.money.disputes.due(until, limit=9)))
