"""Tasks of money, and the requests that act at Stripe."""

from indelible.money.tasks.facades import LedgerRepository, PaymentService
from indelible.money.tasks.failpoints import AtPaymentFailpoint, PaymentFailpoint
from indelible.money.tasks.observers import PaymentObserver, SilentPaymentObserver
from indelible.money.tasks.paying import (
    CheckoutPages,
    PaymentStarter,
    StartedCheckout,
    StartedPayment,
)
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_failpoints import AtPayoutFailpoint, PayoutFailpoint
from indelible.money.tasks.payout_observers import PayoutObserver, SilentPayoutObserver
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import WebhookHandler
from indelible.money.tasks.reconciling import Reconcile, ReconciliationReport
from indelible.money.tasks.refreshing import PayeeRefresher
from indelible.money.tasks.sweeping import SWEEP_SECONDS, SweepError, SweepPayouts, SweepResult

__all__ = [
    "AtPaymentFailpoint",
    "AtPayoutFailpoint",
    "CheckoutPages",
    "LedgerRepository",
    "PayeeRefresher",
    "PaymentFailpoint",
    "PaymentObserver",
    "PaymentService",
    "PaymentStages",
    "PaymentStarter",
    "PayoutFailpoint",
    "PayoutObserver",
    "PayoutStages",
    "Reconcile",
    "ReconciliationReport",
    "SWEEP_SECONDS",
    "SilentPaymentObserver",
    "SilentPayoutObserver",
    "StartedCheckout",
    "StartedPayment",
    "SweepError",
    "SweepPayouts",
    "SweepResult",
    "WebhookHandler",
]
