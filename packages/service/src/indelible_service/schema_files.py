"""What a database should hold of our tables: files beside the adapter, compared with it fact by fact."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import indelible_sql
from indelible.kernel import Clock
from indelible_service.embedded import postgres
from indelible_service.local import completed, usable
from indelible_sql import SqlStore
from indelible_sql.faults import translated
from indelible_sql.migrate import SchemaOutOfDate, newest, revision_of
from indelible_sql.snapshot import facts

NAMES: Final = {"postgresql": "schema.snapshot.sql", "sqlite": "schema.snapshot.sqlite.sql"}
BETWEEN: Final = "\n\n"
INSTALLED: Final = Path(indelible_sql.__file__).parent
PLACES: Final = (INSTALLED, INSTALLED.parents[1])  # in a wheel, in a working tree


def found_facts(store: SqlStore) -> tuple[str, ...]:
    """What the database holds, or SchemaOutOfDate."""
    with translated(), store.engines.reader.connect() as connection:
        place = None if connection.dialect.name == "sqlite" else store.schema
        found, (needed, _) = revision_of(connection, place), newest()
        if found != needed:
            raise SchemaOutOfDate(found or "nothing", needed)
        return tuple(fact.rstrip() for fact in facts(connection, store.schema))


def expected_facts(dialect: str) -> tuple[str, ...]:
    """What the committed file says that a database of this kind holds."""
    path = next(filter(Path.exists, (place / NAMES[dialect] for place in PLACES)), INSTALLED / NAMES[dialect])
    with usable(path):
        return tuple(path.read_text(encoding="utf-8").strip("\n").split(BETWEEN)[1:])


def write_snapshots(into: Path, *, iteration: int, clock: Clock) -> tuple[Path, ...]:
    """Migrate an empty database of each kind, and write down what it then holds."""
    title = f"-- iteration {iteration}, {clock.now():%Y-%m-%d}, revision {newest()[0]}"
    with TemporaryDirectory() as own, TemporaryDirectory() as other, postgres(Path(other), durable=False) as server:
        urls = {"postgresql": (server.url, server.owner_url), "sqlite": (f"sqlite:///{own}/new.db", None)}
        return tuple(_write(into / NAMES[kind], title, _migrated(*urls[kind])) for kind in NAMES)


def _migrated(url: str, owner_url: str | None) -> tuple[str, ...]:
    store = indelible_sql.open_store(url)
    store.upgrade(owner_url)
    try:
        return found_facts(store)
    finally:
        store.dispose()


def _write(path: Path, title: str, lines: Iterable[str]) -> Path:
    with completed(path) as out:
        out.write(f"{BETWEEN.join((title, *lines))}\n".encode())
    return path
