"""The conformance suite of money: what every store must do."""

from indelible.testing.money.ledger import LedgerConformance
from indelible.testing.money.owed import OwedLinesConformance
from indelible.testing.money.payments import PaymentsConformance


class MoneyConformance(LedgerConformance, OwedLinesConformance, PaymentsConformance):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
