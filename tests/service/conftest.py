"""Each test of the service has a working directory of its own, and settings of nobody else."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from attrs import fields

from indelible_service.settings import Settings

VARIABLES = tuple(attribute.metadata["variable"] for attribute in fields(Settings))
OURS = ("API_BASE_URL", "CORS_", "DATABASE_", "DB_", "INDELIBLE_")


def strangers() -> dict[str, str]:
    """The variables that are no settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@pytest.fixture(autouse=True)
def handlers() -> Generator[None]:
    """A command that was run in this process has said how it ends: that is not for the next one."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(strangers()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("INDELIBLE_PORT", "0")  # whichever is free
