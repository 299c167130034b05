"""Places for databases of a drill, and the commands that an operator types."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import psycopg
from attrs import frozen
from tests.conftest import copy_cluster, folder
from tests.money_site import API_KEY, WEBHOOK_SECRET, MoneySite
from tests.service.commands import run

from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import open_store

LIMITS: Final = {"shared_buffers": "32MB", "max_connections": "50"}


class CommandFailed(Exception):
    """A command has ended with an error."""


@frozen
class Bed:
    """Migrated databases to copy: the data of a server, whose pages have checksums, and a file."""

    cluster: Path
    file: Path
    folder: Path

    def sqlite(self, place: Path) -> str:
        """Return the URL of a new migrated file in a folder."""
        return f"sqlite:///{shutil.copy(self.file, place / 'lost.db')}"

    def place(self) -> Path:
        """Create a folder for one drill."""
        return Path(mkdtemp(dir=self.folder))

    @contextmanager
    def data(self) -> Generator[Path]:
        """Yield a folder with a copy of the server's data."""
        with folder() as directory:
            yield copy_cluster(self.cluster, directory)

    @contextmanager
    def server(self) -> Generator[PostgresServer]:
        """Run a server on a copy of the data."""
        with self.data() as directory, running(directory) as server:
            yield server


@contextmanager
def running(directory: Path, **settings: str) -> Generator[PostgresServer]:
    """Run the server of a folder; the WAL is whole, as in production, though nothing is synced."""
    values = {**LIMITS, "full_page_writes": "on", **settings}
    with postgres(directory, durable=False, settings=values) as server:
        yield server


@contextmanager
def drill_bed() -> Generator[Bed]:
    """Yield places for the databases of drills."""
    with folder() as directory, folder() as cluster:
        with running(cluster) as server:
            migrate(server.url, server.owner_url)
        file = directory / "template.db"
        migrate(f"sqlite:///{file}")
        yield Bed(cluster=cluster, file=file, folder=directory)


def migrate(url: str, owner_url: str | None = None) -> None:
    """Create the tables."""
    store = open_store(url)
    store.upgrade(owner_url)
    store.dispose()


def settings_of(site: MoneySite, url: str, **more: str) -> dict[str, str]:
    """Return the settings of an installation."""
    return {
        "DATABASE_URL": url,
        # The only key that the simulator accepts; before a rotation it accepts any.
        "STRIPE_API_KEY": site.simulator.engine.state.settings.api_key or API_KEY,
        "STRIPE_API_URL": site.simulator.base_url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        **more,
    }


def command(*words: str, settings: dict[str, str]) -> str:
    """Run an `indelible` command and return its output. Raises: CommandFailed."""
    result = run(*words, settings=settings)
    if result.exit_code:
        raise CommandFailed(f"{' '.join(words)}: {result.output}")
    return result.stdout


def superuser_url(server: PostgresServer) -> str:
    """Return the superuser's address of the server's application database."""
    return f"{server.admin_url.rpartition('/')[0]}/{server.url.rpartition('/')[2]}"


def with_database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return f"{url.rpartition('/')[0]}/{name}"


def execute(server: PostgresServer, *statements: str) -> list[tuple[object, ...]]:
    """Execute statements as the superuser, and return the rows of the last one."""
    rows: list[tuple[object, ...]] = []
    with psycopg.connect(superuser_url(server), autocommit=True) as admin:
        for statement in statements:
            cursor = admin.execute(statement.encode())
            rows = cursor.fetchall() if cursor.description else []
    return rows
