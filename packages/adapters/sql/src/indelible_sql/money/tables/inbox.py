"""The inbox of Stripe's events with their attempts, reconciliations, and the payment switch."""

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint

from indelible.money.entities.events import StripeEvent
from indelible.money.entities.reconciliations import Discrepancy, PaymentSwitch, Reconciliation
from indelible.money.entities.values import (
    MAX_MESSAGE_LENGTH,
    EventOutcome,
    ReconciliationRule,
    Remedy,
)
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.checks import previous_number, quoted
from indelible_sql.schema.columns import (
    CONTENT,
    IDENTIFIER,
    INSTANT,
    JSON_ARRAY,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_columns import entity_columns
from indelible_sql.schema.entity_tables import entity_head, list_indexes
from indelible_sql.schema.tables import key, table

STRIPE_EVENTS = entity_head(
    "stripe_events",
    StripeEvent,
    # An export contains payloads after all changes: an imported event changes before it has one.
    key(
        "stripe_events_payload",
        ["payload_digest"],
        "payloads",
        ["digest"],
        deferred=True,
        is_repeated=False,
    ),
    Index("stripe_events_received", "status", "created_at", "id"),
    Index("stripe_events_created", "created"),
    Index("stripe_events_of_object", "object_id", "id"),
    Index("stripe_events_of_type", "event_type", "id"),
    *list_indexes("stripe_events", "status", "created_at", "updated_at"),
)
EVENT_ATTEMPTS = table(
    "stripe_event_attempts",
    required("event_id", IDENTIFIER),
    required("number", ORDINAL),
    previous_number("number"),
    required("outcome", IDENTIFIER),
    Column("code", IDENTIFIER),
    Column("message", CONTENT),
    required("at", INSTANT),
    PrimaryKeyConstraint("event_id", "number", name="stripe_event_attempts_pkey"),
    key("stripe_event_attempts_event", ["event_id"], "stripe_events", ["id"]),
    key(
        "stripe_event_attempts_previous",
        ["event_id", "previous_number"],
        "stripe_event_attempts",
        ["event_id", "number"],
    ),
    CheckConstraint(
        f"outcome IN ({quoted(EventOutcome)})", name="stripe_event_attempts_outcome_known"
    ),
    CheckConstraint(
        f"length(message) <= {MAX_MESSAGE_LENGTH}", name="stripe_event_attempts_message_short"
    ),
    has_rowid=False,
)
RECONCILIATIONS = entity_head(
    "reconciliations",
    Reconciliation,
    Index("reconciliations_of_scope", "scope", "started_at", "id"),
    Index("reconciliations_started_at", "started_at", "id"),
    *list_indexes("reconciliations", "status", "created_at", "updated_at"),
    # A list of texts has no kind.
    types={"checked": JSON_ARRAY},
)
DISCREPANCIES = bulk_table(
    "discrepancies",
    RECONCILIATIONS,
    *entity_columns(Discrepancy),
    CheckConstraint(f"rule IN ({quoted(ReconciliationRule)})", name="discrepancies_rule_known"),
    CheckConstraint(f"remedy IN ({quoted(Remedy)})", name="discrepancies_remedy_known"),
    CheckConstraint(
        f"length(expected) <= {MAX_MESSAGE_LENGTH} AND length(actual) <= {MAX_MESSAGE_LENGTH}",
        name="discrepancies_texts_short",
    ),
)
SWITCHES = entity_head(
    "payment_switches",
    PaymentSwitch,
)
