"""Databases for programs outside pytest: a PostgreSQL server and migrated databases to copy."""

import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from tests.conftest import HAS_SHARED_MEMORY, SHARED_MEMORY
from tests.databases import create_database, name_of

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

TEMPLATE = "template_of_testbed"
NUMBERS = count(1)


@frozen
class Testbed:
    """A server, and the migrated databases that are copied."""

    server: PostgresServer
    template: str
    file: Path

    def postgresql(self) -> PostgresServer:
        """Create a migrated PostgreSQL database."""
        return create_database(self.server, "bed", self.template)

    def sqlite(self) -> str:
        """Create a migrated SQLite file and return its URL."""
        path = self.file.with_name(f"bed_{next(NUMBERS)}.db")
        shutil.copy(self.file, path)
        return f"sqlite:///{path}"


@contextmanager
def testbed(
    *,
    durable: bool = False,  # noqa: PT028 - no test, despite its name
    settings: Mapping[str, str] | None = None,  # noqa: PT028 - no test, despite its name
) -> Generator[Testbed]:
    """Yield a testbed for the block.

    Its files are in shared memory if that is writable and `durable` is false, else on disk.
    """
    parent: Path | None = None
    if HAS_SHARED_MEMORY and not durable:
        parent = SHARED_MEMORY

    with (
        TemporaryDirectory(prefix="indelible-", dir=parent) as directory,
        TemporaryDirectory(prefix="indelible-", dir=parent) as files,
        postgres(Path(directory), durable=durable, settings=settings) as server,
    ):
        database = create_database(server, TEMPLATE)
        _migrate(database.url, database.owner_url)
        file = Path(files) / "template.db"
        _migrate(f"sqlite:///{file}")
        yield Testbed(server, name_of(database), file)


def _migrate(url: str, owner_url: str | None = None) -> None:
    store = open_store(url)
    store.upgrade(owner_url)
    store.dispose()
