"""Conversion between the values of money and their rows."""

from typing import Any

from indelible.kernel.history import Record
from indelible.kernel.values import field_values
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent, StripeEventAttempt
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt, TransferLine
from indelible.money.entities.reconciliations import Discrepancy, PaymentSwitch, Reconciliation
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible.money.errors.ledger import AccountNotFound, MovementNotFound
from indelible.money.errors.payments import (
    ChargeNotFound,
    DisputeNotFound,
    RefundNotFound,
    StripeEventNotFound,
)
from indelible.money.errors.payouts import (
    PayeeNotFound,
    PayoutJobNotFound,
    ReconciliationNotFound,
    SwitchNotFound,
    TransferNotFound,
)
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
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
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.tables import RecordDigest


def _checked_digest(record: Record, row: Row, scheme: int) -> str:
    """Return a record's digest, or raise ValueError where the library would write another row."""
    for name, value in field_values(record).items():
        if value != row[name]:
            raise ValueError(f"the stored {name} is not in canonical form")

    return record.digest(scheme)


def _previous_number(row: Row) -> dict[str, Any]:
    return {"previous_number": row["number"] - 1 or None}


def _refund_attempt_digest(row: Row, scheme: int) -> str:
    return _checked_digest(ROWS.structure(row, RefundAttempt), row, scheme)


def _event_attempt_digest(row: Row, scheme: int) -> str:
    return _checked_digest(ROWS.structure(row, StripeEventAttempt), row, scheme)


def _transfer_attempt_digest(row: Row, scheme: int) -> str:
    return _checked_digest(ROWS.structure(row, TransferAttempt), row, scheme)


POSTING_ROWS = BulkTable(table=POSTINGS, record=Posting, head=MOVEMENTS, entity=Movement)
COVERED_ROWS = BulkTable(table=COVERED_ITEMS, record=CoveredItem, head=MOVEMENTS, entity=Movement)
DISCREPANCY_ROWS = BulkTable(
    table=DISCREPANCIES, record=Discrepancy, head=RECONCILIATIONS, entity=Reconciliation
)
LINE_ROWS = BulkTable(table=TRANSFER_LINES, record=TransferLine, head=TRANSFERS, entity=Transfer)

ACCOUNT_HEADS = HeadMapping(table=ACCOUNTS, entity=Account, missing=AccountNotFound)
MOVEMENT_HEADS = HeadMapping(
    table=MOVEMENTS,
    entity=Movement,
    missing=MovementNotFound,
    bulk=(POSTING_ROWS, COVERED_ROWS),
)
CHARGE_HEADS = HeadMapping(table=CHARGES, entity=Charge, missing=ChargeNotFound)
REFUND_HEADS = HeadMapping(
    table=REFUNDS,
    entity=Refund,
    missing=RefundNotFound,
    records=(RecordMapping(table=REFUND_ATTEMPTS, record=RefundAttempt, to_row=field_values),),
)
DISPUTE_HEADS = HeadMapping(table=DISPUTES, entity=Dispute, missing=DisputeNotFound)
EVENT_HEADS = HeadMapping(
    table=STRIPE_EVENTS,
    entity=StripeEvent,
    missing=StripeEventNotFound,
    records=(RecordMapping(table=EVENT_ATTEMPTS, record=StripeEventAttempt, to_row=field_values),),
)
RECONCILIATION_HEADS = HeadMapping(
    table=RECONCILIATIONS,
    entity=Reconciliation,
    missing=ReconciliationNotFound,
    bulk=(DISCREPANCY_ROWS,),
)
SWITCH_HEADS = HeadMapping(table=SWITCHES, entity=PaymentSwitch, missing=SwitchNotFound)
TRANSFER_HEADS = HeadMapping(
    table=TRANSFERS,
    entity=Transfer,
    missing=TransferNotFound,
    records=(RecordMapping(table=TRANSFER_ATTEMPTS, record=TransferAttempt, to_row=field_values),),
    bulk=(LINE_ROWS,),
)
JOB_HEADS = HeadMapping(table=JOBS, entity=PayoutJob, missing=PayoutJobNotFound)
PAYEE_HEADS = HeadMapping(table=PAYEES, entity=Payee, missing=PayeeNotFound)

REFUND_RECORDED = (
    RecordDigest(
        table=REFUND_ATTEMPTS,
        change_field=RefundAttempt.record_name,
        digest=_refund_attempt_digest,
        derived=_previous_number,
    ),
)
EVENT_RECORDED = (
    RecordDigest(
        table=EVENT_ATTEMPTS,
        change_field=StripeEventAttempt.record_name,
        digest=_event_attempt_digest,
        derived=_previous_number,
    ),
)
TRANSFER_RECORDED = (
    RecordDigest(
        table=TRANSFER_ATTEMPTS,
        change_field=TransferAttempt.record_name,
        digest=_transfer_attempt_digest,
        derived=_previous_number,
    ),
)
