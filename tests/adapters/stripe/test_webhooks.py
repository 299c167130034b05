"""Webhooks of the simulator: signed as Stripe signs, with faults by the seed."""

import json
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
import stripe
from tests.adapters.stripe.controls import Controlled, Receiver, controlled, receiver

from indelible_stripe.simulator.webhooks import sign

SECRET = "whsec_first"  # noqa: S105 - of no account
NEXT_SECRET = "whsec_next"  # noqa: S105 - of no account


@pytest.fixture
def endpoint() -> Generator[Receiver]:
    with receiver() as running:
        yield running


def send_intents(run: Controlled, count: int) -> None:
    """Create intents with the same keys in every run, pay them, and send the webhooks."""
    for number in range(count):
        intent = run.gateway.create_payment_intent(
            amount_minor=1_000,
            currency="USD",
            metadata={},
            idempotency_key=f"pi:{number}:g1",
        )
        run.control(f"intents/{intent.id}/pay")
    assert run.control("webhooks/drain")["idle"]


def ids_of(endpoint: Receiver) -> list[str]:
    return [json.loads(body)["id"] for body, _ in endpoint.received]


def test_vector_of_the_fact_sheet_is_signed_alike() -> None:
    header = sign(b'{"id":"evt_1"}', ("whsec_test_secret",), 1_700_000_000)

    assert header == (
        "t=1700000000,v1=248a374f50f943a28b0f6ab50faf9a7e7e29b710fa26df9fb1618b9bf8ea9c9a"
    )


def test_stripes_library_accepts_each_signature(endpoint: Receiver) -> None:
    webhooks = {"url": endpoint.url, "secrets": [SECRET, NEXT_SECRET]}
    with controlled(accounts=[], webhooks=webhooks) as run:
        send_intents(run, 2)
        assert run.nonconforming() == []

    assert len(endpoint.received) == 6
    for body, header in endpoint.received:
        for secret in (SECRET, NEXT_SECRET):
            event = stripe.Webhook.construct_event(body, header, secret)
            assert event.id.startswith("evt_")
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body + b" ", header, SECRET)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, "whsec_other")


@pytest.mark.slow
def test_events_are_lost_duplicated_and_reordered_by_the_seed(endpoint: Receiver) -> None:
    webhooks: dict[str, Any] = {
        "url": endpoint.url,
        "secrets": [SECRET],
        "duplicate": 0.3,
        "reorder": 0.5,
        "lose": 0.2,
    }
    runs: list[list[str]] = []
    counts: dict[str, Any] = {}
    for _ in range(2):
        endpoint.received.clear()
        clock = {"stopped_at": 1_700_000_000}
        with controlled(seed=7, accounts=[], webhooks=webhooks, clock=clock) as run:
            send_intents(run, 20)
            counts = run.read("counts")
        runs.append(ids_of(endpoint))

    (first, second) = runs
    assert first == second
    assert counts["webhooks"]["lost"] == len(counts["lost_events"])
    assert counts["webhooks"]["reordered"]
    copies = Counter(first)
    assert sum(1 for count in copies.values() if count == 2) == counts["webhooks"]["duplicated"]
    assert not copies.keys() & set(counts["lost_events"])
    assert len(copies) + counts["webhooks"]["lost"] == 60


def test_refused_event_is_given_up_after_three_days(endpoint: Receiver) -> None:
    webhooks = {
        "url": endpoint.url,
        "secrets": [SECRET],
        "event_types": ["payment_intent.succeeded"],
    }
    endpoint.refusals = 1_000
    with controlled(accounts=[], webhooks=webhooks, clock={"stopped_at": 1_700_000_000}) as run:
        send_intents(run, 1)
        for _ in range(80):
            run.control("clock", advance_seconds=3_600)
            run.control("webhooks/drain")
        counts = run.read("counts")

    assert counts["webhooks"]["given up"] == 1
    assert counts["webhooks"]["waiting"] == 0
    assert set(ids_of(endpoint)) == set(counts["lost_events"])


def test_event_can_be_sent_once_more(endpoint: Receiver) -> None:
    with controlled(accounts=[], webhooks={"url": endpoint.url, "secrets": [SECRET]}) as run:
        send_intents(run, 1)
        event_id = ids_of(endpoint)[0]
        run.control(f"events/{event_id}/send")
        run.control("webhooks/drain")

    assert ids_of(endpoint).count(event_id) == 2
