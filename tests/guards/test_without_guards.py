"""The domain refuses what it must without any guard of the database.

SQLite alone shows it: what decides is the same code on both databases. The suites that run are the
kernel's, and those of each context that write.
"""

import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.event import listen
from tests.conftest import shared_store

from indelible.testing.captures.integrity import CaptureIntegrityConformance
from indelible.testing.captures.scenarios import Install, nothing_to_install
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.contests.integrity import ContestIntegrityConformance
from indelible.testing.kernel.conformance import KernelConformance
from indelible.testing.money.ledger import LedgerConformance
from indelible.testing.projects.integrity import ProjectIntegrityConformance
from indelible.testing.stores import AnyStore
from indelible.testing.tokens.integrity import IntegrityConformance
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def unguarded_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file without triggers."""
    path = Path(shutil.copy(template_file, tmp_path_factory.mktemp("none") / "none.db"))
    with closing(sqlite3.connect(path)) as connection:
        for guard in CATALOG.guards("sqlite"):
            connection.execute(f"DROP TRIGGER {guard.name}")
    return path


def unguarded_store(path: Path) -> Generator[SqlStore]:
    """Open a store whose connections check neither rules of columns nor keys."""
    for store in shared_store(f"sqlite:///{path}", "unguarded"):
        # The schema check refuses a database without guards. This test needs one, so that only the
        # domain refuses illegal changes.
        if not store.is_admitted:
            store.is_admitted = True
            for engine in (store.engines.writer, store.engines.reader):
                listen(engine, "connect", _check_nothing)
        with store.engines.writer.connect() as connection:
            ask = connection.exec_driver_sql
            assert ask("PRAGMA foreign_keys").scalar() == 0
            assert ask("PRAGMA ignore_check_constraints").scalar() == 1
            assert ask("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").scalar() == 0
        yield store


def _check_nothing(connection: sqlite3.Connection, _: object) -> None:
    connection.set_authorizer(None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA foreign_keys = OFF")


class TestWithoutGuards(
    KernelConformance,
    ConceptsConformance,
    CaptureIntegrityConformance,
    IntegrityConformance,
    ProjectIntegrityConformance,
    ContestIntegrityConformance,
    LedgerConformance,
):
    @pytest.fixture
    def install(self) -> Install:
        return nothing_to_install

    @pytest.fixture
    def store(self, unguarded_file: Path, tmp_path: Path) -> Generator[AnyStore]:
        yield from unguarded_store(Path(shutil.copy(unguarded_file, tmp_path / "none.db")))
