"""`indelible db check --against` compares the database with the snapshot file of a release."""

from pathlib import Path

import pytest
from tests.architecture.sources import ROOT
from tests.service.commands import error_code, json_result, run, tamper

RELEASE = ROOT / "packages" / "adapters" / "sql" / "schema.snapshot.sqlite.sql"
CHECK = ("db", "check", "--against", "release.sql")


@pytest.fixture(autouse=True)
def release() -> Path:
    """Copy the snapshot file of a release into the working directory."""
    path = Path("release.sql")
    path.write_bytes(RELEASE.read_bytes())
    return path


def test_a_database_of_the_release_has_no_difference(environment: dict[str, str]) -> None:
    assert json_result(*CHECK, settings=environment) == []
    assert run(*CHECK, settings=environment).stdout.startswith("Differences from the file: 0")


@pytest.mark.slow
def test_each_difference_is_listed_by_its_object(
    environment: dict[str, str], tmp_path: Path
) -> None:
    tamper(
        tmp_path / "test.db",
        "DROP TRIGGER history_no_update",
        "CREATE INDEX accounts_by_hunter ON accounts (kind)",
    )

    unexpected, missing = json_result(*CHECK, settings=environment, code=1)
    assert (unexpected["is"], unexpected["kind"], unexpected["name"]) == (
        "unexpected",
        "index",
        "accounts_by_hunter",
    )
    assert (missing["is"], missing["kind"], missing["name"]) == (
        "missing",
        "trigger",
        "history_no_update",
    )
    assert missing["expected"][0].startswith("trigger history_no_update: CREATE TRIGGER")
    assert missing["actual"] == []

    result = run(*CHECK, settings=environment)
    assert result.exit_code == 1
    assert "history_no_update" in result.stdout
    assert "accounts_by_hunter" in result.stdout


def test_a_hostile_file_cannot_write_to_the_terminal(
    environment: dict[str, str], release: Path
) -> None:
    with release.open("a") as file:
        file.write('\nCREATE TABLE "\x1b[31mred\x07" (id);\n')
    result = run(*CHECK, settings=environment)

    assert result.exit_code == 1
    assert "\\u001b[31mred\\u0007" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_file_that_is_no_snapshot_is_refused(environment: dict[str, str], release: Path) -> None:
    release.write_text("CREATE TABLE accounts (id)\n")
    assert error_code(*CHECK, settings=environment) == "SNAPSHOT_INVALID"

    release.unlink()
    assert error_code(*CHECK, settings=environment, exit_code=3) == "FILE_UNUSABLE"


def test_a_database_that_is_not_migrated_is_refused() -> None:
    Path("empty.db").touch()
    settings = {"DATABASE_URL": f"sqlite:///{Path.cwd()}/empty.db"}

    assert error_code(*CHECK, settings=settings, exit_code=3) == "SCHEMA_OUT_OF_DATE"


def test_a_module_and_a_file_exclude_each_other(environment: dict[str, str]) -> None:
    result = run(*CHECK, "--module", "tickets", settings=environment)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr
