"""The answers of localstripe 1.15.10 to our gateway: intents, refunds, events, signed webhooks."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import stripe
from attrs import frozen
from tests.adapters.stripe.controls import receiver

from indelible.kernel import IndelibleError
from indelible.memory import MemoryStore
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.events import Environment
from indelible.money.tasks.receiving import WebhookHandler
from indelible_stripe import StripeApi

KEY: Final = "sk_test_opinions"
SECRET: Final = "whsec_opinions"  # noqa: S105 - of no account
AMOUNT: Final = 2_501
PART: Final = 100
DAY: Final = timedelta(days=1)
WAIT_SECONDS: Final = 30
EVENT_TYPES: Final = ("payment_intent.succeeded",)
CARD: Final = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}


@frozen
class Delivery:
    """A webhook as it arrived."""

    body: bytes
    header: str


def checks_of_localstripe(url: str) -> Mapping[str, bool]:
    """Return the results of what both must agree about, by a sentence."""
    gateway = _gateway(url)
    client = _client(url)
    with receiver() as endpoint:
        _subscribe(url, endpoint.url)
        intent = _paid_intent(client)
        refund = gateway.create_refund(
            intent_id=intent.id, amount_minor=PART, metadata={"n": "1"}, idempotency_key="refund"
        )
        wait_for_webhooks(endpoint.received, len(EVENT_TYPES))
    deliveries = [Delivery(body, header) for body, header in endpoint.received]
    stored = _store_all(deliveries)
    listed = {event.type for event in gateway.list_events(since=datetime.now(UTC) - DAY)}
    return {
        "a refund of our gateway is made": (refund.status, refund.amount_minor, refund.currency)
        == ("succeeded", PART, "USD"),
        "it belongs to the intent": refund.payment_intent == intent.id,
        "it is read again": gateway.retrieve_refund(refund.id) == refund,
        "it is in the list of the intent": refund in list(gateway.list_refunds(intent.id)),
        "its metadata come back": refund.metadata == {"n": "1"},
        "the signature of each webhook is accepted": all(
            _is_accepted(delivery) for delivery in deliveries
        ),
        "a changed body is refused": not any(
            _is_accepted(Delivery(delivery.body + b" ", delivery.header)) for delivery in deliveries
        ),
        "each event is stored before it is processed": stored == set(EVENT_TYPES),
        "the paid intent is in the list of events": "payment_intent.succeeded" in listed,
    }


def gaps_of_localstripe(url: str) -> Mapping[str, Callable[[], object]]:
    """Return the requests that it does not answer as Stripe does, by a sentence."""
    gateway = _gateway(url)
    intent_id = _paid_intent(_client(url)).id

    def refund(key: str, amount_minor: int) -> str:
        return gateway.create_refund(
            intent_id=intent_id, amount_minor=amount_minor, metadata={}, idempotency_key=key
        ).id

    now = datetime.now(UTC)
    return {
        "no automatic payment methods of an intent": lambda: gateway.create_payment_intent(
            amount_minor=AMOUNT, currency="USD", metadata={}, idempotency_key="intent"
        ),
        "an intent has no amount_received": lambda: gateway.retrieve_payment_intent(intent_id),
        "a key is ignored, so that two refunds are made": lambda: (
            refund("again", PART) == refund("again", PART)
        ),
        "a refund may exceed the payment": lambda: refund("much", AMOUNT * 2),
        "lists are not selected by time": lambda: list(
            gateway.list_payment_intents(since=now - DAY, until=now + DAY)
        ),
        "the balance is no list of currencies": gateway.retrieve_balance,
        "an unknown intent has no code": lambda: gateway.retrieve_payment_intent("pi_none"),
        "no event of a refund": lambda: sorted(
            event.type for event in gateway.list_events(since=now - DAY)
        ),
        "no checkout": lambda: gateway.retrieve_checkout_session("cs_none"),
        "no transfers": lambda: list(gateway.list_transfers("group")),
        "no disputes": lambda: gateway.retrieve_dispute("dp_none"),
        "no accounts": lambda: gateway.retrieve_account("acct_none"),
    }


def _gateway(url: str) -> StripeApi:
    return StripeApi(api_key=KEY, livemode=False, base_address=url)


def _client(url: str) -> Any:  # noqa: ANN401 - stripe's service of version 1
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0).v1


def _paid_intent(client: Any) -> Any:  # noqa: ANN401 - StripeObject
    """Pay an intent by Stripe's own library, without a parameter that localstripe refuses."""
    method = client.payment_methods.create({"type": "card", "card": CARD})
    return client.payment_intents.create(
        {
            "amount": AMOUNT,
            "currency": "usd",
            "payment_method": method.id,
            "confirm": True,
            "metadata": {"charge_id": "charge-1"},
        }
    )


def _subscribe(url: str, endpoint_url: str) -> None:
    settings = {"url": endpoint_url, "secret": SECRET, "events": list(EVENT_TYPES)}
    answer = httpx.post(f"{url}/_config/webhooks/opinions", json=settings, auth=(KEY, ""))
    answer.raise_for_status()


def wait_for_webhooks(received: Sequence[object], count: int) -> None:
    """Wait until so many webhooks have arrived.

    Raises: TimeoutError.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while len(received) < count:
        if time.monotonic() > deadline:
            message = f"expected {count} webhooks, got {len(received)}"
            raise TimeoutError(message)
        time.sleep(0.1)


def _handler() -> WebhookHandler:
    environment = Environment(livemode=False, account=None, api_version=None)
    return WebhookHandler(store=MemoryStore(), secrets=(SECRET,), environment=environment)


def _is_accepted(delivery: Delivery) -> bool:
    try:
        _handler().verify(delivery.header, delivery.body, datetime.now(UTC))
    except IndelibleError:
        return False
    return True


def _store_all(deliveries: Sequence[Delivery]) -> set[str]:
    """Store events in an inbox, and return the types of those that wait there."""
    handler = _handler()
    for delivery in deliveries:
        handler.receive(delivery.body)
    heads = handler.store.read(lambda tx: tx.money.events.page(after="", limit=10))
    events = [head.entity for head in heads]
    return {event.event_type for event in events if event.status is InboxStatus.RECEIVED}
