"""The guards of charges, refunds, disputes, events and reconciliations."""

from collections.abc import Iterator

from indelible.money.entities import StripeEvent
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.reconciliations import Reconciliation
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import EventOutcome
from indelible.money.lifecycle import RECONCILIATION, InboxStatus
from indelible_sql.money.guards.conditions import generation_guard, kept_guard
from indelible_sql.money.tables import (
    CHARGES,
    DISCREPANCIES,
    DISPUTES,
    EVENT_ATTEMPTS,
    RECONCILIATIONS,
    REFUNDS,
    STRIPE_EVENTS,
)
from indelible_sql.money.tables.payments import RECEIVED_COLUMNS
from indelible_sql.schema.conditions import unchanged
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import fixed_columns_guard
from indelible_sql.schema.tables import HISTORY


def payment_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of payments, of the inbox and of reconciliations for a dialect."""
    yield fixed_columns_guard(CHARGES, Charge.fixed)
    yield _paid_guard()
    yield generation_guard(CHARGES)
    yield fixed_columns_guard(REFUNDS, Refund.fixed)
    yield kept_guard(REFUNDS, "stripe_refund_id")
    yield generation_guard(REFUNDS)
    yield fixed_columns_guard(DISPUTES, Dispute.fixed)
    yield fixed_columns_guard(STRIPE_EVENTS, StripeEvent.fixed)
    yield _outcome_guard(dialect)
    yield fixed_columns_guard(RECONCILIATIONS, Reconciliation.fixed)
    yield _discrepancies_guard(dialect)


def _paid_guard() -> Guard:
    """Refuse another payment than the one that a charge has received."""
    return Guard(
        table=CHARGES,
        rule="paid_once",
        event="UPDATE",
        condition=f"OLD.paid_at IS NULL OR {unchanged(CHARGES, RECEIVED_COLUMNS)}",
    )


def _outcome_guard(dialect: str) -> Guard:
    """Refuse an attempt with another outcome than the state of its event."""
    is_of_state = (
        f"CASE event.status WHEN '{InboxStatus.PROCESSED}'"
        f" THEN NEW.outcome IN ('{EventOutcome.DUPLICATE}', '{EventOutcome.PROCESSED}')"
        f" WHEN '{InboxStatus.IGNORED}' THEN NEW.outcome = '{EventOutcome.IGNORED}'"
        f" ELSE NEW.outcome = '{EventOutcome.FAILED}' END"
    )
    return Guard(
        table=EVENT_ATTEMPTS,
        rule="outcome_of_state",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(STRIPE_EVENTS, dialect)} AS event"
            f" WHERE event.id = NEW.event_id AND {is_of_state})"
        ),
    )


def _discrepancies_guard(dialect: str) -> Guard:
    """Refuse a complete reconciliation that counts other discrepancies than it has."""
    is_completion = f"NEW.lifecycle = '{RECONCILIATION.name}' AND NEW.action = 'complete'"
    counted = (
        f"(SELECT count(*) FROM {qualified_name(DISCREPANCIES, dialect)} AS line"
        " WHERE line.entity_id = reconciliation.id AND line.seq = NEW.seq)"
    )
    reconciliations = qualified_name(RECONCILIATIONS, dialect)
    return Guard(
        table=HISTORY,
        rule="counts_discrepancies",
        event="INSERT",
        condition=(
            f"NOT ({is_completion})"
            f" OR EXISTS (SELECT 1 FROM {reconciliations} AS reconciliation"
            " WHERE reconciliation.id = NEW.entity_id"
            f" AND reconciliation.discrepancy_count = {counted})"
        ),
        row_filter=is_completion,
    )
