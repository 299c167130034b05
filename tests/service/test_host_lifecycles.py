"""The commands that check or rebuild a database name a host's lifecycle that they do not know."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.examples.loans import LOAN, lend, migrate
from tests.service.commands import json_result, run, tamper

from indelible.testing.stores import MAYA
from indelible_sql import open_store

pytestmark = pytest.mark.slow

MODULE = ("--module", "tests.examples.loans")
NOT_CHECKED = "LIFECYCLE_NOT_CHECKED"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the database of a library that has lent a book."""
    path = tmp_path / "test.db"
    store = open_store(f"sqlite:///{path}", lifecycles=(LOAN,))
    store.upgrade()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")
    store.dispose()
    return path


@pytest.fixture
def settings(path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{path}"}


def test_a_module_lets_each_command_check_and_rebuild_its_lifecycle(
    path: Path, settings: dict[str, str]
) -> None:
    # Without it each command ends with 1.
    (finding,) = json_result("verify", settings=settings, code=1)
    (difference,) = json_result("db", "check", settings=settings, code=1)
    rebuilt = run("rebuild", settings=settings)
    assert (finding["fault"], difference["is"]) == (NOT_CHECKED, NOT_CHECKED)
    assert all("--module" in text for text in (finding["detail"], difference["fact"]))
    assert rebuilt.exit_code == 1
    assert rebuilt.stderr.startswith(f"{NOT_CHECKED}: ")
    assert "--module" in rebuilt.stderr

    assert json_result("verify", *MODULE, settings=settings) == []
    assert json_result("db", "check", *MODULE, settings=settings) == []
    tables = json_result("rebuild", *MODULE, settings=settings)
    assert {"table": "loans", "rows": 1, "changed": []} in tables

    # Changed rows of a table without guards are found, and rebuilt.
    connection = sqlite3.connect(path)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'loans'"
    guards = connection.execute(query).fetchall()
    connection.close()
    drops = [f"DROP TRIGGER {name}" for name, _ in guards]
    tamper(path, *drops, "UPDATE loans SET book = 'Another'")
    findings = json_result("verify", *MODULE, settings=settings, code=1)
    differences = json_result("db", "check", *MODULE, settings=settings, code=1)
    assert {finding["fault"] for finding in findings} == {"SCHEMA", "HEAD"}
    assert len(differences) == len(guards)
    tamper(path, *(sql for _, sql in guards))
    tables = json_result("rebuild", *MODULE, settings=settings)
    (changed,) = [table["changed"] for table in tables if table["table"] == "loans"]
    assert len(changed) == 1
    assert json_result("verify", *MODULE, settings=settings) == []
