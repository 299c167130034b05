"""A contest on its way, in a memory store with a provider in the folder of the test."""

from pathlib import Path

import pytest
from tests.contest_runs import ContestRun, FileProvider, TestClock

from indelible.memory import MemoryStore


@pytest.fixture
def run(tmp_path: Path) -> ContestRun:
    """Return a run without a contest."""
    clock = TestClock()
    provider = FileProvider(tmp_path / "leaderboard.json")
    return ContestRun(store=MemoryStore(clock=clock), provider=provider, clock=clock)
