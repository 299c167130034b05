"""The situation, once on each database."""

import shutil
from pathlib import Path

import pytest
from tests.databases import create_database
from tests.guards.mutations import Report, measure
from tests.guards.page_rows import repeated_attacks
from tests.guards.situated import Situated, settle_database, settle_file

from indelible_service.embedded import PostgresServer


@pytest.fixture(scope="session")
def situated_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Situated[Path]:
    """Return a SQLite file that is copied, never written to."""
    path = tmp_path_factory.mktemp("guards") / "situated.db"
    return settle_file(Path(shutil.copy(template_file, path)))


@pytest.fixture(scope="session")
def situated_database(server: PostgresServer, template: PostgresServer) -> Situated[PostgresServer]:
    """Return a PostgreSQL database in which nothing more is committed, so it can be copied."""
    source = template.url.rpartition("/")[2]
    return settle_database(create_database(server, "guards_situated", source))


@pytest.fixture(scope="session")
def report(situated_file: Situated[Path], situated_database: Situated[PostgresServer]) -> Report:
    """Measure once what guards refuse."""
    repeated = {dialect: repeated_attacks(dialect) for dialect in ("postgresql", "sqlite")}
    return measure(situated_file, situated_database, repeated)
