"""The head of event logs, and its records: the events and their faults."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from indelible.contests.entities.logs import POINTERS, ContestLog
from indelible.contests.entities.records import ContestEvent, EventFault
from indelible_sql.schema.checks import number_or_null
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_bulk, entity_head, entity_record
from indelible_sql.schema.tables import key


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
    # By hand: the hash before the first event is an empty text, as `ContestLog` checks.
    CheckConstraint("(event_number = 0) = (event_hash = '')", name="contest_logs_hash_of_number"),
)
EVENTS = entity_record(
    "contest_events",
    ContestEvent,
    ContestLog,
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
    # By hand: the hash before the first event is an empty text.
    CheckConstraint("(number = 1) = (prev_hash = '')", name="contest_events_first"),
)
FAULTS = entity_bulk(
    "event_faults",
    EventFault,
    LOGS,
    UniqueConstraint("entity_id", "event_number", "number", name="event_faults_of_event"),
    key(
        "event_faults_event",
        ["entity_id", "event_number"],
        "contest_events",
        ["contest_id", "number"],
    ),
)
