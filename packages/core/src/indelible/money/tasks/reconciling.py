"""The recurring stages that compare the books with Stripe: hourly the cheap rules, daily all."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from attrs import define, evolve, field, frozen

from indelible.kernel import Actor, Clock, IndelibleError, SystemClock
from indelible.kernel.history import Head
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import RetryLater, Stage
from indelible.money.commands.payouts import (
    FailReconciliation,
    FinishReconciliation,
    StartReconciliation,
)
from indelible.money.commands.results import StripeEventSaved
from indelible.money.entities.reconciliations import Discrepancy, Reconciliation
from indelible.money.entities.stripe_objects import ChargeObject, EventObject
from indelible.money.entities.values import ReconciliationRule, ReconciliationScope
from indelible.money.errors.payouts import ReconciliationRunning
from indelible.money.handlers.reconciliations import (
    fail_reconciliation,
    finish_reconciliation,
    start_reconciliation,
)
from indelible.money.ports.gateway import StripeGateway
from indelible.money.queries import reconciliation as reads
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.reconciliation import (
    ENDED_BY_EVENTS,
    GRACE,
    LISTED_FOR,
    RECONCILE_CHEAP_STAGE,
    RECONCILE_FULL_STAGE,
    RULES_BY_SCOPE,
    UNPAID_AFTER,
    Compared,
    GroupTransfers,
    IntentStatus,
    MissingEvent,
    ReconciliationFacts,
    ReconciliationResult,
    reconcile,
)
from indelible.money.tasks.balances import read_balances
from indelible.money.tasks.outages import RETRY_SECONDS, RETRY_WAITS, code_of, one_line
from indelible.money.tasks.payout_observers import PayoutObserver, SilentPayoutObserver
from indelible.money.tasks.states import MoneyStore

RECONCILER: Final = Actor.system("reconciler")
STAGES: Final = {
    ReconciliationScope.CHEAP: RECONCILE_CHEAP_STAGE,
    ReconciliationScope.FULL: RECONCILE_FULL_STAGE,
}
EVERY_SECONDS: Final = {
    ReconciliationScope.CHEAP: 3_600,
    ReconciliationScope.FULL: 86_400,
}
LEASE_SECONDS: Final = 600
JOBS_OF: Final = timedelta(days=7)
MARGIN: Final = timedelta(hours=1)  # a charge and its event may be on two sides of midnight
PAGE: Final = 500
EVENTS_PER_PAGE: Final = 100  # a body has up to half a mebibyte
SUCCEEDED: Final = "succeeded"
Backfill = Callable[[bytes], StripeEventSaved]

logger = logging.getLogger("indelible.money")


@frozen(kw_only=True)
class ReconciliationReport:
    """The result of a reconciliation."""

    result: ReconciliationResult
    saved: Head[Reconciliation]


@define(kw_only=True)
class Reconcile:
    """Compares the books with Stripe, and halts new payments and transfers if they differ.

    `backfill` stores an event that was never received: it halts nothing, and a full reconciliation
    follows. Stripe is read with no transaction open.
    What fails on the way ends the reconciliation as FAILED: it proves nothing, and halts nothing.
    """

    store: MoneyStore
    gateway: StripeGateway
    backfill: Backfill
    scope: ReconciliationScope
    clock: Clock = field(factory=SystemClock)
    observer: PayoutObserver = field(factory=SilentPayoutObserver)

    def stage(self) -> Stage[MoneyWrite, str, dict[str, Any]]:
        """Return the stage, whose only task is recurring; its result is stored."""
        return Stage(
            name=STAGES[self.scope],
            batch=1,
            acts_outside=False,
            lifecycle=None,
            perform=self.perform,
            lease_seconds=LEASE_SECONDS,
            retry_seconds=RETRY_SECONDS,
            retry_waits=RETRY_WAITS,
            store_results=True,
        )

    def perform(self, _: str, handle: LeaseHandle) -> dict[str, Any]:
        """Make one reconciliation, and return its result as a document.

        The task is the request, so that the next attempt knows one whose worker was killed.

        Raises: RetryLater if it has failed, or if another one of the scope is under way.
        """
        handle.check()
        try:
            report = self.run(request_id=handle.lease.entity_id)
        except ReconciliationRunning as error:
            # It is that of another task or of a person, whose process may have ended.
            raise RetryLater(one_line(str(error))) from error
        reconciliation = report.saved.entity
        if report.result is ReconciliationResult.ERROR:
            raise RetryLater(one_line(reconciliation.error_message or ""))
        return {
            "status": report.result.value,
            "reconciliation_id": reconciliation.id,
            "discrepancies": reconciliation.discrepancy_count,
        }

    def run(
        self, *, actor: Actor = RECONCILER, reason: str = "schedule", request_id: str | None = None
    ) -> ReconciliationReport:
        """Compare the books with Stripe now.

        Raises:
            ReconciliationRunning: One of the same scope is under way.
        """
        start = StartReconciliation(scope=self.scope)
        started = self.store.run(
            start_reconciliation, start, actor=actor, reason=reason, request_id=request_id
        )
        reconciliation_id = started.entity.id
        try:
            discrepancies = reconcile(self._facts(), self.scope)
            finish = FinishReconciliation(
                reconciliation_id=reconciliation_id,
                checked=tuple(rule.value for rule in RULES_BY_SCOPE[self.scope]),
                discrepancies=discrepancies,
            )
            saved = self.store.run(finish_reconciliation, finish, actor=actor, reason=reason)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing is proved
            fail = FailReconciliation(
                reconciliation_id=reconciliation_id,
                error_code=code_of(error),
                error_message=one_line(str(error)),
            )
            saved = self.store.run(fail_reconciliation, fail, actor=actor, reason=reason)
            return self._report(ReconciliationResult.ERROR, saved, {}, {})

        return self._report_findings(saved, discrepancies)

    def _report_findings(
        self, saved: Head[Reconciliation], discrepancies: tuple[Discrepancy, ...]
    ) -> ReconciliationReport:
        """Log the discrepancies that are stored, and sum them up by currency and by rule."""
        differences: dict[str, int] = {}
        findings = dict.fromkeys(RULES_BY_SCOPE[self.scope], 0)
        for discrepancy in discrepancies:
            _log_discrepancy(saved, discrepancy)
            findings[discrepancy.rule] += 1
            if discrepancy.currency is not None:
                minor = abs(discrepancy.difference_minor or 0)
                differences[discrepancy.currency] = differences.get(discrepancy.currency, 0) + minor
        result = ReconciliationResult.PASSED
        if discrepancies:
            result = ReconciliationResult.DISCREPANCY_DETECTED
        return self._report(result, saved, differences, findings)

    def _report(
        self,
        result: ReconciliationResult,
        saved: Head[Reconciliation],
        differences: dict[str, int],
        findings: dict[ReconciliationRule, int],
    ) -> ReconciliationReport:
        self.observer.reconciled(result.value, differences, findings)
        return ReconciliationReport(result=result, saved=saved)

    # Facts

    def _facts(self) -> ReconciliationFacts:
        """Read what the rules of the scope compare."""
        now = self.clock.now()
        facts = ReconciliationFacts(
            now=now,
            books=self.store.read(reads.book_sums),
            charges=self.store.read(reads.paid_charges),
            unfinished=self.store.read(reads.unfinished_events, now),
            escrows=self.store.read(reads.escrows),
            payables=self.store.read(reads.payables, now),
            negative=self.store.read(reads.negative_accounts),
            missing_events=self._missing_events(now),
        )
        if self.scope is ReconciliationScope.CHEAP:
            return facts

        yesterday = now.date() - timedelta(days=1)
        return evolve(
            facts,
            balances=read_balances(self.store, self.gateway, now),
            days=self._day(datetime.combine(yesterday, time(), UTC), now),
            intents=tuple(self._intents(now)),
            groups=tuple(self._groups(now)),
            digests=self.store.read(reads.settlement_digests),
        )

    def _missing_events(self, now: datetime) -> tuple[MissingEvent, ...]:
        """Return the events of Stripe's list that were never received, and store them now.

        Stripe lists events that the endpoint does not subscribe to: they are not asked for.
        """
        missing: list[MissingEvent] = []
        page: dict[str, EventObject] = {}
        for event in self.gateway.list_events(since=now - LISTED_FOR, types=EVENT_TYPES):
            if now - event.created >= GRACE:
                page[event.id] = event
            if len(page) == EVENTS_PER_PAGE:
                missing.extend(self._backfill_missing(page))
                page = {}
        missing.extend(self._backfill_missing(page))
        return tuple(missing)

    def _backfill_missing(self, page: Mapping[str, EventObject]) -> Iterator[MissingEvent]:
        """Store the events of a page that were never received, and yield each of them."""
        for event_id in self.store.read(_unknown_events, tuple(page)):
            is_stored = True
            try:
                self.backfill(page[event_id].body)
            except IndelibleError as error:
                is_stored = False
                logger.error(  # noqa: TRY400 - the code says all
                    "[Payment] event %s was not stored: %s", event_id, error.code
                )
            yield MissingEvent(id=event_id, is_stored=is_stored)

    def _day(self, since: datetime, now: datetime) -> tuple[Compared, ...]:
        """Return the entry fees of a day, and Stripe's succeeded charges of the same day."""
        until = since + timedelta(days=1)
        listed = self.gateway.list_charges(since=since - MARGIN, until=until + MARGIN)
        succeeded = [charge for charge in listed if charge.status == SUCCEEDED]
        return self.store.read(_compare_day, succeeded, since=since, now=now)

    def _intents(self, now: datetime) -> Iterator[IntentStatus]:
        """Yield the charges that wait for more than an hour with the status of their intent."""
        after = ""
        while True:
            heads = self.store.read(_waiting_charges, now - UNPAID_AFTER, after)
            for head in heads:
                charge = head.entity
                intent = self.gateway.retrieve_payment_intent(charge.intent_id or "")
                yield IntentStatus(
                    charge_id=charge.id, status=charge.status, intent_status=intent.status
                )
            if len(heads) < PAGE:
                return
            after = heads[-1].entity.id

    def _groups(self, now: datetime) -> Iterator[GroupTransfers]:
        """Yield our transfers and Stripe's of each reference that was paid in the last days."""
        jobs = self.store.read(reads.recent_jobs, now - JOBS_OF)
        for reference in sorted({job.reference for job in jobs}):
            ours = self.store.read(reads.sent_transfers, reference)
            listed = tuple(self.gateway.list_transfers(f"reference:{reference}"))
            yield GroupTransfers(reference=reference, ours=ours, listed=listed)


