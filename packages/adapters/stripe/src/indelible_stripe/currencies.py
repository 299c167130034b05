"""The currencies whose amounts mean something else at Stripe than in ISO 4217.

Source: Stripe's documentation of currencies, "Zero-decimal currencies" and "Special cases". There
ISK and UGX have no decimals, but are still sent in hundredths, and MGA is sent in whole units.
"""

from typing import Final

from indelible.kernel.currencies import CURRENCIES
from indelible.money.errors.gateway import GatewayRejected

OTHER_DECIMALS: Final = {"ISK": 2, "MGA": 0, "UGX": 2}


def name_at_stripe(currency: str) -> str:
    """Return Stripe's name of a currency.

    Raises:
        GatewayRejected: Stripe would take another amount than is meant; nothing is sent.
    """
    decimals = OTHER_DECIMALS.get(currency)
    if decimals is not None:
        problem = (
            f"nothing was sent: amounts of {currency} have {decimals} decimals at Stripe,"
            f" {CURRENCIES[currency]} in ISO 4217"
        )
        raise GatewayRejected(stripe_code="currency_decimals", problem=problem)
    return currency.lower()
