"""Each runbook recovers from its fault by its steps, literally; its alerts fire before only.

The gate takes ten in turns, and neglects two; `python -m tests.runbooks` takes all.
"""

from pathlib import Path

import pytest
from tests.runbooks.scenarios import Scenario, all_scenarios
from tests.runbooks.trying import neglect, recover
from tests.runbooks.turns import of_turn, this_turn

NEGLECTED = 2  # in a turn


@pytest.mark.dose
@pytest.mark.parametrize(
    "scenario", of_turn(all_scenarios(), this_turn()), ids=lambda one: one.name
)
def test_a_runbook_recovers_from_its_fault(scenario: Scenario, tmp_path: Path) -> None:
    recover(scenario, tmp_path)


@pytest.mark.dose
@pytest.mark.parametrize(
    "scenario",
    of_turn(all_scenarios(), this_turn(), NEGLECTED),
    ids=lambda one: one.name,
)
def test_a_neglected_fault_is_left_or_ends_as_declared(scenario: Scenario, tmp_path: Path) -> None:
    neglect(scenario, tmp_path)
