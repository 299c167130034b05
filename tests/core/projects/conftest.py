"""A memory store with real Git repositories and workspaces in the folder of the test."""

from pathlib import Path

import pytest
from tests.project_jobs import AheadClock, JobSetup

from indelible.memory import MemoryStore


@pytest.fixture
def setup(tmp_path: Path) -> JobSetup:
    """Return a memory store, and a local host."""
    clock = AheadClock()
    return JobSetup(store=MemoryStore(clock=clock), folder=tmp_path, clock=clock)
