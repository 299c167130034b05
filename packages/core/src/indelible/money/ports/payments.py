"""The ports of payments: charges, refunds, disputes, the inbox and the switch."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from indelible.kernel import Head, ListFilter
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.reconciliations import Discrepancy
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import ReconciliationRule
from indelible.money.lifecycle.payments import ChargeStatus, DisputeStatus, RefundStatus
from indelible.money.lifecycle.reconciliations import InboxStatus, ReconciliationStatus


@frozen(kw_only=True, slots=False)
class ChargeFilter(ListFilter):
    """The charges of a list, and their order; reference and party are given as `where`."""

    status: ChargeStatus | None = None


@frozen(kw_only=True, slots=False)
class RefundFilter(ListFilter):
    """The refunds of a list, and their order; the charge is given as `where`."""

    status: RefundStatus | None = None


@frozen(kw_only=True, slots=False)
class DisputeFilter(ListFilter):
    """The disputes of a list, and their order; the charge is given as `where`."""

    status: DisputeStatus | None = None


@frozen(kw_only=True, slots=False)
class StripeEventFilter(ListFilter):
    """The events of a list, and their order; the type is given as `where`."""

    status: InboxStatus | None = None


@frozen(kw_only=True, slots=False)
class ReconciliationFilter(ListFilter):
    """The reconciliations of a list, and their order; the scope is given as `where`."""

    status: ReconciliationStatus | None = None


ALL_CHARGES: Final = ChargeFilter()
ALL_REFUNDS: Final = RefundFilter()
ALL_DISPUTES: Final = DisputeFilter()
ALL_STRIPE_EVENTS: Final = StripeEventFilter()
ALL_RECONCILIATIONS: Final = ReconciliationFilter()


class ChargeJoins(Protocol):
    """The queries on charges that read several tables."""

    def without_movement(self, *, limit: int) -> tuple[Head[Charge], ...]:
        """Return paid charges without their ENTRY_FEE or PAYMENT_QUARANTINED, in order of id."""
        ...


class RefundJoins(Protocol):
    """The queries on refunds that read several tables."""

    def failed_for_good(self, *, limit: int) -> tuple[Head[Refund], ...]:
        """Return failed refunds that no later one of their charge replaces, in order of id."""
        ...


class DisputeJoins(Protocol):
    """The queries on disputes that read several tables."""

    def open_of_reference(self, reference: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a reference's charges that are not closed, in order of id."""
        ...


class StripeEventJoins(Protocol):
    """The queries on events that do not read whole heads."""

    def unknown(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids among these that were never received, in the given order."""
        ...

    def newest_created(self) -> datetime | None:
        """Return the newest time that Stripe has given to a received event."""
        ...


class ReconciliationJoins(Protocol):
    """The queries on reconciliations that read several tables."""

    def discrepancies(
        self, reconciliation_id: str, *, after: int, limit: int
    ) -> tuple[Discrepancy, ...]:
        """Return the next `limit` discrepancies after a number, in order."""
        ...

    def rules_without_remedy(self, since: datetime) -> frozenset[ReconciliationRule]:
        """Return the rules that have found a discrepancy without a remedy since a time."""
        ...
