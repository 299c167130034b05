"""The inbox of Stripe's events with their attempts, reconciliations, and the payment switch."""

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint

from indelible.money.entities.events import StripeEvent
from indelible.money.entities.reconciliations import RECONCILIATION, PaymentSwitch, Reconciliation
from indelible.money.entities.values import (
    MAX_MESSAGE_LENGTH,
    EventOutcome,
    ReconciliationRule,
    Remedy,
)
from indelible.money.lifecycle.reconciliations import PAYMENT_SWITCH, STRIPE_EVENT
from indelible_sql.money.tables.columns import FLAG, SUM_MINOR
from indelible_sql.schema.bulk import bulk_table
from indelible_sql.schema.checks import previous_number, quoted
from indelible_sql.schema.columns import (
    CONTENT,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    JSON_ARRAY,
    NATURAL,
    ORDINAL,
    required,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.one_per_parent import one_per_parent_indexes
from indelible_sql.schema.tables import head, key, table
from indelible_sql.schema.value_columns import currency_column

STRIPE_EVENTS = head(
    "stripe_events",
    STRIPE_EVENT,
    required("event_type", IDENTIFIER),
    Column("api_version", IDENTIFIER),
    required("livemode", FLAG),
    required("created", INSTANT),
    required("payload_digest", DIGEST),
    required("object_id", IDENTIFIER),
    Column("account", IDENTIFIER),
    required("origin", IDENTIFIER),
    Column("last_code", IDENTIFIER),
    # An export contains payloads after all changes: an imported event changes before it has one.
    key(
        "stripe_events_payload",
        ["payload_digest"],
        "payloads",
        ["digest"],
        deferred=True,
        is_repeated=False,
    ),
    *entity_checks("stripe_events", StripeEvent),
    Index("stripe_events_received", "status", "created_at", "id"),
    Index("stripe_events_status", "status", "id"),
    Index("stripe_events_created", "created"),
    Index("stripe_events_of_object", "object_id", "id"),
    Index("stripe_events_of_type", "event_type", "id"),
    Index("stripe_events_created_at", "created_at", "id"),
    Index("stripe_events_updated_at", "updated_at", "id"),
    version=required("attempt_number", NATURAL),
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
RECONCILIATIONS = head(
    "reconciliations",
    RECONCILIATION,
    required("scope", IDENTIFIER),
    required("started_at", INSTANT),
    required("checked", JSON_ARRAY),
    Column("discrepancy_count", NATURAL),
    Column("finished_at", INSTANT),
    Column("error_code", IDENTIFIER),
    Column("error_message", CONTENT),
    *entity_checks("reconciliations", Reconciliation),
    Index("reconciliations_of_scope", "scope", "started_at", "id"),
    Index("reconciliations_started_at", "started_at", "id"),
    Index("reconciliations_status", "status", "id"),
    Index("reconciliations_created_at", "created_at", "id"),
    Index("reconciliations_updated_at", "updated_at", "id"),
    *one_per_parent_indexes("reconciliations", Reconciliation),
)
DISCREPANCIES = bulk_table(
    "discrepancies",
    RECONCILIATIONS,
    required("rule", IDENTIFIER),
    required("subject", IDENTIFIER),
    currency_column(nullable=True),
    required("expected", CONTENT),
    required("actual", CONTENT),
    Column("difference_minor", SUM_MINOR),
    Column("remedy", IDENTIFIER),
    CheckConstraint(f"rule IN ({quoted(ReconciliationRule)})", name="discrepancies_rule_known"),
    CheckConstraint(f"remedy IN ({quoted(Remedy)})", name="discrepancies_remedy_known"),
    CheckConstraint(
        f"length(expected) <= {MAX_MESSAGE_LENGTH} AND length(actual) <= {MAX_MESSAGE_LENGTH}",
        name="discrepancies_texts_short",
    ),
)
SWITCHES = head(
    "payment_switches",
    PAYMENT_SWITCH,
    Column("reason_code", IDENTIFIER),
    Column("halted_at", INSTANT),
    *entity_checks("payment_switches", PaymentSwitch),
)
