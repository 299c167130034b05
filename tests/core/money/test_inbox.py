"""Every step of an event: events are stored first, and processed once whatever happens."""

import json

import pytest
from tests.core.money.payments import (
    FEE,
    START,
    WORKER,
    Killed,
    PaymentRun,
    event_body,
    intent_body,
    killing,
)

from indelible.kernel import IndelibleError, InvalidTransition, Stale
from indelible.money.commands.payments import IgnoreEvent, ReplayEvent
from indelible.money.entities.values import AccountKind, EventOrigin, EventOutcome, MovementKind
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.errors.payments import (
    EnvironmentMismatch,
    WebhookMalformed,
)
from indelible.money.handlers.inbox import ignore_event, replay_event
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.events import Environment, parse_envelope, parse_event
from indelible.money.rules.signatures import sign
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.money.tasks.failpoints import EVENT_FAILPOINTS, RECEIVE_FAILPOINTS, PaymentFailpoint
from indelible.money.tasks.receiving import WebhookHandler

SECRET = "whsec_test_secret"  # noqa: S105 - of a test
DAY = 86_400


def handler_of(run: PaymentRun, **changes: object) -> WebhookHandler:
    """Return the receiver of webhooks in test mode."""
    values: dict[str, object] = {
        "store": run.store,
        "secrets": (SECRET,),
        "environment": Environment(livemode=False, account="acct_ours"),
    }
    return WebhookHandler(**(values | changes))  # type: ignore[arg-type]  # fields of several types


def deliver(handler: WebhookHandler, header: str, body: bytes) -> None:
    """Deliver an event as Stripe does."""
    handler.verify(header, body, START)
    handler.receive(body)


def attempts_of(run: PaymentRun, event_id: str) -> list[tuple[EventOutcome, str | None]]:
    """Return the outcomes and codes of an event's attempts."""
    attempts = run.store.read(lambda tx: tx.money.events.attempts(event_id, after=0, limit=500))
    return [(attempt.outcome, attempt.code) for attempt in attempts]


def test_a_signed_event_is_stored_with_its_bytes_before_any_effect(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    paid = run.gateway.pay(intent.id)
    body = event_body("evt_a", "payment_intent.succeeded", intent_body(paid), START)
    handler = handler_of(run)
    seconds = int(START.timestamp())

    handler.verify(f"t={seconds},v1={sign(seconds, body, SECRET)}", body, START)
    saved = handler.receive(body)

    assert saved.event.status is InboxStatus.RECEIVED
    digest = saved.event.payload_digest
    assert run.store.read(lambda tx: tx.payloads.get(digest)).content == body
    assert run.charge(charge.id).status is ChargeStatus.PENDING
    assert handler.receive(body).is_duplicate

    run.process(PROCESS_STRIPE_EVENT_STAGE)
    assert handler.receive(body).is_duplicate
    task = run.store.read(lambda tx: tx.tasks.get(PROCESS_STRIPE_EVENT_STAGE, "evt_a"))
    assert task.due_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"livemode": True}, "livemode"),
        ({"account": "acct_other"}, "account"),
        ({"api_version": "2020-01-01"}, "api_version"),
    ],
)
def test_an_event_of_another_environment_is_refused(
    run: PaymentRun, changes: dict[str, object], field: str
) -> None:
    document = json.loads(event_body("evt_a", "customer.created", {"id": "cus_1"}, START))
    body = json.dumps(document | changes).encode()
    environment = Environment(livemode=False, account="acct_ours", api_version="2026-10-28.endive")

    with pytest.raises(EnvironmentMismatch) as caught:
        handler_of(run, environment=environment).receive(body)

    assert caught.value.field == field
    assert run.store.feed(limit=9).changes == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"id": "evt_1"}',
        b'{"id": "evt_1", "id": "evt_2"}',
        b"\xff",
        b'{"a": NaN}',
        b"[" * 100_000,
        b" " * (512 * 1_024 + 1),
        event_body("../..", "payment_intent.processing", {"id": "pi_1"}, START),
    ],
)
def test_a_body_that_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        parse_envelope(body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_received", 10.0),
        ("amount_received", "2501"),
        ("amount_received", -1),
        ("amount_received", True),
        ("currency", "euro"),
        ("currency", None),
        ("metadata", {"charge_id": 1}),
        ("created", 10**30),
    ],
)
def test_an_event_with_a_field_of_another_type_is_a_dead_letter(
    run: PaymentRun, name: str, value: object
) -> None:
    charge, intent = run.opened_intent()
    body = intent_body(run.gateway.pay(intent.id)) | {name: value}

    event = run.deliver("payment_intent.succeeded", body)

    assert (event.status, event.last_code) == (InboxStatus.DEAD, "WEBHOOK_MALFORMED")
    assert run.charge(charge.id).status is ChargeStatus.PENDING


