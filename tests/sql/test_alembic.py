"""Test that Alembic's own commands work, or say in a sentence why they cannot."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.config import CommandLine
from alembic.util import CommandError
from sqlalchemy import make_url
from tests.architecture.sources import ROOT
from tests.sql.empty_databases import EmptyDatabase, empty_on_postgresql, empty_on_sqlite

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.generated_revisions import OWN

pytestmark = pytest.mark.slow

Run = Callable[[str], str]
SETTINGS = ("[alembic]", "script_location = indelible_sql.schema:migrations")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer) -> EmptyDatabase:
    if request.param == "sqlite":
        return empty_on_sqlite(tmp_path / "empty.db")
    return empty_on_postgresql(server)


@pytest.fixture
def alembic(
    empty: EmptyDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Return a function that runs a command in a checkout and returns its output."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DATABASE_URL", empty.url)
    monkeypatch.setenv("INDELIBLE_OWNER_URL", empty.owner_url)

    def run(command: str) -> str:
        capsys.readouterr()
        CommandLine().main(["--raiseerr", *command.split()])
        return capsys.readouterr().out

    return run


def refusal(run: Run, command: str) -> str:
    """Return the sentence by which a command is refused, '' where it is not."""
    try:
        run(command)
    except CommandError as error:
        return str(error)
    return ""


def execute(empty: EmptyDatabase, script: str) -> None:
    """Execute a script as its database's own shell does."""
    if empty.schema is None:
        path = make_url(empty.url).database
        with closing(sqlite3.connect(str(path))) as file:
            file.executescript(script)
        return

    with psycopg.connect(empty.owner_url, autocommit=True) as connection:
        connection.execute(script.encode())


def test_alembic_upgrades_checks_and_downgrades(empty: EmptyDatabase, alembic: Run) -> None:
    alembic("upgrade head")
    facts = empty.facts()
    assert refusal(alembic, "check") == ""
    assert empty.revision() == OWN
    assert refusal(alembic, "current") == ""
    with empty.opened() as store:
        assert verify(store) == ()

    alembic("downgrade base")
    assert empty.revision() == ""

    alembic("upgrade +1")
    alembic("upgrade head")
    assert empty.facts() == facts
    with empty.opened() as store:
        assert create(store).seq == 1


def test_a_printed_upgrade_leaves_the_same_schema(empty: EmptyDatabase, alembic: Run) -> None:
    script = alembic("upgrade head --sql")
    execute(empty, script)
    facts = empty.facts()

    alembic("downgrade base")
    alembic("upgrade head")
    assert empty.facts() == facts
    assert empty.revision() == OWN


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("downgrade head:base --sql", "depends on the records"),
        ("downgrade base", "would drop 1 records"),
        ("revision --autogenerate -m more", "by hand"),
        ("downgrade no-such-revision", "no-such-revision"),
    ],
)
def test_a_command_that_cannot_run_says_why(
    command: str, reason: str, empty: EmptyDatabase, alembic: Run
) -> None:
    empty.upgrade()
    with empty.opened() as store:
        create(store)
    facts = empty.facts()

    assert reason in refusal(alembic, command)
    assert empty.facts() == facts


@pytest.mark.parametrize("command", ["upgrade head", "downgrade base", "check"])
def test_a_revision_that_was_never_released_is_refused_with_both_numbers(
    command: str, empty: EmptyDatabase, alembic: Run
) -> None:
    alembic("upgrade head")
    prefix = "" if empty.schema is None else "indelible."
    execute(empty, f"UPDATE {prefix}indelible_version SET version_num = '0005'")

    reason = refusal(alembic, command)
    assert reason.startswith("REVISION_NOT_RELEASED")
    assert f"revision 0005, expected {OWN}" in reason


def test_a_damaged_schema_is_reported_by_check(empty: EmptyDatabase, alembic: Run) -> None:
    assert "SCHEMA_OUT_OF_DATE" in refusal(alembic, "check")
    alembic("upgrade head")
    prefix = "" if empty.schema is None else "indelible."
    execute(empty, f"CREATE INDEX extra ON {prefix}history (entity_id, at)")

    assert "SCHEMA_DAMAGED" in refusal(alembic, "check")


def test_the_address_of_alembic_s_own_settings_comes_first(
    empty: EmptyDatabase, alembic: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = tmp_path / "alembic.ini"
    address = f"sqlalchemy.url = {empty.owner_url}"
    settings.write_text("\n".join((*SETTINGS, "catalog = indelible_sql.contexts:CATALOG", address)))
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/none.db")
    monkeypatch.delenv("INDELIBLE_OWNER_URL")

    alembic(f"-c {settings} upgrade head")
    assert empty.revision() == OWN

    monkeypatch.delenv("DATABASE_URL")
    assert "set `sqlalchemy.url`" in refusal(alembic, "upgrade head")


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("", "set `catalog` of Alembic"),
        ("catalog = indelible_sql.contexts:NONE", "cannot be imported"),
        ("catalog = nowhere:CATALOG", "cannot be imported"),
        ("catalog = indelible_sql.contexts:CONTEXTS", "is no Catalog"),
    ],
)
def test_a_command_without_contexts_is_refused_in_a_sentence(
    alembic: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    empty: EmptyDatabase,
    option: str,
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)  # the checkout's own settings name the contexts
    settings = tmp_path / "alembic.ini"
    settings.write_text("\n".join((*SETTINGS, option)))

    assert reason in refusal(alembic, f"-c {settings} upgrade head")
    assert empty.revision() == ""
