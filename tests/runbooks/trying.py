"""Let an operator recover from a fault by its runbook, in an installation of its own."""

from pathlib import Path

from tests.runbooks.alerts import firing
from tests.runbooks.bed import Installation, installation
from tests.runbooks.pages import Runbook, read_runbook
from tests.runbooks.scenarios import Scenario
from tests.runbooks.shell import shell


def recover(scenario: Scenario, folder: Path) -> None:
    """Inject a fault, follow its runbook, and check the outcome; the alerts fire before only."""
    with installation(folder, scenario.plan()) as running:
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
