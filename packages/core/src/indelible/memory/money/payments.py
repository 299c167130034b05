"""The memory store's charges, refunds, disputes, events and reconciliations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import field, frozen

from indelible.kernel import Head
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.money.ledger import MemoryMovementRepository
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.reconciliations import (
    Discrepancy,
    Reconciliation,
)
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import MovementKind, ReconciliationRule
from indelible.money.lifecycle.payments import (
    REPLACING_REFUND,
    RefundStatus,
)

COLLECTED: Final = (MovementKind.ENTRY_FEE, MovementKind.PAYMENT_QUARANTINED)


@frozen
class MemoryChargeRepository(MemoryAggregateRepository[Charge]):
    """Charges."""

    _movements: MemoryMovementRepository = field(kw_only=True, alias="movements")

    def without_movement(self, *, limit: int) -> tuple[Head[Charge], ...]:
        """Return paid charges without their ENTRY_FEE or PAYMENT_QUARANTINED, in order of id."""

        def is_unbooked(charge: Charge) -> bool:
            if charge.paid_at is None:
                return False
            for kind in COLLECTED:
                if self._movements.find({"fact_key": f"payment:{charge.id}:{kind}"}, limit=1):
                    return False
            return True

        return self.where(is_unbooked, limit=limit)


class MemoryRefundRepository(MemoryAggregateRepository[Refund]):
    """Refunds and their attempts."""

    def failed_for_good(self, *, limit: int) -> tuple[Head[Refund], ...]:
        """Return failed refunds that no later one of their charge replaces, in order of id."""

        def is_failed_for_good(refund: Refund) -> bool:
            if refund.status is not RefundStatus.FAILED:
                return False
            for other in self.where(lambda other: other.charge_id == refund.charge_id):
                is_later = other.entity.number > refund.number
                if is_later and other.entity.status in REPLACING_REFUND:
                    return False
            return True

        return self.where(is_failed_for_good, limit=limit)


@frozen
class MemoryDisputeRepository(MemoryAggregateRepository[Dispute]):
    """Disputes."""

    _charges: MemoryChargeRepository = field(kw_only=True, alias="charges")

    def open_of_reference(self, reference: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a reference's charges that are not closed, in order of id."""

        def is_of_reference(dispute: Dispute) -> bool:
            charge = self._charges.get(dispute.charge_id).entity
            return dispute.is_open and charge.reference == reference

        return self.where(is_of_reference)


class MemoryStripeEventRepository(MemoryAggregateRepository[StripeEvent]):
    """The inbox: received events and their attempts."""

    def unknown(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids among these that were never received, in the given order."""
        return tuple(event_id for event_id in event_ids if event_id not in self._rows)

    def newest_created(self) -> datetime | None:
        """Return the newest time that Stripe has given to a received event."""
        return max((head.entity.created for head in self._rows.values()), default=None)


class MemoryReconciliationRepository(MemoryAggregateRepository[Reconciliation]):
    """Reconciliations and their discrepancies."""

    def discrepancies(
        self, reconciliation_id: str, *, after: int, limit: int
    ) -> tuple[Discrepancy, ...]:
        """Return the next `limit` discrepancies after a number, in order."""
        head = self._rows.get(reconciliation_id)
        if head is None:
            return ()
        seq = head.revision.seq
        return self.bulk_rows(Discrepancy, reconciliation_id, seq=seq, after=after, limit=limit)

    def rules_without_remedy(self, since: datetime) -> frozenset[ReconciliationRule]:
        """Return the rules that have found a discrepancy without a remedy since a time."""
        rules: set[ReconciliationRule] = set()
        for head in self.where(lambda one: one.updated_at >= since):
            for discrepancy in self.bulk_rows(Discrepancy, head.entity.id, seq=head.revision.seq):
                if discrepancy.remedy is None:
                    rules.add(discrepancy.rule)
        return frozenset(rules)
