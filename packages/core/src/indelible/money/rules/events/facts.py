"""The objects of Stripe in its events, read into our frozen values, one reader for each type."""

from collections.abc import Callable, Mapping
from typing import Final

from indelible.money.entities.stripe_objects import (
    AccountObject,
    ChargeObject,
    DisputeObject,
    Intent,
    RefundObject,
    TransferObject,
)
from indelible.money.rules.events.reading import JsonFields

EventFacts = Intent | ChargeObject | RefundObject | DisputeObject | TransferObject | AccountObject


def read_intent(fields: JsonFields) -> Intent:
    """Read a payment intent. Its client secret is left out: only the raw bytes hold it."""
    error = fields.member("last_payment_error")
    return Intent(
        id=fields.text("id"),
        status=fields.text("status"),
        amount_minor=fields.amount("amount"),
        amount_received_minor=fields.amount("amount_received"),
        currency=fields.currency(),
        created=fields.instant("created"),
        livemode=fields.flag("livemode"),
        charge_id=fields.id_or_none("latest_charge"),
        failure_code=error.text_or_none("decline_code") or error.text_or_none("code"),
        metadata=fields.metadata(),
    )


def read_charge(fields: JsonFields) -> ChargeObject:
    """Read a charge of Stripe."""
    return ChargeObject(
        id=fields.text("id"),
        status=fields.text("status"),
        payment_intent=fields.id_or_none("payment_intent"),
        amount_minor=fields.amount("amount"),
        amount_refunded_minor=fields.amount("amount_refunded"),
        currency=fields.currency(),
        created=fields.instant("created"),
        disputed=fields.flag("disputed"),
        balance_transaction=fields.id_or_none("balance_transaction"),
        metadata=fields.metadata(),
    )


def read_refund(fields: JsonFields) -> RefundObject:
    """Read a refund."""
    return RefundObject(
        id=fields.text("id"),
        status=fields.text("status"),
        payment_intent=fields.id_or_none("payment_intent"),
        charge=fields.id_or_none("charge"),
        amount_minor=fields.amount("amount"),
        currency=fields.currency(),
        created=fields.instant("created"),
        failure_code=fields.text_or_none("failure_reason"),
        metadata=fields.metadata(),
    )


def read_dispute(fields: JsonFields) -> DisputeObject:
    """Read a dispute; its fee is that of its balance transactions, None before there are any."""
    fees = [item.signed_amount("fee") for item in fields.members("balance_transactions")]
    return DisputeObject(
        id=fields.text("id"),
        status=fields.text("status"),
        payment_intent=fields.id_or_none("payment_intent"),
        charge=fields.required_id("charge"),
        amount_minor=fields.amount("amount"),
        currency=fields.currency(),
        reason=fields.text("reason"),
        created=fields.instant("created"),
        evidence_due_by=fields.member("evidence_details").deadline_or_none("due_by"),
        fee_minor=max(0, sum(fees)) if fees else None,
    )


def read_transfer(fields: JsonFields) -> TransferObject:
    """Read a transfer."""
    return TransferObject(
        id=fields.text("id"),
        amount_minor=fields.amount("amount"),
        amount_reversed_minor=fields.amount("amount_reversed"),
        currency=fields.currency(),
        destination=fields.required_id("destination"),
        transfer_group=fields.text_or_none("transfer_group"),
        created=fields.instant("created"),
        metadata=fields.metadata(),
    )


def read_account(fields: JsonFields) -> AccountObject:
    """Read a connected account."""
    requirements = fields.member("requirements")
    return AccountObject(
        id=fields.text("id"),
        transfers_active=fields.member("capabilities").text_or_none("transfers") == "active",
        payouts_enabled=fields.flag("payouts_enabled"),
        requirements_due=requirements.texts("currently_due"),
        disabled_reason=requirements.text_or_none("disabled_reason"),
        metadata=fields.metadata(),
    )


# The types of events that have an effect. The payouts of connected accounts to their
# banks are stored and change nothing here.
READERS: Final[Mapping[str, Callable[[JsonFields], EventFacts]]] = {
    "payment_intent.succeeded": read_intent,
    "payment_intent.payment_failed": read_intent,
    "payment_intent.processing": read_intent,
    "payment_intent.requires_action": read_intent,
    "payment_intent.canceled": read_intent,
    "charge.refunded": read_charge,
    "refund.created": read_refund,
    "refund.updated": read_refund,
    "refund.failed": read_refund,
    "charge.dispute.created": read_dispute,
    "charge.dispute.updated": read_dispute,
    "charge.dispute.closed": read_dispute,
    "charge.dispute.funds_withdrawn": read_dispute,
    "charge.dispute.funds_reinstated": read_dispute,
    "transfer.created": read_transfer,
    "transfer.updated": read_transfer,
    "transfer.reversed": read_transfer,
    "account.updated": read_account,
}
EVENT_TYPES: Final = (*READERS, "payout.paid", "payout.failed")
