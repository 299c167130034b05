"""The memory store's charges, refunds, disputes, events and reconciliations."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from attrs import field, frozen

from indelible.kernel import Head
from indelible.memory.aggregates import MemoryAggregateRepository, count_states
from indelible.memory.money.ledger import MemoryMovementRepository
from indelible.memory.money.records import first_of, records_after
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
from indelible.money.entities.values import MovementKind, ReconciliationRule, ReconciliationScope
from indelible.money.lifecycle.payments import (
    CANCELABLE_CHARGE,
    REPLACING_REFUND,
    ChargeStatus,
    RefundStatus,
)
from indelible.money.lifecycle.reconciliations import InboxStatus, ReconciliationStatus

COLLECTED: Final = (MovementKind.ENTRY_FEE, MovementKind.PAYMENT_QUARANTINED)


@frozen
class MemoryChargeRepository(MemoryAggregateRepository[Charge]):
    """Charges."""

    _movements: MemoryMovementRepository = field(kw_only=True, alias="movements")

    def of_item(self, item: str) -> Head[Charge] | None:
        """Return the charge of an item."""
        return first_of(self.find({"item": item}, limit=1))

    def of_intent(self, intent_id: str) -> Head[Charge] | None:
        """Return the charge that has a payment intent."""
        return first_of(self.find({"intent_id": intent_id}, limit=1))

    def of_session(self, session_id: str) -> Head[Charge] | None:
        """Return the charge that has a checkout session."""
        return first_of(self.find({"session_id": session_id}, limit=1))

    def of_reference(
        self, reference: str, *, statuses: Iterable[ChargeStatus], after: str, limit: int
    ) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges of a reference in the states after an id."""
        wanted = frozenset(statuses)

        def is_wanted(charge: Charge) -> bool:
            return charge.reference == reference and charge.status in wanted

        return self.where(is_wanted, after=after, limit=limit)

    def expired(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges after an id that can be canceled and have expired."""

        def is_expired(charge: Charge) -> bool:
            return charge.status in CANCELABLE_CHARGE and charge.expires_at <= now

        return self.where(is_expired, after=after, limit=limit)

    def waiting_since(self, until: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` unpaid charges with an intent that changed last before a time."""

        def is_waiting(charge: Charge) -> bool:
            has_intent = charge.intent_id is not None
            return charge.is_unpaid and has_intent and charge.updated_at < until

        return self.where(is_waiting, after=after, limit=limit)

    def without_movement(self, *, limit: int) -> tuple[Head[Charge], ...]:
        """Return paid charges without their ENTRY_FEE or PAYMENT_QUARANTINED, in order of id."""

        def is_unbooked(charge: Charge) -> bool:
            if charge.paid_at is None:
                return False
            for kind in COLLECTED:
                if self._movements.of_fact(f"payment:{charge.id}:{kind}") is not None:
                    return False
            return True

        return self.where(is_unbooked, limit=limit)

    def count_by_status(self) -> Mapping[ChargeStatus, int]:
        """Return the number of charges in each state that any is in."""
        return count_states(self._rows.values())


class MemoryRefundRepository(MemoryAggregateRepository[Refund]):
    """Refunds and their attempts."""

    def of_charge(self, charge_id: str) -> tuple[Head[Refund], ...]:
        """Return the refunds of a charge, in order of their number."""
        return self.find({"charge_id": charge_id}, order=("number",), limit=len(self._rows))

    def of_stripe(self, stripe_refund_id: str) -> Head[Refund] | None:
        """Return the refund that has an id of Stripe."""
        return first_of(self.find({"stripe_refund_id": stripe_refund_id}, limit=1))

    def attempts(self, refund_id: str, *, after: int, limit: int) -> tuple[RefundAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        return records_after(self.records(RefundAttempt, refund_id), after, limit)

    def failed_for_good(self, *, limit: int) -> tuple[Head[Refund], ...]:
        """Return failed refunds that no later one of their charge replaces, in order of id."""

        def is_failed_for_good(refund: Refund) -> bool:
            if refund.status is not RefundStatus.FAILED:
                return False
            for other in self.of_charge(refund.charge_id):
                is_later = other.entity.number > refund.number
                if is_later and other.entity.status in REPLACING_REFUND:
                    return False
            return True

        return self.where(is_failed_for_good, limit=limit)

    def count_by_status(self) -> Mapping[RefundStatus, int]:
        """Return the number of refunds in each state that any is in."""
        return count_states(self._rows.values())


@frozen
class MemoryDisputeRepository(MemoryAggregateRepository[Dispute]):
    """Disputes."""

    _charges: MemoryChargeRepository = field(kw_only=True, alias="charges")

    def of_charge(self, charge_id: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a charge, in order of id."""
        return self.find({"charge_id": charge_id}, limit=len(self._rows))

    def due(self, until: datetime, *, limit: int) -> tuple[Head[Dispute], ...]:
        """Return disputes that need a response by a time, the most urgent first."""
        due: list[tuple[datetime, str, Head[Dispute]]] = []
        for head in self.where(lambda dispute: dispute.needs_response):
            due_by = head.entity.evidence_due_by
            if due_by is not None and due_by <= until:
                due.append((due_by, head.entity.id, head))

        due.sort(key=lambda entry: entry[:2])
        return tuple(head for _, _, head in due[:limit])

    def open_of_reference(self, reference: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a reference's charges that are not closed, in order of id."""

        def is_of_reference(dispute: Dispute) -> bool:
            charge = self._charges.get(dispute.charge_id).entity
            return dispute.is_open and charge.reference == reference

        return self.where(is_of_reference)


class MemoryStripeEventRepository(MemoryAggregateRepository[StripeEvent]):
    """The inbox: received events and their attempts."""

    def attempts(self, event_id: str, *, after: int, limit: int) -> tuple[StripeEventAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        return records_after(self.records(StripeEventAttempt, event_id), after, limit)

    def unknown(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids among these that were never received, in the given order."""
        return tuple(event_id for event_id in event_ids if event_id not in self._rows)

    def unfinished(self, until: datetime, *, limit: int) -> tuple[Head[StripeEvent], ...]:
        """Return events received before a time that have no outcome, the oldest first."""

        def is_unfinished(event: StripeEvent) -> bool:
            return event.status is InboxStatus.RECEIVED and event.created_at < until

        heads = sorted(
            self.where(is_unfinished), key=lambda head: (head.entity.created_at, head.entity.id)
        )
        return tuple(heads[:limit])

    def newest_created(self) -> datetime | None:
        """Return the newest time that Stripe has given to a received event."""
        return max((head.entity.created for head in self._rows.values()), default=None)

    def count_by_status(self) -> Mapping[InboxStatus, int]:
        """Return the number of events in each state that any is in."""
        return count_states(self._rows.values())


class MemoryReconciliationRepository(MemoryAggregateRepository[Reconciliation]):
    """Reconciliations and their discrepancies."""

    def newest_ended(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that was started last, of those that have ended."""
        # At most one reconciliation of a scope has not ended.
        for head in self.find({"scope": scope}, order=("-started_at", "-id"), limit=2):
            if head.entity.has_ended:
                return head
        return None

    def started(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that has not ended."""
        where = {"scope": scope, "status": ReconciliationStatus.STARTED}
        return first_of(self.find(where, limit=1))

    def discrepancies(
        self, reconciliation_id: str, *, after: int, limit: int
    ) -> tuple[Discrepancy, ...]:
        """Return the next `limit` discrepancies after a number, in order."""
        head = self._rows.get(reconciliation_id)
        if head is None:
            return ()
        seq = head.revision.seq
        return self.bulk_rows(
            Discrepancy, reconciliation_id, seq=seq, after=max(after, 0), limit=limit
        )

    def rules_without_remedy(self, since: datetime) -> frozenset[ReconciliationRule]:
        """Return the rules that have found a discrepancy without a remedy since a time."""
        rules: set[ReconciliationRule] = set()
        for head in self.where(lambda one: one.updated_at >= since):
            for discrepancy in self.bulk_rows(Discrepancy, head.entity.id, seq=head.revision.seq):
                if discrepancy.remedy is None:
                    rules.add(discrepancy.rule)
        return frozenset(rules)


class MemorySwitchRepository(MemoryAggregateRepository[PaymentSwitch]):
    """The switch of payments."""

    def current(self) -> Head[PaymentSwitch] | None:
        """Return the switch, None if payments were never halted."""
        return self._rows.get(SWITCH_ID)
