"""Small decisions about received events."""

from typing import Final

from indelible.money.entities.values import EventOrigin

STRIPE_EVENT_DUPLICATE: Final = "STRIPE_EVENT_DUPLICATE"


def birth_action(origin: EventOrigin) -> str:
    """Return the action by which an event arrives."""
    return "backfill" if origin is EventOrigin.BACKFILL else "receive"
