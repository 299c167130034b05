"""The head of settlement runs, and its record: the lines."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.schema import Computed

from indelible.contests.entities.runs import SettlementRun
from indelible.contests.lifecycle import SETTLEMENT_RUN
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.columns import (
    BIG_INTEGER,
    C_COLLATED_TEXT,
    CONTENT,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.tables import head, key
from indelible_sql.schema.value_columns import amount_column, currency_column

AMOUNTS: Final = ("pool", "rake", "rounding", "retained", "top_up")
RUNS = head(
    "settlement_runs",
    SETTLEMENT_RUN,
    required("contest_id", IDENTIFIER),
    required("number", ORDINAL),
    required("engine_version", IDENTIFIER),
    required("configuration_version", ORDINAL),
    required("configuration_digest", DIGEST),
    required("event_number", ORDINAL),
    required("events_digest", DIGEST),
    required("entries_count", NATURAL),
    required("entries_seq_sum", NATURAL),
    currency_column(),
    Column("eligibility_digest", DIGEST),
    Column("official_rounds", ORDINAL),
    Column("result_digest", DIGEST),
    *(amount_column(name, nullable=True) for name in AMOUNTS),
    Column("line_count", NATURAL),
    Column("settled_at", INSTANT),
    Column("error_code", IDENTIFIER),
    Column("error_message", CONTENT),
    # The run itself where it is complete: its contest must name it.
    Column(
        "settles_as",
        C_COLLATED_TEXT,
        Computed("CASE WHEN status = 'COMPLETE' THEN id END", persisted=True),
    ),
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
    *entity_checks("settlement_runs", SettlementRun),
    *one_per_parent_indexes("settlement_runs", SettlementRun),
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
