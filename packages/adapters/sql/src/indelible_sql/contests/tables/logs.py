"""The head of event logs, and its records: the events and their faults."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.values import FAULT_PATH, FAULT_VALUE, EventKind, Validity
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.checks import number_or_null, previous_number, quoted
from indelible_sql.schema.columns import (
    CONTENT,
    DIGEST,
    DIGEST_OR_EMPTY,
    IDENTIFIER,
    INSTANT,
    JSON_OBJECT,
    NATURAL,
    NONBLANK_TEXT,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_head
from indelible_sql.schema.tables import key, table

# The columns that hold the numbers of events.
POINTERS: Final = (
    "field_number",
    "leaderboard_number",
    "terminal_number",
    "cancelled_number",
    "pending_rewrite_number",
    "conflict_number",
)


def _pointer_keys() -> list[SchemaItem]:
    """Return the keys from the log's pointers to its own events."""
    keys: list[SchemaItem] = []
    for name in POINTERS:
        keys.append(
            key(
                f"contest_logs_{name}",
                ["id", name],
                "contest_events",
                ["contest_id", "number"],
                deferred=True,
            )
        )

    return keys


LOGS = entity_head(
    "contest_logs",
    ContestLog,
    # The last event and the last fetch that was taken up; NULL before the first.
    number_or_null("newest_event", "event_number"),
    number_or_null("newest_fetch", "fetch_number"),
    key(
        "contest_logs_contest",
        ["contest_id", "provider_event_id"],
        "contests",
        ["id", "provider_event_id"],
    ),
    key(
        "contest_logs_feed",
        ["provider_event_id"],
        "provider_feeds",
        ["id"],
        deferred=True,
    ),
    key(
        "contest_logs_event",
        ["id", "newest_event", "event_hash"],
        "contest_events",
        ["contest_id", "number", "event_hash"],
        deferred=True,
    ),
    key(
        "contest_logs_fetch",
        ["provider_event_id", "newest_fetch"],
        "provider_fetches",
        ["provider_event_id", "number"],
        deferred=True,
    ),
    *_pointer_keys(),
    *entity_checks("contest_logs", ContestLog, until="marks_complete"),
    # By hand: the hash before the first event is an empty text.
    CheckConstraint("(event_number = 0) = (event_hash = '')", name="contest_logs_hash_of_number"),
    # The hash before the first event is an empty text.
    types={"event_hash": DIGEST_OR_EMPTY},
)
EVENTS = table(
    "contest_events",
    required("contest_id", IDENTIFIER),
    required("number", ORDINAL),
    previous_number("number"),
    required("kind", IDENTIFIER),
    required("validity", IDENTIFIER),
    required("payload_digest", DIGEST),
    Column("fetch_number", ORDINAL),
    required("fetched_at", INSTANT),
    required("stored_at", INSTANT),
    Column("body", JSON_OBJECT),
    required("body_hash", DIGEST),
    Column("supersedes", ORDINAL),
    Column("snapshot_number", ORDINAL),
    required("fault_count", NATURAL),
    required("prev_hash", DIGEST_OR_EMPTY),
    required("event_hash", DIGEST),
    PrimaryKeyConstraint("contest_id", "number", name="contest_events_pkey"),
    UniqueConstraint("contest_id", "number", "event_hash", name="contest_events_hash"),
    key("contest_events_log", ["contest_id"], "contest_logs", ["id"]),
    key(
        "contest_events_previous",
        ["contest_id", "previous_number", "prev_hash"],
        "contest_events",
        ["contest_id", "number", "event_hash"],
    ),
    key(
        "contest_events_superseded",
        ["contest_id", "supersedes"],
        "contest_events",
        ["contest_id", "number"],
    ),
    key(
        "contest_events_snapshot",
        ["contest_id", "snapshot_number"],
        "contest_events",
        ["contest_id", "number"],
    ),
    # An export contains payloads after all changes.
    key("contest_events_payload", ["payload_digest"], "payloads", ["digest"], deferred=True),
    CheckConstraint("(number = 1) = (prev_hash = '')", name="contest_events_first"),
    CheckConstraint(
        f"kind IN ({quoted(EventKind)}) AND validity IN ({quoted(Validity)})",
        name="contest_events_kind_known",
    ),
    CheckConstraint(
        "supersedes < number AND snapshot_number < number", name="contest_events_points_back"
    ),
    has_rowid=False,
)
FAULTS = bulk_table(
    "event_faults",
    LOGS,
    required("event_number", ORDINAL),
    required("code", IDENTIFIER),
    required("path", CONTENT),
    required("value", CONTENT),
    required("required_action", NONBLANK_TEXT),
    UniqueConstraint("entity_id", "event_number", "number", name="event_faults_of_event"),
    key(
        "event_faults_event",
        ["entity_id", "event_number"],
        "contest_events",
        ["contest_id", "number"],
    ),
    CheckConstraint(
        f"length(value) <= {FAULT_VALUE['max_length']}"
        f" AND length(path) <= {FAULT_PATH['max_length']}",
        name="event_faults_texts_short",
    ),
)
