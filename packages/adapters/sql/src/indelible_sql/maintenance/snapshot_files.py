"""Snapshot files of the schema, and their comparison with a database, fact by fact.

A blank line separates two facts. A blank line inside a fact, such as the body of a function, is
written as an empty SQL comment.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from indelible_sql.engine.errors import translate_errors
from indelible_sql.maintenance.findings import Fault
from indelible_sql.maintenance.hosts import NO_HEADS, missing_guards, unchecked_names
from indelible_sql.schema.migrate import digests_at_head, newest
from indelible_sql.schema.snapshot import facts
from indelible_sql.store import AnySqlStore

NAMES: Final = {"postgresql": "schema.snapshot.sql", "sqlite": "schema.snapshot.sqlite.sql"}
BETWEEN: Final = "\n\n"
BEFORE_BLANK_LINE: Final = re.compile(r"\n(?=\n)")
EMPTY_COMMENT: Final = "\n--"
INSTALLED: Final = Path(__file__).parents[1]
PLACES: Final = (INSTALLED, INSTALLED.parents[1])  # in a wheel, in a working tree


def differences(store: AnySqlStore) -> Mapping[str, str]:
    """Map each fact that differs between the database and its file to "missing" or "unexpected".

    A function that an upgrade repairs is "missing" or "broken". A host's guard can be "missing",
    and a host's lifecycle without a registered context is "LIFECYCLE_NOT_CHECKED".
    Raises SchemaOutOfDate for a database of another revision.
    """
    actual = set(_actual(store))
    expected = set(_expected(store.engines.reader.dialect.name))

    kinds: dict[str, str] = {}
    for fact in sorted(actual ^ expected):
        kinds[fact] = "missing" if fact in expected else "unexpected"
    for name, fault in _function_faults(store).items():
        kinds[f"function {name}: `indelible db upgrade` repairs it"] = fault
    kinds.update(_host_faults(store))

    return kinds


def _function_faults(store: AnySqlStore) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    if store.engines.reader.dialect.name == "sqlite":
        return faults

    with translate_errors(), store.engines.reader.connect() as connection:
        for context in store.schema_catalog.contexts:
            if context.function_faults is not None:
                faults.update(context.function_faults(connection, store.schema))

    return faults


def _host_faults(store: AnySqlStore) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    with translate_errors(), store.engines.reader.connect() as connection:
        for guard in missing_guards(connection, store, NO_HEADS):
            faults[f"guard {guard.name} of table {guard.table.name}"] = "missing"
        for name in unchecked_names(connection, store, NO_HEADS):
            fact = f"lifecycle {name}: name the module of its context with `--module`"
            faults[fact] = Fault.LIFECYCLE_NOT_CHECKED

    return faults


def snapshot_of(store: AnySqlStore, owner_url: str | None, title: str) -> str:
    """Return the text of the file for the store's empty database, which is migrated for it."""
    store.upgrade(owner_url)
    return BETWEEN.join((f"-- {title}, revision {newest()[0]}", *_actual(store))) + "\n"


def _actual(store: AnySqlStore) -> tuple[str, ...]:
    with translate_errors(), store.engines.reader.connect() as connection:
        digests_at_head(connection, store.schema)
        lines = facts(connection, store.schema, store.schema_catalog)

    return tuple(BEFORE_BLANK_LINE.sub(EMPTY_COMMENT, fact.rstrip()) for fact in lines)


def _expected(dialect: str) -> tuple[str, ...]:
    path = INSTALLED / NAMES[dialect]
    for folder in PLACES:
        if (folder / NAMES[dialect]).exists():
            path = folder / NAMES[dialect]
            break

    _title, *lines = path.read_text(encoding="utf-8").strip("\n").split(BETWEEN)
    return tuple(lines)
