"""Each runbook recovers from its fault by its steps, literally; its alerts fire before only."""

from pathlib import Path

import pytest
from tests.runbooks.scenarios import Scenario, all_scenarios
from tests.runbooks.trying import neglect, recover


@pytest.mark.dose
@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda one: one.name)
def test_a_runbook_recovers_from_its_fault(scenario: Scenario, tmp_path: Path) -> None:
    recover(scenario, tmp_path)


@pytest.mark.dose
@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda one: one.name)
def test_a_neglected_fault_is_left_or_ends_as_declared(scenario: Scenario, tmp_path: Path) -> None:
    neglect(scenario, tmp_path)
