"""Databases with rows in every table, once on each database."""

import shutil
from pathlib import Path

import pytest
from tests.databases import create_database
from tests.guards.population import populate_database, populate_file

from indelible_service.embedded import PostgresServer


@pytest.fixture(scope="session")
def populated_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file that is copied, never written to."""
    path = Path(shutil.copy(template_file, tmp_path_factory.mktemp("guards") / "populated.db"))
    populate_file(path)
    return path


@pytest.fixture(scope="session")
def populated_database(server: PostgresServer, template: PostgresServer) -> PostgresServer:
    """Return a PostgreSQL database that is copied, never written to."""
    database = create_database(server, "guards_populated", template.url.rpartition("/")[2])
    populate_database(database)
    return database
