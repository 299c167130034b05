"""The store of idempotency keys: it replays, refuses other parameters, and forgets after a day."""

import threading

import pytest
import stripe
from tests.adapters.stripe.controls import WINNER, Controlled

from indelible.money.errors.gateway import GatewayOutage, GatewayParked, IdempotencyMismatch
from indelible.money.ports.gateway import StripeGateway

DAY_SECONDS = 24 * 60 * 60


def transfer_id(
    gateway: StripeGateway, key: str, *, amount_minor: int = 700, destination: str = WINNER
) -> str:
    transfer = gateway.create_transfer(
        amount_minor=amount_minor,
        currency="USD",
        destination=destination,
        transfer_group=f"reference:{key}",
        metadata={"transfer_id": key},
        idempotency_key=f"payout:{key}:g1",
    )
    return transfer.id


def test_same_request_is_answered_by_the_first_answer(gateway: StripeGateway) -> None:
    assert transfer_id(gateway, "replay") == transfer_id(gateway, "replay")
    assert len(list(gateway.list_transfers("reference:replay"))) == 1


def test_other_parameters_under_a_key_are_refused(gateway: StripeGateway) -> None:
    transfer_id(gateway, "other", amount_minor=700)

    with pytest.raises(IdempotencyMismatch):
        transfer_id(gateway, "other", amount_minor=701)


def test_key_of_another_endpoint_is_refused(stripe_run: Controlled) -> None:
    transfer_id(stripe_run.gateway, "endpoint")

    with pytest.raises(stripe.IdempotencyError):
        stripe_run.client().v1.accounts.create(
            {"type": "express"}, {"idempotency_key": "payout:endpoint:g1"}
        )


def test_key_is_forgotten_after_a_day(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    first = transfer_id(gateway, "forgotten")
    stripe_run.control("clock", advance_seconds=DAY_SECONDS - 120)
    assert transfer_id(gateway, "forgotten") == first

    stripe_run.control("clock", advance_seconds=180)

    assert transfer_id(gateway, "forgotten") != first
    assert len(list(gateway.list_transfers("reference:forgotten"))) == 2


@pytest.mark.parametrize("kind", ["server_error_before", "server_error_after"])
def test_stored_server_error_is_replayed(stripe_run: Controlled, kind: str) -> None:
    gateway = stripe_run.gateway
    stripe_run.faults({"kind": kind, "operation": "POST /v1/transfers", "times": 1})

    for _ in range(3):
        with pytest.raises(GatewayOutage):
            transfer_id(gateway, kind)

    expected = int(kind == "server_error_after")
    assert len(list(gateway.list_transfers(f"reference:{kind}"))) == expected


def test_stored_refusal_is_replayed_when_its_reason_is_gone(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    stripe_run.control("accounts/acct_1Later", transfers="inactive")
    with pytest.raises(GatewayParked):
        transfer_id(gateway, "parked", destination="acct_1Later")
    stripe_run.control("accounts/acct_1Later", transfers="active")

    with pytest.raises(GatewayParked):
        transfer_id(gateway, "parked", destination="acct_1Later")

    assert transfer_id(gateway, "parked again", destination="acct_1Later")


@pytest.mark.parametrize("kind", ["conflict", "rate_limit", "close_before"])
def test_request_that_was_not_executed_is_not_stored(stripe_run: Controlled, kind: str) -> None:
    gateway = stripe_run.gateway
    stripe_run.faults({"kind": kind, "operation": "POST /v1/transfers", "times": 1})
    with pytest.raises(GatewayOutage):
        transfer_id(gateway, kind)

    assert transfer_id(gateway, kind)
    assert len(list(gateway.list_transfers(f"reference:{kind}"))) == 1


def test_effect_without_an_answer_is_replayed(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    stripe_run.faults({"kind": "close_after", "operation": "POST /v1/transfers", "times": 1})
    with pytest.raises(GatewayOutage):
        transfer_id(gateway, "lost")
    (existing,) = gateway.list_transfers("reference:lost")

    assert transfer_id(gateway, "lost") == existing.id


def test_concurrent_requests_with_one_key_have_one_effect(stripe_run: Controlled) -> None:
    gateway = stripe_run.gateway
    results: list[str] = []

    def send() -> None:
        results.append(transfer_id(gateway, "concurrent"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 8
    assert len(set(results)) == 1


def test_long_key_is_refused(stripe_run: Controlled) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="at most 255"):
        stripe_run.client().v1.accounts.create({"type": "express"}, {"idempotency_key": "k" * 256})
