"""The guards of charges, refunds, disputes, events and reconciliations."""

from collections.abc import Iterator

from indelible.money.entities.charges import QUARANTINED, REFUNDABLE, Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.reconciliations import RECONCILIATION, Reconciliation
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import EventOutcome
from indelible.money.lifecycle.payments import RefundStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible_sql.money.guards.conditions import covered_guard
from indelible_sql.money.tables.inbox import (
    DISCREPANCIES,
    EVENT_ATTEMPTS,
    RECONCILIATIONS,
    STRIPE_EVENTS,
)
from indelible_sql.money.tables.payments import CHARGES, DISPUTES, REFUNDS
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.database_time import MAX_AHEAD_SECONDS, seconds_after
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.tables import HISTORY


def payment_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of payments, of the inbox and of reconciliations for a dialect."""
    yield from entity_guards(CHARGES, Charge, dialect, until="generation_forward")
    yield _refunded_guard(dialect)
    yield from entity_guards(CHARGES, Charge, dialect, since="generation_forward")
    yield from entity_guards(REFUNDS, Refund, dialect, until="keeps_stripe_refund_id")
    yield _refundable_guard(dialect)
    yield _next_refund_guard(dialect)
    yield covered_guard(REFUNDS, dialect)
    yield from entity_guards(REFUNDS, Refund, dialect, since="keeps_stripe_refund_id")
    yield from entity_guards(DISPUTES, Dispute, dialect)
    yield _disputed_payment_guard(dialect)
    yield covered_guard(DISPUTES, dialect)
    yield _dispute_times_guard(dialect)
    yield from entity_guards(STRIPE_EVENTS, StripeEvent, dialect)
    yield _outcome_guard(dialect)
    yield from entity_guards(RECONCILIATIONS, Reconciliation, dialect)
    yield _discrepancies_guard(dialect)


def _refunded_guard(dialect: str) -> Guard:
    """Refuse another sum of refunds than that of the refunds that have succeeded."""
    refunded = (
        f"(SELECT coalesce(sum(refund.amount_minor), 0)"
        f" FROM {qualified_name(REFUNDS, dialect)} AS refund"
        f" WHERE refund.charge_id = NEW.id AND refund.status = '{RefundStatus.SUCCEEDED}')"
    )
    is_same = "NEW.refunded_minor = OLD.refunded_minor"
    return Guard(
        table=CHARGES,
        rule="sums_refunds",
        event="UPDATE",
        condition=f"{is_same} OR NEW.refunded_minor = {refunded}",
        row_filter=f"NOT ({is_same})",
    )


def _refundable_guard(dialect: str) -> Guard:
    """Refuse a refund of more than its charge has left, or of a charge that cannot be refunded.

    `Charge.require_refundable` says the same. Quarantined money is refunded in every state, and so
    is money that somebody has refunded in Stripe's dashboard: its refund is never `requested`.
    """
    is_refundable = (
        f"NEW.status <> '{RefundStatus.REQUESTED}' OR charge.status IN ({quoted(REFUNDABLE)})"
        f" OR charge.outcome_code IN ({quoted(QUARANTINED)})"
    )
    return Guard(
        table=REFUNDS,
        rule="refundable",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(CHARGES, dialect)} AS charge"
            " WHERE charge.id = NEW.charge_id AND charge.received_currency = NEW.currency"
            " AND NEW.amount_minor <= charge.received_minor - charge.refunded_minor"
            f" AND ({is_refundable}))"
        ),
    )


def _next_refund_guard(dialect: str) -> Guard:
    """Refuse a refund under another number than the next one of its charge."""
    # SQLite checks a row before it is stored, PostgreSQL after the statement.
    own = " + 1" if dialect == "sqlite" else ""
    return Guard(
        table=REFUNDS,
        rule="next_number",
        event="INSERT",
        condition=(
            f"NEW.number = (SELECT count(*) FROM {qualified_name(REFUNDS, dialect)} AS refund"
            f" WHERE refund.charge_id = NEW.charge_id){own}"
        ),
    )


def _disputed_payment_guard(dialect: str) -> Guard:
    """Refuse a dispute of a charge that has received nothing."""
    return Guard(
        table=DISPUTES,
        rule="of_payment",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(CHARGES, dialect)} AS charge"
            " WHERE charge.id = NEW.charge_id AND charge.received_minor IS NOT NULL)"
        ),
    )


def _dispute_times_guard(dialect: str) -> Guard:
    """Refuse money that is taken long before its payment, or given back long before that.

    The times are those of Stripe's events, which can be created in another order.
    """
    latest_payment = seconds_after("NEW.withdrawn_at", MAX_AHEAD_SECONDS, dialect)
    latest_withdrawal = seconds_after("NEW.reinstated_at", MAX_AHEAD_SECONDS, dialect)
    return Guard(
        table=DISPUTES,
        rule="times_in_order",
        event="UPDATE",
        condition=(
            "NEW.withdrawn_at IS NULL"
            f" OR (NEW.reinstated_at IS NULL OR NEW.withdrawn_at <= {latest_withdrawal})"
            f" AND EXISTS (SELECT 1 FROM {qualified_name(CHARGES, dialect)} AS charge"
            f" WHERE charge.id = NEW.charge_id AND charge.paid_at <= {latest_payment})"
        ),
        row_filter="NEW.withdrawn_at IS NOT NULL",
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
