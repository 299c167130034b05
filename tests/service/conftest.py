"""Each test of the service has its own working directory, and no settings from outside."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from indelible_service.settings import all_setting_fields

VARIABLES = tuple(attribute.metadata["variable"] for attribute in all_setting_fields())
OWN_PREFIXES = ("ALCHEMY_", "API_BASE_URL", "CORS_", "DATABASE_", "DB_", "INDELIBLE_")


def foreign_variables() -> dict[str, str]:
    """Return the environment variables that are no settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_PREFIXES)}


@pytest.fixture(autouse=True)
def restored_signal_handlers() -> Generator[None]:
    """Restore the signal handlers after a test that ran a command in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(foreign_variables()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("INDELIBLE_PORT", "0")  # any free port
