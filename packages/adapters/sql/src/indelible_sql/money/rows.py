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
from indelible.money.repositories.ledger import Accounts, Movements
from indelible.money.repositories.payments import (
    Charges,
    Disputes,
    Reconciliations,
    Refunds,
    StripeEvents,
    Switches,
)
from indelible.money.repositories.payouts import Payees, PayoutJobs, Transfers
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

ACCOUNT_HEADS = HeadMapping(table=ACCOUNTS, entity=Account, finders=Accounts)
MOVEMENT_HEADS = HeadMapping(
    table=MOVEMENTS,
    entity=Movement,
    finders=Movements,
    bulk={Posting: POSTINGS, CoveredItem: COVERED_ITEMS},
)
CHARGE_HEADS = HeadMapping(table=CHARGES, entity=Charge, finders=Charges)
REFUND_HEADS = HeadMapping(
    table=REFUNDS,
    entity=Refund,
    finders=Refunds,
    records=(RecordMapping(table=REFUND_ATTEMPTS, record=RefundAttempt),),
)
DISPUTE_HEADS = HeadMapping(table=DISPUTES, entity=Dispute, finders=Disputes)
EVENT_HEADS = HeadMapping(
    table=STRIPE_EVENTS,
    entity=StripeEvent,
    finders=StripeEvents,
    records=(RecordMapping(table=EVENT_ATTEMPTS, record=StripeEventAttempt),),
)
RECONCILIATION_HEADS = HeadMapping(
    table=RECONCILIATIONS,
    entity=Reconciliation,
    finders=Reconciliations,
    bulk={Discrepancy: DISCREPANCIES},
)
SWITCH_HEADS = HeadMapping(table=SWITCHES, entity=PaymentSwitch, finders=Switches)
TRANSFER_HEADS = HeadMapping(
    table=TRANSFERS,
    entity=Transfer,
    finders=Transfers,
    records=(RecordMapping(table=TRANSFER_ATTEMPTS, record=TransferAttempt),),
    bulk={TransferLine: TRANSFER_LINES},
)
JOB_HEADS = HeadMapping(table=JOBS, entity=PayoutJob, finders=PayoutJobs)
PAYEE_HEADS = HeadMapping(table=PAYEES, entity=Payee, finders=Payees)

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
