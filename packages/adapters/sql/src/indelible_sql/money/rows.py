"""Conversion between the values of money and their rows."""

from typing import Any

from indelible.kernel.history import Record
from indelible.kernel.values import field_values
from indelible.money import errors
from indelible.money.entities import (
    Account,
    Charge,
    CoveredItem,
    Discrepancy,
    Dispute,
    Movement,
    Payee,
    PaymentSwitch,
    PayoutJob,
    Posting,
    Reconciliation,
    Refund,
    RefundAttempt,
    StripeEvent,
    StripeEventAttempt,
    Transfer,
    TransferAttempt,
    TransferLine,
)
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.repository import HeadMapping, RecordMapping
from indelible_sql.money.tables import (
    ACCOUNTS,
    CHARGES,
    COVERED_ITEMS,
    DISCREPANCIES,
    DISPUTES,
    EVENT_ATTEMPTS,
    JOBS,
    MOVEMENTS,
    PAYEES,
    POSTINGS,
    RECONCILIATIONS,
    REFUND_ATTEMPTS,
    REFUNDS,
    STRIPE_EVENTS,
    SWITCHES,
    TRANSFER_ATTEMPTS,
    TRANSFER_LINES,
    TRANSFERS,
)
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.tables import RecordDigest


def _checked_digest(record: Record, row: Row) -> str:
    """Return a record's digest, or raise ValueError where the library would write another row."""
    for name, value in field_values(record).items():
        if value != row[name]:
            raise ValueError(f"the stored {name} is not in canonical form")

    return record.digest()


def _previous_number(row: Row) -> dict[str, Any]:
    return {"previous_number": row["number"] - 1 or None}


def _refund_attempt_digest(row: Row) -> str:
    return _checked_digest(ROWS.structure(row, RefundAttempt), row)


def _event_attempt_digest(row: Row) -> str:
    return _checked_digest(ROWS.structure(row, StripeEventAttempt), row)


def _transfer_attempt_digest(row: Row) -> str:
    return _checked_digest(ROWS.structure(row, TransferAttempt), row)


POSTING_ROWS = BulkTable(table=POSTINGS, record=Posting, head=MOVEMENTS, entity=Movement)
COVERED_ROWS = BulkTable(table=COVERED_ITEMS, record=CoveredItem, head=MOVEMENTS, entity=Movement)
DISCREPANCY_ROWS = BulkTable(
    table=DISCREPANCIES, record=Discrepancy, head=RECONCILIATIONS, entity=Reconciliation
)
LINE_ROWS = BulkTable(table=TRANSFER_LINES, record=TransferLine, head=TRANSFERS, entity=Transfer)

ACCOUNT_HEADS = HeadMapping(table=ACCOUNTS, entity=Account, missing=errors.AccountNotFound)
MOVEMENT_HEADS = HeadMapping(
    table=MOVEMENTS,
    entity=Movement,
    missing=errors.MovementNotFound,
    bulk=(POSTING_ROWS, COVERED_ROWS),
)
CHARGE_HEADS = HeadMapping(table=CHARGES, entity=Charge, missing=errors.ChargeNotFound)
REFUND_HEADS = HeadMapping(
    table=REFUNDS,
    entity=Refund,
    missing=errors.RefundNotFound,
    records=(RecordMapping(table=REFUND_ATTEMPTS, record=RefundAttempt, to_row=field_values),),
)
DISPUTE_HEADS = HeadMapping(table=DISPUTES, entity=Dispute, missing=errors.DisputeNotFound)
EVENT_HEADS = HeadMapping(
    table=STRIPE_EVENTS,
    entity=StripeEvent,
    missing=errors.StripeEventNotFound,
    records=(RecordMapping(table=EVENT_ATTEMPTS, record=StripeEventAttempt, to_row=field_values),),
)
RECONCILIATION_HEADS = HeadMapping(
    table=RECONCILIATIONS,
    entity=Reconciliation,
    missing=errors.ReconciliationNotFound,
    bulk=(DISCREPANCY_ROWS,),
)
SWITCH_HEADS = HeadMapping(table=SWITCHES, entity=PaymentSwitch, missing=errors.SwitchNotFound)
TRANSFER_HEADS = HeadMapping(
    table=TRANSFERS,
    entity=Transfer,
    missing=errors.TransferNotFound,
    records=(RecordMapping(table=TRANSFER_ATTEMPTS, record=TransferAttempt, to_row=field_values),),
    bulk=(LINE_ROWS,),
)
JOB_HEADS = HeadMapping(table=JOBS, entity=PayoutJob, missing=errors.PayoutJobNotFound)
PAYEE_HEADS = HeadMapping(table=PAYEES, entity=Payee, missing=errors.PayeeNotFound)

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
