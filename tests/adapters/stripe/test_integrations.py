"""Integrations of our shape: expansion, manual capture, absent payers, updates, line items."""

from collections.abc import Generator
from typing import Any, Final, TypeAlias, cast

import pytest
import stripe
from tests.adapters.stripe.controls import WINNER, Controlled, controlled

from indelible_stripe.simulator.payments import AUTHORIZATION_SECONDS

Client: TypeAlias = Any  # a typed one would refuse dicts that are built step by step

CARD: Final = "pm_card_visa"
HELD: Final[Any] = {
    "amount": 1_000,
    "currency": "usd",
    "capture_method": "manual",
    "confirm": True,
    "payment_method": CARD,
}
SESSION: Final[Any] = {
    "mode": "payment",
    "success_url": "https://example.org/paid",
    "line_items": [
        {
            "quantity": quantity,
            "price_data": {
                "currency": "usd",
                "unit_amount": 300,
                "product_data": {"name": f"Entry {quantity}"},
            },
        }
        for quantity in (1, 2, 3)
    ],
}


@pytest.fixture(scope="module")
def run() -> Generator[Controlled]:
    with controlled(clock={"stopped_at": 1_700_000_000}) as running:
        yield running


@pytest.fixture
def client(run: Controlled) -> Client:
    return run.client().v1


def event_types(client: Client, object_id: str) -> list[str]:
    events = client.events.list({"limit": 100}).data
    return [event.type for event in reversed(events) if event.data.object["id"] == object_id]


def param_of(error: stripe.InvalidRequestError) -> object:
    return cast("object", error.param)  # pyright: ignore[reportUnknownMemberType]  # not typed


def balance(client: Client) -> int:
    result: int = client.balance.retrieve().available[0].amount
    return result


def test_a_held_amount_is_captured_in_part_and_the_rest_is_released(client: Client) -> None:
    before = balance(client)
    held = client.payment_intents.create(HELD)
    assert (held.status, held.amount_capturable, balance(client)) == (
        "requires_capture",
        1_000,
        before,
    )
    with pytest.raises(stripe.InvalidRequestError, match="can be captured"):
        client.payment_intents.capture(held.id, {"amount_to_capture": 1_001})
    with pytest.raises(stripe.InvalidRequestError, match="cancel the payment intent instead"):
        client.refunds.create({"charge": held.latest_charge})

    paid = client.payment_intents.capture(held.id, {"amount_to_capture": 600})
    charge = client.charges.retrieve(paid.latest_charge)

    assert (paid.status, paid.amount_received, paid.amount_capturable) == ("succeeded", 600, 0)
    assert (charge.amount_captured, charge.amount_refunded, charge.captured) == (600, 400, True)
    assert balance(client) == before + 600 - 47
    assert event_types(client, charge.id) == [
        "charge.succeeded",
        "charge.captured",
        "charge.refunded",
    ]
    assert event_types(client, held.id)[1:] == [
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
    ]
    with pytest.raises(stripe.InvalidRequestError, match="cannot capture"):
        client.payment_intents.capture(held.id)
    assert client.refunds.create({"payment_intent": held.id}).amount == 600


def test_a_held_amount_is_released_by_a_cancel_or_after_a_week(
    run: Controlled, client: Client
) -> None:
    before = balance(client)
    canceled = client.payment_intents.cancel(client.payment_intents.create(HELD).id)
    forgotten = client.payment_intents.create(HELD)
    run.control("clock", advance_seconds=AUTHORIZATION_SECONDS)
    forgotten = client.payment_intents.retrieve(forgotten.id)

    for intent, reason in ((canceled, None), (forgotten, "automatic")):
        charge = client.charges.retrieve(intent.latest_charge)
        assert (intent.status, intent.cancellation_reason) == ("canceled", reason)
        assert (charge.refunded, charge.amount_captured) == (True, 0)
    assert balance(client) == before


def test_a_session_may_hold_its_amount(run: Controlled, client: Client) -> None:
    session = client.checkout.sessions.create(
        {**SESSION, "payment_intent_data": {"capture_method": "manual"}}
    )
    paid = run.control(f"sessions/{session.id}/pay")
    assert (paid["status"], paid["payment_status"]) == ("complete", "unpaid")
    client.payment_intents.capture(paid["payment_intent"])

    assert client.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize("card", ["pm_card_createDispute", "pm_usBankAccount"])
