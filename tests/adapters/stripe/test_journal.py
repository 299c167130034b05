"""Every request is judged by two official descriptions, and the journal has the judgement."""

import httpx
import pytest
from tests.adapters.stripe.controls import API_KEY, WINNER, controlled

from indelible_stripe.simulator.descriptions import Descriptions
from indelible_stripe.simulator.operations import OPERATIONS, Operation, find_operation
from indelible_stripe.simulator.parameter_types import schema_of_parameters


@pytest.mark.parametrize(
    ("path", "form", "problem"),
    [
        ("transfers", "amount=5&currency=usd&destination=acct_1&nonsense=1", "nonsense"),
        ("transfers", "amount=5.5&currency=usd&destination=acct_1", "amount"),
        ("transfers", "amount=5&currency=usd", "destination"),
        ("transfers", "amount=5&currency=usd&destination=acct_1&metadata[a][b]=1", "metadata"),
        ("payment_intents", "amount=500&currency=usd&confirm=maybe", "confirm"),
        ("payment_intents", "amount=500&amount=600&currency=usd", "twice"),
        ("payment_intents", "[]=1", "parameter"),
        ("charges", "amount=500&currency=usd", "Unrecognized request URL"),
        ("customers", "", "Unrecognized request URL"),
    ],
)
def test_planted_wrong_request_is_in_the_journal(path: str, form: str, problem: str) -> None:
    with controlled(plants_wrong_requests=True) as run:
        response = httpx.post(
            f"{run.url}/v1/{path}",
            content=form,
            headers={
                "Authorization": f"Bearer {API_KEY}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        (entry,) = run.nonconforming()
        counts = run.read("counts")

    assert response.status_code in (400, 404)
    assert response.json()["error"]["type"] == "invalid_request_error"
    assert problem in entry["problems"][0]
    assert counts["nonconforming"] == 1
    assert API_KEY not in str(entry)


def test_newer_parameter_conforms_by_the_types_of_the_library() -> None:
    with controlled() as run:
        run.client().v1.checkout.sessions.list({"status": "open"})
        (entry,) = run.journal()

    assert entry["newer_parameters"] == ["status"]
    assert entry["problems"] == []


def test_request_without_a_secret_key_is_refused() -> None:
    with controlled() as run:
        for key in ("none", "pk_test_1", "sk_live_1"):
            response = httpx.get(
                f"{run.url}/v1/balance", headers={"Authorization": f"Bearer {key}"}
            )
            assert response.status_code == 401


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.title)
def test_both_descriptions_know_each_operation(operation: Operation) -> None:
    path = Descriptions().document["paths"][operation.path]

    assert path[operation.method.lower()]["request"]["type"] == "object"
    assert schema_of_parameters(operation.parameters)["type"] == "object"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"amount": "5"}, "amount"),
        ({"object": "payout"}, "object"),
        ({"metadata": None}, "metadata"),
        ({"livemode": None}, "livemode"),
    ],
)
def test_response_is_judged_by_the_description(change: dict[str, object], problem: str) -> None:
    match = find_operation("POST", "/v1/transfers")
    assert match is not None
    with controlled() as run:
        transfer = run.client().v1.transfers.create(
            {"amount": 5, "currency": "usd", "destination": WINNER}
        )
    body = transfer.to_dict()

    descriptions = Descriptions()  # which remembers what it has judged
    assert descriptions.problems_of_response(match[0], body) == ()
    assert descriptions.problems_of_response(match[0], body) == ()
    problems = descriptions.problems_of_response(match[0], {**body, **change})
    assert problem in "".join(problems)
    del body["amount_reversed"]
    assert descriptions.problems_of_response(match[0], body)
    assert descriptions.problems_of_response(match[0], body)
