"""Each test of the service has its own working directory, and no settings from outside."""

import logging
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.conftest import folder
from tests.service.exports import export_of, new_store

from indelible.concepts import ConceptContent
from indelible.testing.stores import approve, create, edit, published, submit
from indelible_service.logs.lines import LineFormatter, ScreenFormatter
from indelible_service.settings.service import all_setting_fields
from indelible_sql import SqlStore, open_store

VARIABLES = tuple(attribute.metadata["variable"] for attribute in all_setting_fields())
OWN_PREFIXES = (
    "ALCHEMY_",
    "API_BASE_URL",
    "CORS_",
    "DATABASE_",
    "DB_",
    "GITHUB_",
    "INDELIBLE_",
    "INGESTION_",
    "STRIPE_",
)
CONTROL_CHARACTERS = ConceptContent(name="Ratio", definition="red \x1b[31m and a bell \x07")
# Content with every character that an export could damage.
UNUSUAL_CONTENT = ConceptContent(
    name="Odd \u2028 name \U0001f600",
    definition="tab\t, line\nbreak, \x01, \u202e, \ufeff and e\u0301",
    examples=("", "a\\u0000b"),
    misconceptions=('"quoted"', "{}"),
    scope_boundaries="",
)


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
def restored_logging() -> Generator[None]:
    """Restore the root logger after a test that ran a process's command in this process."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    for handler in tuple(root.handlers):  # those of pytest stay
        if isinstance(handler.formatter, LineFormatter | ScreenFormatter):
            root.removeHandler(handler)


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test in an empty directory, without settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) - set(foreign_variables()):
        monkeypatch.delenv(name)
    monkeypatch.setenv("INDELIBLE_PORT", "0")  # any free port
    monkeypatch.setenv("INDELIBLE_WORKSPACE_ROOT", str(tmp_path / "workspaces"))


@pytest.fixture
def empty() -> Generator[Path]:
    """Create a folder in which no server was started."""
    with folder() as path:
        yield path


@pytest.fixture
def environment(sqlite_url: str) -> dict[str, str]:
    """Return the settings of a database with two concepts; one contains control characters."""
    store = open_store(sqlite_url)
    edit(store, create(store), CONTROL_CHARACTERS)
    published(store)
    store.dispose()
    return {"DATABASE_URL": sqlite_url}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> SqlStore:
    """Return a store on each database."""
    store: SqlStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture(scope="session")
def export(template_file: Path) -> bytes:
    """Export three concepts: one published, one that corrects it, and one with unusual content."""
    with new_store(template_file) as source:
        original = published(source)
        create(source, corrects=original.concept.id)

        unusual = create(source, UNUSUAL_CONTENT)
        edit(source, approve(source, submit(source, edit(source, unusual))))

        return export_of(source)
