"""Reconciliations that were interrupted: they prove nothing, and are made again."""

import pytest
from tests.core.money.weeks import HOURS, Week

from indelible.kernel.transaction import Transaction
from indelible.money.commands.payouts import FinishReconciliation, StartReconciliation
from indelible.money.entities.reconciliations import Reconciliation
from indelible.money.entities.values import ReconciliationScope
from indelible.money.handlers.reconciliations import ABANDONED, start_reconciliation
from indelible.money.lifecycle.reconciliations import ReconciliationStatus
from indelible.money.ports.payments import ALL_RECONCILIATIONS
from indelible.money.repositories.reads import payments_switch
from indelible.money.tasks import reconciling

FULL = ReconciliationScope.FULL


@pytest.fixture
def week() -> Week:
    """Return a week without payments."""
    return Week.empty()


def reconciliations(week: Week) -> list[Reconciliation]:
    """Return the reconciliations, oldest first."""
    heads = week.store.read(
        lambda tx: tx.money.reconciliations.list_page(
            ALL_RECONCILIATIONS, where={}, after="", limit=50
        )
    )
    found = [head.entity for head in heads]
    return sorted(found, key=lambda reconciliation: reconciliation.started_at)


def test_a_reconciliation_whose_worker_was_killed_is_made_by_the_next_attempt(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_killed(_: Transaction, __: FinishReconciliation) -> None:
        raise SystemExit

    stage = week.reconciliation(FULL).stage()
    with monkeypatch.context() as patched:
        patched.setattr(reconciling, "finish_reconciliation", is_killed)
        assert not week.run_recurring(stage).is_completed
    assert [one.status for one in reconciliations(week)] == [ReconciliationStatus.STARTED]
    week.clock.advance(0.1 * HOURS)

    assert week.run_recurring(stage).is_completed
    killed, complete = reconciliations(week)
    assert killed.status is ReconciliationStatus.FAILED
    assert killed.error_code == ABANDONED
    assert complete.status is ReconciliationStatus.COMPLETE


def test_a_reconciliation_of_another_process_that_was_killed_is_made_after_an_hour(
    week: Week,
) -> None:
    week.execute(start_reconciliation, StartReconciliation(scope=FULL))
    stage = week.reconciliation(FULL).stage()
    week.clock.advance(0.2 * HOURS)

    early = week.run_recurring(stage)
    assert not early.is_completed
    assert early.dead_reason is None

    for _ in range(3):
        week.clock.advance(0.5 * HOURS)
        week.run_recurring(stage)
    week.clock.advance(0.5 * HOURS)

    assert week.run_recurring(stage).is_completed
    statuses = [reconciliation.status for reconciliation in reconciliations(week)]
    assert statuses == [ReconciliationStatus.FAILED, ReconciliationStatus.COMPLETE]


def test_findings_that_are_not_stored_are_found_again(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot_finish(_: Transaction, command: FinishReconciliation) -> None:
        raise ConnectionError(f"the database is gone during {command.reconciliation_id}")

    week.books.change(1)
    week.clock.advance(2 * HOURS)
    stage = week.reconciliation(FULL).stage()
    with monkeypatch.context() as patched:
        patched.setattr(reconciling, "finish_reconciliation", cannot_finish)
        task = week.run_recurring(stage)

    assert not task.is_completed
    (failed,) = reconciliations(week)
    assert failed.status is ReconciliationStatus.FAILED
    assert week.store.read(payments_switch) is None

    week.clock.advance(0.1 * HOURS)

    assert week.run_recurring(stage).is_completed
    switch = week.store.read(payments_switch)
    assert switch is not None
    assert switch.is_halted
