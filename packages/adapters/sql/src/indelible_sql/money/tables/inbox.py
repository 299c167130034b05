"""The inbox of Stripe's events with their attempts, reconciliations, and the payment switch."""

from sqlalchemy import Index

from indelible.money.entities.events import StripeEvent, StripeEventAttempt
from indelible.money.entities.reconciliations import Discrepancy, PaymentSwitch, Reconciliation
from indelible_sql.schema.columns import (
    JSON_ARRAY,
)
from indelible_sql.schema.entity_tables import (
    entity_bulk,
    entity_head,
    entity_record,
    list_indexes,
    previous_key,
)
from indelible_sql.schema.tables import key

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
EVENT_ATTEMPTS = entity_record(
    "stripe_event_attempts",
    StripeEventAttempt,
    StripeEvent,
    key("stripe_event_attempts_event", ["event_id"], "stripe_events", ["id"]),
    previous_key("stripe_event_attempts", StripeEventAttempt, StripeEvent),
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
DISCREPANCIES = entity_bulk("discrepancies", Discrepancy, RECONCILIATIONS)
SWITCHES = entity_head(
    "payment_switches",
    PaymentSwitch,
)
