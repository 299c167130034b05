"""Databases for programs outside pytest: a PostgreSQL server and migrated databases to copy."""

import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from tests.conftest import SHARED_MEMORY
from tests.databases import create_database

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

TEMPLATE = "template_of_testbed"
NUMBERS = count(1)


@frozen
class Testbed:
    """A server, and the names of what to copy."""

    server: PostgresServer
    template: str
    file: Path

    def postgresql(self) -> PostgresServer:
        """A migrated database of one's own."""
        return create_database(self.server, f"bed_{next(NUMBERS)}", self.template)

    def sqlite(self) -> str:
        """The address of a migrated file of one's own."""
        return f"sqlite:///{shutil.copy(self.file, self.file.with_name(f'bed_{next(NUMBERS)}.db'))}"


@contextmanager
def testbed(
    *,
    durable: bool = False,  # noqa: PT028 - no test, despite its name
    settings: Mapping[str, str] | None = None,  # noqa: PT028
) -> Generator[Testbed]:
    """Yield a testbed for the block.

    Its files are in shared memory if that is writable and `durable` is false, else on disk.
    """
    place = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) and not durable else None
    with (
        TemporaryDirectory(prefix="indelible-", dir=place) as directory,
        TemporaryDirectory(prefix="indelible-", dir=place) as files,
        postgres(Path(directory), durable=durable, settings=settings) as server,
    ):
        database, file = create_database(server, TEMPLATE), Path(files) / "template.db"
        for url, owner_url in ((database.url, database.owner_url), (f"sqlite:///{file}", None)):
            store = open_store(url)
            store.upgrade(owner_url)
            store.dispose()
        yield Testbed(server, TEMPLATE, file)
