"""The heads of payees, transfers and payout jobs, and the records of transfers."""

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint

from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferLine
from indelible.money.entities.values import AttemptKind
from indelible.money.lifecycle.payouts import TransferStatus
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.checks import previous_number, quoted
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, ORDINAL, required
from indelible_sql.schema.entity_columns import entity_columns
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_head, list_indexes
from indelible_sql.schema.tables import key, table

PAYEES = entity_head(
    "payees",
    Payee,
    *list_indexes("payees", "status", "created_at", "updated_at"),
)
JOBS = entity_head(
    "payout_jobs",
    PayoutJob,
    # The target of the key of transfers.
    UniqueConstraint("id", "reference", "currency", name="payout_jobs_of_reference"),
    *list_indexes("payout_jobs", "status", "created_at", "updated_at"),
)
TRANSFERS = entity_head(
    "transfers",
    Transfer,
    # Transfers may be planned and approved before the job that counts them is stored.
    key(
        "transfers_job",
        ["job_id", "reference", "currency"],
        "payout_jobs",
        ["id", "reference", "currency"],
        deferred=True,
        is_repeated=False,
    ),
    key("transfers_reissued", ["reissue_of"], "transfers", ["id"]),
    *entity_checks("transfers", Transfer, until="texts_short"),
    # By hand: the bound is another field in one state, and 0 in the others.
    CheckConstraint(
        f"reversed_minor BETWEEN 0 AND CASE status WHEN '{TransferStatus.COMPLETED}'"
        " THEN amount_minor ELSE 0 END",
        name="transfers_reversed_within",
    ),
    Index("transfers_of_job", "job_id", "id"),
    Index("transfers_of_job_status", "job_id", "status", "id"),
    Index("transfers_of_reference", "reference", "id"),
    Index("transfers_of_party", "party", "status", "id"),
    Index("transfers_parked_at", "status", "parked_at", "id"),
    Index("transfers_stuck", "status", "updated_at", "id"),
    *list_indexes("transfers", "status", "created_at", "updated_at"),
)
TRANSFER_LINES = bulk_table(
    "transfer_lines",
    TRANSFERS,
    *entity_columns(TransferLine),
    UniqueConstraint("owed_movement_id", "owed_number", name="transfer_lines_owed_line"),
    CheckConstraint("amount_minor > 0", name="transfer_lines_amount_positive"),
)
TRANSFER_ATTEMPTS = table(
    "transfer_attempts",
    required("transfer_id", IDENTIFIER),
    required("number", ORDINAL),
    previous_number("number"),
    required("generation", ORDINAL),
    required("idempotency_key", IDENTIFIER),
    required("kind", IDENTIFIER),
    required("started_at", INSTANT),
    PrimaryKeyConstraint("transfer_id", "number", name="transfer_attempts_pkey"),
    key("transfer_attempts_transfer", ["transfer_id"], "transfers", ["id"]),
    key(
        "transfer_attempts_previous",
        ["transfer_id", "previous_number"],
        "transfer_attempts",
        ["transfer_id", "number"],
    ),
    CheckConstraint(f"kind IN ({quoted(AttemptKind)})", name="transfer_attempts_kind_known"),
    CheckConstraint(
        # SQLAlchemy would take a colon before a letter for a parameter.
        "idempotency_key = 'payout:' || transfer_id || ':' || 'g' || CAST(generation AS text)",
        name="transfer_attempts_key_of_generation",
    ),
    has_rowid=False,
)