def test_the_client_secret_of_an_event_is_not_read() -> None:
    body = {
        "id": "pi_1",
        "status": "succeeded",
        "amount": 1,
        "amount_received": 1,
        "currency": "eur",
        "created": 1,
        "livemode": False,
        "client_secret": "pi_1_secret_canary",
    }
    event = parse_event(event_body("evt_a", "payment_intent.succeeded", body, START))

    assert getattr(event.facts, "client_secret", "absent") is None


def test_an_event_of_an_unhandled_type_is_ignored(run: PaymentRun) -> None:
    event = run.deliver("customer.created", {"id": "cus_1"})

    assert (event.status, event.last_code) == (InboxStatus.IGNORED, "UNHANDLED_EVENT")


@pytest.mark.slow
def test_an_event_of_an_unknown_intent_is_retried_for_72_hours(run: PaymentRun) -> None:
    body = {
        "id": "pi_unknown",
        "status": "succeeded",
        "amount": FEE,
        "amount_received": FEE,
        "currency": "eur",
        "created": 1,
        "livemode": False,
    }
    event = run.deliver("payment_intent.succeeded", body)
    assert (event.status, event.last_code) == (
        InboxStatus.RECEIVED,
        "PAYMENT_INTENT_NOT_FOUND",
    )

    for _ in range(71):
        run.clock.advance(3_600)
        run.process(PROCESS_STRIPE_EVENT_STAGE)
    assert run.event(event.id).status is InboxStatus.RECEIVED

    for _ in range(3):
        run.clock.advance(7_200)
        run.process(PROCESS_STRIPE_EVENT_STAGE)

    dead = run.event(event.id)
    assert (dead.status, dead.last_code) == (InboxStatus.DEAD, "PAYMENT_INTENT_NOT_FOUND")
    assert set(attempts_of(run, event.id)) == {(EventOutcome.FAILED, "PAYMENT_INTENT_NOT_FOUND")}


def test_a_dead_letter_is_replayed(run: PaymentRun) -> None:
    body = {"id": "pi_1", "status": "succeeded", "amount": FEE}
    event = run.deliver("payment_intent.succeeded", body)
    assert event.status is InboxStatus.DEAD

    command = ReplayEvent(event_id=event.id)
    run.store.run(replay_event, command, actor=WORKER, reason="the parser is mended")

    assert run.event(event.id).status is InboxStatus.RECEIVED
    run.process(PROCESS_STRIPE_EVENT_STAGE)
    assert run.event(event.id).status is InboxStatus.DEAD


def test_an_operator_ends_a_dead_letter_and_an_event_that_waits(run: PaymentRun) -> None:
    incomplete = {"id": "pi_1", "status": "succeeded", "amount": FEE}
    dead = run.deliver("payment_intent.succeeded", incomplete)
    unknown = run.gateway.create_payment_intent(
        amount_minor=FEE, currency="EUR", metadata={}, idempotency_key="k"
    )
    body = intent_body(run.gateway.pay(unknown.id))
    waiting = run.deliver("payment_intent.succeeded", body)
    assert [dead.status, waiting.status] == [InboxStatus.DEAD, InboxStatus.RECEIVED]

    for event in (dead, waiting):
        command = IgnoreEvent(event_id=event.id)
        run.store.run(ignore_event, command, actor=WORKER, reason="of another program")
    run.clock.advance(60)
    run.process(PROCESS_STRIPE_EVENT_STAGE)

    for event in (dead, waiting):
        ended = run.event(event.id)
        assert (ended.status, ended.last_code) == (InboxStatus.IGNORED, "IGNORED_BY_OPERATOR")
        command = IgnoreEvent(event_id=event.id)
        with pytest.raises(InvalidTransition):
            run.store.run(ignore_event, command, actor=WORKER, reason="again")


