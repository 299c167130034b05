"""The SQL repositories of charges, refunds, disputes, events, reconciliations and the switch."""

from collections.abc import Iterable
from datetime import datetime

from indelible.kernel import Head
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.reconciliations import (
    Discrepancy,
    Reconciliation,
)
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import ReconciliationRule
from indelible_sql.kernel.history import fetch_all
from indelible_sql.money.statements import payments as statements
from indelible_sql.money.store.heads import MoneyRepository


class SqlChargeRepository(MoneyRepository[Charge]):
    """The repository of charges."""

    def without_movement(self, *, limit: int) -> tuple[Head[Charge], ...]:
        """Return paid charges without their ENTRY_FEE or PAYMENT_QUARANTINED, in order of id."""
        return self._heads(statements.WITHOUT_MOVEMENT, {"limit": limit})


class SqlRefundRepository(MoneyRepository[Refund]):
    """The repository of refunds, which reads their attempts too."""

    def failed_for_good(self, *, limit: int) -> tuple[Head[Refund], ...]:
        """Return failed refunds that no later one of their charge replaces, in order of id."""
        return self._heads(statements.FAILED_FOR_GOOD, {"limit": limit})


class SqlDisputeRepository(MoneyRepository[Dispute]):
    """The repository of disputes."""

    def open_of_reference(self, reference: str) -> tuple[Head[Dispute], ...]:
        """Return the disputes of a reference's charges that are not closed, in order of id."""
        return self._heads(statements.OPEN_DISPUTES_OF_REFERENCE, {"reference": reference})


class SqlStripeEventRepository(MoneyRepository[StripeEvent]):
    """The inbox: received events and their attempts."""

    def unknown(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the ids among these that were never received, in the given order."""
        ids = list(event_ids)
        rows = self._session.rows(statements.KNOWN_EVENTS, {"ids": ids})
        known = {row["id"] for row in rows}
        return tuple(event_id for event_id in ids if event_id not in known)

    def newest_created(self) -> datetime | None:
        """Return the newest time that Stripe has given to a received event."""
        row = self._session.first(statements.NEWEST_CREATED, {})
        return None if row is None else row["created"]


class SqlReconciliationRepository(MoneyRepository[Reconciliation]):
    """The repository of reconciliations, which reads their discrepancies too."""

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
