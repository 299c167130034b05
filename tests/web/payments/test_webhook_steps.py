"""Every step of a webhook through HTTP: the simulator's webhooks, our server, and our stages."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from tests.contest_runs import FEE_MINOR
from tests.money_contests import OPERATOR
from tests.web.payments.running import PaymentServer

from indelible.money import MovementKind
from indelible.money.rules.charges import CHARGE_METADATA
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible_stripe.simulator.state import Kind

pytestmark = pytest.mark.slow  # Each test runs a server and a simulator.

SUCCEEDED: Final = "payment_intent.succeeded"
HOUR: Final = 3_600
AT_ONCE: Final = 8


def work_for(server: PaymentServer, *, hours: int) -> None:
    """Let hours pass, and process what is due after each."""
    for _ in range(hours):
        server.advance(HOUR)
        server.run.work()


def test_step_5_an_event_is_acknowledged_and_a_known_one_is_a_duplicate_even_at_once(
    server: PaymentServer,
) -> None:
    body = server.recorded(server.started())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(server.send, [body] * AT_ONCE))
    again = server.send(body)

    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert sum(answer.json() == {"received": True} for answer in answers) == 1
    assert (again.status_code, again.json()) == (200, {"received": True, "duplicate": True})
    (event,) = server.events(SUCCEEDED)
    task = server.run.store.read(lambda tx: tx.tasks.get(PROCESS_STRIPE_EVENT_STAGE, event.id))
    assert task.due_at is not None

    server.settle()
    assert [kind for kind, _ in server.postings()].count("ENTRY_FEE") == 1


def test_step_6_an_event_is_applied_and_booked_once_under_its_own_key(
    server: PaymentServer,
) -> None:
    intent_id = server.paid()
    (event,) = server.events(SUCCEEDED)
    key = f"stripe_event:{event.id}:{MovementKind.ENTRY_FEE.value}"

    movement = server.run.store.read(lambda tx: tx.money.movements.of_key(key))
    assert movement is not None
    assert movement.entity.total_minor == FEE_MINOR
    assert event.status.value == "PROCESSED"
    assert server.outcome(intent_id) == ("SUCCEEDED", "ACTIVE")
    assert event.id in server.page("inbox")

    before = server.postings()
    with server.run.store.transaction(actor=OPERATOR, reason="a test") as tx:
        tx.tasks.enqueue(PROCESS_STRIPE_EVENT_STAGE, {event.id: server.run.clock.now()})

    server.run.work()

    task = server.run.store.read(lambda tx: tx.tasks.get(PROCESS_STRIPE_EVENT_STAGE, event.id))
    assert task.due_at is None
    assert server.events(SUCCEEDED) == [event]
    assert (event.status.value, event.attempt_number) == ("PROCESSED", 1)
    assert server.postings() == before

    changes = server.run.changes()

    for _ in range(3):
        server.happen(f"events/{server.sent_event(SUCCEEDED)}/send")

    assert server.postings() == before
    assert server.run.changes() == changes

    content = json.loads(server.payload(event))
    server.send(json.dumps({**content, "id": "evt_another"}).encode())
    server.settle()

    (another,) = [one for one in server.events(SUCCEEDED) if one.id == "evt_another"]
    assert (another.status.value, another.last_code) == ("PROCESSED", "PAYMENT_ALREADY_PROCESSED")
    assert [kind for kind, _ in server.postings()].count("ENTRY_FEE") == 1


def test_step_6_an_event_of_an_unknown_intent_is_a_dead_letter_after_72_hours(
    server: PaymentServer, caplog: pytest.LogCaptureFixture
) -> None:
    intent = server.stripe.gateway.create_payment_intent(
        amount_minor=FEE_MINOR, currency="USD", metadata={}, idempotency_key="elsewhere"
    )
    server.attempt(intent.id)
    (event,) = server.events(SUCCEEDED)
    assert (event.status.value, event.last_code) == ("RECEIVED", "PAYMENT_INTENT_NOT_FOUND")

    with caplog.at_level(logging.ERROR, "indelible.money"):
        work_for(server, hours=70)
        assert server.events(SUCCEEDED)[0].status.value == "RECEIVED"
        work_for(server, hours=5)

    (dead,) = server.events(SUCCEEDED)
    assert (dead.status.value, dead.last_code) == ("DEAD", "PAYMENT_INTENT_NOT_FOUND")
    assert f"event {dead.id} of type {SUCCEEDED} is a dead letter" in caplog.text
    assert "PAYMENT_INTENT_NOT_FOUND" in server.page(f"inbox/{dead.id}")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("amount", 1_000, "AMOUNT_MISMATCH"), ("currency", "eur", "CURRENCY_MISMATCH")],
)
def test_step_6_other_money_is_stored_refunded_and_never_in_the_pool(
    server: PaymentServer, name: str, value: object, code: str
) -> None:
    intent_id = server.started()
    server.stripe.simulator.engine.state.get(Kind.INTENT, intent_id)[name] = value

    server.attempt(intent_id)

    assert server.outcome(intent_id)[0] == "REFUNDED"
    assert server.status(intent_id)["outcome_code"] == code
    assert "ENTRY_FEE" not in [kind for kind, _ in server.postings()]
    assert "escrow" not in server.balances()
    assert server.events(SUCCEEDED)[0].status.value == "PROCESSED"


def test_step_6_an_intent_that_names_another_charge_is_not_booked(server: PaymentServer) -> None:
    intent_id = server.started()
    intent = server.stripe.simulator.engine.state.get(Kind.INTENT, intent_id)
    intent["metadata"] = {**intent["metadata"], CHARGE_METADATA: "another"}

    server.attempt(intent_id)

    (event,) = server.events(SUCCEEDED)
    assert (event.status.value, event.last_code) == ("RECEIVED", "PAYMENT_INTENT_NOT_FOUND")
    assert server.outcome(intent_id) == ("PENDING", "PENDING_PAYMENT")
    assert server.postings() == []


def test_step_7_an_event_of_another_type_is_ignored_and_logged(
    server: PaymentServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "indelible.money"):
        server.started()
        server.settle()

    (event,) = server.events("payment_intent.created")
    assert (event.status.value, event.last_code) == ("IGNORED", "UNHANDLED_EVENT")
    line = f"event {event.id} of type {event.event_type} about {event.object_id}"
    assert f"[Payment] {line}: IGNORED, UNHANDLED_EVENT" in caplog.messages


def test_step_8_a_failed_attempt_is_stored_and_repeated(server: PaymentServer) -> None:
    intent_id = server.paid()
    server.refund()
    server.webhooks(event_types=["customer.created"])
    server.run.work()
    event_id = server.sent_event("charge.refunded")
    server.stripe.control("outage", on=True)
    server.happen(f"events/{event_id}/send")
    (failed,) = server.events("charge.refunded")
    assert (failed.status.value, failed.last_code) == ("RECEIVED", "STRIPE_API_ERROR")

    server.stripe.control("outage", on=False)
    server.advance(2 * HOUR)
    server.run.work()

    (processed,) = server.events("charge.refunded")
    assert processed.status.value == "PROCESSED"
    assert processed.attempt_number == failed.attempt_number + 1
    assert server.outcome(intent_id) == ("REFUNDED", "REFUNDED")


def test_each_subscribed_type_is_received_and_reaches_an_outcome(server: PaymentServer) -> None:
    for number, event_type in enumerate(EVENT_TYPES):
        event = {
            "id": f"evt_of_type_{number}",
            "object": "event",
            "api_version": None,
            "created": int(server.run.clock.now().timestamp()),
            "livemode": False,
            "type": event_type,
            "data": {"object": {"id": "obj_1"}},
        }
        assert server.send(json.dumps(event).encode()).json() == {"received": True}

    server.settle()
    for event_type in EVENT_TYPES:
        (stored,) = server.events(event_type)
        assert stored.status.value in ("DEAD", "IGNORED", "PROCESSED"), event_type
