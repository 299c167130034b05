"""The ports of payments: charges, refunds, disputes, the inbox and the switch."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from indelible.kernel import Head, ListFilter
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent, StripeEventAttempt
from indelible.money.entities.reconciliations import Discrepancy, PaymentSwitch, Reconciliation
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible.money.entities.values import ReconciliationRule, ReconciliationScope
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


class ChargeReader(AggregateReader[Charge], Protocol):
    """Read access to charges."""

    def of_item(self, item: str) -> Head[Charge] | None:
        """Return the charge of an item."""
        ...

    def of_intent(self, intent_id: str) -> Head[Charge] | None:
        """Return the charge that has a payment intent."""
        ...

    def of_session(self, session_id: str) -> Head[Charge] | None:
        """Return the charge that has a checkout session."""
        ...

    def of_reference(
        self,
        reference: str,
        *,
        statuses: Iterable[ChargeStatus],
        after: str,
        limit: int,
    ) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges of a reference in the states after an id."""
        ...

    def expired(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges after an id that can be canceled and have expired."""
        ...

    def waiting_since(self, until: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` unpaid charges with an intent that changed last before a time."""
        ...

    def without_movement(self, *, limit: int) -> tuple[Head[Charge], ...]:
        """Return paid charges without their ENTRY_FEE or PAYMENT_QUARANTINED, in order of id."""
        ...

    def count_by_status(self) -> Mapping[ChargeStatus, int]:
        """Return the number of charges in each state that any is in."""
        ...


class RefundReader(AggregateReader[Refund], Protocol):
    """Read access to refunds and their attempts."""

    def of_charge(self, charge_id: str) -> tuple[Head[Refund], ...]:
        """Return the refunds of a charge, in order of their number."""
        ...

    def of_stripe(self, stripe_refund_id: str) -> Head[Refund] | None:
        """Return the refund that has an id of Stripe."""
        ...

    def attempts(self, refund_id: str, *, after: int, limit: int) -> tuple[RefundAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        ...

    def failed_for_good(self, *, limit: int) -> tuple[Head[Refund], ...]:
        """Return failed refunds that no later one of their charge replaces, in order of id."""
        ...

    def count_by_status(self) -> Mapping[RefundStatus, int]:
        """Return the number of refunds in each state that any is in."""
        ...


class DisputeReader(AggregateReader[Dispute], Protocol):
    """Read access to disputes."""

    def of_charge(self, charge_id: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a charge, in order of id."""
        ...

    def due(self, until: datetime, *, limit: int) -> tuple[Head[Dispute], ...]:
        """Return disputes that need a response by a time, the most urgent first."""
        ...

    def open_of_reference(self, reference: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a reference's charges that are not closed, in order of id."""
        ...


class StripeEventReader(AggregateReader[StripeEvent], Protocol):
    """Read access to the inbox: received events and their attempts."""

    def attempts(self, event_id: str, *, after: int, limit: int) -> tuple[StripeEventAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        ...

    def unknown(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids among these that were never received, in the given order."""
        ...

    def unfinished(self, until: datetime, *, limit: int) -> tuple[Head[StripeEvent], ...]:
        """Return events received before a time that have no outcome, the oldest first."""
        ...

    def newest_created(self) -> datetime | None:
        """Return the newest time that Stripe has given to a received event."""
        ...

    def count_by_status(self) -> Mapping[InboxStatus, int]:
        """Return the number of events in each state that any is in."""
        ...


class ReconciliationReader(AggregateReader[Reconciliation], Protocol):
    """Read access to reconciliations and their discrepancies."""

    def newest_ended(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that was started last, of those that have ended."""
        ...

    def started(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that has not ended."""
        ...

    def discrepancies(
        self, reconciliation_id: str, *, after: int, limit: int
    ) -> tuple[Discrepancy, ...]:
        """Return the next `limit` discrepancies after a number, in order."""
        ...

    def rules_without_remedy(self, since: datetime) -> frozenset[ReconciliationRule]:
        """Return the rules that have found a discrepancy without a remedy since a time."""
        ...


class SwitchReader(AggregateReader[PaymentSwitch], Protocol):
    """Read access to the switch of payments."""

    def current(self) -> Head[PaymentSwitch] | None:
        """Return the switch, None if payments were never halted."""
        ...


class ChargeWriter(ChargeReader, AggregateRepository[Charge], Protocol):
    """Write access to charges."""


class RefundWriter(RefundReader, AggregateRepository[Refund], Protocol):
    """Write access to refunds."""


class DisputeWriter(DisputeReader, AggregateRepository[Dispute], Protocol):
    """Write access to disputes."""


class StripeEventWriter(StripeEventReader, AggregateRepository[StripeEvent], Protocol):
    """Write access to the inbox."""


class ReconciliationWriter(ReconciliationReader, AggregateRepository[Reconciliation], Protocol):
    """Write access to reconciliations."""


class SwitchWriter(SwitchReader, AggregateRepository[PaymentSwitch], Protocol):
    """Write access to the switch of payments."""
