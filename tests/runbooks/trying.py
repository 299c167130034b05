"""Let an operator recover from a fault by its runbook, in an installation of its own."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, cast

import pytest
from tests.runbooks.alerts import firing
from tests.runbooks.pages import Runbook, read_runbook
from tests.runbooks.scenarios import Bed, Scenario
from tests.runbooks.shell import shell

from indelible.kernel import IndelibleError

# After the last step: what a counter has counted long before the last look is over by then.
LOOKS: Final = 4


def recover(scenario: Scenario, folder: Path) -> None:
    """Inject a fault, follow its runbook, and check the outcome; the alerts fire before only."""
    with injected(scenario, folder) as (running, run, variables):
        follow(running, read_runbook(scenario.runbook), variables)
        stay_calm(scenario, running)
        left = firing(running.scrapes).intersection(scenario.alerts)
        assert not left, left
        scenario.check(run)


def neglect(scenario: Scenario, folder: Path) -> None:
    """Inject a fault and do nothing: an alert still fires, or the outcome is not the wanted one.

    Otherwise the steps of the page prove nothing, since the fault ends without them. A fault that
    is declared so has to end by itself.
    """
    with injected(scenario, folder) as (running, run, _):
        stay_calm(scenario, running)
        left = firing(running.scrapes).intersection(scenario.alerts)
        if scenario.ends_by_itself:
            assert not left, left
            scenario.check(run)
        elif not left:
            with pytest.raises((AssertionError, IndelibleError)):
                scenario.check(run)


@contextmanager
def injected(
    scenario: Scenario, folder: Path
) -> Generator[tuple[Bed, Iterator[None], Mapping[str, str]]]:
    """Yield a bed with a fault whose alerts fire, the rest of its run, and an operator's shell."""
    with scenario.open(folder) as running:
        variables = running.variables()
        with closing(cast("Generator[None]", scenario.run(running))) as run:
            next(run)
            running.look()
            missing = set(scenario.alerts) - firing(running.scrapes)
            assert not missing, missing
            yield running, run, variables


def stay_calm(scenario: Scenario, running: Bed) -> None:
    """Let time pass, and look, until alerts about a rate have ended."""
    running.look()
    for _ in range(LOOKS):
        running.stay_calm(scenario.calm_seconds // LOOKS)
        running.look()


def follow(running: Bed, runbook: Runbook, variables: Mapping[str, str]) -> None:
    """Execute the steps of a page in the shell of an operator."""
    with shell(running.folder, variables, running.let_time_pass) as opened:
        for step in runbook.steps:
            done = opened.run(step)
            assert done.is_as_expected, str(done)
