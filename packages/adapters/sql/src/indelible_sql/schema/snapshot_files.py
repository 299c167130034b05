"""What a database should hold of our tables: files beside this adapter, compared with it fact by fact."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from indelible_sql.engine.errors import translate_errors
from indelible_sql.schema.migrate import digests_at_head, newest
from indelible_sql.schema.snapshot import facts
from indelible_sql.store import SqlStore, open_store

NAMES: Final = {"postgresql": "schema.snapshot.sql", "sqlite": "schema.snapshot.sqlite.sql"}
BETWEEN: Final = "\n\n"
INSTALLED: Final = Path(__file__).parents[1]
PLACES: Final = (INSTALLED, INSTALLED.parents[1])  # in a wheel, in a working tree


def differences(store: SqlStore) -> Mapping[str, str]:
    """Every fact in which the database and its file differ: whether it is missing or unexpected; SchemaOutOfDate."""
    found, expected = set(_found(store)), set(_expected(store.engines.reader.dialect.name))
    return {
        fact: "missing" if fact in expected else "unexpected" for fact in sorted(found ^ expected)
    }


def snapshot_of(url: str, owner_url: str | None, title: str) -> str:
    """The text of the file for an empty database of this kind, which is migrated for it."""
    store = open_store(url)
    store.upgrade(owner_url)
    try:
        return BETWEEN.join((f"-- {title}, revision {newest()[0]}", *_found(store))) + "\n"
    finally:
        store.dispose()


def _found(store: SqlStore) -> tuple[str, ...]:
    with translate_errors(), store.engines.reader.connect() as connection:
        digests_at_head(connection, store.schema)
        return tuple(fact.rstrip() for fact in facts(connection, store.schema))


def _expected(dialect: str) -> tuple[str, ...]:
    path = next(
        filter(Path.exists, (place / NAMES[dialect] for place in PLACES)),
        INSTALLED / NAMES[dialect],
    )
    return tuple(path.read_text(encoding="utf-8").strip("\n").split(BETWEEN)[1:])
