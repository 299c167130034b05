"""The situation, once on each database."""

import shutil
from pathlib import Path

import pytest
from tests.databases import create_database
from tests.guards.mutations import Report, measured
from tests.guards.places import Place, settled_database, settled_file

from indelible_service.embedded import PostgresServer


@pytest.fixture(scope="session")
def situated_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Place[Path]:
    """A SQLite file that is copied, never written to."""
    path = tmp_path_factory.mktemp("guards") / "situated.db"
    return settled_file(Path(shutil.copy(template_file, path)))


@pytest.fixture(scope="session")
def situated_database(server: PostgresServer, template: PostgresServer) -> Place[PostgresServer]:
    """A PostgreSQL database in which nothing more is committed, so that it can be copied."""
    return settled_database(
        create_database(server, "guards_situated", template.url.rpartition("/")[2])
    )


@pytest.fixture(scope="session")
def report(situated_file: Place[Path], situated_database: Place[PostgresServer]) -> Report:
    """What each guard holds, measured once."""
    return measured(situated_file, situated_database)
