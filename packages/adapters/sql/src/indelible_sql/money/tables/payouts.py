"""The heads of payees, transfers and payout jobs, and the records of transfers."""

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, UniqueConstraint

from indelible.money.entities.payees import PAYEE, Payee
from indelible.money.entities.payout_jobs import PAYOUT_JOB, PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AttemptKind
from indelible.money.lifecycle.payouts import TRANSFER, TransferStatus
from indelible_sql.money.tables.columns import FLAG, sum_column
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.checks import previous_number, quoted
from indelible_sql.schema.columns import CONTENT, IDENTIFIER, INSTANT, NATURAL, ORDINAL, required
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.tables import head, key, table
from indelible_sql.schema.value_columns import amount_column, currency_column

PAYEES = head(
    "payees",
    PAYEE,
    Column("destination", IDENTIFIER),
    Column("destination_set_by", IDENTIFIER),
    *entity_checks("payees", Payee),
    Index("payees_status", "status", "id"),
    Index("payees_created_at", "created_at", "id"),
    Index("payees_updated_at", "updated_at", "id"),
    *one_per_parent_indexes("payees", Payee),
)
JOBS = head(
    "payout_jobs",
    PAYOUT_JOB,
    required("reference", IDENTIFIER),
    currency_column(),
    required("transfer_count", NATURAL),
    sum_column("total"),
    Column("completed_at", INSTANT),
    # The target of the key of transfers.
    UniqueConstraint("id", "reference", "currency", name="payout_jobs_of_reference"),
    *entity_checks("payout_jobs", PayoutJob),
    Index("payout_jobs_status", "status", "id"),
    Index("payout_jobs_created_at", "created_at", "id"),
    Index("payout_jobs_updated_at", "updated_at", "id"),
)
TRANSFERS = head(
    "transfers",
    TRANSFER,
    Column("job_id", IDENTIFIER),
    required("settlement_id", IDENTIFIER),
    required("reference", IDENTIFIER),
    required("party", IDENTIFIER),
    amount_column("amount"),
    currency_column(),
    required("line_count", ORDINAL),
    Column("reissue_of", IDENTIFIER),
    Column("approved_by", IDENTIFIER),
    Column("approved_at", INSTANT),
    Column("approval_reason", CONTENT),
    Column("approved_destination", IDENTIFIER),
    Column("destination", IDENTIFIER),
    required("generation", ORDINAL),
    Column("first_attempt_at", INSTANT),
    Column("retry_until", INSTANT),
    required("must_look_up", FLAG),
    Column("failure_code", IDENTIFIER),
    Column("failure_message", CONTENT),
    required("failure_count", NATURAL),
    Column("failure_reason", IDENTIFIER),
    Column("stripe_transfer_id", IDENTIFIER),
    Column("parked_at", INSTANT),
    Column("completed_at", INSTANT),
    sum_column("reversed"),
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
    *entity_checks("transfers", Transfer, since="texts_short"),
    Index("transfers_of_job", "job_id", "id"),
    Index("transfers_of_job_status", "job_id", "status", "id"),
    Index("transfers_of_reference", "reference", "id"),
    Index("transfers_of_party", "party", "status", "id"),
    Index("transfers_status", "status", "id"),
    Index("transfers_parked_at", "status", "parked_at", "id"),
    Index("transfers_stuck", "status", "updated_at", "id"),
    Index("transfers_created_at", "created_at", "id"),
    Index("transfers_updated_at", "updated_at", "id"),
    *one_per_parent_indexes("transfers", Transfer),
    version=required("attempt_number", NATURAL),
)
TRANSFER_LINES = bulk_table(
    "transfer_lines",
    TRANSFERS,
    required("owed_movement_id", IDENTIFIER),
    required("owed_number", ORDINAL),
    amount_column("amount"),
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