def test_an_event_that_overtakes_its_charge_is_applied_by_a_retry(run: PaymentRun) -> None:
    charge = run.open()
    metadata = {"charge_id": charge.id}
    intent = run.gateway.create_payment_intent(
        amount_minor=FEE, currency="EUR", metadata={}, idempotency_key="k"
    )
    paid = run.gateway.pay(intent.id)
    event = run.deliver("payment_intent.succeeded", intent_body(paid))
    assert event.status is InboxStatus.RECEIVED

    second = run.deliver("payment_intent.succeeded", intent_body(paid) | {"metadata": metadata})
    run.clock.advance(60)
    run.process(PROCESS_STRIPE_EVENT_STAGE)

    assert second.status is InboxStatus.PROCESSED
    assert run.charge(charge.id).intent_id == intent.id
    assert run.event(event.id).last_code == "PAYMENT_ALREADY_PROCESSED"
    assert run.kinds() == [MovementKind.ENTRY_FEE]


def test_an_intent_that_names_another_charge_pays_nothing(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    body = intent_body(run.gateway.pay(intent.id)) | {"metadata": {"charge_id": "another"}}

    event = run.deliver("payment_intent.succeeded", body)

    assert event.last_code == "PAYMENT_INTENT_NOT_FOUND"
    assert run.charge(charge.id).status is ChargeStatus.PENDING


def test_an_outage_of_stripe_is_an_attempt_and_is_retried(run: PaymentRun) -> None:
    charge, intent = run.paid()
    run.gateway.failures.before["list_refunds"] = [GatewayOutage("HTTP 500")]
    body = {
        "id": f"ch_{intent.id}",
        "status": "succeeded",
        "payment_intent": intent.id,
        "amount": FEE,
        "amount_refunded": 0,
        "currency": "eur",
        "created": 1,
        "disputed": False,
    }
    event = run.deliver("charge.refunded", body)
    assert event.last_code == "STRIPE_API_ERROR"

    run.clock.advance(60)
    run.process(PROCESS_STRIPE_EVENT_STAGE)

    assert run.event(event.id).status is InboxStatus.PROCESSED
    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED


@pytest.mark.parametrize("point", RECEIVE_FAILPOINTS, ids=lambda point: point.name)
def test_a_receiver_that_is_killed_stores_all_or_nothing(
    run: PaymentRun, point: PaymentFailpoint
) -> None:
    charge, intent = run.opened_intent()
    body = event_body(
        "evt_a", "payment_intent.succeeded", intent_body(run.gateway.pay(intent.id)), START
    )
    seconds = int(START.timestamp())
    header = f"t={seconds},v1={sign(seconds, body, SECRET)}"
    killed = handler_of(run, at_failpoint=killing(point))
    with pytest.raises(Killed):
        deliver(killed, header, body)

    # Stripe has no answer and sends the event again.
    deliver(handler_of(run), header, body)
    run.process(PROCESS_STRIPE_EVENT_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.kinds() == [MovementKind.ENTRY_FEE]


@pytest.mark.parametrize("point", EVENT_FAILPOINTS, ids=lambda point: point.name)
def test_a_processor_that_is_killed_posts_once(run: PaymentRun, point: PaymentFailpoint) -> None:
    charge, intent = run.opened_intent()
    paid = run.gateway.pay(intent.id)
    event_id = run.receive("payment_intent.succeeded", intent_body(paid))
    run.process(PROCESS_STRIPE_EVENT_STAGE, at_failpoint=killing(point))

    for _ in range(3):
        run.clock.advance(3_600 / 60)
        run.process(PROCESS_STRIPE_EVENT_STAGE)

    assert run.event(event_id).status is InboxStatus.PROCESSED
    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.kinds() == [MovementKind.ENTRY_FEE]
    assert run.balance(AccountKind.ESCROW) == FEE


def test_an_event_that_is_stored_twice_at_once_has_one_answer(run: PaymentRun) -> None:
    body = event_body("evt_a", "customer.created", {"id": "cus_1"}, START)
    raised: list[IndelibleError] = []

    def lose_the_race(point: PaymentFailpoint) -> None:
        if point is PaymentFailpoint.RECEIVE_AFTER_WRITE and not raised:
            raised.append(Stale("evt_a", 0, None))
            raise raised[0]

    saved = handler_of(run, at_failpoint=lose_the_race).receive(body)

    assert saved.event.id == "evt_a"
    assert saved.event.origin is EventOrigin.WEBHOOK
