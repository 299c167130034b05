"""The heads of charges, refunds and disputes, and the attempts to make refunds."""

from typing import Final

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint

from indelible.money.entities.charges import QUARANTINED, Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import AttemptKind
from indelible.money.lifecycle.payments import ChargeStatus
from indelible_sql.schema.checks import previous_number, quoted
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, ORDINAL, required
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_head, list_indexes
from indelible_sql.schema.tables import key, table

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
REFUND_ATTEMPTS = table(
    "refund_attempts",
    required("refund_id", IDENTIFIER),
    required("number", ORDINAL),
    previous_number("number"),
    required("generation", ORDINAL),
    required("idempotency_key", IDENTIFIER),
    required("kind", IDENTIFIER),
    required("started_at", INSTANT),
    PrimaryKeyConstraint("refund_id", "number", name="refund_attempts_pkey"),
    key("refund_attempts_refund", ["refund_id"], "refunds", ["id"]),
    key(
        "refund_attempts_previous",
        ["refund_id", "previous_number"],
        "refund_attempts",
        ["refund_id", "number"],
    ),
    CheckConstraint(f"kind IN ({quoted(AttemptKind)})", name="refund_attempts_kind_known"),
    CheckConstraint(
        # SQLAlchemy would take a colon before a letter for a parameter.
        "idempotency_key = 'refund:' || refund_id || ':' || 'g' || CAST(generation AS text)",
        name="refund_attempts_key_of_generation",
    ),
    has_rowid=False,
)
DISPUTES = entity_head(
    "disputes",
    Dispute,
    key("disputes_charge", ["charge_id"], "charges", ["id"]),
    Index("disputes_of_charge", "charge_id", "id"),
    Index("disputes_due", "status", "evidence_due_by", "id"),
    *list_indexes("disputes", "status", "created_at", "updated_at"),
)
