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
)
from tests.sql.row_changes import random_changes_of
from tests.sql.whole_rows import RowTally, compare_changes

from indelible.kernel.aggregates import Aggregate
from indelible_service.embedded import PostgresServer

MIN_SHARE = 0.15  # of the changes of an aggregate that are accepted
MAX_SHARE = 0.9
SEED = 36


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
