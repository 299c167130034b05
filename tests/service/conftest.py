"""Each test of the service has a working directory of its own, and settings of nobody else."""

import os
from pathlib import Path

import pytest

OURS = ("API_BASE_URL", "CORS_", "DATABASE_", "DB_", "INDELIBLE_")


def strangers() -> dict[str, str]:
    """The variables that are no settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(strangers()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("INDELIBLE_PORT", "0")  # whichever is free
