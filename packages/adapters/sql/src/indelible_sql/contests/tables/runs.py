"""The head of settlement runs, and its record: the lines."""

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.schema import Computed

from indelible.contests.entities.runs import SettlementRun
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.columns import (
    BIG_INTEGER,
    C_COLLATED_TEXT,
    DIGEST,
    IDENTIFIER,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_tables import entity_head
from indelible_sql.schema.tables import key
from indelible_sql.schema.value_columns import amount_column

RUNS = entity_head(
    "settlement_runs",
    SettlementRun,
    UniqueConstraint("contest_id", "number", name="settlement_runs_number"),
    UniqueConstraint("id", "contest_id", "status", name="settlement_runs_of_contest"),
    key("settlement_runs_contest", ["contest_id"], "contests", ["id"]),
    key(
        "settlement_runs_settled",
        ["contest_id", "settles_as"],
        "contests",
        ["id", "settlement_run_id"],
        deferred=True,
    ),
    key(
        "settlement_runs_configuration",
        ["contest_id", "configuration_version", "configuration_digest"],
        "contest_configurations",
        ["contest_id", "version", "configuration_digest"],
        deferred=True,
    ),
    key(
        "settlement_runs_event",
        ["contest_id", "event_number", "events_digest"],
        "contest_events",
        ["contest_id", "number", "event_hash"],
        deferred=True,
    ),
    computed_behind={
        # The run itself where it is complete: its contest must name it.
        "error_message": Column(
            "settles_as",
            C_COLLATED_TEXT,
            Computed("CASE WHEN status = 'COMPLETE' THEN id END", persisted=True),
        )
    },
)
LINES = bulk_table(
    "settlement_lines",
    RUNS,
    required("entry_id", IDENTIFIER),
    required("user_id", IDENTIFIER),
    Column("payment_ref", IDENTIFIER),
    amount_column("paid"),
    required("roster_digest", DIGEST),
    required("rank", ORDINAL),
    Column("score", BIG_INTEGER),
    amount_column("payout"),
    UniqueConstraint("entity_id", "entry_id", name="settlement_lines_entry"),
    CheckConstraint("paid_minor >= 0 AND payout_minor >= 0", name="settlement_lines_amounts"),
    CheckConstraint(
        "score IS NOT NULL OR payout_minor = 0", name="settlement_lines_ineligible_unpaid"
    ),
    Index("settlement_lines_user", "user_id", "entity_id", "number"),
)
