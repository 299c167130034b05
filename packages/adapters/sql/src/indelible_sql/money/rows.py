"""Conversion between the values of money and their rows."""

from typing import Final

from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent, StripeEventAttempt
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt, TransferLine
from indelible.money.entities.reconciliations import Discrepancy, PaymentSwitch, Reconciliation
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping
from indelible_sql.money.tables.inbox import (
    DISCREPANCIES,
    EVENT_ATTEMPTS,
    RECONCILIATIONS,
    STRIPE_EVENTS,
    SWITCHES,
)
from indelible_sql.money.tables.ledger import ACCOUNTS, COVERED_ITEMS, MOVEMENTS, POSTINGS
from indelible_sql.money.tables.payments import CHARGES, DISPUTES, REFUND_ATTEMPTS, REFUNDS
from indelible_sql.money.tables.payouts import (
    JOBS,
    PAYEES,
    TRANSFER_ATTEMPTS,
    TRANSFER_LINES,
    TRANSFERS,
)

ACCOUNT_HEADS = HeadMapping(table=ACCOUNTS, entity=Account)
MOVEMENT_HEADS = HeadMapping(
    table=MOVEMENTS,
    entity=Movement,
    bulk={Posting: POSTINGS, CoveredItem: COVERED_ITEMS},
)
CHARGE_HEADS = HeadMapping(table=CHARGES, entity=Charge)
REFUND_HEADS = HeadMapping(
    table=REFUNDS,
    entity=Refund,
    records=(RecordMapping(table=REFUND_ATTEMPTS, record=RefundAttempt),),
)
DISPUTE_HEADS = HeadMapping(table=DISPUTES, entity=Dispute)
EVENT_HEADS = HeadMapping(
    table=STRIPE_EVENTS,
    entity=StripeEvent,
    records=(RecordMapping(table=EVENT_ATTEMPTS, record=StripeEventAttempt),),
)
RECONCILIATION_HEADS = HeadMapping(
    table=RECONCILIATIONS,
    entity=Reconciliation,
    bulk={Discrepancy: DISCREPANCIES},
)
SWITCH_HEADS = HeadMapping(table=SWITCHES, entity=PaymentSwitch)
TRANSFER_HEADS = HeadMapping(
    table=TRANSFERS,
    entity=Transfer,
    records=(RecordMapping(table=TRANSFER_ATTEMPTS, record=TransferAttempt),),
    bulk={TransferLine: TRANSFER_LINES},
)
JOB_HEADS = HeadMapping(table=JOBS, entity=PayoutJob)
PAYEE_HEADS = HeadMapping(table=PAYEES, entity=Payee)

MAPPINGS: Final = (
    ACCOUNT_HEADS,
    MOVEMENT_HEADS,
    CHARGE_HEADS,
    REFUND_HEADS,
    DISPUTE_HEADS,
    EVENT_HEADS,
    RECONCILIATION_HEADS,
    SWITCH_HEADS,
    PAYEE_HEADS,
    JOB_HEADS,
    TRANSFER_HEADS,
)
