"""The finders of charges, refunds, disputes, events, reconciliations and the switch."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.questions import above, at_most, below, listed, one_of, present
from indelible.kernel.repository import Repository
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent, StripeEventAttempt
from indelible.money.entities.reconciliations import SWITCH_ID, PaymentSwitch, Reconciliation
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible.money.entities.values import ReconciliationScope
from indelible.money.lifecycle.payments import (
    CANCELABLE_CHARGE,
    UNANSWERED_DISPUTE,
    UNPAID_CHARGE,
    ChargeStatus,
    RefundStatus,
)
from indelible.money.lifecycle.reconciliations import InboxStatus, ReconciliationStatus
from indelible.money.ports.payments import (
    ChargeJoins,
    DisputeJoins,
    ReconciliationJoins,
    RefundJoins,
    StripeEventJoins,
)


@frozen
class Charges(Repository[Charge]):
    """The charges."""

    joins: ChargeJoins

    def of_item(self, item: str) -> Head[Charge] | None:
        """Return the charge of an item."""
        return self.only(item=item)

    def of_intent(self, intent_id: str) -> Head[Charge] | None:
        """Return the charge that has a payment intent."""
        return self.only(intent_id=intent_id)

    def of_session(self, session_id: str) -> Head[Charge] | None:
        """Return the charge that has a checkout session."""
        return self.only(session_id=session_id)

    def of_reference(
        self, reference: str, *, statuses: Iterable[ChargeStatus], after: str, limit: int
    ) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges of a reference in the states after an id."""
        is_wanted = listed("status", statuses)
        return self.select(is_wanted, reference=reference, after=after, limit=limit)

    def expired(self, now: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` charges after an id that can be canceled and have expired."""
        return self.select(
            one_of("status", CANCELABLE_CHARGE),
            at_most("expires_at", now),
            after=after,
            limit=limit,
        )

    def waiting_since(self, until: datetime, *, after: str, limit: int) -> tuple[Head[Charge], ...]:
        """Return the next `limit` unpaid charges with an intent that changed last before a time."""
        return self.select(
            one_of("status", UNPAID_CHARGE),
            present("intent_id"),
            below("updated_at", until),
            after=after,
            limit=limit,
        )

    def count_by_status(self) -> Mapping[ChargeStatus, int]:
        """Return the number of charges in each state that any is in."""
        return self.count(ChargeStatus)


@frozen
class Refunds(Repository[Refund]):
    """The refunds and their attempts."""

    joins: RefundJoins

    def of_charge(self, charge_id: str) -> tuple[Head[Refund], ...]:
        """Return the refunds of a charge, in order of their number."""
        return self.select(charge_id=charge_id, order=("number",))

    def of_stripe(self, stripe_refund_id: str) -> Head[Refund] | None:
        """Return the refund that has an id of Stripe."""
        return self.only(stripe_refund_id=stripe_refund_id)

    def attempts(self, refund_id: str, *, after: int, limit: int) -> tuple[RefundAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        return self.records(
            RefundAttempt,
            above("number", after),
            refund_id=refund_id,
            order=("number",),
            limit=limit,
        )

    def count_by_status(self) -> Mapping[RefundStatus, int]:
        """Return the number of refunds in each state that any is in."""
        return self.count(RefundStatus)


@frozen
class Disputes(Repository[Dispute]):
    """The disputes."""

    joins: DisputeJoins

    def of_charge(self, charge_id: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a charge, in order of id."""
        return self.select(charge_id=charge_id)

    def due(self, until: datetime, *, limit: int) -> tuple[Head[Dispute], ...]:
        """Return disputes that need a response by a time, the most urgent first."""
        return self.select(
            one_of("status", UNANSWERED_DISPUTE),
            at_most("evidence_due_by", until),
            order=("evidence_due_by", "id"),
            limit=limit,
        )


@frozen
class StripeEvents(Repository[StripeEvent]):
    """The inbox: received events and their attempts."""

    joins: StripeEventJoins

    def attempts(self, event_id: str, *, after: int, limit: int) -> tuple[StripeEventAttempt, ...]:
        """Return the next `limit` attempts after a number, oldest first."""
        return self.records(
            StripeEventAttempt,
            above("number", after),
            event_id=event_id,
            order=("number",),
            limit=limit,
        )

    def unfinished(self, until: datetime, *, limit: int) -> tuple[Head[StripeEvent], ...]:
        """Return events received before a time that have no outcome, the oldest first."""
        return self.select(
            below("created_at", until),
            status=InboxStatus.RECEIVED,
            order=("created_at", "id"),
            limit=limit,
        )

    def count_by_status(self) -> Mapping[InboxStatus, int]:
        """Return the number of events in each state that any is in."""
        return self.count(InboxStatus)


@frozen
class Reconciliations(Repository[Reconciliation]):
    """The reconciliations and their discrepancies."""

    joins: ReconciliationJoins

    def newest_ended(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that was started last, of those that have ended."""
        return self.only(present("finished_at"), scope=scope, order=("-started_at", "-id"))

    def started(self, scope: ReconciliationScope) -> Head[Reconciliation] | None:
        """Return the reconciliation of a scope that has not ended."""
        return self.only(scope=scope, status=ReconciliationStatus.STARTED)


class Switches(Repository[PaymentSwitch]):
    """The switch of payments."""

    def current(self) -> Head[PaymentSwitch] | None:
        """Return the switch, None if payments were never halted."""
        return self.only(id=SWITCH_ID)
