"""The simulator refuses by its name what it does not implement, and ignores nothing."""

from collections.abc import Generator
from typing import Any, Final

import httpx
import pytest
from tests.adapters.stripe.controls import API_KEY, WINNER, Controlled, controlled

Form = dict[str, str]

INTENT: Final = {"amount": "500", "currency": "usd"}
TRANSFER: Final = {"amount": "5", "currency": "usd", "destination": WINNER}
SESSION: Final = {
    "mode": "payment",
    "success_url": "https://example.org/paid",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "500",
    "line_items[0][price_data][product_data][name]": "Entry",
}
ACCOUNT: Final = {"type": "express"}
INTENTS: Final = "payment_intents"
SESSIONS: Final = "checkout/sessions"
UNKNOWN: Final = "parameter_unknown"
MISSING: Final = "parameter_missing"

REFUSED: Final[list[tuple[str, Form, Form, str, str | None]]] = [
    # Of Stripe's, and not of the simulator's.
    (INTENTS, INTENT, {"transfer_data[destination]": WINNER}, "transfer_data", UNKNOWN),
    (INTENTS, INTENT, {"application_fee_amount": "5"}, "application_fee_amount", UNKNOWN),
    (INTENTS, INTENT, {"customer": "cus_1"}, "customer", UNKNOWN),
    (INTENTS, INTENT, {"on_behalf_of": WINNER}, "on_behalf_of", UNKNOWN),
    (INTENTS, INTENT, {"setup_future_usage": "off_session"}, "setup_future_usage", UNKNOWN),
    (INTENTS, INTENT, {"statement_descriptor": "Cup"}, "statement_descriptor", UNKNOWN),
    (INTENTS, INTENT, {"mandate": "mandate_1"}, "mandate", UNKNOWN),
    (INTENTS, INTENT, {"capture_method": "automatic_async"}, "capture_method", None),
    (INTENTS, INTENT, {"confirmation_method": "manual"}, "confirmation_method", None),
    (INTENTS, INTENT, {"payment_method_types[0]": "klarna"}, "payment_method_types[0]", None),
    (
        INTENTS,
        INTENT,
        {"excluded_payment_method_types[0]": "klarna"},
        "excluded_payment_method_types",
        UNKNOWN,
    ),
    (
        INTENTS,
        INTENT,
        {"automatic_payment_methods[enabled]": "false"},
        "automatic_payment_methods[enabled]",
        None,
    ),
    (
        SESSIONS,
        SESSION,
        {"payment_intent_data[on_behalf_of]": WINNER},
        "payment_intent_data[on_behalf_of]",
        UNKNOWN,
    ),
    (
        SESSIONS,
        SESSION,
        {"line_items[0][tax_rates][0]": "txr_1"},
        "line_items[0][tax_rates]",
        UNKNOWN,
    ),
    (SESSIONS, SESSION, {"mode": "subscription"}, "mode", None),
    (SESSIONS, SESSION, {"customer_email": "a@example.org"}, "customer_email", UNKNOWN),
    ("transfers", TRANSFER, {"source_transaction": "ch_1"}, "source_transaction", UNKNOWN),
    ("transfers", TRANSFER, {"source_type": "fpx"}, "source_type", None),
    ("refunds", {"charge": "ch_1"}, {"reverse_transfer": "true"}, "reverse_transfer", UNKNOWN),
    ("accounts", ACCOUNT, {"type": "custom"}, "type", None),
    ("accounts", ACCOUNT, {"business_profile[mcc]": "5734"}, "business_profile", UNKNOWN),
    (
        "accounts",
        ACCOUNT,
        {"capabilities[card_payments][requested]": "true"},
        "capabilities[card_payments]",
        UNKNOWN,
    ),
    # Of nobody's.
    (INTENTS, INTENT, {"nonsense": "1"}, "nonsense", UNKNOWN),
    (SESSIONS, SESSION, {"line_items[0][nonsense]": "1"}, "line_items[0][nonsense]", UNKNOWN),
    # Values and limits.
    (INTENTS, INTENT, {"currency": "zzz"}, "currency", None),
    (INTENTS, INTENT, {"currency": "USD"}, "currency", None),
    (INTENTS, INTENT, {"currency": ""}, "currency", None),
    ("transfers", TRANSFER, {"currency": "zzz"}, "currency", None),
    (
        SESSIONS,
        SESSION,
        {"line_items[0][price_data][currency]": "zzz"},
        "line_items[0][price_data][currency]",
        None,
    ),
    (INTENTS, INTENT, {"metadata[long]": 501 * "x"}, "metadata", None),
    (INTENTS, INTENT, {f"metadata[{41 * 'k'}]": "x"}, "metadata", None),
    (INTENTS, INTENT, {f"metadata[{n}]": "x" for n in range(51)}, "metadata", None),
    (
        SESSIONS,
        SESSION,
        {"payment_intent_data[metadata][long]": 501 * "x"},
        "payment_intent_data[metadata]",
        None,
    ),
    (INTENTS, INTENT, {"description": 1_001 * "x"}, "description", None),
    (INTENTS, INTENT, {"amount": "ten"}, "amount", "parameter_invalid_integer"),
    (INTENTS, INTENT, {"amount": ""}, "amount", "parameter_invalid_empty"),
    (INTENTS, INTENT, {"confirm": "maybe"}, "confirm", None),
    (INTENTS, INTENT, {"capture_method": "later"}, "capture_method", None),
    (INTENTS, INTENT, {"payment_method": "pm_card_nobody"}, "payment_method", "resource_missing"),
    (
        INTENTS,
        INTENT,
        {"payment_method_types[0]": "us_bank_account", "payment_method": "pm_card_visa"},
        "payment_method",
        "payment_intent_incompatible_payment_method",
    ),
    (INTENTS, INTENT, {"return_url": "https://example.org"}, "return_url", None),
    ("accounts", ACCOUNT, {"country": "Germany"}, "country", None),
    # Not together.
    (
        "refunds",
        {"charge": "ch_1"},
        {"payment_intent": "pi_1"},
        "payment_intent",
        "parameters_exclusive",
    ),
    (
        INTENTS,
        INTENT,
        {"automatic_payment_methods[enabled]": "true", "payment_method_types[0]": "card"},
        "payment_method_types",
        "parameters_exclusive",
    ),
    # Missing.
    (INTENTS, {"currency": "usd"}, {}, "amount", MISSING),
    ("transfers", {"currency": "usd", "destination": WINNER}, {}, "amount", MISSING),
    ("transfers", {"amount": "5", "currency": "usd"}, {}, "destination", MISSING),
    ("refunds", {}, {}, "payment_intent", MISSING),
    (SESSIONS, {"mode": "payment"}, {}, "success_url", MISSING),
    (
        SESSIONS,
        {"mode": "payment", "success_url": "https://example.org"},
        {},
        "line_items",
        MISSING,
    ),
    (
        SESSIONS,
        {**SESSION, "line_items[1][quantity]": "1"},
        {},
        "line_items[1][price_data]",
        MISSING,
    ),
    ("account_links", {"account": WINNER, "type": "account_onboarding"}, {}, "return_url", MISSING),
]