def _log_discrepancy(saved: Head[Reconciliation], discrepancy: Discrepancy) -> None:
    """Log a discrepancy: an error, unless events end it, so that nobody has to act."""
    text = (
        f"reconciliation {saved.entity.id}: {discrepancy.rule.value}"
        f" of {discrepancy.subject}: expected {discrepancy.expected}, got {discrepancy.actual}"
    )
    if discrepancy.rule in ENDED_BY_EVENTS:
        logger.warning("[Payment] %s", text)
    else:
        logger.error("[Payment] %s", text)


def _unknown_events(tx: MoneyRead, event_ids: tuple[str, ...]) -> tuple[str, ...]:
    unknown: list[str] = []
    for start in range(0, len(event_ids), PAGE):
        unknown.extend(tx.money.events.joins.unknown(event_ids[start : start + PAGE]))
    return tuple(unknown)


def _compare_day(
    tx: MoneyRead, charges: Sequence[ChargeObject], *, since: datetime, now: datetime
) -> tuple[Compared, ...]:
    """Compare what was collected on a day with Stripe's charges of it, in one transaction.

    A charge belongs to the day on which it was booked. A young one that is not booked yet is left
    out: the hour after midnight has charges of the day before.
    """
    until = since + timedelta(days=1)
    stripes: dict[str, int] = {}
    for charge in charges:
        booked_at = _booked_at(tx, charge)
        if booked_at is None and now - charge.created < GRACE:
            continue
        if since <= (booked_at or charge.created) < until:
            stripes[charge.currency] = stripes.get(charge.currency, 0) + charge.amount_minor
    ours = _collected(tx, since, until)
    return tuple(
        Compared(
            subject=since.date().isoformat(),
            currency=currency,
            expected_minor=stripes.get(currency, 0),
            actual_minor=ours.get(currency, 0),
        )
        for currency in sorted({*stripes, *ours})
    )


def _booked_at(tx: MoneyRead, charge: ChargeObject) -> datetime | None:
    """Return when the money of one of Stripe's charges was collected by our books."""
    if charge.payment_intent is None:
        return None
    head = tx.money.charges.of_intent(charge.payment_intent)
    if head is None:
        return None
    for kind in reads.COLLECTED:
        movement = tx.money.movements.of_fact(f"payment:{head.entity.id}:{kind}")
        if movement is not None:
            return movement.entity.occurred_at
    return None


def _collected(tx: MoneyRead, since: datetime, until: datetime) -> dict[str, int]:
    """Return the money that was collected in a time, by currency."""
    collected: dict[str, int] = {}
    for kind_sum in tx.money.movements.joins.sums(since=since, until=until):
        if kind_sum.kind in reads.COLLECTED:
            before = collected.get(kind_sum.currency, 0)
            collected[kind_sum.currency] = before + kind_sum.total_minor
    return collected


def _waiting_charges(tx: MoneyRead, until: datetime, after: str) -> Any:  # noqa: ANN401 - heads
    return tx.money.charges.waiting_since(until, after=after, limit=PAGE)
