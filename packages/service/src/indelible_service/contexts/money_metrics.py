"""The metrics of money that a worker process measures, for its own registry to include."""

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from attrs import define, field
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from indelible.app import ReadTx
from indelible.kernel import IndelibleError
from indelible.kernel.breaker_commands import is_open
from indelible.money.entities.values import (
    EventOutcome,
    ReconciliationRule,
    ReconciliationScope,
    Side,
)
from indelible.money.errors.gateway import ParkReason
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.payouts import OPEN_TRANSFER, TransferStatus
from indelible.money.lifecycle.reconciliations import InboxStatus, ReconciliationStatus
from indelible.money.repositories.reads import payments_switch
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE
from indelible.money.rules.reconciliation import ReconciliationResult
from indelible.money.rules.stages import (
    EXPIRE_CHARGE_STAGE,
    PROCESS_STRIPE_EVENT_STAGE,
    RECORD_FEE_STAGE,
    SEND_REFUND_STAGE,
)
from indelible.money.tasks.payout_observers import PayoutReport
from indelible_service.contexts.declaration import AnyStore
from indelible_service.monitoring.recent import RecentRegistry

LATENCY_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5, 30, 60, 600, 3_600)
STRIPE_STAGES: Final = (
    PROCESS_STRIPE_EVENT_STAGE,
    SEND_REFUND_STAGE,
    EXPIRE_CHARGE_STAGE,
    RECORD_FEE_STAGE,
    SEND_TRANSFER_STAGE,
)
ATTEMPT_CLASSES: Final = ("sent", "found", "retry", "unknown", "park", "fail")
FAILED_ATTEMPTS: Final = ("retry", "unknown", "fail")
BY_OPERATOR: Final = "operator"  # the reason of what a person has parked

logger = logging.getLogger("indelible.money")


