"""The head of settlement runs, and its record: the lines."""

from sqlalchemy import Column, Index, UniqueConstraint
from sqlalchemy.schema import Computed

from indelible.contests.entities.records import SettlementLine
from indelible.contests.entities.runs import SettlementRun
from indelible_sql.schema.columns import (
    C_COLLATED_TEXT,
)
from indelible_sql.schema.entity_tables import entity_bulk, entity_head
from indelible_sql.schema.tables import key

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
LINES = entity_bulk(
    "settlement_lines",
    SettlementLine,
    RUNS,
    UniqueConstraint("entity_id", "entry_id", name="settlement_lines_entry"),
    Index("settlement_lines_user", "user_id", "entity_id", "number"),
)
