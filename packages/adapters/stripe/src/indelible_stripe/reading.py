"""Read Stripe's answers into the values of the port, field by field."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from attrs import frozen

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
from indelible_stripe.failures import MalformedAnswer

NOTHING: Final[Mapping[str, Any]] = {}


@frozen
class Answer:
    """Reads the fields of one object of Stripe.

    Every method raises `MalformedAnswer` for a missing field and for one of another type.
    """

    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._malformed(name, "a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None."""
        return None if self.values.get(name) is None else self.text(name)

    def whole(self, name: str) -> int:
        """Return a whole number."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._malformed(name, "a whole number")
        return value

    def boolean(self, name: str) -> bool:
        """Return true or false."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self._malformed(name, "true or false")
        return value

    def instant(self, name: str) -> datetime:
        """Return a time."""
        return datetime.fromtimestamp(self.whole(name), UTC)

    def optional_instant(self, name: str) -> datetime | None:
        """Return a time, or None."""
        return None if self.values.get(name) is None else self.instant(name)

    def optional_deadline(self, name: str) -> datetime | None:
        """Return a deadline, or None where it is null, absent, or 0: Stripe's value for none."""
        return None if self.values.get(name) == 0 else self.optional_instant(name)

    def currency(self) -> str:
        """Return the currency in upper case, as ours are."""
        return self.text("currency").upper()

    def member(self, name: str) -> "Answer":
        """Return the reader of an object; one without fields where it is null."""
        value = self.values.get(name)
        if value is None:
            return Answer(NOTHING)
        if not isinstance(value, Mapping):
            raise self._malformed(name, "an object")
        return Answer(cast("Mapping[str, Any]", value))

    def objects(self, name: str) -> "tuple[Answer, ...]":
        """Return the readers of an array of objects."""
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._malformed(name, "an array of objects")

        readers: list[Answer] = []
        for item in cast("list[object]", value):
            if not isinstance(item, Mapping):
                raise self._malformed(name, "an array of objects")
            readers.append(Answer(cast("Mapping[str, Any]", item)))
        return tuple(readers)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an array of texts; an empty one where it is null."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._malformed(name, "an array of texts")

        texts: list[str] = []
        for item in cast("list[object]", value):
            if not isinstance(item, str):
                raise self._malformed(name, "an array of texts")
            texts.append(item)
        return tuple(texts)

    def metadata(self) -> dict[str, str]:
        """Return the metadata."""
        values = self.member("metadata").values
        return {name: str(value) for name, value in values.items()}

    def _malformed(self, name: str, expected: str) -> MalformedAnswer:
        return MalformedAnswer(f"field {name}: expected {expected}")


def intent(answer: Answer) -> Intent:
    """Read a payment intent."""
    error = answer.member("last_payment_error")
    return Intent(
        id=answer.text("id"),
        status=answer.text("status"),
        amount_minor=answer.whole("amount"),
        amount_received_minor=answer.whole("amount_received"),
        currency=answer.currency(),
        created=answer.instant("created"),
        livemode=answer.boolean("livemode"),
        client_secret=answer.optional_text("client_secret"),
        charge_id=answer.optional_text("latest_charge"),
        failure_code=error.optional_text("decline_code") or error.optional_text("code"),
        metadata=answer.metadata(),
    )


def session(answer: Answer) -> Session:
    """Read a checkout session."""
    return Session(
        id=answer.text("id"),
        url=answer.optional_text("url"),
        status=answer.optional_text("status"),
        payment_intent=answer.optional_text("payment_intent"),
        expires_at=answer.instant("expires_at"),
        metadata=answer.metadata(),
    )


def charge(answer: Answer) -> ChargeObject:
    """Read a charge."""
    return ChargeObject(
        id=answer.text("id"),
        status=answer.text("status"),
        payment_intent=answer.optional_text("payment_intent"),
        amount_minor=answer.whole("amount"),
        amount_refunded_minor=answer.whole("amount_refunded"),
        currency=answer.currency(),
        created=answer.instant("created"),
        disputed=answer.boolean("disputed"),
        balance_transaction=answer.optional_text("balance_transaction"),
        metadata=answer.metadata(),
    )


