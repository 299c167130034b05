"""Each runbook recovers from its fault by its steps, literally; its alerts fire before only."""

from pathlib import Path

import pytest
from tests.runbooks.alerts import firing
from tests.runbooks.bed import Installation, installation
from tests.runbooks.pages import Runbook, read_runbook
from tests.runbooks.scenarios import Scenario, all_scenarios
from tests.runbooks.shell import shell


@pytest.mark.proof
@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda one: one.name)
def test_a_runbook_recovers_from_its_fault(scenario: Scenario, tmp_path: Path) -> None:
    with installation(tmp_path, scenario.plan()) as running:
        run = scenario.run(running)
        next(run)
        running.look()
        assert firing(running.scrapes) >= set(scenario.alerts)

        follow(running, read_runbook(scenario.runbook))

        running.look()
        running.run_for(scenario.calm_seconds)
        running.look()
        assert firing(running.scrapes).isdisjoint(scenario.alerts)
        assert next(run, None) is None


def follow(running: Installation, runbook: Runbook) -> None:
    """Execute the steps of a page in the shell of an operator."""
    with shell(running.folder, running.variables(), running.let_time_pass) as opened:
        for step in runbook.steps:
            done = opened.run(step)
            assert done.is_as_expected, str(done)