@pytest.fixture(scope="module")
def run() -> Generator[Controlled]:
    with controlled(plants_wrong_requests=True) as running:
        post(running, INTENTS, {"nonsense": "1"})
        yield running


def post(run: Controlled, path: str, form: Form, **headers: str) -> httpx.Response:
    return run.browser.post(
        f"{run.url}/v1/{path}", data=form, headers={"Authorization": f"Bearer {API_KEY}", **headers}
    )


def get(run: Controlled, path: str, **headers: str) -> httpx.Response:
    return run.browser.get(
        f"{run.url}/v1/{path}", headers={"Authorization": f"Bearer {API_KEY}", **headers}
    )


def error_of(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 400, response.text
    error: dict[str, Any] = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    return error


def objects(run: Controlled) -> dict[str, int]:
    counts: dict[str, int] = run.read("counts")["objects"]
    return counts


@pytest.mark.parametrize(
    ("path", "form", "change", "param", "code"),
    REFUSED,
    ids=[f"{path} {param} {code}" for path, _, _, param, code in REFUSED],
)
def test_what_is_not_implemented_is_refused_by_its_name(
    run: Controlled, path: str, form: Form, change: Form, param: str, code: str | None
) -> None:
    before = objects(run)
    error = error_of(post(run, path, {**form, **change}))

    assert (error.get("param"), error.get("code")) == (param, code)
    assert error["message"]
    assert objects(run) == before


@pytest.mark.parametrize(
    ("path", "form"),
    [(INTENTS, INTENT), ("transfers", TRANSFER), (SESSIONS, SESSION), ("accounts", ACCOUNT)],
)
def test_the_same_requests_without_the_refused_part_are_answered(
    run: Controlled, path: str, form: Form
) -> None:
    fifty = {f"metadata[{n}]": 500 * "x" for n in range(50)}

    response = post(run, path, {**form, **fifty})

    assert response.status_code == 200, response.text
    assert len(response.json()["metadata"]) == 50
    assert run.journal()[-1]["ignored"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Stripe-Account": WINNER},
        {"Stripe-Context": "ctx_1"},
        {"Stripe-Version": "2019-01-01"},
        {"Content-Type": "application/json"},
    ],
)
def test_a_header_that_is_not_implemented_is_refused_by_its_name(
    run: Controlled, headers: dict[str, str]
) -> None:
    (name,) = headers
    error = error_of(get(run, "balance", **headers))

    assert error["param"] == name
    assert run.journal()[-1]["unimplemented"] == name


