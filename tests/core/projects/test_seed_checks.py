"""The checks of seed 003 run alone, as its section 9 says."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).with_name("test_schema_refinements.py")
NAMES = (
    "test_latest_successful_job_id_is_initially_none",
    "test_prompt_is_denormalized_correctly",
    "test_warnings_list_initialized_empty",
    "test_pending_to_running_transition_allowed",
    "test_job_completes_with_warnings",
    "test_project_latest_successful_job_id_updated_on_success",
    "test_invalid_transitions_prevented",
)


@pytest.mark.dose
def test_the_seven_checks_pass_alone_in_any_directory(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, CHECKS], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    for name in NAMES:
        assert f"::{name}" in outcome.stdout
    assert " failed" not in outcome.stdout
    assert list(tmp_path.iterdir()) == []
