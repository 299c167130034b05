"""The routes of payers: intents, checkout, status and statements, and what nobody else sees."""

from typing import Any

import pytest
from attrs import evolve
from tests.web.harness import Web, problem, saved
from tests.web.paying import FEE, ITEM, PAGES, PLACE, REFERENCE, WORKER, Till

from indelible.app import ReadTx
from indelible.kernel import Change
from indelible.money import ChargeStatus, HaltPayments
from indelible.money.errors.gateway import GatewayOutage, GatewayRejected
from indelible.money.handlers.switches import halt_payments
from indelible.testing.stores import NOOR

pytestmark = pytest.mark.slow

MAX_CHANGES = 10_000


def history_of(tx: ReadTx, change: Change) -> tuple[Change, ...]:
    """Return the history of a changed entity."""
    return tx.history.of(change.lifecycle, change.entity_id)


def test_an_intent_is_created_with_the_amount_of_the_charge(till: Till) -> None:
    charge = till.open()
    view = saved(till.start(), 200)

    assert (view["amount_minor"], view["currency"]) == (FEE, "EUR")
    assert (view["charge_id"], view["item"]) == (charge.id, ITEM)
    assert view["client_secret"].endswith("secret_canary")
    assert till.charge(charge.id).intent_id == view["intent_id"] == "pi_1"
    assert till.charge(charge.id).status is ChargeStatus.PENDING


def test_a_repeated_request_has_the_same_answer_and_one_intent(till: Till, web: Web) -> None:
    till.open()
    answers = [saved(till.start(), 200) for _ in range(3)]
    other_key = saved(till.start(once="pay-2"), 200)

    assert answers[0] == answers[1] == answers[2] == other_key
    assert till.gateway.count("create_payment_intent") == 1

    answer = web.post("/v1/payments/create-intent", json=PLACE, once="a")

    assert problem(answer) == (503, "PAYMENTS_NOT_CONFIGURED")


def test_the_client_secret_is_stored_nowhere(till: Till) -> None:
    till.open()
    saved(till.start(), 200)
    changes = till.store.feed(limit=MAX_CHANGES).changes

    assert "secret_canary" not in repr(changes)
    for change in changes:
        history = till.store.read(history_of, change)
        assert "secret_canary" not in repr(history)


@pytest.mark.parametrize(
    "field", [{"amount": 1}, {"amount_minor": 10.0}, {"currency": "EUR"}, {"user_id": "noor"}]
)
def test_a_client_sends_no_amount_and_no_currency(till: Till, field: dict[str, Any]) -> None:
    till.open()

    assert problem(till.start(**field)) == (422, "INVALID_FIELDS")
    assert problem(till.check_out(**field)) == (422, "INVALID_FIELDS")
    assert till.gateway.calls == []


@pytest.mark.parametrize("path", ["create-intent", "checkout"])
def test_a_payment_needs_a_key_that_names_one_request(till: Till, path: str) -> None:
    till.open()
    till.open("entry-2")
    url = f"/v1/payments/{path}"
    body = dict(PLACE) if path == "create-intent" else {**PLACE, **PAGES}

    assert problem(till.web.post(url, json=body)) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    saved(till.web.post(url, json=body, once="a"), 200)
    other = till.web.post(url, json={**body, "item": "entry-2"}, once="a")
    assert problem(other) == (409, "IDEMPOTENCY_KEY_CONFLICT")


def test_a_charge_of_another_party_is_not_found(till: Till) -> None:
    till.open()
    stranger = till.web.new_key("payments:write", "payments:read", owner=NOOR)
    intent_id = saved(till.start(), 200)["intent_id"]

    assert problem(till.start(once="b", key=stranger)) == (404, "CHARGE_NOT_FOUND")
    assert problem(till.start(once="c", item="nothing")) == (404, "CHARGE_NOT_FOUND")
    assert problem(till.status(intent_id, key=stranger)) == (404, "CHARGE_NOT_FOUND")
    assert problem(till.status("pi_nothing")) == (404, "CHARGE_NOT_FOUND")

    service = till.web.new_key("payments:write", owner=WORKER)

    assert problem(till.start(key=service)) == (403, "NOT_A_USER")


@pytest.mark.parametrize("hours", [1, -1])
def test_a_repeated_request_has_its_answer_under_a_clock_that_jumps(till: Till, hours: int) -> None:
    till.open()
    first = saved(till.start(), 200)
    till.web.clock.jump(hours=hours)

    assert saved(till.start(), 200) == first
    assert problem(till.start(item="other")) == (409, "IDEMPOTENCY_KEY_CONFLICT")
    assert till.gateway.count("create_payment_intent") == 1


def test_an_expired_charge_takes_no_payment(till: Till) -> None:
    till.open(days=-1)

    assert problem(till.start()) == (409, "ALREADY_PAID")


