"""The checks of seed 003, section 9, in its words; they run alone with `python` and this file.

python tests/core/projects/test_schema_refinements.py
"""

import os
import sys
from itertools import product
from pathlib import Path

import pytest

from indelible.kernel import InvalidTransition
from indelible.memory import MemoryStore
from indelible.projects import VALID_TRANSITIONS, JobStatus
from indelible.testing.projects.scenarios import (
    PUSHED,
    ProjectScenario,
    make_spec,
    new_project,
    update_status,
)
from indelible.testing.stores import CountedIds, TickingClock

PAIRS = tuple(product(JobStatus, JobStatus))
VALID_PAIRS = tuple(pair for pair in PAIRS if pair[1] in VALID_TRANSITIONS[pair[0]])
INVALID_PAIRS = tuple(pair for pair in PAIRS if pair not in VALID_PAIRS)


@pytest.fixture
def scenario() -> ProjectScenario:
    """Return a project in a store of its own."""
    return new_project(MemoryStore(clock=TickingClock(), ids=CountedIds()))


def test_latest_successful_job_id_is_initially_none(scenario: ProjectScenario) -> None:
    assert scenario.project.latest_successful_job_id is None


def test_prompt_is_denormalized_correctly(scenario: ProjectScenario) -> None:
    job = scenario.create_job(make_spec("Build a shop that sells books."))

    assert job.prompt == "Build a shop that sells books."
    assert job.prompt == scenario.details(job).architecture_spec.prompt


def test_warnings_list_initialized_empty(scenario: ProjectScenario) -> None:
    job = scenario.create_job()

    assert scenario.details(job).warnings == ()


def test_pending_to_running_transition_allowed(scenario: ProjectScenario) -> None:
    job = scenario.create_job()

    assert update_status(scenario, job, JobStatus.RUNNING).status is JobStatus.RUNNING


def test_job_completes_with_warnings(scenario: ProjectScenario) -> None:
    job = scenario.running_job()
    warnings = ("The first warning.", "The second warning.")
    ended = update_status(
        scenario, job, JobStatus.COMPLETED_WITH_WARNINGS, result=PUSHED, warnings=warnings
    )

    assert ended.status is JobStatus.COMPLETED_WITH_WARNINGS
    assert ended.completed_at == ended.updated_at
    assert scenario.details(job).warnings == warnings


@pytest.mark.parametrize(
    "status", [JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_WARNINGS], ids=str
)
def test_project_latest_successful_job_id_updated_on_success(
    scenario: ProjectScenario, status: JobStatus
) -> None:
    job = scenario.running_job()
    update_status(scenario, job, status)

    assert scenario.project.latest_successful_job_id == job.id


def test_invalid_transitions_prevented(scenario: ProjectScenario) -> None:
    job = scenario.job_in(JobStatus.COMPLETED)

    with pytest.raises(InvalidTransition):
        update_status(scenario, job, JobStatus.RUNNING)
    assert scenario.details(job).job == job


def test_5_of_the_25_pairs_of_statuses_are_valid_transitions() -> None:
    assert (len(PAIRS), len(VALID_PAIRS), len(INVALID_PAIRS)) == (25, 5, 20)
    assert set(VALID_PAIRS) == {
        ("pending", "running"),
        ("pending", "failed"),
        ("running", "completed"),
        ("running", "completed_with_warnings"),
        ("running", "failed"),
    }


if __name__ == "__main__":
    # Without the configuration, the fixtures and the plugins of the whole suite.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    FOLDER = Path(__file__).parent
    ALONE = ("--noconftest", "-c", os.devnull, f"--rootdir={FOLDER}", "-p", "no:cacheprovider")
    sys.exit(pytest.main([__file__, "-v", *ALONE]))
