"""A failure that Stripe has stored under a key leads to the next key, after a look-up."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from tests.adapters.stripe.controls import Controlled

from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.money import Charge, OpenCharge
from indelible.money.errors import GatewayOutage
from indelible.money.handlers import open_charge
from indelible.money.tasks import CheckoutPages, PaymentStarter

ADA: Final = Actor.user("ada")
INTENTS: Final = "POST /v1/payment_intents"
SESSIONS: Final = "POST /v1/checkout/sessions"
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
    store = MemoryStore()
    charge = opened(store, "entry-next")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
    # The repeated answer counts as a request that the fault hits.
    stripe_run.faults({"kind": "server_error_before", "operation": INTENTS, "times": 3})
    for _ in range(2):
        with pytest.raises(GatewayOutage):
            starter.create_intent(charge.id, party="ada", actor=ADA)

    started = starter.create_intent(charge.id, party="ada", actor=ADA)

    assert [intent.id for intent in intents_of(stripe_run, charge)] == [started.intent.id]
    assert (started.charge.intent_id, started.charge.generation) == (started.intent.id, 3)
    assert requests_of(stripe_run, charge) == [
        (":g1", False),
        (":g1", True),
        (":g2", False),
        (":g1", True),
        (":g2", True),
        (":g3", False),
    ]


def test_an_intent_that_was_made_in_spite_of_a_failure_is_adopted(stripe_run: Controlled) -> None:
    store = MemoryStore()
    charge = opened(store, "entry-adopted")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
    stripe_run.faults({"kind": "server_error_after", "operation": INTENTS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_intent(charge.id, party="ada", actor=ADA)
    (made,) = intents_of(stripe_run, charge)

    started = starter.create_intent(charge.id, party="ada", actor=ADA)

    assert started.intent.id == made.id
    assert started.intent.client_secret
    assert requests_of(stripe_run, charge) == [(":g1", False), (":g1", True)]


def test_no_look_up_follows_a_failure_that_stripe_has_not_stored(stripe_run: Controlled) -> None:
    store = MemoryStore()
    charge = opened(store, "entry-refused")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
    stripe_run.faults({"kind": "conflict", "operation": INTENTS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_intent(charge.id, party="ada", actor=ADA)

    assert starter.create_intent(charge.id, party="ada", actor=ADA).charge.generation == 1
    assert requests_of(stripe_run, charge) == [(":g1", False), (":g1", False)]


def test_a_session_is_made_under_the_next_key_after_a_stored_failure(
    stripe_run: Controlled,
) -> None:
    store = MemoryStore()
    charge = opened(store, "entry-session")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
    stripe_run.faults({"kind": "server_error_before", "operation": SESSIONS, "times": 1})
    with pytest.raises(GatewayOutage):
        starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)

    started = starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)

    assert started.charge.session_id == started.session.id
    keys = requests_of(stripe_run, charge)
    assert [is_replay for _, is_replay in keys] == [False, True, False]
    assert keys[2][0] == f"{keys[0][0]}:g2"


def test_no_second_session_is_made_while_an_unknown_intent_may_be_paid(
    stripe_run: Controlled,
) -> None:
    store = MemoryStore()
    charge = opened(store, "entry-unknown")
    starter = PaymentStarter(store=store, gateway=stripe_run.gateway)
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