def test_a_halt_refuses_new_payments_alone(till: Till) -> None:
    till.open()
    intent_id = saved(till.start(), 200)["intent_id"]
    command = HaltPayments(reason_code="R2")
    till.store.run(halt_payments, command, actor=WORKER, reason="a test")

    assert problem(till.start(once="b")) == (503, "PAYMENTS_HALTED")
    assert problem(till.check_out(once="c")) == (503, "PAYMENTS_HALTED")
    till.succeed(intent_id)
    assert saved(till.status(intent_id), 200)["status"] == "SUCCEEDED"


def test_an_outage_or_a_refusal_of_stripe_is_answered_by_502(till: Till) -> None:
    till.open()
    refusal = GatewayRejected("parameter_missing", "hunter2")
    till.gateway.failures.before["create_payment_intent"] = [refusal]
    answer = till.start()

    assert problem(answer) == (502, "STRIPE_API_ERROR")
    assert "hunter2" not in answer.text

    outage = GatewayOutage("no answer within 30 s from api.internal")
    till.gateway.failures.after["create_payment_intent"] = [outage]
    failed = till.start()

    assert problem(failed) == (502, "STRIPE_API_ERROR")
    assert "api.internal" not in failed.text
    assert saved(till.start(), 200)["intent_id"] == "pi_1"
    assert till.gateway.count("create_payment_intent") == 3


def test_a_checkout_leads_to_a_page_of_stripe(till: Till) -> None:
    charge = till.open()
    first = saved(till.check_out(), 200)
    again = saved(till.check_out(), 200)

    assert first == again
    assert (first["url"], first["amount_minor"]) == ("https://checkout.example/1", FEE)
    assert till.charge(charge.id).session_id == first["session_id"]
    assert saved(till.status(first["session_id"]), 200)["id"] == charge.id


def test_a_charge_has_an_intent_or_a_session_but_not_both(till: Till) -> None:
    till.open()
    till.open("entry-2")
    saved(till.start(once="a"), 200)
    saved(till.check_out(once="b", item="entry-2"), 200)

    assert problem(till.check_out(once="c")) == (409, "DUPLICATE_INTENT")
    assert problem(till.start(once="d", item="entry-2")) == (409, "DUPLICATE_INTENT")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "example.org",
        "https://a b",
        "https://",
        "https://[a",
        "ftp://a",
        "https://user:password@example.org/",
        "https://user@example.org/",
        r"https://example.com\@example.org/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
    ],
)
def test_a_page_to_return_to_is_an_address_of_the_web(till: Till, address: str) -> None:
    till.open()

    assert problem(till.check_out(success_url=address)) == (422, "ADDRESS_INVALID")
    assert till.gateway.calls == []


def test_only_a_webhook_makes_a_payment_succeed(till: Till) -> None:
    charge = till.open()
    intent_id = saved(till.start(), 200)["intent_id"]
    till.gateway.pay(intent_id)
    assert saved(till.status(intent_id), 200)["status"] == "PENDING"

    till.succeed(intent_id)
    view = saved(till.status(intent_id), 200)
    assert (view["status"], view["received_minor"]) == ("SUCCEEDED", FEE)
    assert till.status(intent_id).headers["ETag"] == f'"{view["seq"]}"'
    assert till.charge(charge.id).paid_at is not None


def test_another_amount_than_the_charges_is_never_a_payment(till: Till) -> None:
    till.open()
    intent_id = saved(till.start(), 200)["intent_id"]
    till.succeed(intent_id, amount_minor=1)

    view = saved(till.status(intent_id), 200)
    assert view["status"] in ("REFUND_PENDING", "REFUNDED")
    assert (view["outcome_code"], view["received_minor"]) == ("AMOUNT_MISMATCH", 1)


def test_a_canceled_intent_is_replaced_by_one_of_the_next_generation(till: Till) -> None:
    charge = till.open()
    first = saved(till.start(), 200)["intent_id"]
    till.gateway.intents[first] = evolve(till.gateway.intents[first], status="canceled")
    second = saved(till.start(once="b"), 200)["intent_id"]

    assert (first, second) == ("pi_1", "pi_2")
    assert till.charge(charge.id).generation == 2


def test_a_statement_lists_what_names_the_caller_newest_first(till: Till) -> None:
    till.pay("entry-1")
    till.pay("entry-2")
    till.open("entry-3", party="noor")
    first = saved(till.web.get("/v1/payments/statements?limit=1"), 200)
    second = saved(till.web.get(f"/v1/payments/statements?limit=1&cursor={first['next']}"), 200)
    everything = saved(till.web.get("/v1/payments/statements"), 200)["items"]

    assert [*first["items"], *second["items"]] == everything[:2]
    paid = [line for line in everything if line["kind"] == "ENTRY_FEE"]
    assert len(paid) == 2
    assert {line["direction"] for line in paid} == {"PAID_IN"}
    assert {line["reference"] for line in paid} == {REFERENCE}
    assert [line["amount_minor"] for line in paid] == [FEE, FEE]
    times = [line["occurred_at"] for line in everything]
    assert times == sorted(times, reverse=True)

    till.pay()
    stranger = till.web.new_key("payments:read", owner=NOOR)

    assert saved(till.web.get("/v1/payments/statements", key=stranger), 200)["items"] == []