@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ("events?types[0]=charge.*", "types[0]", None),
        ("events?delivery_success=true", "delivery_success", UNKNOWN),
        ("events?type=charge.failed&types[0]=charge.failed", "types", "parameters_exclusive"),
        ("charges?customer=cus_1", "customer", UNKNOWN),
        ("payment_intents?customer=cus_1", "customer", UNKNOWN),
        ("balance_transactions?payout=po_1", "payout", UNKNOWN),
        ("charges?limit=101", "limit", None),
        ("charges?starting_after=ch_1&ending_before=ch_2", "ending_before", "parameters_exclusive"),
        ("payment_intents/pi_1?client_secret=x", "client_secret", UNKNOWN),
    ],
)
def test_a_list_refuses_what_it_does_not_filter(
    run: Controlled, query: str, param: str, code: str | None
) -> None:
    error = error_of(get(run, query))

    assert (error["param"], error.get("code")) == (param, code)


def test_a_list_of_a_missing_transfer_is_refused(run: Controlled) -> None:
    assert get(run, "transfers/tr_none/reversals").status_code == 404


@pytest.mark.parametrize(
    "path", ["charges/search?query=amount>1", "charges/search", "customers", "payment_methods"]
)
def test_an_operation_that_is_not_implemented_is_refused_by_its_name(
    run: Controlled, path: str
) -> None:
    response = get(run, path)

    assert response.status_code == 404
    assert f"/v1/{path.partition('?')[0]}" in response.json()["error"]["message"]
    assert run.journal()[-1]["unimplemented"] is not None


def test_parameters_in_the_address_of_a_post_are_parameters(run: Controlled) -> None:
    error = error_of(post(run, f"{INTENTS}?customer=cus_1", INTENT))

    assert error["param"] == "customer"


def test_a_body_that_would_not_be_read_is_refused(run: Controlled) -> None:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    url = f"{run.url}/v1/{INTENTS}"
    chunked = httpx.post(url, content=iter([b"amount=500&currency=usd"]), headers=headers)
    with_body = httpx.request("GET", url, content=b"limit=5", headers=headers)

    assert (chunked.status_code, with_body.status_code) == (411, 413)


def test_a_declined_payment_has_its_intent(run: Controlled) -> None:
    change = {"confirm": "true", "payment_method": "pm_card_chargeDeclined"}
    response = post(run, INTENTS, {**INTENT, **change})

    error = response.json()["error"]
    assert response.status_code == 402
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_intent"]["last_payment_error"]["charge"] == error["charge"]


def test_the_card_of_a_dispute_opens_one(run: Controlled) -> None:
    change = {"confirm": "true", "payment_method": "pm_card_createDispute"}
    intent = post(run, INTENTS, {**INTENT, **change}).json()
    (dispute,) = get(run, f"disputes?payment_intent={intent['id']}").json()["data"]

    assert intent["status"] == "succeeded"
    assert dispute["charge"] == intent["latest_charge"]


def test_an_intent_keeps_its_method_until_it_is_confirmed(run: Controlled) -> None:
    intent = post(run, INTENTS, {**INTENT, "payment_method": "pm_card_visa"}).json()
    confirmed = post(run, f"{INTENTS}/{intent['id']}/confirm", {}).json()

    assert (intent["status"], intent["payment_method"]) == ("requires_confirmation", "pm_card_visa")
    assert confirmed["status"] == "succeeded"
    unpaid = post(run, INTENTS, INTENT).json()
    error = error_of(post(run, f"{INTENTS}/{unpaid['id']}/confirm", {}))
    assert error["code"] == "payment_intent_unexpected_state"


def test_metadata_is_changed_and_removed_as_stripe_does_it(run: Controlled) -> None:
    intent = post(run, INTENTS, {**INTENT, "metadata[a]": "1", "metadata[b]": ""}).json()
    path = f"{INTENTS}/{intent['id']}"
    changed = post(run, path, {"metadata[a]": "", "metadata[c]": "3"}).json()
    many = error_of(post(run, path, {f"metadata[{n}]": "x" for n in range(50)}))
    emptied = post(run, path, {"metadata": ""}).json()

    assert intent["metadata"] == {"a": "1"}
    assert changed["metadata"] == {"c": "3"}
    assert many["param"] == "metadata"
    assert emptied["metadata"] == {}
