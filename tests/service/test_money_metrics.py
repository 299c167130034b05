"""The metrics of money that a worker measures."""

from prometheus_client import CollectorRegistry

from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.money.commands.payouts import (
    FinishReconciliation,
    ResumePayments,
    StartReconciliation,
)
from indelible.money.entities.reconciliations import Discrepancy
from indelible.money.entities.values import (
    AccountKind,
    MovementKind,
    ReconciliationRule,
    ReconciliationScope,
)
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.reconciliations import finish_reconciliation, start_reconciliation
from indelible.money.handlers.switches import resume_payments
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.rules.ledger.drafts import AccountKey, MovementDraft, Step
from indelible.money.tasks.payout_observers import PayoutReport
from indelible_service.contexts.money_metrics import MoneyMetrics

NAMES = (
    "indelible_webhook_latency_seconds_count",
    "indelible_webhook_dead_letters",
    "indelible_ledger_unbalanced",
    "indelible_payments_halted",
    "indelible_settlements_unplanned",
    "indelible_charges_quarantined_total",
    "indelible_payout_failure_ratio",
    "indelible_stripe_breaker_open",
)


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    """Return the value of a metric."""
    return registry.get_sample_value(name, labels)


def test_every_metric_exists_from_the_first_scrape_on() -> None:
    registry = MoneyMetrics().registry

    assert [value(registry, name) for name in NAMES] == [0.0] * len(NAMES)
    assert value(registry, "indelible_payment_state", state="SUCCEEDED") == 0
    assert value(registry, "indelible_payout_transfers", state="parked") == 0
    assert value(registry, "indelible_payout_attempts_total", **{"class": "sent"}) == 0


def test_events_are_counted_by_type_and_outcome() -> None:
    metrics = MoneyMetrics()

    metrics.event_processed("charge.refunded", "PROCESSED", 0.2)

    labels = {"type": "charge.refunded", "outcome": "PROCESSED"}
    assert value(metrics.registry, "indelible_webhook_events_total", **labels) == 1
    assert value(metrics.registry, "indelible_webhook_latency_seconds_sum") == 0.2


def test_the_share_of_failed_attempts_is_shown() -> None:
    metrics = MoneyMetrics()

    for outcome in ("sent", "retry", "park", "fail"):
        metrics.transfer_attempted(outcome)

    assert value(metrics.registry, "indelible_payout_failure_ratio") == 0.5


def test_the_sweep_shows_transfers_and_reads_the_other_gauges() -> None:
    metrics = MoneyMetrics()
    store = MemoryStore()
    metrics.read_from(store)
    draft = MovementDraft(
        kind=MovementKind.PROCESSING_FEE,
        key="fee:txn_1",
        currency="EUR",
        source="txn_1",
        steps=(
            Step(
                debit=AccountKey(AccountKind.STRIPE_FEES, None, "EUR"),
                credit=AccountKey(AccountKind.STRIPE_BALANCE, None, "EUR"),
                amount_minor=103,
            ),
        ),
    )
    store.run(post_movement, draft, actor=Actor.system("worker"), reason="a test")

    report = PayoutReport(
        states={TransferStatus.PARKED: 3},
        oldest_seconds={TransferStatus.PARKED: 61.0},
        parked={ParkReason.BALANCE_INSUFFICIENT: 2, None: 1},
        unplanned=1,
    )
    metrics.payouts_swept(report)

    assert value(metrics.registry, "indelible_payout_transfers", state="parked") == 3
    assert value(metrics.registry, "indelible_payout_age_seconds", state="parked") == 61
    assert value(metrics.registry, "indelible_payout_age_seconds", state="pending") == 0
    reasons = {"balance_insufficient": 2, "operator": 1, "account_missing": 0}
    for reason, number in reasons.items():
        assert value(metrics.registry, "indelible_payouts_parked", reason=reason) == number
    assert value(metrics.registry, "indelible_settlements_unplanned") == 1
    assert value(metrics.registry, "indelible_ledger_unbalanced") == 0


def test_a_reconciliation_shows_its_differences() -> None:
    metrics = MoneyMetrics()

    findings = {ReconciliationRule.R1: 0, ReconciliationRule.R12: 2}
    metrics.reconciled("DISCREPANCY_DETECTED", {"EUR": 100}, findings)

    name = "indelible_reconciliation_discrepancy_cents"
    assert value(metrics.registry, name, currency="EUR") == 100
    name = "indelible_reconciliation_findings_total"
    assert value(metrics.registry, name, rule="R12") == 2
    assert value(metrics.registry, name, rule="R1") == 0


def test_a_halt_and_the_newest_reconciliation_are_shown_until_an_operator_has_ended_them() -> None:
    metrics = MoneyMetrics()
    store = MemoryStore()
    metrics.read_from(store)
    person = Actor.user("maya")
    name = "indelible_reconciliation_discrepancies"
    found = Discrepancy(
        number=1, rule=ReconciliationRule.R1, subject="EUR", expected="0", actual="5"
    )

    for discrepancies, number in (((found,), 1), ((), 0)):
        start = StartReconciliation(scope=ReconciliationScope.CHEAP)
        begun = store.run(start_reconciliation, start, actor=person, reason="a test")
        finish = FinishReconciliation(
            reconciliation_id=begun.entity.id, checked=("R1",), discrepancies=discrepancies
        )
        store.run(finish_reconciliation, finish, actor=person, reason="a test")
        metrics.refresh()
        assert value(metrics.registry, name, scope="CHEAP") == number
        assert value(metrics.registry, name, scope="FULL") == 0

    assert value(metrics.registry, "indelible_payments_halted") == 1
    store.run(resume_payments, ResumePayments(), actor=person, reason="the books are right")
    metrics.refresh()
    assert value(metrics.registry, "indelible_payments_halted") == 0
