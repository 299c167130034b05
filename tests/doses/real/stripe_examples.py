"""Compare the fields of the simulator's objects with Stripe's own example objects."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
from tests.doubles.simulators import checked_simulator

from indelible_stripe.simulator import Simulator, read_story

EXPECTED_SIZE: Final = 187_730
AUTHORIZATION: Final = {"Authorization": "Bearer sk_test_examples"}
STORY: Final = {"accounts": [{"id": "acct_1Example"}], "balance": {"usd": 100_000}}
# Fields of the examples that a real answer has only when they are expanded, or not at all.
NOT_SENT: Final[Mapping[str, frozenset[str]]] = {"charge": frozenset({"refunds"})}
# Fields of ours that an example lacks, because its event or account is of another type.
ONLY_OURS: Final[Mapping[str, frozenset[str]]] = {
    "event": frozenset({"account"}),
    "refund": frozenset({"failure_balance_transaction", "failure_reason"}),
}


def compare_with_examples(file: Path) -> list[str]:
    """Create one object of each kind, and return how its fields differ from the example's."""
    content = file.read_bytes()
    problems: list[str] = []
    if len(content) != EXPECTED_SIZE:
        problems.append(f"another file: {len(content)} bytes, expected {EXPECTED_SIZE}")
    examples = json.loads(content)["resources"]

    with checked_simulator(read_story(STORY)) as simulator:
        objects = _objects(simulator)
    for name, value in sorted(objects.items()):
        differences = differing_fields(name, value, examples[name])
        sys.stdout.write(f"{name}: {len(value)} fields, {len(differences)} differ\n")
        problems += differences
    return problems


def differing_fields(name: str, value: Mapping[str, Any], example: Mapping[str, Any]) -> list[str]:
    """Return the fields of an object that are missing, unknown or of another type.

    A value that is null on one side fits any type: the examples invent values for such fields.
    """
    missing = example.keys() - value.keys() - NOT_SENT.get(name, frozenset())
    unknown = value.keys() - example.keys() - ONLY_OURS.get(name, frozenset())
    problems = [f"{name}.{field} is missing" for field in sorted(missing)]
    problems += [f"{name}.{field} is not in the example" for field in sorted(unknown)]
    for field in sorted(value.keys() & example.keys()):
        ours, theirs = value[field], example[field]
        if ours is None or theirs is None or type(ours) is type(theirs):
            continue
        types = f"{type(ours).__name__}, the example {type(theirs).__name__}"
        problems.append(f"{name}.{field} is {types}")
    return problems


def _objects(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """Return one object of each kind, as the API answers them."""
    with httpx.Client(base_url=simulator.base_url, headers=AUTHORIZATION) as client:

        def post(path: str, form: dict[str, str]) -> dict[str, Any]:
            return _checked(client.post(f"/v1/{path}", data=form))

        def get(path: str) -> dict[str, Any]:
            return _checked(client.get(f"/v1/{path}"))

        intent = post("payment_intents", {"amount": "1099", "currency": "usd"})
        _checked(client.post(f"/_simulator/intents/{intent['id']}/pay", json={}))
        opened = {"payment_intent": intent["id"]}
        refund = post("refunds", {"payment_intent": intent["id"], "amount": "100"})
        dispute = _checked(client.post("/_simulator/disputes", json=opened))
        transfer_form = {"amount": "500", "currency": "usd", "destination": "acct_1Example"}
        transfer = post("transfers", transfer_form)
        session_form = {
            "mode": "payment",
            "success_url": "http://127.0.0.1/ok",
            "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": "500",
            "line_items[0][price_data][product_data][name]": "Entry",
            "line_items[0][quantity]": "1",
        }
        link_form = {
            "account": "acct_1Example",
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1/r",
            "return_url": "http://127.0.0.1/b",
        }
        paid = get(f"payment_intents/{intent['id']}")
        return {
            "account": get("accounts/acct_1Example"),
            "account_link": post("account_links", link_form),
            "balance": get("balance"),
            "balance_transaction": get(f"balance_transactions/{refund['balance_transaction']}"),
            "charge": get(f"charges/{paid['latest_charge']}"),
            "checkout.session": post("checkout/sessions", session_form),
            "dispute": dispute,
            "event": get("events?limit=1")["data"][0],
            "payment_intent": paid,
            "refund": refund,
            "transfer": transfer,
            "transfer_reversal": post(f"transfers/{transfer['id']}/reversals", {"amount": "5"}),
        }


def _checked(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    result: dict[str, Any] = response.json()
    return result
