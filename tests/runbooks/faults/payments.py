"""Faults of payments, refunds, disputes and Stripe's webhooks."""

import json
from collections.abc import Iterator
from typing import Any

from attrs import evolve
from tests.runbooks.bed import LOCK, Installation, small_plan
from tests.runbooks.faults.payouts import (
    CURRENCY,
    WINNERS,
    at_stripe,
    gateway_of,
    operate,
    stripe_of,
    transfers,
)
from tests.runbooks.scenarios import scenario

from indelible.money.entities.charges import Charge
from indelible.money.entities.events import StripeEvent
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE
from indelible_service.simulation.crashes import CrashPlan
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, Fate, Plan
from indelible_service.simulation.stripe import WEBHOOK_SECRET, WEBHOOK_URL
from indelible_stripe.simulator.webhooks import sign

FIRST_PAYMENT = HOUR + 5 * MINUTE
WRONG_SECRET = "whsec_ofanotherendpoint"  # noqa: S105 - of the simulator
OUTAGE = (LOCK - 5 * MINUTE, LOCK + 3 * HOUR)


def plan_with(fate: Fate) -> Plan:
    """Return a plan whose last entry has another fate."""
    plan = small_plan()
    *others, last = plan.entries
    return evolve(plan, entries=(*others, evolve(last, fate=fate)))


def plan_of_unpaid_entry() -> Plan:
    """Return a plan with an entry that is never paid."""
    return plan_with(Fate.UNPAID)


def plan_of_late_payment() -> Plan:
    """Return a plan with an entry that is paid after the lock."""
    return plan_with(Fate.LATE)


