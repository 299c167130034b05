"""Currencies that Stripe counts in other units than ISO 4217 does: nothing is sent in them."""

from collections.abc import Callable
from typing import Any

import pytest

from indelible.money.entities.stripe_objects import Intent, Session, TransferObject
from indelible.money.errors.gateway import GatewayOutage, GatewayRejected
from indelible_stripe import StripeApi
from indelible_stripe.currencies import OTHER_DECIMALS

NOBODY = "http://127.0.0.1:9"  # a request would end as an outage
METADATA = {"charge_id": "charge-1"}

Request = Callable[[StripeApi, str], Any]


def intent(api: StripeApi, currency: str) -> Intent:
    return api.create_payment_intent(
        amount_minor=1_000, currency=currency, metadata=METADATA, idempotency_key="key-1"
    )


def session(api: StripeApi, currency: str) -> Session:
    return api.create_checkout_session(
        amount_minor=1_000,
        currency=currency,
        description="An entry",
        success_url="https://example.org/paid",
        cancel_url="https://example.org/not-paid",
        expires_at=None,
        metadata=METADATA,
        idempotency_key="key-1",
    )


def transfer(api: StripeApi, currency: str) -> TransferObject:
    return api.create_transfer(
        amount_minor=1_000,
        currency=currency,
        destination="acct_1",
        transfer_group="reference:pool-1",
        metadata=METADATA,
        idempotency_key="key-1",
    )


@pytest.mark.parametrize("request_money", [intent, session, transfer])
@pytest.mark.parametrize("currency", sorted(OTHER_DECIMALS))
def test_an_amount_that_stripe_reads_otherwise_is_not_sent(
    request_money: Request, currency: str
) -> None:
    api = StripeApi(api_key="sk_test_1", livemode=False, base_address=NOBODY)

    with pytest.raises(GatewayRejected) as caught:
        request_money(api, currency)

    assert caught.value.code == "STRIPE_REJECTED"
    assert caught.value.stripe_code == "currency_decimals"
    assert currency in str(caught.value)


@pytest.mark.parametrize("request_money", [intent, session, transfer])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_an_amount_that_stripe_reads_as_it_is_meant_is_sent(
    request_money: Request, currency: str
) -> None:
    api = StripeApi(api_key="sk_test_1", livemode=False, base_address=NOBODY)

    with pytest.raises(GatewayOutage):
        request_money(api, currency)
