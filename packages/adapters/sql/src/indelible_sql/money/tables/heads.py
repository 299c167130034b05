"""The heads of money and the stages of their tasks, each with its lifecycle."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import Table

from indelible.kernel import Lifecycle
from indelible.money.entities.payees import PAYEE
from indelible.money.entities.payout_jobs import PAYOUT_JOB
from indelible.money.entities.reconciliations import RECONCILIATION
from indelible.money.lifecycle.ledger import ACCOUNT, MOVEMENT
from indelible.money.lifecycle.payments import CHARGE, DISPUTE, REFUND
from indelible.money.lifecycle.payouts import TRANSFER
from indelible.money.lifecycle.reconciliations import PAYMENT_SWITCH, STRIPE_EVENT
from indelible_sql.money.tables.inbox import RECONCILIATIONS, STRIPE_EVENTS, SWITCHES
from indelible_sql.money.tables.ledger import ACCOUNTS, MOVEMENTS
from indelible_sql.money.tables.payments import CHARGES, DISPUTES, REFUNDS
from indelible_sql.money.tables.payouts import JOBS, PAYEES, TRANSFERS

# A head is created after those at which its keys point.
HEADS: Final[Mapping[Table, Lifecycle[StrEnum]]] = {
    ACCOUNTS: ACCOUNT,
    MOVEMENTS: MOVEMENT,
    CHARGES: CHARGE,
    REFUNDS: REFUND,
    DISPUTES: DISPUTE,
    STRIPE_EVENTS: STRIPE_EVENT,
    RECONCILIATIONS: RECONCILIATION,
    SWITCHES: PAYMENT_SWITCH,
    PAYEES: PAYEE,
    JOBS: PAYOUT_JOB,
    TRANSFERS: TRANSFER,
}
