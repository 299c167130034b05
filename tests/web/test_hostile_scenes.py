"""Hostile requests that come after something else."""

import pytest
from tests.web.harness import memory
from tests.web.hostile.scene import Stage, faults
from tests.web.hostile.scenes import SCENES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(memory())


@pytest.mark.parametrize("row", sorted({scene.row for scene in SCENES}))
def test_what_comes_after_something_else_gets_its_stated_answer_and_writes_nothing(
    stage: Stage, row: int
) -> None:
    assert [fault for scene in SCENES if scene.row == row for fault in faults(scene, stage)] == []
