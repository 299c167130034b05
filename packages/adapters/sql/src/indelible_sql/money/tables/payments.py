"""The heads of charges, refunds and disputes, and the attempts to make refunds."""

from typing import Final

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from indelible.money.entities.charges import QUARANTINED, Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible.money.lifecycle.payments import ChargeStatus
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import (
    entity_head,
    entity_record,
    list_indexes,
    previous_key,
)
from indelible_sql.schema.tables import key

RECEIVED_COLUMNS: Final = ("received_minor", "received_currency", "paid_at")
IS_EXACT: Final = "(received_minor = amount_minor AND received_currency = currency)"
IS_QUARANTINED: Final = f"(coalesce(outcome_code, '') IN ({quoted(QUARANTINED)}))"

CHARGES = entity_head(
    "charges",
    Charge,
    *entity_checks("charges", Charge, until="dispute_of_status"),
    # By hand, because they compute with a value that may be missing, and with a sum by the state.
    # Other money than the charge's is only refunded.
    CheckConstraint(
        f"received_minor IS NULL OR {IS_EXACT} <> {IS_QUARANTINED}",
        name="charges_paid_exactly",
    ),
    CheckConstraint(
        f"status <> '{ChargeStatus.SUCCEEDED}' OR NOT {IS_QUARANTINED}",
        name="charges_quarantined_not_paid",
    ),
    CheckConstraint(
        # BETWEEN beside AND would not be the same text in a restored dump.
        "refunded_minor >= 0 AND refunded_minor <= coalesce(received_minor, 0) AND CASE status"
        f" WHEN '{ChargeStatus.REFUNDED}' THEN refunded_minor = received_minor"
        f" WHEN '{ChargeStatus.PARTIALLY_REFUNDED}'"
        " THEN refunded_minor > 0 AND refunded_minor < received_minor"
        f" WHEN '{ChargeStatus.SUCCEEDED}' THEN refunded_minor = 0 ELSE TRUE END",
        name="charges_refund_of_status",
    ),
    Index("charges_expires_at", "status", "expires_at", "id"),
    Index("charges_of_reference", "reference", "status", "id"),
    Index("charges_of_reference_id", "reference", "id"),
    Index("charges_of_party", "party", "id"),
    Index("charges_paid_at", "paid_at", "id"),
    *list_indexes("charges", "status", "created_at", "updated_at"),
)
REFUNDS = entity_head(
    "refunds",
    Refund,
    UniqueConstraint("charge_id", "number", name="refunds_number"),
    key("refunds_charge", ["charge_id"], "charges", ["id"]),
    *list_indexes("refunds", "status", "created_at", "updated_at"),
)
REFUND_ATTEMPTS = entity_record(
    "refund_attempts",
    RefundAttempt,
    Refund,
    key("refund_attempts_refund", ["refund_id"], "refunds", ["id"]),
    previous_key("refund_attempts", RefundAttempt, Refund),
    *entity_checks("refund_attempts", RefundAttempt),
    # By hand: a text that is computed.
    CheckConstraint(
        # SQLAlchemy would take a colon before a letter for a parameter.
        "idempotency_key = 'refund:' || refund_id || ':' || 'g' || CAST(generation AS text)",
        name="refund_attempts_key_of_generation",
    ),
)
DISPUTES = entity_head(
    "disputes",
    Dispute,
    key("disputes_charge", ["charge_id"], "charges", ["id"]),
    Index("disputes_of_charge", "charge_id", "id"),
    Index("disputes_due", "status", "evidence_due_by", "id"),
    *list_indexes("disputes", "status", "created_at", "updated_at"),
)
