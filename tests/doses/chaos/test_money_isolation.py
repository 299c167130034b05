"""With every fault of payments, contests have the same transitions as without one."""

import shutil
from pathlib import Path

import pytest
from tests.dose_sizes import dose
from tests.doses.chaos.money_isolation import (
    ALL_PAID,
    IN_TIME,
    differences,
    play_contest,
    stories_of,
)

from indelible.contests.lifecycle import EntryStatus

pytestmark = pytest.mark.slow

SEEDS = range(1, dose(5, small=2))


def test_faults_of_payments_change_no_transition_and_only_exclude_entries(
    template_file: Path, tmp_path: Path
) -> None:
    def new_url(name: str) -> str:
        return f"sqlite:///{shutil.copy(template_file, tmp_path / name)}"

    calm = play_contest(new_url("calm.db"), tmp_path / "calm", ALL_PAID, seed=0, has_faults=False)
    assert calm.problems == []
    assert calm.ineligible == {}

    for seed in SEEDS:
        stories = stories_of(seed)
        folder = tmp_path / f"faulty-{seed}"
        faulty = play_contest(new_url(f"{seed}.db"), folder, stories, seed=seed, has_faults=True)

        assert differences(faulty, calm) == [], stories
        for user, (status, _) in faulty.ineligible.items():
            is_late = faulty.stories[user] in IN_TIME  # its event was lost until the settlement
            assert status is not EntryStatus.ACTIVE, (user, is_late, stories)
