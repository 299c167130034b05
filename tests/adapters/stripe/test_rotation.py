"""The secret of the endpoint is replaced while events arrive, and no event is lost."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from attrs import define
from tests.adapters.stripe.controls import Controlled, Receiver, controlled, receiver

from indelible.kernel import IndelibleError
from indelible.memory import MemoryStore
from indelible.money.rules.events import Environment
from indelible.money.tasks.receiving import WebhookHandler

OLD: Final = "whsec_old"
NEW: Final = "whsec_new"
SEED: Final = 17
FAULTS: Final = {"duplicate": 0.2, "reorder": 0.3}


@define
class RotatedEndpoint:
    """An endpoint on a real socket, whose secrets change while it receives."""

    handler: WebhookHandler
    receiver: Receiver

    def accept(self, body: bytes, header: str) -> bool:
        """Verify and store an event, as the route of the service does."""
        try:
            self.handler.verify(header, body, datetime.now(UTC))
            self.handler.receive(body)
        except IndelibleError:
            return False
        return True

    def use(self, *secrets: str) -> None:
        """Configure the service with other secrets."""
        self.handler.secrets = secrets

    def stored(self) -> set[str]:
        """Return the ids of the events in the inbox."""
        heads = self.handler.store.read(lambda tx: tx.money.events.page(after="", limit=500))
        return {head.entity.id for head in heads}


@pytest.fixture
def endpoint() -> Generator[RotatedEndpoint]:
    environment = Environment(livemode=False, account=None, api_version=None)
    handler = WebhookHandler(store=MemoryStore(), secrets=(OLD,), environment=environment)
    with receiver() as running:
        rotated = RotatedEndpoint(handler, running)
        running.accepts = rotated.accept
        yield rotated


def pay_charges(run: Controlled, step: int) -> None:
    """Pay five charges, each of which has three events, and send their webhooks."""
    for number in range(5):
        intent = run.gateway.create_payment_intent(
            amount_minor=2_501,
            currency="USD",
            metadata={},
            idempotency_key=f"pi:{step}-{number}:g1",
        )
        run.control(f"intents/{intent.id}/pay")
    assert run.control("webhooks/drain")["idle"]


def sent(run: Controlled) -> set[str]:
    """Return the ids of all events."""
    events: Any = run.gateway.list_events(since=datetime(2020, 1, 1, tzinfo=UTC))
    return {event.id for event in events}


def sign_with(run: Controlled, endpoint: RotatedEndpoint, secrets: Sequence[str]) -> None:
    """Let Stripe sign with other secrets."""
    run.control("webhooks", url=endpoint.receiver.url, secrets=list(secrets), **FAULTS)


@pytest.mark.slow
def test_a_rotation_with_two_secrets_loses_no_event(endpoint: RotatedEndpoint) -> None:
    steps: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
        ((OLD,), (OLD,)),  # before
        ((OLD,), (NEW, OLD)),  # the service is configured with both
        ((NEW, OLD), (NEW, OLD)),  # Stripe rolls the secret, and signs with both
        ((NEW,), (NEW, OLD)),  # the old secret has expired at Stripe
        ((NEW,), (NEW,)),  # the service forgets it
    ]
    with controlled(seed=SEED, accounts=[]) as run:
        for step, (of_stripe, of_service) in enumerate(steps):
            sign_with(run, endpoint, of_stripe)
            endpoint.use(*of_service)
            pay_charges(run, step)

        counts = run.read("counts")["webhooks"]
        assert endpoint.stored() == sent(run)
    assert len(endpoint.stored()) == len(steps) * 5 * 3
    assert counts["duplicated"]
    assert counts["waiting"] == 0
    assert "refused" not in counts


def test_a_rotation_with_one_secret_loses_nothing_that_is_sent_again(
    endpoint: RotatedEndpoint,
) -> None:
    with controlled(seed=SEED, accounts=[], clock={"stopped_at": 1_700_000_000}) as run:
        sign_with(run, endpoint, (NEW,))
        pay_charges(run, 1)
        assert endpoint.stored() == set()

        endpoint.use(NEW)
        run.control("clock", advance_seconds=60)
        run.control("webhooks/drain")
        assert endpoint.stored() == sent(run)
