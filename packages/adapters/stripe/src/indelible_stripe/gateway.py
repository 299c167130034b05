"""The port `StripeGateway` on Stripe's API, through `stripe.StripeClient`.

A request is sent once: the stages of money repeat it, with the same idempotency key. No method
holds a secret longer than its call, and no error has one in its message.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote_plus

import stripe
from requests.adapters import BaseAdapter

from indelible.money.entities.stripe_objects import (
    AccountLink,
    AccountObject,
    BalanceAmount,
    BalanceTransaction,
    ChargeObject,
    DisputeObject,
    EventObject,
    Intent,
    RefundObject,
    ReversalObject,
    Session,
    TransferObject,
)
from indelible_stripe import reading
from indelible_stripe.connection import (
    CONNECT_TIMEOUT_SECONDS,
    DEFAULT_BASE_ADDRESS,
    READ_TIMEOUT_SECONDS,
    create_client,
    create_session,
)
from indelible_stripe.currencies import name_at_stripe
from indelible_stripe.failures import MalformedAnswer, mapped_errors
from indelible_stripe.reading import Answer

PAGE_SIZE: Final = 100

T = TypeVar("T")


class StripeApi:
    """Stripe's API as money uses it. Threads may share a gateway."""

    def __init__(
        self,
        *,
        api_key: str,
        livemode: bool,
        base_address: str = DEFAULT_BASE_ADDRESS,
        connect_timeout_seconds: float = CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
        transport: BaseAdapter | None = None,
    ) -> None:
        """Check the settings; nothing is sent.

        `transport` answers the requests in place of a connection, for simulations.

        Raises:
            UsageError: The key is of the other mode, or a setting is unusable.
        """
        self._session = create_session()
        if transport is not None:
            self._session.mount(base_address, transport)
        client = create_client(
            self._session,
            api_key=api_key,
            livemode=livemode,
            base_address=base_address,
            connect_timeout_seconds=connect_timeout_seconds,
            read_timeout_seconds=read_timeout_seconds,
        )
        untyped: Any = client
        self._get: Callable[..., stripe.StripeResponse] = untyped.raw_request
        self._v1 = client.v1
        self.livemode = livemode

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def create_payment_intent(
        self,
        *,
        amount_minor: int,
        currency: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> Intent:
        """Create a payment intent and return it with its client secret."""
        with mapped_errors(key=idempotency_key):
            answer = self._v1.payment_intents.create(
                {
                    "amount": amount_minor,
                    "currency": name_at_stripe(currency),
                    "automatic_payment_methods": {"enabled": True},
                    "metadata": dict(metadata),
                },
                {"idempotency_key": idempotency_key},
            )
            return reading.intent(_answer(answer))

    def retrieve_payment_intent(self, intent_id: str) -> Intent:
        """Return a payment intent."""
        with mapped_errors(object_id=intent_id):
            return reading.intent(_answer(self._v1.payment_intents.retrieve(intent_id)))

    def cancel_payment_intent(self, intent_id: str, *, idempotency_key: str) -> Intent:
        """Cancel a payment intent and return it."""
        with mapped_errors(key=idempotency_key, object_id=intent_id):
            answer = self._v1.payment_intents.cancel(
                intent_id, {}, {"idempotency_key": idempotency_key}
            )
            return reading.intent(_answer(answer))

    def list_payment_intents(self, *, since: datetime, until: datetime) -> Iterator[Intent]:
        """Yield the payment intents that were created within a time, newest first."""
        return self._pages("/v1/payment_intents", {"created": _range(since, until)}, reading.intent)

    def create_checkout_session(
        self,
        *,
        amount_minor: int,
        currency: str,
        description: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> Session:
        """Create a checkout session for one payment; its intent gets the same metadata.

        Stripe accepts an `expires_at` from 30 minutes to 24 hours ahead; its default is 24 hours.
        """
        price: stripe.params.checkout.SessionCreateParamsLineItemPriceData = {
            "currency": name_at_stripe(currency),
            "unit_amount": amount_minor,
            "product_data": {"name": description},
        }
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": success_url,
            "cancel_url": cancel_url,
            "metadata": dict(metadata),
            "payment_intent_data": {"metadata": dict(metadata)},
        }
        if expires_at is not None:
            params["expires_at"] = int(expires_at.timestamp())
        with mapped_errors(key=idempotency_key):
            answer = self._v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
            return reading.session(_answer(answer))

    def retrieve_checkout_session(self, session_id: str) -> Session:
        """Return a checkout session."""
        with mapped_errors(object_id=session_id):
            return reading.session(_answer(self._v1.checkout.sessions.retrieve(session_id)))

    def expire_checkout_session(self, session_id: str, *, idempotency_key: str) -> Session:
        """Expire a checkout session, so that nobody can pay with it, and return it."""
        with mapped_errors(key=idempotency_key, object_id=session_id):
            answer = self._v1.checkout.sessions.expire(
                session_id, {}, {"idempotency_key": idempotency_key}
            )
            return reading.session(_answer(answer))

    def retrieve_charge(self, charge_id: str) -> ChargeObject:
        """Return a charge of Stripe."""
        with mapped_errors(object_id=charge_id):
            return reading.charge(_answer(self._v1.charges.retrieve(charge_id)))

    def list_charges(self, *, since: datetime, until: datetime) -> Iterator[ChargeObject]:
        """Yield the charges of Stripe that were created within a time, newest first."""
        return self._pages("/v1/charges", {"created": _range(since, until)}, reading.charge)

    def create_refund(
        self,
        *,
        intent_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> RefundObject:
        """Refund a part of a payment intent, or all of it."""
        with mapped_errors(key=idempotency_key, object_id=intent_id):
            answer = self._v1.refunds.create(
                {
                    "payment_intent": intent_id,
                    "amount": amount_minor,
                    "metadata": dict(metadata),
                },
                {"idempotency_key": idempotency_key},
            )
            return reading.refund(_answer(answer))

    def retrieve_refund(self, refund_id: str) -> RefundObject:
        """Return a refund."""
        with mapped_errors(object_id=refund_id):
            return reading.refund(_answer(self._v1.refunds.retrieve(refund_id)))

    def list_refunds(self, intent_id: str) -> Iterator[RefundObject]:
        """Yield the refunds of a payment intent, newest first."""
        return self._pages(
            "/v1/refunds", {"payment_intent": intent_id}, reading.refund, object_id=intent_id
        )

    def retrieve_dispute(self, dispute_id: str) -> DisputeObject:
        """Return a dispute."""
        with mapped_errors(object_id=dispute_id):
            return reading.dispute(_answer(self._v1.disputes.retrieve(dispute_id)))

    def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        destination: str,
        transfer_group: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> TransferObject:
        """Transfer money to a connected account."""
        with mapped_errors(key=idempotency_key, object_id=destination):
            answer = self._v1.transfers.create(
                {
                    "amount": amount_minor,
                    "currency": name_at_stripe(currency),
                    "destination": destination,
                    "transfer_group": transfer_group,
                    "metadata": dict(metadata),
                },
                {"idempotency_key": idempotency_key},
            )
            return reading.transfer(_answer(answer))

    def retrieve_transfer(self, transfer_id: str) -> TransferObject:
        """Return a transfer."""
        with mapped_errors(object_id=transfer_id):
            return reading.transfer(_answer(self._v1.transfers.retrieve(transfer_id)))

    def list_transfers(self, transfer_group: str) -> Iterator[TransferObject]:
        """Yield the transfers of a group, newest first."""
        return self._pages("/v1/transfers", {"transfer_group": transfer_group}, reading.transfer)

    def create_reversal(
        self,
        *,
        transfer_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> ReversalObject:
        """Take a part of a transfer back, or all of it."""
        with mapped_errors(key=idempotency_key, object_id=transfer_id):
            answer = self._v1.transfers.reversals.create(
                transfer_id,
                {"amount": amount_minor, "metadata": dict(metadata)},
                {"idempotency_key": idempotency_key},
            )
            return reading.reversal(_answer(answer))

    def list_reversals(self, transfer_id: str) -> Iterator[ReversalObject]:
        """Yield the reversals of a transfer, newest first."""
        path = f"/v1/transfers/{quote_plus(transfer_id)}/reversals"
        return self._pages(path, {}, reading.reversal, object_id=transfer_id)

    def create_account(
        self, *, party: str, email: str | None, country: str, idempotency_key: str
    ) -> AccountObject:
        """Create a connected account that can receive transfers."""
        params: stripe.params.AccountCreateParams = {
            "type": "express",
            "country": country,
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"party": party},
        }
        if email is not None:
            params["email"] = email
        with mapped_errors(key=idempotency_key):
            answer = self._v1.accounts.create(params, {"idempotency_key": idempotency_key})
            return reading.account(_answer(answer))

    def retrieve_account(self, account_id: str) -> AccountObject:
        """Return a connected account."""
        with mapped_errors(object_id=account_id):
            return reading.account(_answer(self._v1.accounts.retrieve(account_id)))

    def create_account_link(
        self, *, account_id: str, refresh_url: str, return_url: str
    ) -> AccountLink:
        """Return the address of the onboarding pages for an account."""
        with mapped_errors(object_id=account_id):
            answer = self._v1.account_links.create(
                {
                    "account": account_id,
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                    "type": "account_onboarding",
                }
            )
            return reading.account_link(_answer(answer))

    def retrieve_balance(self) -> tuple[BalanceAmount, ...]:
        """Return our balance, one amount for each currency."""
        with mapped_errors():
            return reading.balance(_answer(self._v1.balance.retrieve()))

    def list_balance_transactions(
        self, *, since: datetime, until: datetime | None = None
    ) -> Iterator[BalanceTransaction]:
        """Yield the changes of our balance within a time, newest first."""
        return self._pages(
            "/v1/balance_transactions",
            {"created": _range(since, until)},
            reading.balance_transaction,
        )

    def retrieve_balance_transaction(self, transaction_id: str) -> BalanceTransaction:
        """Return one change of our balance."""
        with mapped_errors(object_id=transaction_id):
            answer = self._v1.balance_transactions.retrieve(transaction_id)
            return reading.balance_transaction(_answer(answer))

    def list_events(self, *, since: datetime, types: Sequence[str] = ()) -> Iterator[EventObject]:
        """Yield the events of some types since a time, or of all types, newest first."""
        filters: dict[str, Any] = {"created": _range(since, None), "limit": PAGE_SIZE}
        if types:
            filters["types"] = list(types)
        return self._pages("/v1/events", filters, reading.event)

    def retrieve_event(self, event_id: str) -> EventObject:
        """Return an event."""
        with mapped_errors(object_id=event_id):
            return reading.event(_answer(self._v1.events.retrieve(event_id)))

    def _pages(
        self,
        path: str,
        filters: Mapping[str, Any],
        read: Callable[[Answer], T],
        *,
        object_id: str = "",
    ) -> Iterator[T]:
        """Yield the objects of a list; the next page is requested when it is needed.

        The JSON of a page is read as it is: Stripe's own classes for each of its parts cost more
        time than the request, and here nothing would use them.
        """
        parameters = {**filters, "limit": PAGE_SIZE}
        with mapped_errors(object_id=object_id):
            while True:
                answer = _page(self._get("get", path, **parameters))
                values = answer.objects("data")
                for value in values:
                    yield read(value)
                if not values or not answer.boolean("has_more"):
                    return
                parameters["starting_after"] = values[-1].text("id")


def _answer(value: object) -> Answer:
    """Return the reader of an answer.

    Raises:
        MalformedAnswer: It is no object.
    """
    if not isinstance(value, stripe.StripeObject):
        raise MalformedAnswer("expected an object")
    return Answer(value.to_dict(for_json=True))


def _page(response: stripe.StripeResponse) -> Answer:
    """Return the reader of a page.

    Raises:
        MalformedAnswer: It is no object.
    """
    data: object = response.data
    if not isinstance(data, Mapping):
        raise MalformedAnswer("expected an object")
    return Answer(cast("Mapping[str, Any]", data))


def _range(since: datetime, until: datetime | None) -> dict[str, int]:
    """Return the filter for objects from `since` until before `until`."""
    created = {"gte": int(since.timestamp())}
    if until is not None:
        created["lt"] = int(until.timestamp())
    return created
