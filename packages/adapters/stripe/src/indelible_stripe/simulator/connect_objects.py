"""New transfers, reversals, accounts, account links and sessions."""

from typing import Final

from indelible_stripe.simulator.answers import JsonObject
from indelible_stripe.simulator.objects import EMPTY_ADDRESS, empty, empty_list
from indelible_stripe.simulator.state import State
from indelible_stripe.simulator.texts import new_metadata

LINK_SECONDS: Final = 300
SESSION_EMPTY: Final = empty(
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "customer_account",
    "customer_creation",
    "customer_details",
    "customer_email",
    "discounts",
    "integration_identifier",
    "invoice",
    "invoice_creation",
    "locale",
    "managed_payments",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_collection",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
    "wallet_options",
)


def new_transfer(state: State, amount: int, params: JsonObject) -> JsonObject:
    """Return a transfer, without its balance transaction."""
    transfer_id = state.new_id("tr")
    return {
        "id": transfer_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": state.clock.seconds(),
        "currency": params["currency"],
        "description": params.get("description"),
        "destination": params["destination"],
        "destination_payment": state.new_id("py"),
        "livemode": state.settings.livemode,
        "metadata": new_metadata(params),
        "reversals": empty_list(f"/v1/transfers/{transfer_id}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": params.get("source_type", "card"),
        "transfer_group": params.get("transfer_group"),
    }


def new_reversal(state: State, transfer: JsonObject, amount: int, params: JsonObject) -> JsonObject:
    """Return a reversal of a transfer, without its balance transaction."""
    return {
        "id": state.new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": state.clock.seconds(),
        "currency": transfer["currency"],
        "destination_payment_refund": None,
        "metadata": new_metadata(params),
        "source_refund": None,
        "transfer": transfer["id"],
    }


def new_account(state: State, account_id: str, params: JsonObject) -> JsonObject:
    """Return a connected account that has not been onboarded."""
    capabilities = _requested_capabilities(params)
    requirements = _requirements("external_account", "tos_acceptance.date")
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {
            **empty("annual_revenue", "estimated_worker_count", "mcc", "name"),
            **empty("minority_owned_business_designation", "product_description", "support_email"),
            **empty("support_phone", "support_url", "url"),
            "support_address": dict(EMPTY_ADDRESS),
        },
        "business_type": params.get("business_type"),
        "capabilities": capabilities,
        "charges_enabled": False,
        "controller": {"type": "application"},
        "country": params.get("country", "US"),
        "created": state.clock.seconds(),
        "default_currency": "usd",
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": empty_list(f"/v1/accounts/{account_id}/external_accounts"),
        "future_requirements": _requirements(),
        "metadata": new_metadata(params),
        "payouts_enabled": False,
        "requirements": requirements,
        "settings": {
            "branding": empty("icon", "logo", "primary_color", "secondary_color"),
            "card_payments": empty(
                "statement_descriptor_prefix",
                "statement_descriptor_prefix_kana",
                "statement_descriptor_prefix_kanji",
            ),
            "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
            "payments": empty("statement_descriptor"),
        },
        "tos_acceptance": empty("date", "ip", "user_agent"),
        "type": params.get("type", "express"),
    }


def _requested_capabilities(params: JsonObject) -> dict[str, str]:
    if params.get("capabilities", {}).get("transfers", {}).get("requested"):
        return {"transfers": "inactive"}
    return {}


def new_platform(state: State) -> JsonObject:
    """Return the account of the platform, which can do everything."""
    return {
        **new_account(state, state.settings.account_id, {"type": "standard"}),
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "details_submitted": True,
        "payouts_enabled": True,
        "requirements": _requirements(),
    }


def _requirements(*due: str) -> JsonObject:
    """Return the requirements of an account of which some are due."""
    return {
        **empty("current_deadline", "disabled_reason"),
        "alternatives": [],
        "currently_due": list(due),
        "errors": [],
        "eventually_due": list(due),
        "past_due": [],
        "pending_verification": [],
    }


def new_account_link(state: State, account_id: str) -> JsonObject:
    """Return a link to the onboarding page of an account."""
    now = state.clock.seconds()
    token = state.new_id("link").partition("_")[2]
    return {
        "object": "account_link",
        "created": now,
        "expires_at": now + LINK_SECONDS,
        "url": f"{state.base_url}/setup/{account_id}/{token}",
    }


def new_session(
    state: State, amount: int, currency: str, expires_at: int, params: JsonObject
) -> JsonObject:
    """Return an open session; its intent is created with the first attempt to pay."""
    mode = "live" if state.settings.livemode else "test"
    session_id = state.new_id(f"cs_{mode}", 32)
    return {
        **SESSION_EMPTY,
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, **empty("liability", "provider", "status")},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": state.clock.seconds(),
        "currency": currency,
        "custom_fields": [],
        "custom_text": empty(
            "after_submit", "shipping_address", "submit", "terms_of_service_acceptance"
        ),
        "expires_at": expires_at,
        "livemode": state.settings.livemode,
        "metadata": new_metadata(params),
        "mode": "payment",
        "payment_method_options": {},
        "payment_method_types": params.get("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": params.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{state.base_url}/checkout/{session_id}",
    }


def new_line_item(state: State, quantity: int, price_data: JsonObject) -> JsonObject:
    """Return a line item of a session, with a price and a product that only it has."""
    unit_amount, currency = price_data["unit_amount"], price_data["currency"]
    product = price_data["product_data"]
    return {
        "id": state.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": unit_amount * quantity,
        "amount_tax": 0,
        "amount_total": unit_amount * quantity,
        "currency": currency,
        "description": product.get("description") or product["name"],
        "price": {
            **empty("custom_unit_amount", "lookup_key", "nickname", "recurring", "tiers_mode"),
            **empty("transform_quantity"),
            "id": state.new_id("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": state.clock.seconds(),
            "currency": currency,
            "livemode": state.settings.livemode,
            "metadata": {},
            "product": state.new_id("prod", 14),
            "tax_behavior": "unspecified",
            "type": "one_time",
            "unit_amount": unit_amount,
            "unit_amount_decimal": str(unit_amount),
        },
        "quantity": quantity,
    }
