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
from indelible.money.tasks.receiving import WebhookHandler

__all__ = [
    "AtPaymentFailpoint",
    "CheckoutPages",
    "LedgerRepository",
    "PaymentFailpoint",
    "PaymentObserver",
    "PaymentService",
    "PaymentStages",
    "PaymentStarter",
    "SilentPaymentObserver",
    "StartedCheckout",
    "StartedPayment",
    "WebhookHandler",
]
