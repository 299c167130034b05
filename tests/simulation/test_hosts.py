"""A host's own lifecycle in the simulator: the loans of a library."""

from datetime import date
from typing import Any, Final

import pytest
from attrs import evolve
from tests.examples import loans_simulated
from tests.examples.loans import lend
from tests.service.commands import error_code
from tests.simulation import library

from indelible_service.hosts.modules import HostModuleUnusable
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import Plan, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.running import run_plan
from indelible_service.simulation.shrinking import shrink
from indelible_service.simulation.story import story_of
from indelible_sql import SqlTransaction

MODULE: Final = loans_simulated.__name__
LIBRARY: Final = library.__name__
NOBODY: Final[dict[str, Any]] = {"tournaments": (), "contests": (), "entries": ()}


def plan_of_loans(days: int, profile: Profile) -> Plan:
    """Return a plan in which readers lend books, and nobody enters a contest."""
    plan = make_plan(1, days, profile, (MODULE,))
    return evolve(plan, **NOBODY)


def lend_until_yesterday(tx: SqlTransaction, command: tuple[str, date]) -> object:
    """Lend a book, and let it be due on another day than the command says."""
    book, _ = command
    return lend(tx, (book, tx.clock.now().date()))


@pytest.mark.dose
def test_the_steps_of_a_host_survive_crashes_and_are_in_the_feed() -> None:
    report = run_plan(plan_of_loans(2, Profile.STORM), DatabaseKind.SQLITE)

    assert report.is_clean, str(report.violation)
    assert report.counts["crashes"] > 0
    assert report.counts["steps of hosts"] > 0
    assert report.edges["loan.lend"] > 0
    assert report.edges["loan.renew"] > 0
    assert report.edges["loan.return"] > 0


@pytest.mark.dose
def test_a_host_is_the_same_on_both_databases() -> None:
    plan = plan_of_loans(1, Profile.CALM)
    reports = [run_plan(plan, kind) for kind in DatabaseKind]

    assert all(report.is_clean for report in reports)
    assert reports[0].changes_digest == reports[1].changes_digest
    assert reports[0].edges["loan.lend"] > 0


@pytest.mark.dose
def test_a_host_has_subscribers_and_stages() -> None:
    plan = evolve(make_plan(1, 1, Profile.CALM, (LIBRARY,)), **NOBODY)

    report = run_plan(plan, DatabaseKind.SQLITE)

    assert report.is_clean, str(report.violation)
    assert report.edges["loan.lend"] == report.edges["loan.renew"] == 4


@pytest.mark.slow
def test_a_defect_of_a_host_breaks_its_invariant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loans_simulated, "lend", lend_until_yesterday)

    violation = run_plan(plan_of_loans(1, Profile.CALM), DatabaseKind.SQLITE).violation

    assert violation is not None
    assert violation.invariant == "due-is-later"


@pytest.mark.dose
def test_a_failure_of_a_host_is_shrunk_to_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loans_simulated, "lend", lend_until_yesterday)
    report = run_plan(plan_of_loans(1, Profile.CALM), DatabaseKind.SQLITE)

    smaller = shrink(report, max_runs=20)

    assert smaller.violation is not None
    assert smaller.violation.invariant == "due-is-later"
    assert len(smaller.plan.host_steps) == 1
    assert any("borrow" in line for line in story_of(smaller))


@pytest.mark.slow
def test_an_error_that_a_host_does_not_expect_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(loans_simulated, "lend", fail)

    violation = run_plan(plan_of_loans(1, Profile.CALM), DatabaseKind.SQLITE).violation

    assert violation is not None
    assert violation.invariant == "no-server-error"
    assert "borrow" in violation.detail


@pytest.mark.parametrize("module", ["tests.examples.loans", "tests.examples.nothing"])
def test_a_module_without_a_simulation_is_refused(module: str) -> None:
    with pytest.raises(HostModuleUnusable):
        make_plan(1, 1, Profile.CALM, (module,))

    assert error_code("simulate", "--days", "1", "--module", module) == "HOST_MODULE_UNUSABLE"
