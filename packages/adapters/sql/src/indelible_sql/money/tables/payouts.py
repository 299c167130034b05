"""The heads of payees, transfers and payout jobs, and the records of transfers."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt, TransferLine
from indelible.money.lifecycle.payouts import TransferStatus
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import (
    entity_bulk,
    entity_head,
    entity_record,
    list_indexes,
    previous_key,
)
from indelible_sql.schema.tables import key

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
TRANSFER_LINES = entity_bulk(
    "transfer_lines",
    TransferLine,
    TRANSFERS,
    UniqueConstraint("owed_movement_id", "owed_number", name="transfer_lines_owed_line"),
)
TRANSFER_ATTEMPTS = entity_record(
    "transfer_attempts",
    TransferAttempt,
    Transfer,
    key("transfer_attempts_transfer", ["transfer_id"], "transfers", ["id"]),
    previous_key("transfer_attempts", TransferAttempt, Transfer),
    *entity_checks("transfer_attempts", TransferAttempt),
    # By hand: a text that is computed.
    CheckConstraint(
        # SQLAlchemy would take a colon before a letter for a parameter.
        "idempotency_key = 'payout:' || transfer_id || ':' || 'g' || CAST(generation AS text)",
        name="transfer_attempts_key_of_generation",
    ),
)
