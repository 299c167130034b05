"""Contests with paid entries in a memory store."""

from pathlib import Path

import pytest
from tests.money_contests import PaidContestRun


@pytest.fixture
def run(tmp_path: Path) -> PaidContestRun:
    """Return a run without a contest."""
    return PaidContestRun.in_memory(tmp_path)
