"""Find the payment intent of a charge that does not know it."""

from datetime import timedelta
from typing import Final

from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import Intent
from indelible.money.ports.gateway import StripeGateway
from indelible.money.rules.charges import CHARGE_METADATA

# Our clock and Stripe's differ by less.
CLOCK_MARGIN: Final = timedelta(hours=1)
# A request waits for the list: 20 pages of Stripe's.
MAX_LISTED_INTENTS: Final = 2_000
CANCELED: Final = "canceled"


class TooManyIntents(Exception):
    """Stripe has more intents of the time of a charge than are read: nothing is proved."""


def find_intent(gateway: StripeGateway, charge: Charge) -> Intent | None:
    """Return an intent of Stripe's that names a charge, which does not have it yet.

    A charge takes payments until it expires, so its intents are created until then.

    Raises: TooManyIntents, after MAX_LISTED_INTENTS intents.
    """
    listed = gateway.list_payment_intents(
        since=charge.created_at - CLOCK_MARGIN, until=charge.expires_at + CLOCK_MARGIN
    )
    for number, intent in enumerate(listed, start=1):
        if number > MAX_LISTED_INTENTS:
            raise TooManyIntents
        is_known = intent.id == charge.intent_id or intent.status == CANCELED
        if intent.metadata.get(CHARGE_METADATA) == charge.id and not is_known:
            return intent
    return None