def refund(answer: Answer) -> RefundObject:
    """Read a refund."""
    return RefundObject(
        id=answer.text("id"),
        status=answer.text("status"),
        payment_intent=answer.optional_text("payment_intent"),
        charge=answer.optional_text("charge"),
        amount_minor=answer.whole("amount"),
        currency=answer.currency(),
        created=answer.instant("created"),
        failure_code=answer.optional_text("failure_reason"),
        metadata=answer.metadata(),
    )


def dispute(answer: Answer) -> DisputeObject:
    """Read a dispute with the fee of its withdrawal."""
    transactions = answer.objects("balance_transactions")
    fee_minor = None
    if transactions:
        fee_minor = sum(transaction.whole("fee") for transaction in transactions)
    return DisputeObject(
        id=answer.text("id"),
        status=answer.text("status"),
        payment_intent=answer.optional_text("payment_intent"),
        charge=answer.text("charge"),
        amount_minor=answer.whole("amount"),
        currency=answer.currency(),
        reason=answer.text("reason"),
        created=answer.instant("created"),
        evidence_due_by=answer.member("evidence_details").optional_deadline("due_by"),
        fee_minor=fee_minor,
    )


def transfer(answer: Answer) -> TransferObject:
    """Read a transfer."""
    return TransferObject(
        id=answer.text("id"),
        amount_minor=answer.whole("amount"),
        amount_reversed_minor=answer.whole("amount_reversed"),
        currency=answer.currency(),
        destination=answer.text("destination"),
        transfer_group=answer.optional_text("transfer_group"),
        created=answer.instant("created"),
        metadata=answer.metadata(),
    )


def reversal(answer: Answer) -> ReversalObject:
    """Read a reversal of a transfer."""
    return ReversalObject(
        id=answer.text("id"),
        transfer=answer.text("transfer"),
        amount_minor=answer.whole("amount"),
        currency=answer.currency(),
        created=answer.instant("created"),
        metadata=answer.metadata(),
    )


def account(answer: Answer) -> AccountObject:
    """Read a connected account."""
    requirements = answer.member("requirements")
    transfers = answer.member("capabilities").optional_text("transfers")
    return AccountObject(
        id=answer.text("id"),
        transfers_active=transfers == "active",
        payouts_enabled=answer.boolean("payouts_enabled"),
        requirements_due=requirements.texts("currently_due"),
        disabled_reason=requirements.optional_text("disabled_reason"),
        transfers_pending=transfers == "pending",
        metadata=answer.metadata(),
    )


def account_link(answer: Answer) -> AccountLink:
    """Read a link to the onboarding pages."""
    return AccountLink(url=answer.text("url"), expires_at=answer.instant("expires_at"))


def balance(answer: Answer) -> tuple[BalanceAmount, ...]:
    """Read the balance, one amount for each currency, in order of currency."""
    available: dict[str, int] = {}
    pending: dict[str, int] = {}
    for name, amounts in (("available", available), ("pending", pending)):
        for entry in answer.objects(name):
            amounts[entry.currency()] = entry.whole("amount")

    result: list[BalanceAmount] = []
    for currency in sorted(available.keys() | pending.keys()):
        amount = BalanceAmount(
            currency=currency,
            available_minor=available.get(currency, 0),
            pending_minor=pending.get(currency, 0),
        )
        result.append(amount)
    return tuple(result)


def balance_transaction(answer: Answer) -> BalanceTransaction:
    """Read a change of the balance."""
    return BalanceTransaction(
        id=answer.text("id"),
        type=answer.text("type"),
        amount_minor=answer.whole("amount"),
        fee_minor=answer.whole("fee"),
        net_minor=answer.whole("net"),
        currency=answer.currency(),
        created=answer.instant("created"),
        source=answer.optional_text("source"),
    )


def event(answer: Answer) -> EventObject:
    """Read an event; its body is the JSON text of the whole object."""
    body = json.dumps(answer.values, ensure_ascii=False, separators=(",", ":"))
    return EventObject(
        id=answer.text("id"),
        type=answer.text("type"),
        created=answer.instant("created"),
        livemode=answer.boolean("livemode"),
        api_version=answer.optional_text("api_version"),
        object_id=answer.member("data").member("object").optional_text("id") or "",
        account=answer.optional_text("account"),
        body=body.encode(),
    )
