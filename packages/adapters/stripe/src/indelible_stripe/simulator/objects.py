"""New objects with every field that Stripe's own examples have."""

from typing import Any, Final

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.state import State
from indelible_stripe.simulator.texts import new_metadata

EMPTY_ADDRESS: Final = dict.fromkeys(
    ("city", "country", "line1", "line2", "postal_code", "state"), None
)
EVIDENCE: Final = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
EVIDENCE_SECONDS: Final = 7 * 86_400


def empty(*names: str) -> dict[str, Any]:
    """Return fields without a value."""
    return dict.fromkeys(names, None)


def empty_list(url: str) -> JsonObject:
    """Return a list object without items."""
    return {"object": "list", "data": [], "has_more": False, "url": url}


def new_intent(state: State, amount: int, currency: str, params: JsonObject) -> JsonObject:
    """Return a payment intent that waits for a payment method."""
    intent_id = state.new_id("pi")
    secret = state.chance.token(ID_LENGTH_OF_SECRET, "client_secret", intent_id)
    methods = params.get("payment_method_types") or ["card"]
    automatic: JsonObject | None = None
    if "payment_method_types" not in params:
        automatic = dict(params.get("automatic_payment_methods") or {"enabled": True})
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": automatic,
        "capture_method": params.get("capture_method", "automatic"),
        "client_secret": f"{intent_id}_secret_{secret}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": state.clock.seconds(),
        "currency": currency,
        "description": params.get("description"),
        "livemode": state.settings.livemode,
        "metadata": new_metadata(params),
        "payment_method_options": {},
        "payment_method_types": methods,
        "receipt_email": params.get("receipt_email"),
        "status": "requires_payment_method",
        "transfer_group": params.get("transfer_group"),
        **INTENT_EMPTY,
    }


ID_LENGTH_OF_SECRET: Final = 25
INTENT_EMPTY: Final = empty(
    "application",
    "application_fee_amount",
    "canceled_at",
    "cancellation_reason",
    "customer",
    "customer_account",
    "excluded_payment_method_types",
    "last_payment_error",
    "latest_charge",
    "managed_payments",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
)
CHARGE_EMPTY: Final = empty(
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "customer",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "on_behalf_of",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source",
    "source_transfer",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
)


def new_charge(state: State, intent: JsonObject, *, succeeded: bool) -> JsonObject:
    """Return the charge of an attempt to pay an intent."""
    amount = intent["amount"]
    method = intent["payment_method"] or "pm_card_visa"
    return {
        "id": state.new_id("ch"),
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if succeeded else 0,
        "amount_refunded": 0,
        "billing_details": {
            "address": dict(EMPTY_ADDRESS),
            **empty("email", "name", "phone", "tax_id"),
        },
        "calculated_statement_descriptor": None,
        "captured": succeeded,
        "created": state.clock.seconds(),
        "currency": intent["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": state.settings.livemode,
        "description": intent["description"],
        "metadata": dict(intent["metadata"]),
        "outcome": {
            **empty("advice_code", "network_advice_code", "network_decline_code", "reason"),
            "network_status": "approved_by_network" if succeeded else "declined_by_network",
            "seller_message": "Payment complete." if succeeded else "The bank declined.",
            "type": "authorized" if succeeded else "issuer_declined",
        },
        "paid": succeeded,
        "payment_intent": intent["id"],
        "payment_method": method,
        "payment_method_details": {"card": card_details(), "type": "card"},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": "succeeded" if succeeded else "failed",
        "transfer_group": intent["transfer_group"],
        **CHARGE_EMPTY,
    }


def card_details() -> JsonObject:
    """Return the details of the only card that the simulator knows."""
    return {
        "brand": "visa",
        "checks": empty("address_line1_check", "address_postal_code_check", "cvc_check"),
        "country": "US",
        "exp_month": 8,
        "exp_year": 2030,
        "funding": "credit",
        "installments": None,
        "last4": "4242",
        "mandate": None,
        "network": "visa",
        "three_d_secure": None,
        "wallet": None,
    }


def new_refund(state: State, charge: JsonObject, amount: int, params: JsonObject) -> JsonObject:
    """Return a refund of a charge, without its balance transaction."""
    return {
        "id": state.new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": state.clock.seconds(),
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": new_metadata(params),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "status": "pending",
        **empty(
            "balance_transaction",
            "customer",
            "customer_account",
            "receipt_number",
            "source_transfer_reversal",
            "transfer_reversal",
        ),
    }


def new_dispute(
    state: State, charge: JsonObject, amount: int, *, status: str, reason: str
) -> JsonObject:
    """Return a dispute of a charge, without its balance transactions."""
    now = state.clock.seconds()
    return {
        "id": state.new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**empty(*EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + EVIDENCE_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": status.startswith("warning_"),
        "livemode": state.settings.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "inquiry" if status.startswith("warning_") else "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": status,
    }
