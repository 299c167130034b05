"""A failure that Stripe has stored under a key leads to the next key, after a look-up."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from tests.adapters.stripe.controls import Controlled
from tests.core.money.payments import MovableClock

from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.money import Charge, OpenCharge
from indelible.money.entities.values import MAX_KEYS_PER_REQUEST
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.handlers.charges import open_charge
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE
from indelible.money.tasks.keys import with_next_key
from indelible.money.tasks.paying import CheckoutPages, PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible_workers import ThreadClock, Worker, process_batch

ADA: Final = Actor.user("ada")
WORKER: Final = Actor.system("worker")
DAY: Final = timedelta(days=1)
INTENTS: Final = "POST /v1/payment_intents"
CANCELLATIONS: Final = "POST /v1/payment_intents/{intent}/cancel"
SESSIONS: Final = "POST /v1/checkout/sessions"
EXPIRIES: Final = "POST /v1/checkout/sessions/{session}/expire"
PAGES: Final = CheckoutPages(
    description="One entry",
    success_url="https://example.org/paid",
    cancel_url="https://example.org/back",
)


def opened(store: MemoryStore, item: str) -> Charge:
    """Open a charge of Ada's."""
    command = OpenCharge(
        reference="pool-1",
        party="ada",
        item=item,
        amount_minor=2_501,
        currency="EUR",
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    return store.run(open_charge, command, actor=ADA, reason="a test").charge


def started(stripe_run: Controlled, item: str) -> tuple[Charge, PaymentStarter]:
    """Open a charge in a new store; return it with what starts its payment."""
    store = MemoryStore()
    return opened(store, item), PaymentStarter(store=store, gateway=stripe_run.gateway)


def requests_of(stripe_run: Controlled, charge: Charge) -> list[tuple[str, bool]]:
    """Return the keys that name a charge, and whether Stripe has repeated an answer."""
    requests: list[tuple[str, bool]] = []
    for entry in stripe_run.journal():
        key = entry["idempotency_key"] or ""
        if charge.id in key:
            requests.append((key.split(charge.id)[1], entry["is_replay"]))
    return requests


def intents_of(stripe_run: Controlled, charge: Charge) -> list[Any]:
    """Return Stripe's intents of a charge."""
    margin = timedelta(days=2)
    listed = stripe_run.gateway.list_payment_intents(
        since=charge.created_at - margin, until=charge.expires_at + margin
    )
    return [intent for intent in listed if intent.metadata.get("charge_id") == charge.id]


def test_an_intent_is_made_under_the_next_key_after_a_stored_failure(
    stripe_run: Controlled,
) -> None:
    charge, starter = started(stripe_run, "entry-next")
    # The repeated answer counts as a request that the fault hits.
    stripe_run.faults({"kind": "server_error_before", "operation": INTENTS, "times": 3})
    for _ in range(2):
        with pytest.raises(GatewayOutage):
            starter.create_intent(charge.id, party="ada", actor=ADA)

    result = starter.create_intent(charge.id, party="ada", actor=ADA)

    assert [intent.id for intent in intents_of(stripe_run, charge)] == [result.intent.id]
    assert (result.charge.intent_id, result.charge.generation) == (result.intent.id, 3)
    assert requests_of(stripe_run, charge) == [
        (":g1", False),
        (":g1", True),
        (":g2", False),
        (":g1", True),
        (":g2", True),
        (":g3", False),
    ]


def test_an_intent_that_was_made_in_spite_of_a_failure_is_adopted(stripe_run: Controlled) -> None:
    charge, starter = started(stripe_run, "entry-adopted")
    stripe_run.faults({"kind": "server_error_after", "operation": INTENTS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_intent(charge.id, party="ada", actor=ADA)
    (made,) = intents_of(stripe_run, charge)

    result = starter.create_intent(charge.id, party="ada", actor=ADA)

    assert result.intent.id == made.id
    assert result.intent.client_secret
    assert requests_of(stripe_run, charge) == [(":g1", False), (":g1", True)]


def test_no_look_up_follows_a_failure_that_stripe_has_not_stored(stripe_run: Controlled) -> None:
    charge, starter = started(stripe_run, "entry-refused")
    stripe_run.faults({"kind": "conflict", "operation": INTENTS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_intent(charge.id, party="ada", actor=ADA)

    assert starter.create_intent(charge.id, party="ada", actor=ADA).charge.generation == 1
    assert requests_of(stripe_run, charge) == [(":g1", False), (":g1", False)]


def test_a_session_is_made_under_the_next_key_after_a_stored_failure(
    stripe_run: Controlled,
) -> None:
    charge, starter = started(stripe_run, "entry-session")
    stripe_run.faults({"kind": "server_error_before", "operation": SESSIONS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)

    result = starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)

    assert result.charge.session_id == result.session.id
    keys = requests_of(stripe_run, charge)
    assert [is_replay for _, is_replay in keys] == [False, True, False]
    assert keys[2][0] == f"{keys[0][0]}:g2"


def test_no_second_session_is_made_while_an_unknown_intent_may_be_paid(
    stripe_run: Controlled,
) -> None:
    charge, starter = started(stripe_run, "entry-unknown")
    stripe_run.faults({"kind": "server_error_before", "operation": SESSIONS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)
    stripe_run.gateway.create_payment_intent(
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        metadata={"charge_id": charge.id},
        idempotency_key="another program",
    )

    with pytest.raises(GatewayOutage):
        starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)
    assert len(requests_of(stripe_run, charge)) == 2


def expire(stripe_run: Controlled, store: MemoryStore, clock: MovableClock) -> None:
    """Perform the expiry that is due."""
    stages = PaymentStages(store=store, gateway=stripe_run.gateway, clock=clock)
    (stage,) = [stage for stage in stages.stages() if stage.name == EXPIRE_CHARGE_STAGE]
    worker = Worker(store=store, actor=WORKER, clock=ThreadClock(clock))
    with worker.heartbeat() as beating:
        process_batch(store, stage, actor=WORKER, worker=beating)


def expire_twice(stripe_run: Controlled, store: MemoryStore, clock: MovableClock) -> None:
    """Let a charge expire, and perform its expiry again an hour later."""
    clock.advance(DAY.total_seconds() + 1)
    expire(stripe_run, store, clock)
    clock.advance(3_600)
    expire(stripe_run, store, clock)


def keys_of(stripe_run: Controlled, operation: str) -> list[tuple[str, bool]]:
    """Return the keys of an operation's requests, and whether Stripe has repeated an answer."""
    return [
        (entry["idempotency_key"], entry["is_replay"])
        for entry in stripe_run.journal()
        if entry["operation"] == operation
    ]


def test_an_intent_is_canceled_under_the_next_key_after_a_stored_failure(
    stripe_run: Controlled,
) -> None:
    clock = MovableClock(datetime.now(UTC))
    store = MemoryStore(clock=clock)
    charge = opened(store, "entry-cancel")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
    intent = starter.create_intent(charge.id, party="ada", actor=ADA).intent
    stripe_run.faults({"kind": "server_error_before", "operation": CANCELLATIONS, "times": 1})

    expire_twice(stripe_run, store, clock)

    assert stripe_run.gateway.retrieve_payment_intent(intent.id).status == "canceled"
    assert store.read(lambda tx: tx.money.charges.get(charge.id)).entity.status == (
        ChargeStatus.CANCELED
    )
    key = f"cancel:{intent.id}"
    assert keys_of(stripe_run, CANCELLATIONS) == [(key, False), (key, True), (f"{key}:g2", False)]


def test_a_session_expires_under_the_next_key_after_a_stored_failure(
    stripe_run: Controlled,
) -> None:
    clock = MovableClock(datetime.now(UTC))
    store = MemoryStore(clock=clock)
    charge = opened(store, "entry-expire")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
    session = starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA).session
    stripe_run.faults({"kind": "server_error_after", "operation": EXPIRIES, "times": 1})

    expire_twice(stripe_run, store, clock)

    assert stripe_run.gateway.retrieve_checkout_session(session.id).status == "expired"
    assert store.read(lambda tx: tx.money.charges.get(charge.id)).entity.status == (
        ChargeStatus.CANCELED
    )
    key = f"expire:{session.id}"
    assert keys_of(stripe_run, EXPIRIES) == [(key, False), (key, True), (f"{key}:g2", False)]


def test_no_more_keys_are_used_than_the_limit() -> None:
    keys: list[str] = []

    def fail(key: str) -> None:
        keys.append(key)
        raise GatewayOutage("a stored 500", is_replayed=True)

    with pytest.raises(GatewayOutage):
        with_next_key(fail, "cancel:pi_1")

    assert keys[:2] == ["cancel:pi_1", "cancel:pi_1:g2"]
    assert len(set(keys)) == len(keys) == MAX_KEYS_PER_REQUEST