@scenario(
    "16-webhook-signatures",
    "StripeSignatureFailures",
    "StripeEnvironmentMismatch",
    ends_by_itself=True,
)
def the_endpoint_at_stripe_has_another_secret(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.run_until(FIRST_PAYMENT - 1)
    installation.look()
    stripe.engine.sender.settings = evolve(stripe.engine.sender.settings, secrets=(WRONG_SECRET,))
    installation.run_for(10 * MINUTE)
    assert len(charges(installation, "PENDING")) == WINNERS
    event = stripe.objects("event")[0]
    assert send(installation, {**event, "id": "evt_ofthelivemode", "livemode": True}) >= 400
    installation.at(installation.seconds + 10 * MINUTE, stripe.send_webhooks)

    yield

    assert len(charges(installation, "SUCCEEDED")) == WINNERS


@scenario("17-webhook-outage", "StripeWebhooksMissing", "StripeEventsSlow", ends_by_itself=True)
def an_event_is_lost_and_no_worker_lives(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.run_until(FIRST_PAYMENT - 1)
    installation.look()
    stripe.send_webhooks(lose=1.0)
    installation.run_until(FIRST_PAYMENT + 30)
    stripe.send_webhooks()
    for worker in installation.simulation.machinery.workers.values():
        crash = CrashPlan(installation.seconds, failpoints=1, down_seconds=40 * MINUTE)
        worker.mortality.planned.append(crash)
    installation.wait_until(lambda: discrepancies(installation))

    yield

    assert len(stripe.engine.sender.lost) == 1
    assert len(charges(installation, "SUCCEEDED")) == WINNERS


@scenario("18-duplicate-webhook", ends_by_itself=True)
def stripe_sends_each_event_twice(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    stripe.send_webhooks(duplicate=1.0)
    installation.run_until(2 * HOUR)

    yield

    assert stripe.engine.sender.counts["duplicated"] >= WINNERS
    assert len(charges(installation, "SUCCEEDED")) == WINNERS
    sums = installation.store.read(lambda tx: tx.money.movements.joins.sums())
    assert {str(one.kind): one.movements for one in sums}["ENTRY_FEE"] == WINNERS


@scenario("19-unknown-intent", "StripeDeadLetters")
def somebody_pays_at_stripe_without_the_service(installation: Installation) -> Iterator[None]:
    installation.run_until(DAY)
    installation.look()
    intent = gateway_of(installation).create_payment_intent(
        amount_minor=2_000, currency=CURRENCY, metadata={}, idempotency_key="a payment link"
    )
    at_stripe(installation, f"intents/{intent.id}/pay")
    installation.wait_until(lambda: events(installation, "DEAD"))
    at_stripe(installation, "refunds", payment_intent=intent.id)  # by the owner of the account
    installation.run_for(HOUR)
    waiting = events(installation, "RECEIVED")
    assert {event.last_code for event in waiting} == {"PAYMENT_INTENT_NOT_FOUND"}

    yield

    assert not events(installation, "DEAD", "RECEIVED")


@scenario("20-orphan-payment", "OrphanPayments", plan=plan_of_unpaid_entry)
def a_payment_expires_while_its_stage_is_paused(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.run_until(2 * HOUR)
    begin_payment(installation)
    installation.look()
    operate(installation, f"stages/{EXPIRE_CHARGE_STAGE}/pause")
    installation.run_until(LOCK + 2 * HOUR)

    yield

    (charge,) = charges(installation, "CANCELED")
    (intent,) = [one for one in stripe.objects("payment_intent") if one["id"] == charge.intent_id]
    assert intent["status"] == "canceled"


@scenario("21-amount-mismatch", "AmountMismatch", plan=plan_of_late_payment, ends_by_itself=True)
def a_payment_has_another_amount(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.run_until(2 * HOUR)
    installation.look()
    (charge,) = charges(installation, "PENDING")
    (intent,) = [one for one in stripe.objects("payment_intent") if one["id"] == charge.intent_id]
    intent["amount"] -= 1_000
    at_stripe(installation, f"intents/{charge.intent_id}/pay")
    installation.wait_until(lambda: not charges(installation, "PENDING"))

    yield

    (charge,) = charges(installation, "REFUNDED")
    assert charge.received_minor == charge.refunded_minor == charge.amount_minor - 1_000


@scenario("22-late-payment", plan=plan_of_late_payment, ends_by_itself=True)
def a_player_pays_after_the_lock(installation: Installation) -> Iterator[None]:
    pay_late(installation)
    installation.wait_until(lambda: charges(installation, "REFUND_PENDING", "REFUNDED"))

    yield

    (charge,) = charges(installation, "REFUNDED")
    assert charge.refunded_minor == charge.amount_minor
    installation.wait_until(lambda: transfers(installation, "completed"))
    assert transfers(installation, "completed") == WINNERS - 1


@scenario("23-refund-failed", "RefundFailed", plan=plan_of_late_payment)
def the_bank_returns_a_refund(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.look()
    pay_late(installation)
    installation.wait_until(lambda: charges(installation, "REFUNDED"))
    (refund,) = stripe.objects("refund")
    at_stripe(installation, f"refunds/{refund['id']}", status="failed")
    installation.wait_until(lambda: not charges(installation, "REFUNDED"))

    yield

    assert [one["status"] for one in stripe.objects("refund")] == ["failed", "succeeded"]
    (charge,) = charges(installation, "REFUNDED")
    assert charge.refunded_minor == charge.amount_minor


@scenario("24-dispute", "DisputeOpen")
def a_player_disputes_a_payment(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    installation.run_until(2 * HOUR)
    installation.look()
    intent = stripe.objects("payment_intent")[0]
    dispute = at_stripe(installation, "disputes", payment_intent=intent["id"])
    installation.run_for(HOUR)
    installation.at(
        installation.seconds + 3 * HOUR,
        lambda: at_stripe(installation, f"disputes/{dispute['id']}/close", status="won"),
    )

    yield

    assert len(charges(installation, "SUCCEEDED")) == WINNERS


@scenario("27-stripe-outage", "StripeBreakerOpen", plan=plan_of_late_payment)
def stripe_is_out_when_a_refund_is_due(installation: Installation) -> Iterator[None]:
    stripe = stripe_of(installation)
    began, ended = OUTAGE
    installation.run_until(began)
    installation.look()
    stripe.fail((), is_out=True)
    installation.run_until(ended - HOUR)
    installation.at(ended, lambda: stripe.fail((), is_out=False))

    yield

    assert len(charges(installation, "REFUNDED")) == 1


def begin_payment(installation: Installation) -> None:
    """Let the user of the last entry begin a payment, and not finish it."""
    people, entry = installation.simulation.people, installation.simulation.plan.entries[-1]
    body = {"item": people.entry_ids[entry.name], "reason": "simulation"}
    answer = people.ask(entry.user, "/v1/payments/create-intent", f"pay:{entry.name}", body)
    assert answer.is_success, answer


def pay_late(installation: Installation) -> None:
    """Let a payment arrive after the lock, because it could not be canceled in time."""
    stripe = stripe_of(installation)
    began, ended = OUTAGE
    installation.run_until(began)
    stripe.fail((), is_out=True)
    installation.run_until(ended)
    stripe.fail((), is_out=False)


def charges(installation: Installation, *statuses: str) -> list[Charge]:
    """Return the charges in one of some states."""
    heads = installation.store.read(lambda tx: tx.money.charges.find({}, limit=WINNERS))
    return [head.entity for head in heads if head.entity.status in statuses]


def events(installation: Installation, *statuses: str) -> list[StripeEvent]:
    """Return the received events in one of some states."""
    heads = installation.store.read(lambda tx: tx.money.events.find({}, limit=500))
    return [head.entity for head in heads if head.entity.status in statuses]


def discrepancies(installation: Installation) -> int:
    """Return how many differences the reconciliations have found."""
    heads = installation.store.read(lambda tx: tx.money.reconciliations.find({}, limit=500))
    return sum(head.entity.discrepancy_count or 0 for head in heads)


def send(installation: Installation, event: dict[str, Any]) -> int:
    """Send a signed event to the endpoint, and return the status of the answer."""
    payload = json.dumps(event).encode()
    signature = sign(payload, (WEBHOOK_SECRET,), int(installation.now.timestamp()))
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return installation.simulation.machinery.post(WEBHOOK_URL, payload, headers)