def test_a_method_that_cannot_be_held_is_refused_by_its_name(client: Client, card: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.create({**HELD, "payment_method": card})

    assert param_of(caught.value) == "capture_method"


@pytest.mark.parametrize("step", ["create", "confirm"])
def test_an_absent_payer_cannot_authenticate(client: Client, step: str) -> None:
    attempt = {"off_session": True, "payment_method": "pm_card_authenticationRequired"}
    intent = {"amount": 500, "currency": "usd"}
    attempts = {
        "create": lambda: client.payment_intents.create({**intent, **attempt, "confirm": True}),
        "confirm": lambda: client.payment_intents.confirm(
            client.payment_intents.create(intent).id, attempt
        ),
    }
    with pytest.raises(stripe.CardError) as caught:
        attempts[step]()

    error = caught.value.error
    assert error is not None
    assert error.payment_intent is not None
    assert (error.code, error.decline_code) == ("authentication_required",) * 2
    assert error.payment_intent.status == "requires_payment_method"
    paid = client.payment_intents.confirm(
        error.payment_intent.id, {"off_session": True, "payment_method": CARD}
    )
    assert paid.status == "succeeded"


def test_a_present_payer_authenticates_and_returns(run: Controlled, client: Client) -> None:
    attempt = {"amount": 500, "currency": "usd", "confirm": True}
    card = "pm_card_authenticationRequired"
    intent = client.payment_intents.create(
        {**attempt, "payment_method": card, "return_url": "https://example.org/done?entry=7"}
    )
    action = intent.next_action.redirect_to_url
    page = run.browser.post(action.url, data={"outcome": "succeed"})

    assert page.status_code == 303
    assert page.headers["Location"] == (
        f"https://example.org/done?entry=7&payment_intent={intent.id}&redirect_status=succeeded"
    )
    stays = client.payment_intents.create(
        {
            **attempt,
            "payment_method": card,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    assert stays.next_action.type == "use_stripe_sdk"


def test_an_intent_is_updated_until_it_is_paid(client: Client) -> None:
    intent = client.payment_intents.create({"amount": 500, "currency": "usd"})
    changes = {
        "amount": 700,
        "capture_method": "manual",
        "currency": "eur",
        "description": "Cup",
        "payment_method": CARD,
        "receipt_email": "payer@example.org",
        "transfer_group": "cup",
    }
    updated = client.payment_intents.update(intent.id, changes).to_dict()

    assert {name: updated[name] for name in changes} == changes
    assert updated["status"] == "requires_confirmation"
    client.payment_intents.confirm(intent.id)
    for name, value in changes.items():
        if name in ("description", "receipt_email"):
            client.payment_intents.update(intent.id, {name: value})
            continue
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.payment_intents.update(intent.id, {name: value})
        assert (param_of(caught.value), caught.value.code) == (
            name,
            "payment_intent_unexpected_state",
        )


def test_ids_are_expanded_where_the_description_says_so(client: Client) -> None:
    intent = client.payment_intents.create(
        {**HELD, "capture_method": "automatic", "expand": ["latest_charge.balance_transaction"]}
    )
    client.refunds.create({"payment_intent": intent.id, "amount": 100})
    refunds = client.refunds.list({"expand": ["data.charge.payment_intent", "data.charge"]})
    transfer = client.transfers.create(
        {"amount": 5, "currency": "usd", "destination": WINNER, "expand": ["destination"]}
    )
    client.transfers.reversals.create(transfer.id, {"amount": 2})
    reversed_ = client.transfers.retrieve(
        transfer.id, {"expand": ["reversals.data.balance_transaction"]}
    )

    assert intent.latest_charge.balance_transaction.amount == 1_000
    assert refunds.data[0].charge.payment_intent.id == intent.id
    assert transfer.destination.id == WINNER
    assert reversed_.reversals.data[0].balance_transaction.amount == 2
    assert isinstance(client.payment_intents.retrieve(intent.id).latest_charge, str)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("customer", "does not expand customer"),
        ("payment_method", "does not expand payment_method"),
        ("latest_charge.customer", "does not expand"),
        ("amount", "cannot be expanded"),
        ("nonsense", "cannot be expanded"),
        ("latest_charge.payment_intent.latest_charge.refunds.data", "more than 4 levels"),
    ],
)
def test_what_is_not_expanded_is_refused_by_its_name(
    client: Client, path: str, message: str
) -> None:
    intents = len(client.payment_intents.list({"limit": 100}).data)
    with pytest.raises(stripe.InvalidRequestError, match=message) as caught:
        client.payment_intents.create({"amount": 500, "currency": "usd", "expand": [path]})

    assert param_of(caught.value) == "expand[0]"
    assert len(client.payment_intents.list({"limit": 100}).data) == intents


def test_the_payment_of_a_transfer_is_not_expanded(client: Client) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not expand"):
        client.transfers.list({"expand": ["data.destination_payment"]})


def test_events_are_listed_by_a_wildcard(client: Client) -> None:
    client.payment_intents.create({**HELD, "payment_method": "pm_card_visa"})
    charges = {event.type for event in client.events.list({"type": "charge.*"}).data}
    succeeded = {event.type for event in client.events.list({"type": "*.succeeded"}).data}

    assert "charge.succeeded" in charges
    assert all(name.startswith("charge.") for name in charges)
    assert {"charge.succeeded"} <= succeeded <= {"charge.succeeded", "payment_intent.succeeded"}


def test_line_items_have_their_inline_prices(client: Client) -> None:
    session = client.checkout.sessions.create({**SESSION, "expand": ["line_items"]})
    first = client.checkout.sessions.line_items.list(session.id, {"limit": 2})
    (last,) = client.checkout.sessions.line_items.list(
        session.id, {"starting_after": first.data[-1].id}
    ).data

    assert session.amount_total == 1_800
    assert [item.amount_total for item in session.line_items.data] == [300, 600, 900]
    assert (first.has_more, first.data[0].description) == (True, "Entry 1")
    assert (last.quantity, last.price.unit_amount, last.price.type) == (3, 300, "one_time")
    plain = client.checkout.sessions.retrieve(session.id).to_dict()
    assert "line_items" not in plain


def test_the_platform_has_an_account(client: Client) -> None:
    account = client.accounts.retrieve_current()

    assert account.charges_enabled
    assert client.accounts.retrieve(account.id).to_dict() == account.to_dict()
    assert account.id not in [one.id for one in client.accounts.list().data]
