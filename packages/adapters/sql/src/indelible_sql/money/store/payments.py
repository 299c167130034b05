"""The SQL repositories of charges, refunds, disputes, events, reconciliations and the switch."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from indelible.kernel import Head
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent, StripeEventAttempt
from indelible.money.entities.reconciliations import (
    SWITCH_ID,
    Discrepancy,
    PaymentSwitch,
    Reconciliation,
)
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible.money.entities.values import ReconciliationRule, ReconciliationScope
from indelible.money.lifecycle.payments import ChargeStatus, RefundStatus
from indelible.money.lifecycle.reconciliations import InboxStatus, ReconciliationStatus
from indelible_sql.kernel.history import fetch_all
from indelible_sql.money.statements import payments as statements
from indelible_sql.money.store.heads import MoneyRepository


class SqlChargeRepository(MoneyRepository[Charge]):
    """The repository of charges."""

    def of_item(self, item: str) -> Head[Charge] | None:
        """Return the charge of an item."""
        return self._only({"item": item})

    def of_intent(self, intent_id: str) -> Head[Charge] | None:
        """Return the charge that has a payment intent."""
        return self._only({"intent_id": intent_id})

    def of_session(self, session_id: str) -> Head[Charge] | None:
        """Return the charge that has a checkout session."""
        return self._only({"session_id": session_id})

    def of_reference(
        self, reference: str, *, statuses: Iterable[ChargeStatus], after: str, limit: int
    ) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges of a reference in the states after an id."""
        names = [status.value for status in statuses]
        values = {"reference": reference, "statuses": names, "after": after, "limit": limit}
        return self._heads(statements.CHARGES_OF_REFERENCE, values)

    def expired(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges after an id that can be canceled and have expired."""
        return self._heads(statements.EXPIRED, {"now": now, "after": after, "limit": limit})

    def waiting_since(self, until: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` unpaid charges with an intent that changed last before a time."""
        return self._heads(statements.WAITING, {"until": until, "after": after, "limit": limit})

    def without_movement(self, *, limit: int) -> tuple[Head[Charge], ...]:
        """Return paid charges without their ENTRY_FEE or PAYMENT_QUARANTINED, in order of id."""
        return self._heads(statements.WITHOUT_MOVEMENT, {"limit": limit})

    def count_by_status(self) -> Mapping[ChargeStatus, int]:
        """Return the number of charges in each state that any is in."""
        counts = self._counts(statements.COUNT_CHARGES)
        return {ChargeStatus(name): count for name, count in counts.items()}


class SqlRefundRepository(MoneyRepository[Refund]):
    """The repository of refunds, which reads their attempts too."""

    def of_charge(self, charge_id: str) -> tuple[Head[Refund], ...]:
        """Return the refunds of a charge, in order of their number."""
        return self._heads(statements.REFUNDS_OF_CHARGE, {"charge_id": charge_id})

    def of_stripe(self, stripe_refund_id: str) -> Head[Refund] | None:
        """Return the refund that has an id of Stripe."""
        return self._only({"stripe_refund_id": stripe_refund_id})

    def attempts(self, refund_id: str, *, after: int, limit: int) -> tuple[RefundAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        values = {"refund_id": refund_id, "after": after, "limit": limit}
        return fetch_all(self._session, RefundAttempt, statements.PAGE_REFUND_ATTEMPTS, values)

    def failed_for_good(self, *, limit: int) -> tuple[Head[Refund], ...]:
        """Return failed refunds that no later one of their charge replaces, in order of id."""
        return self._heads(statements.FAILED_FOR_GOOD, {"limit": limit})

    def count_by_status(self) -> Mapping[RefundStatus, int]:
        """Return the number of refunds in each state that any is in."""
        counts = self._counts(statements.COUNT_REFUNDS)
        return {RefundStatus(name): count for name, count in counts.items()}


class SqlDisputeRepository(MoneyRepository[Dispute]):
    """The repository of disputes."""

    def of_charge(self, charge_id: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a charge, in order of id."""
        return self._heads(statements.DISPUTES_OF_CHARGE, {"charge_id": charge_id})

    def due(self, until: datetime, *, limit: int) -> tuple[Head[Dispute], ...]:
        """Return disputes that need a response by a time, the most urgent first."""
        return self._heads(statements.DUE_DISPUTES, {"until": until, "limit": limit})

    def open_of_reference(self, reference: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a reference's charges that are not closed, in order of id."""
        return self._heads(statements.OPEN_DISPUTES_OF_REFERENCE, {"reference": reference})


class SqlStripeEventRepository(MoneyRepository[StripeEvent]):
    """The inbox: received events and their attempts."""

    def attempts(self, event_id: str, *, after: int, limit: int) -> tuple[StripeEventAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        values = {"event_id": event_id, "after": after, "limit": limit}
        return fetch_all(self._session, StripeEventAttempt, statements.PAGE_EVENT_ATTEMPTS, values)

    def unknown(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids among these that were never received, in the given order."""
        ids = list(event_ids)
        rows = self._session.rows(statements.KNOWN_EVENTS, {"ids": ids})
        known = {row["id"] for row in rows}
        return tuple(event_id for event_id in ids if event_id not in known)

    def unfinished(self, until: datetime, *, limit: int) -> tuple[Head[StripeEvent], ...]:
        """Return events received before a time that have no outcome, the oldest first."""
        return self._heads(statements.UNFINISHED_EVENTS, {"until": until, "limit": limit})

    def newest_created(self) -> datetime | None:
        """Return the newest time that Stripe has given to a received event."""
        row = self._session.first(statements.NEWEST_CREATED, {})
        return None if row is None else row["created"]

    def count_by_status(self) -> Mapping[InboxStatus, int]:
        """Return the number of events in each state that any is in."""
        counts = self._counts(statements.COUNT_EVENTS)
        return {InboxStatus(name): count for name, count in counts.items()}


class SqlReconciliationRepository(MoneyRepository[Reconciliation]):
    """The repository of reconciliations, which reads their discrepancies too."""

    def newest_ended(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that was started last, of those that have ended."""
        heads = self._heads(statements.NEWEST_ENDED, {"scope": scope.value})
        return heads[0] if heads else None

    def started(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that has not ended."""
        where = {"scope": scope.value, "status": ReconciliationStatus.STARTED.value}
        return self._only(where)

    def discrepancies(
        self, reconciliation_id: str, *, after: int, limit: int
    ) -> tuple[Discrepancy, ...]:
        """Return the next `limit` discrepancies after a number, in order."""
        values = {"entity_id": reconciliation_id, "after": after, "limit": limit}
        return fetch_all(self._session, Discrepancy, statements.PAGE_DISCREPANCIES, values)

    def rules_without_remedy(self, since: datetime) -> frozenset[ReconciliationRule]:
        """Return the rules that have found a discrepancy without a remedy since a time."""
        rows = self._session.rows(statements.RULES_WITHOUT_REMEDY, {"since": since})
        return frozenset(ReconciliationRule(row["rule"]) for row in rows)


class SqlSwitchRepository(MoneyRepository[PaymentSwitch]):
    """The switch of payments."""

    def current(self) -> Head[PaymentSwitch] | None:
        """Return the switch, None if payments were never halted."""
        return self._only({"id": SWITCH_ID})
