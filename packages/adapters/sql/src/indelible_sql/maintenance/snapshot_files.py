"""What a database should hold of our tables: files beside this adapter, compared with it fact by fact."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from indelible_sql.engine.errors import translate_errors
from indelible_sql.schema.migrate import digests_at_head, newest
from indelible_sql.schema.snapshot import facts
from indelible_sql.store import AnySqlStore

NAMES: Final = {"postgresql": "schema.snapshot.sql", "sqlite": "schema.snapshot.sqlite.sql"}
BETWEEN: Final = "\n\n"
INSTALLED: Final = Path(__file__).parents[1]
PLACES: Final = (INSTALLED, INSTALLED.parents[1])  # in a wheel, in a working tree


def differences(store: AnySqlStore) -> Mapping[str, str]:
    """Every fact in which the database and its file differ: whether it is missing or unexpected; SchemaOutOfDate."""
    found, expected = set(_found(store)), set(_expected(store.engines.reader.dialect.name))
    return {
        fact: "missing" if fact in expected else "unexpected" for fact in sorted(found ^ expected)
    }


def snapshot_of(store: AnySqlStore, owner_url: str | None, title: str) -> str:
    """Return the text of the file for the store's empty database, which is migrated for it."""
    store.upgrade(owner_url)
    return BETWEEN.join((f"-- {title}, revision {newest()[0]}", *_found(store))) + "\n"


def _found(store: AnySqlStore) -> tuple[str, ...]:
    with translate_errors(), store.engines.reader.connect() as connection:
        digests_at_head(connection, store.schema)
        return tuple(
            fact.rstrip() for fact in facts(connection, store.schema, store.schema_catalog)
        )


def _expected(dialect: str) -> tuple[str, ...]:
    path = next(
        filter(Path.exists, (place / NAMES[dialect] for place in PLACES)),
        INSTALLED / NAMES[dialect],
    )
    return tuple(path.read_text(encoding="utf-8").strip("\n").split(BETWEEN)[1:])
