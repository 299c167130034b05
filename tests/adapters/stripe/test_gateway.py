"""Every method of the gateway, against the simulator over a real socket."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.adapters.stripe.controls import WINNER, Controlled

from indelible.money.entities.stripe_objects import Intent, Session, TransferObject
from indelible.money.ports.gateway import StripeGateway

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def new_intent(gateway: StripeGateway, amount_minor: int = 2_501) -> Intent:
    charge_id = str(uuid4())
    return gateway.create_payment_intent(
        amount_minor=amount_minor,
        currency="USD",
        metadata={"charge_id": charge_id},
        idempotency_key=f"pi:{charge_id}:g1",
    )


def paid_intent(run: Controlled, amount_minor: int = 2_501) -> Intent:
    intent = new_intent(run.gateway, amount_minor)
    run.control(f"intents/{intent.id}/pay")
    return run.gateway.retrieve_payment_intent(intent.id)


def new_transfer(gateway: StripeGateway, amount_minor: int = 5_628) -> TransferObject:
    transfer_id = str(uuid4())
    return gateway.create_transfer(
        amount_minor=amount_minor,
        currency="USD",
        destination=WINNER,
        transfer_group=f"reference:{transfer_id}",
        metadata={"transfer_id": transfer_id},
        idempotency_key=f"payout:{transfer_id}:g1",
    )


def test_new_intent_waits_for_a_payment_method(gateway: StripeGateway) -> None:
    intent = new_intent(gateway)

    assert intent.status == "requires_payment_method"
    assert (intent.amount_minor, intent.amount_received_minor) == (2_501, 0)
    assert intent.currency == "USD"
    assert intent.livemode is False
    assert intent.client_secret is not None
    assert intent.client_secret not in repr(intent)


def test_paid_intent_has_its_charge_and_metadata(stripe_run: Controlled) -> None:
    intent = paid_intent(stripe_run)

    assert intent.status == "succeeded"
    assert intent.amount_received_minor == 2_501
    assert intent.charge_id is not None
    charge = stripe_run.gateway.retrieve_charge(intent.charge_id)
    assert charge.payment_intent == intent.id
    assert charge.metadata == intent.metadata
    assert charge.balance_transaction is not None
    transaction = stripe_run.gateway.retrieve_balance_transaction(charge.balance_transaction)
    assert transaction.amount_minor == 2_501
    assert transaction.net_minor == transaction.amount_minor - transaction.fee_minor
    assert transaction.source == charge.id


def test_declined_intent_has_the_code_of_the_decline(stripe_run: Controlled) -> None:
    intent = new_intent(stripe_run.gateway)
    stripe_run.control(f"intents/{intent.id}/pay", outcome="decline")

    declined = stripe_run.gateway.retrieve_payment_intent(intent.id)

    assert declined.status == "requires_payment_method"
    assert declined.failure_code == "generic_decline"


def test_canceled_intent_stays_canceled(gateway: StripeGateway) -> None:
    intent = new_intent(gateway)

    canceled = gateway.cancel_payment_intent(intent.id, idempotency_key=f"cancel:{intent.id}")

    assert canceled.status == "canceled"
    assert gateway.retrieve_payment_intent(intent.id) == canceled


@pytest.mark.slow
def test_lists_are_read_page_by_page(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    created = [paid_intent(stripe_run, 1_000 + number).id for number in range(101)]

    intents = [intent.id for intent in gateway.list_payment_intents(since=LONG_AGO, until=LATER)]
    charges = list(gateway.list_charges(since=LONG_AGO, until=LATER))

    assert set(created) <= set(intents)
    assert len(intents) == len(set(intents))
    assert set(created) <= {charge.payment_intent for charge in charges}
    assert list(gateway.list_charges(since=LONG_AGO, until=LONG_AGO)) == []


def new_session(gateway: StripeGateway, expires_at: datetime | None) -> Session:
    return gateway.create_checkout_session(
        amount_minor=2_501,
        currency="USD",
        description="Entry",
        success_url="http://127.0.0.1/ok",
        cancel_url="http://127.0.0.1/no",
        expires_at=expires_at,
        metadata={"charge_id": "7"},
        idempotency_key=f"pi:{uuid4()}:g1",
    )


def test_session_takes_the_metadata_to_its_intent(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    session = new_session(gateway, datetime.now(UTC) + timedelta(hours=2))

    assert session.status == "open"
    assert session.payment_intent is None
    assert session.url is not None
    stripe_run.control(f"sessions/{session.id}/pay")
    paid = gateway.retrieve_checkout_session(session.id)
    assert paid.status == "complete"
    assert paid.payment_intent is not None
    assert gateway.retrieve_payment_intent(paid.payment_intent).metadata == {"charge_id": "7"}


def test_expired_session_cannot_be_paid(gateway: StripeGateway) -> None:
    session = new_session(gateway, None)

    expired = gateway.expire_checkout_session(session.id, idempotency_key=f"expire:{session.id}")

    assert (expired.status, expired.url) == ("expired", None)


def test_refunds_of_an_intent_are_listed(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    intent = paid_intent(stripe_run)
    refunds = [
        gateway.create_refund(
            intent_id=intent.id,
            amount_minor=amount_minor,
            metadata={"refund_id": str(amount_minor)},
            idempotency_key=f"refund:{intent.id}:{amount_minor}:g1",
        )
        for amount_minor in (500, 2_001)
    ]

    assert [refund.status for refund in refunds] == ["succeeded", "succeeded"]
    assert list(gateway.list_refunds(intent.id)) == refunds[::-1]
    assert gateway.retrieve_refund(refunds[0].id) == refunds[0]
    assert intent.charge_id is not None
    assert gateway.retrieve_charge(intent.charge_id).amount_refunded_minor == 2_501


def test_failed_refund_has_its_reason(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    intent = paid_intent(stripe_run)
    refund = gateway.create_refund(
        intent_id=intent.id,
        amount_minor=2_501,
        metadata={},
        idempotency_key=f"refund:{intent.id}:g1",
    )
    stripe_run.control(f"refunds/{refund.id}", status="failed")

    failed = gateway.retrieve_refund(refund.id)

    assert (failed.status, failed.failure_code) == ("failed", "expired_or_canceled_card")


def test_dispute_has_its_fee_and_due_date_unless_it_is_final_or_an_inquiry(
    stripe_run: Controlled,
) -> None:
    intent = paid_intent(stripe_run)
    opened = stripe_run.control("disputes", payment_intent=intent.id)

    dispute = stripe_run.gateway.retrieve_dispute(opened["id"])

    assert dispute.status == "needs_response"
    assert dispute.payment_intent == intent.id
    assert (dispute.amount_minor, dispute.fee_minor) == (2_501, 1_500)
    assert dispute.evidence_due_by is not None
    stripe_run.control(f"disputes/{dispute.id}/close", status="won")
    assert stripe_run.gateway.retrieve_dispute(dispute.id).status == "won"

    final = stripe_run.control("disputes", payment_intent=paid_intent(stripe_run).id, due_by=0)
    assert stripe_run.gateway.retrieve_dispute(final["id"]).evidence_due_by is None

    intent = paid_intent(stripe_run)
    inquiry = stripe_run.control(
        "disputes", payment_intent=intent.id, status="warning_needs_response"
    )
    assert stripe_run.gateway.retrieve_dispute(inquiry["id"]).fee_minor is None


def test_transfers_are_listed_by_their_group(gateway: StripeGateway) -> None:
    transfer = new_transfer(gateway)

    assert transfer.destination == WINNER
    assert transfer.transfer_group is not None
    assert list(gateway.list_transfers(transfer.transfer_group)) == [transfer]
    assert gateway.retrieve_transfer(transfer.id) == transfer
    assert list(gateway.list_transfers("reference:none")) == []


def test_reversal_returns_a_part_of_a_transfer(gateway: StripeGateway) -> None:
    transfer = new_transfer(gateway)

    reversal = gateway.create_reversal(
        transfer_id=transfer.id,
        amount_minor=628,
        metadata={"reason": "test"},
        idempotency_key=f"reversal:{transfer.id}:g1",
    )

    assert reversal.transfer == transfer.id
    assert list(gateway.list_reversals(transfer.id)) == [reversal]
    assert gateway.retrieve_transfer(transfer.id).amount_reversed_minor == 628


def test_account_receives_transfers_after_its_onboarding(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    account = gateway.create_account(
        party="p1", email="winner@example.com", country="US", idempotency_key=f"account:{uuid4()}"
    )

    assert account.metadata == {"party": "p1"}
    assert account.transfers_active is False
    assert account.requirements_due
    link = gateway.create_account_link(
        account_id=account.id, refresh_url="http://127.0.0.1/r", return_url="http://127.0.0.1/b"
    )
    assert account.id in link.url
    stripe_run.control(f"accounts/{account.id}", transfers="pending")
    checked = gateway.retrieve_account(account.id)
    assert (checked.transfers_pending, checked.requirements_due) == (True, ())
    stripe_run.control(f"accounts/{account.id}", transfers="active")
    assert gateway.retrieve_account(account.id).transfers_active is True


def test_balance_is_the_sum_of_its_transactions(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    paid_intent(stripe_run)
    new_transfer(gateway)

    (balance,) = gateway.retrieve_balance()
    transactions = list(gateway.list_balance_transactions(since=LONG_AGO))

    assert balance.currency == "USD"
    assert balance.total_minor == sum(transaction.net_minor for transaction in transactions)
    assert list(gateway.list_balance_transactions(since=LONG_AGO, until=LONG_AGO)) == []


def test_events_are_listed_with_the_bytes_of_a_backfill(stripe_run: Controlled) -> None:
    intent = paid_intent(stripe_run)

    events = list(
        stripe_run.gateway.list_events(since=LONG_AGO, types=["payment_intent.succeeded"])
    )

    (event,) = [event for event in events if event.object_id == intent.id]
    assert {event.type for event in events} == {"payment_intent.succeeded"}
    assert event.livemode is False
    assert stripe_run.gateway.retrieve_event(event.id) == event
    document = json.loads(event.body)
    assert document["id"] == event.id
    assert document["data"]["object"]["metadata"] == intent.metadata
