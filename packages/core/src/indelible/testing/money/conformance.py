"""The conformance suite of money: what every store must do."""

from indelible.testing.money.ledger import LedgerConformance
from indelible.testing.money.owed import OwedLinesConformance


class MoneyConformance(LedgerConformance, OwedLinesConformance):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
