"""The conformance suite of money: what every store must do."""

from indelible.testing.money.ledger import LedgerConformance
from indelible.testing.money.owed import OwedLinesConformance
from indelible.testing.money.payees import PayeesConformance
from indelible.testing.money.payments import PaymentsConformance
from indelible.testing.money.payout_ends import PayoutEndsConformance
from indelible.testing.money.payouts import PayoutsConformance
from indelible.testing.money.reconciliations import ReconciliationsConformance, SwitchConformance


class MoneyConformance(
    LedgerConformance,
    OwedLinesConformance,
    PaymentsConformance,
    PayoutsConformance,
    PayoutEndsConformance,
    PayeesConformance,
    ReconciliationsConformance,
    SwitchConformance,
):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
