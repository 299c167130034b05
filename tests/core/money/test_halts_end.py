"""A halt for what events explain ends by itself, also if they wait longer than one comparison."""

from datetime import datetime
from typing import Any

import pytest
from tests.core.money.weeks import HOURS, WORKER, Week

from indelible.kernel.stages import Stage
from indelible.money.entities.values import ReconciliationScope
from indelible.money.handlers.reconciliations import FOLLOW_UP
from indelible.money.handlers.switches import DISCREPANCY
from indelible.money.rules.reconciliation import GRACE, RECONCILE_FULL_STAGE
from indelible_workers import ThreadClock, Worker, process_batch


@pytest.fixture
def week() -> Week:
    """Return a week that has passed."""
    week = Week.empty()
    week.live()
    return week


def run_follow_up(week: Week) -> None:
    """Reconcile as a worker does that finds the task due."""
    stage: Stage[Any, Any, Any] = week.reconciliation(ReconciliationScope.FULL).stage()
    worker = Worker(store=week.store, actor=WORKER, clock=ThreadClock(week.clock))
    with worker.heartbeat() as beating:
        assert process_batch(week.store, stage, actor=WORKER, worker=beating) == 1


def follow_up_due_at(week: Week) -> datetime | None:
    """Return when the next full reconciliation is due, None if the last one has run."""
    task = week.store.read(lambda tx: tx.tasks.get(RECONCILE_FULL_STAGE, FOLLOW_UP))
    return None if task.is_completed else task.due_at


def test_each_hourly_reconciliation_makes_a_full_one_due_until_the_halt_has_ended(
    week: Week,
) -> None:
    week.books.change(1)
    week.clock.advance(3 * HOURS)
    assert week.found() == {"R2"}
    week.clock.advance(HOURS)
    run_follow_up(week)  # too early: it finds the difference again
    assert follow_up_due_at(week) is None
    assert week.switch_reason() == DISCREPANCY
    week.books.change(-1)
    week.clock.advance(3 * HOURS)

    week.reconcile(ReconciliationScope.CHEAP)

    assert follow_up_due_at(week) == week.clock.now() + GRACE
    week.clock.advance(HOURS)
    run_follow_up(week)
    assert week.switch_reason() is None
    week.reconcile(ReconciliationScope.CHEAP)
    assert follow_up_due_at(week) is None


def test_no_hourly_reconciliation_compares_again_for_a_halt_that_waits_for_an_operator(
    week: Week,
) -> None:
    week.books.transfers.clear()
    assert week.found() == {"R9"}
    week.clock.advance(HOURS)
    run_follow_up(week)

    week.reconcile(ReconciliationScope.CHEAP)

    assert follow_up_due_at(week) is None
    assert week.switch_reason() == DISCREPANCY
