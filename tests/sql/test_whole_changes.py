"""Domain, memory, SQLite and PostgreSQL give one answer to each change of every aggregate."""

import shutil
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from tests.core.test_changed_fields import aggregates
from tests.databases import temporary_copy
from tests.sql.change_stores import (
    AskChanges,
    PostgresqlChanges,
    SqliteChanges,
    ask_domain,
    ask_memory,
    guards_of_others,
)
from tests.sql.row_changes import random_changes_of
from tests.sql.whole_rows import RowTally, compare_changes

from indelible.captures.entities.aggregates import Space
from indelible.kernel.aggregates import Aggregate
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG

MIN_SHARE = 0.15  # of the changes of an aggregate that are accepted
MAX_SHARE = 0.9
SEED = 36
DROPPED = "spaces_fixed"
NEVER_LIFTED = (
    "fixed",
    "generation_forward",
    "history_exists",
    "initial_fields",
    "keeps_fields",
    "latest_times_on_insert",
    "latest_times_on_update",
    "names_approved_by",
    "names_destination_set_by",
    "one_step",
)


@pytest.fixture(scope="module")
def template_name(template: PostgresServer) -> str:
    """Return the name of the database that copies are made of."""
    return template.url.rpartition("/")[2]


@pytest.fixture(scope="module")
def sqlite_changes(
    template_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[SqliteChanges]:
    """Open a copy of the migrated SQLite file."""
    path = shutil.copy(template_file, tmp_path_factory.mktemp("changes") / "changes.db")
    with SqliteChanges.open(str(path)) as changes:
        yield changes


@pytest.fixture(scope="module")
def postgresql_changes(
    admin: "psycopg.Connection[object]", server: PostgresServer, template_name: str
) -> Generator[PostgresqlChanges]:
    """Open a copy of the migrated PostgreSQL database."""
    with (
        temporary_copy(admin, server, "whole_changes", template_name) as database,
        PostgresqlChanges.open(database.admin_url) as changes,
    ):
        yield changes


@pytest.fixture(
    params=["sqlite_changes", pytest.param("postgresql_changes", marks=pytest.mark.slow)]
)
def ask(request: pytest.FixtureRequest) -> AskChanges:
    """Return the function that asks a database."""
    changes: AskChanges = request.getfixturevalue(request.param)
    return changes


@pytest.mark.slow
@pytest.mark.parametrize("entity", aggregates(), ids=lambda entity: entity.__name__)
def test_a_change_gets_one_answer(entity: type[Aggregate], ask: AskChanges) -> None:
    stores = {"domain": ask_domain, "memory": ask_memory, "database": ask}
    tally = RowTally()

    compare_changes(entity, random_changes_of(entity, seed=SEED), stores, tally)

    assert tally.different == []
    assert MIN_SHARE < tally.accepted_share < MAX_SHARE


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_guards_of_one_aggregate_are_left(dialect: str) -> None:
    lifted = guards_of_others(dialect)
    of_heads = [guard for guard in CATALOG.guards(dialect) if guard.table in CATALOG.heads]

    assert {guard.rule for guard in lifted}.isdisjoint(NEVER_LIFTED)
    assert len(lifted) < len(of_heads) / 2


@pytest.mark.slow
def test_a_guard_that_sqlite_lacks_is_found(template_file: Path, tmp_path: Path) -> None:
    path = str(shutil.copy(template_file, tmp_path / "changes.db"))
    with SqliteChanges.open(path, without=[DROPPED]) as changes:
        assert_spaces_differ(changes)


@pytest.mark.slow
def test_a_guard_that_postgresql_lacks_is_found(
    admin: "psycopg.Connection[object]", server: PostgresServer, template_name: str
) -> None:
    with (
        temporary_copy(admin, server, "unguarded_changes", template_name) as database,
        PostgresqlChanges.open(database.admin_url, without=[DROPPED]) as changes,
    ):
        assert_spaces_differ(changes)


def assert_spaces_differ(database: AskChanges) -> None:
    """Assert that only the domain and memory refuse some changes of spaces."""
    tally = RowTally()
    stores = {"domain": ask_domain, "memory": ask_memory, "database": database}

    compare_changes(Space, random_changes_of(Space, seed=SEED), stores, tally)

    assert tally.different
    for line in tally.different:
        assert line.startswith("Space: domain: FIELD_FIXED ")
        assert "database: accepted\n" in line
        assert " to " in line
