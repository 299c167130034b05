"""The answers of stripe-stateful-mock 0.0.16 to our gateway: idempotency, declines and limits."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe

from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayRejected,
    IdempotencyMismatch,
    OutageOutcome,
)
from indelible_stripe import StripeApi
from indelible_stripe.failures import mapped_errors

KEY: Final = "sk_test_opinions"
AMOUNT: Final = 2_501
DAY: Final = timedelta(days=1)


def checks_of_stateful_mock(url: str) -> Mapping[str, bool]:
    """Return the results of what both must agree about, by a sentence."""
    gateway = StripeApi(api_key=KEY, livemode=False, base_address=url)
    client = _client(url)

    def charge(token: str) -> Any:  # noqa: ANN401 - StripeObject
        with mapped_errors(key=token):
            return client.charges.create(
                {"amount": AMOUNT, "currency": "usd", "source": token}, {"idempotency_key": token}
            )

    def account(party: str) -> str:
        return gateway.create_account(
            party=party, email=None, country="US", idempotency_key="account"
        ).id

    paid = gateway.retrieve_charge(charge("tok_visa").id)
    disputed = gateway.retrieve_charge(charge("tok_createDispute").id)
    refund = client.refunds.create({"charge": paid.id, "amount": 100, "metadata": {"n": "1"}})
    limited, failed = error_of(lambda: charge("tok_429")), error_of(lambda: charge("tok_500"))
    declined = error_of(lambda: charge("tok_chargeDeclined"))
    return {
        "a request with the same key is answered with the same account": account("ada")
        == account("ada"),
        "the same key with other parameters is a mismatch": isinstance(
            error_of(lambda: account("bob")), IdempotencyMismatch
        ),
        "a limited request was not done": outcome_of(limited) is OutageOutcome.NOT_DONE,
        "a request with a 500 may have been done": outcome_of(failed) is OutageOutcome.UNKNOWN,
        "a 500 stays under its key": str(error_of(lambda: charge("tok_500"))) == str(failed),
        "a declined card is refused for good": isinstance(declined, GatewayRejected)
        and "card_declined" in str(declined),
        "a charge is read": (paid.status, paid.amount_minor, paid.currency)
        == ("succeeded", AMOUNT, "USD"),
        "a disputed charge is read": disputed.disputed and not paid.disputed,
        "a refund is read": gateway.retrieve_refund(refund.id).amount_minor == 100,
        "an unknown charge does not exist": isinstance(
            error_of(lambda: gateway.retrieve_charge("ch_none")), GatewayObjectNotFound
        ),
        "charges are listed": paid.id in {one.id for one in _charges(gateway)},
    }


def gaps_of_stateful_mock(url: str) -> Mapping[str, Callable[[], object]]:
    """Return the requests that it does not answer as Stripe does, by a sentence."""
    gateway = StripeApi(api_key=KEY, livemode=False, base_address=url)
    return {
        "no payment intents": lambda: gateway.create_payment_intent(
            amount_minor=AMOUNT, currency="USD", metadata={}, idempotency_key="intent"
        ),
        "no checkout": lambda: gateway.create_checkout_session(
            amount_minor=AMOUNT,
            currency="USD",
            description="Entry",
            success_url="http://127.0.0.1/paid",
            cancel_url="http://127.0.0.1/entries",
            expires_at=None,
            metadata={},
            idempotency_key="session",
        ),
        "no transfers": lambda: list(gateway.list_transfers("group")),
        "no account links": lambda: gateway.create_account_link(
            account_id="acct_1", refresh_url="http://127.0.0.1/r", return_url="http://127.0.0.1/b"
        ),
        "no balance": gateway.retrieve_balance,
        "no list of events, and no webhooks": lambda: list(
            gateway.list_events(since=datetime.now(UTC) - DAY)
        ),
    }


def error_of(action: Callable[[], object]) -> Exception | None:
    """Return the error that an action raises."""
    try:
        action()
    except (GatewayObjectNotFound, GatewayOutage, GatewayRejected, IdempotencyMismatch) as error:
        return error
    return None


def outcome_of(error: Exception | None) -> OutageOutcome | None:
    """Return what is known about a request that ended in an outage."""
    return error.outcome if isinstance(error, GatewayOutage) else None


def _client(url: str) -> Any:  # noqa: ANN401 - stripe's service of version 1
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0).v1


def _charges(gateway: StripeApi) -> Any:  # noqa: ANN401 - an iterator
    now = datetime.now(UTC)
    return gateway.list_charges(since=now - DAY, until=now + DAY)
