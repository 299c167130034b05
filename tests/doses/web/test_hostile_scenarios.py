"""Test hostile requests that need preparation."""

import pytest
from tests.web.harness import memory
from tests.web.hostile.rows import SCENARIOS
from tests.web.hostile.scenario import Deployment, faults

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return Deployment(memory())


@pytest.mark.parametrize("row", sorted({scenario.row for scenario in SCENARIOS}))
def test_a_hostile_scenario_gets_its_expected_answer_and_writes_nothing(
    deployment: Deployment, row: int
) -> None:
    result: list[str] = []
    for scenario in SCENARIOS:
        if scenario.row == row:
            result += faults(scenario, deployment)

    assert result == []
