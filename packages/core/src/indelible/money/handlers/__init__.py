"""The handlers of money."""

from indelible.money.handlers.ledger import post_movement, reverse_movement, settle

__all__ = [
    # ledger
    "post_movement",
    "reverse_movement",
    "settle",
]