@define(eq=False)
class MoneyMetrics:
    """Counts and measures payments, payouts and reconciliations of this process.

    The gauges of the whole database are read again with each run of the sweep.
    """

    registry: CollectorRegistry = field(factory=CollectorRegistry)
    _of_database: RecentRegistry = field(factory=RecentRegistry, init=False)
    _store: AnyStore | None = field(default=None, init=False)
    _latency: Histogram = field(init=False)
    _events: Counter = field(init=False)
    _dead_letters: Gauge = field(init=False)
    _payments: Gauge = field(init=False)
    _refund_failures: Counter = field(init=False)
    _quarantined: Counter = field(init=False)
    _expired: Counter = field(init=False)
    _unbalanced: Gauge = field(init=False)
    _discrepancy: Gauge = field(init=False)
    _discrepancies: Gauge = field(init=False)
    _findings: Counter = field(init=False)
    _halted: Gauge = field(init=False)
    _reconciliations: Counter = field(init=False)
    _transfers: Gauge = field(init=False)
    _age: Gauge = field(init=False)
    _parked: Gauge = field(init=False)
    _unplanned: Gauge = field(init=False)
    _attempts: Counter = field(init=False)
    _failure_ratio: Gauge = field(init=False)
    _breaker: Gauge = field(init=False)
    _attempt_counts: dict[str, int] = field(factory=dict[str, int], init=False)

    def __attrs_post_init__(self) -> None:
        self.registry.register(self._of_database)
        self._create_events()
        self._create_payments()
        self._create_books()
        self._create_payouts()
        self._start_at_zero()

    def read_from(self, store: AnyStore) -> None:
        """Read the gauges of the whole database from this store."""
        self._store = store

    def _create_events(self) -> None:
        self._latency = Histogram(
            "indelible_webhook_latency_seconds",
            "Time from the storage of an event of Stripe to the end of an attempt to process it.",
            registry=self.registry,
            buckets=LATENCY_BUCKETS,
        )
        self._events = Counter(
            "indelible_webhook_events",
            "Attempts to process events of Stripe, by type and outcome.",
            ("type", "outcome"),
            registry=self.registry,
        )
        self._dead_letters = Gauge(
            "indelible_webhook_dead_letters",
            "Events of Stripe that wait for an operator.",
            registry=self._of_database,
        )

    def _create_payments(self) -> None:
        self._payments = Gauge(
            "indelible_payment_state",
            "Charges by state, as the sweep of this process counted them last.",
            ("state",),
            registry=self._of_database,
        )
        self._refund_failures = Counter(
            "indelible_refund_failures",
            "Refunds that Stripe could not make, by code.",
            ("code",),
            registry=self.registry,
        )
        self._quarantined = Counter(
            "indelible_charges_quarantined",
            "Payments of another amount or currency than their charge's.",
            registry=self.registry,
        )
        self._expired = Counter(
            "indelible_charges_expired",
            "Charges that were not paid in time.",
            registry=self.registry,
        )
        self._breaker = Gauge(
            "indelible_stripe_breaker_open",
            "1 while a stage that sends requests to Stripe is paused by its circuit breaker.",
            registry=self._of_database,
        )

    def _create_books(self) -> None:
        self._unbalanced = Gauge(
            "indelible_ledger_unbalanced",
            "Minor units by which debits and credits of all accounts differ; 0 is the only right"
            " value.",
            registry=self._of_database,
        )
        self._discrepancy = Gauge(
            "indelible_reconciliation_discrepancy_cents",
            "Minor units by which the books and Stripe differed in the last reconciliation.",
            ("currency",),
            registry=self.registry,
        )
        self._discrepancies = Gauge(
            "indelible_reconciliation_discrepancies",
            "Differences that the newest complete reconciliation of a scope has found.",
            ("scope",),
            registry=self._of_database,
        )
        self._findings = Counter(
            "indelible_reconciliation_findings",
            "Differences that reconciliations have found, by rule.",
            ("rule",),
            registry=self.registry,
        )
        self._halted = Gauge(
            "indelible_payments_halted",
            "1 while new payments and new transfers are refused.",
            registry=self._of_database,
        )
        self._reconciliations = Counter(
            "indelible_reconciliations",
            "Reconciliations by their result.",
            ("status",),
            registry=self.registry,
        )

    def _create_payouts(self) -> None:
        self._transfers = Gauge(
            "indelible_payout_transfers",
            "Transfers by state, as the sweep of this process counted them last.",
            ("state",),
            registry=self._of_database,
        )
        self._age = Gauge(
            "indelible_payout_age_seconds",
            "Time for which the oldest transfer of a state has not changed, of those not ended.",
            ("state",),
            registry=self._of_database,
        )
        self._parked = Gauge(
            "indelible_payouts_parked",
            "Transfers that wait without an attempt, by reason; the reason operator is any other.",
            ("reason",),
            registry=self._of_database,
        )
        self._unplanned = Gauge(
            "indelible_settlements_unplanned",
            "Settlements that had no payout job when the sweep looked last.",
            registry=self._of_database,
        )
        self._attempts = Counter(
            "indelible_payout_attempts",
            "Attempts to make a transfer, by class.",
            ("class",),
            registry=self.registry,
        )
        self._failure_ratio = Gauge(
            "indelible_payout_failure_ratio",
            "Share of failed attempts among those to make a transfer in this process.",
            registry=self.registry,
        )

    def _start_at_zero(self) -> None:
        """Create every known label, so that a rate is defined from the first scrape on."""
        for event_type in EVENT_TYPES:
            for outcome in EventOutcome:
                self._events.labels(event_type, outcome.value)

        labels: dict[Gauge | Counter, Iterable[str]] = {
            self._payments: ChargeStatus,
            self._transfers: TransferStatus,
            self._age: OPEN_TRANSFER,
            self._parked: (*ParkReason, BY_OPERATOR),
            self._attempts: ATTEMPT_CLASSES,
            self._reconciliations: ReconciliationResult,
            self._discrepancies: ReconciliationScope,
            self._findings: ReconciliationRule,
        }
        for metric, values in labels.items():
            for label in values:
                metric.labels(str(label))

    # Observations of payments

    def event_processed(self, event_type: str, outcome: str, latency_seconds: float) -> None:
        """Count an attempt to process an event, and measure its latency."""
        self._events.labels(event_type, outcome).inc()
        self._latency.observe(latency_seconds)

    def event_buried(self, event_type: str, code: str) -> None:
        """Log a dead letter; the gauge counts all of them."""
        logger.error("[Payment] an event of type %s is a dead letter: %s", event_type, code)
        self.refresh()

    def payment_quarantined(self) -> None:
        """Count a payment whose money is kept apart."""
        self._quarantined.inc()

    def refund_failed(self, code: str) -> None:
        """Count a refund that Stripe could not make."""
        self._refund_failures.labels(code).inc()

    def charge_expired(self) -> None:
        """Count a charge that was not paid in time."""
        self._expired.inc()

    # Observations of payouts

    def transfer_attempted(self, outcome: str) -> None:
        """Count an attempt by its class."""
        self._attempts.labels(outcome).inc()
        self._attempt_counts[outcome] = self._attempt_counts.get(outcome, 0) + 1
        failed = sum(self._attempt_counts.get(name, 0) for name in FAILED_ATTEMPTS)
        self._failure_ratio.set(failed / sum(self._attempt_counts.values()))

    def payouts_swept(self, report: PayoutReport) -> None:
        """Show the state of all payouts, and read the other gauges."""
        for state in TransferStatus:
            self._transfers.labels(state.value).set(report.states.get(state, 0))
        for state in OPEN_TRANSFER:
            self._age.labels(state.value).set(report.oldest_seconds.get(state, 0.0))
        for reason in (*ParkReason, None):
            self._parked.labels(reason or BY_OPERATOR).set(report.parked.get(reason, 0))
        self._unplanned.set(report.unplanned)
        self._of_database.mark_read()
        self.refresh()

    def reconciled(
        self,
        status: str,
        differences_minor: Mapping[str, int],
        findings: Mapping[ReconciliationRule, int],
    ) -> None:
        """Count a reconciliation, and show its differences."""
        self._reconciliations.labels(status).inc()
        for rule, number in findings.items():
            self._findings.labels(rule.value).inc(number)
        self._discrepancy.clear()
        for currency, difference in differences_minor.items():
            self._discrepancy.labels(currency).set(difference)

    # Gauges of the whole database

    def refresh(self) -> None:
        """Read the gauges; they keep their values where the database does not answer."""
        if self._store is None:
            return
        try:
            self._store.read(self._show)
        except IndelibleError as error:
            logger.warning("[Payment] the metrics of money were not read: %s", error.code)

    def _show(self, tx: ReadTx) -> None:
        charges = tx.money.charges.count_by_status()
        for state in ChargeStatus:
            self._payments.labels(state.value).set(charges.get(state, 0))
        events = tx.money.events.count_by_status()
        self._dead_letters.set(events.get(InboxStatus.DEAD, 0))
        for scope in ReconciliationScope:
            self._discrepancies.labels(scope.value).set(_discrepancies(tx, scope))
        switch = payments_switch(tx)
        self._halted.set(int(switch is not None and switch.is_halted))
        self._unbalanced.set(_ledger_difference(tx))
        self._breaker.set(int(any(is_open(tx, stage) for stage in STRIPE_STAGES)))


def _discrepancies(tx: ReadTx, scope: ReconciliationScope) -> int:
    """Return how many differences the newest complete reconciliation of a scope has found."""
    where = {"scope": scope, "status": ReconciliationStatus.COMPLETE}
    newest = tx.money.reconciliations.find(where, order=("-finished_at", "-id"), limit=1)
    counts = [head.entity.discrepancy_count or 0 for head in newest]
    return sum(counts)


def _ledger_difference(tx: ReadTx) -> int:
    """Return the sum by which the accounts of each currency differ from zero."""
    differences: dict[str, int] = {}
    for balance in tx.money.accounts.joins.sums():
        minor = balance.balance_minor
        if balance.kind.side is Side.CREDIT:
            minor = -minor
        differences[balance.currency] = differences.get(balance.currency, 0) + minor
    return sum(abs(difference) for difference in differences.values())


@cache
def money_metrics() -> MoneyMetrics:
    """Return the metrics of this process, which all its stages share."""
    return MoneyMetrics()
