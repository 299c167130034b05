"""Descriptions of the fields of money's operations."""

from collections.abc import Mapping
from typing import Final

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "amount_minor": "The amount in minor units; the server determines it.",
    "cancel_url": "The page to which Stripe's page leads back without a payment.",
    "charge_id": "The charge: what the caller has to pay for the item.",
    "client_secret": "The secret with which the payer's browser confirms the payment.",
    "currency": "The currency: three letters of ISO 4217.",
    "direction": "`PAID_IN` by the caller, `PAID_OUT` to the caller, or only `BOOKED`.",
    "expires_at": "The instant until which the charge can be paid.",
    "failure_code": "Stripe's code of the last declined attempt; null without one.",
    "IntentView.intent_id": "The payment intent of Stripe.",
    "intent_id": "The payment intent of Stripe, or the checkout session in its place.",
    "item": "The id of what is paid, such as an entry.",
    "kind": "The kind of the movement.",
    "movement_id": "The movement of the ledger that the posting belongs to.",
    "number": "The number of the posting in its movement.",
    "occurred_at": "The instant of the fact that the movement books.",
    "outcome_code": "Why the charge was canceled or refunded; null otherwise.",
    "paid_at": "The instant of the payment; null before it.",
    "received_minor": "The amount that Stripe has received, in minor units; null before it.",
    "reference": "The id of what the money belongs to, such as a contest.",
    "refunded_minor": "The amount that was refunded, in minor units.",
    "session_id": "The checkout session of Stripe.",
    "success_url": "The page to which Stripe's page leads after a payment.",
    "url": "The address of Stripe's page; null once the session has ended.",
}
