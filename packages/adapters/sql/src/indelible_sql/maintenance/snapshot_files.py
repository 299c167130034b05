"""Snapshot files of the schema, and their comparison with a database, fact by fact.

A blank line separates two facts. A blank line inside a fact, such as the body of a function, is
written as an empty SQL comment.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from indelible_sql.engine.errors import translate_errors
from indelible_sql.maintenance.hosts import NO_HEADS, missing_guards, unchecked_names
from indelible_sql.maintenance.role_settings import reported_settings
from indelible_sql.schema.findings import Fault
from indelible_sql.schema.migrate import admitted_state, newest
from indelible_sql.schema.partitions import MIN_PARTITIONS, PARTITIONED, shape_of
from indelible_sql.schema.snapshot import facts, facts_digest
from indelible_sql.store.kernel_store import AnySqlStore

NAMES: Final = {
    "postgresql": "schema.snapshot.sql",
    PARTITIONED: "schema.snapshot.partitions.sql",
    "sqlite": "schema.snapshot.sqlite.sql",
}
BETWEEN: Final = "\n\n"
BEFORE_BLANK_LINE: Final = re.compile(r"\n(?=\n)")
EMPTY_COMMENT: Final = "\n--"
INSTALLED: Final = Path(__file__).parents[1]
PLACES: Final = (INSTALLED, INSTALLED.parents[1])  # in a wheel, in a working tree


def differences(store: AnySqlStore) -> Mapping[str, str]:
    """Map each fact that differs between the database and its file to "missing" or "unexpected".

    A function that an upgrade repairs is "missing" or "broken". A host's guard can be "missing",
    and a host's lifecycle without a registered context is "LIFECYCLE_NOT_CHECKED". A setting of a
    role that writes is "unexpected".
    At an additive revision of the next release, nothing differs if its mark has the digest of the
    facts; otherwise that revision's own additions are among the differences.
    Raises SchemaOutOfDate or SchemaTooNew for a database of another revision.
    """
    kinds: dict[str, str] = {}
    if not _is_as_later_release_left_it(store):
        actual = set(_actual(store))
        expected = set(_expected(_shape(store)))
        for fact in sorted(actual ^ expected):
            kinds[fact] = "missing" if fact in expected else "unexpected"
    for name, fault in _function_faults(store).items():
        kinds[f"function {name}: `indelible db upgrade` repairs it"] = fault
    kinds.update(_other_faults(store))

    return kinds


def later_revision(store: AnySqlStore) -> str:
    """Return the additive revision of the next release that the database is at, or ''."""
    with translate_errors(), store.engines.reader.connect() as connection:
        state = admitted_state(connection, store.schema)
    return state.revision if state.is_later else ""


def _is_as_later_release_left_it(store: AnySqlStore) -> bool:
    with translate_errors(), store.engines.reader.connect() as connection:
        state = admitted_state(connection, store.schema)
        if not state.is_later:
            return False
        return facts_digest(facts(connection, store.schema, store.schema_catalog)) == state.digest


def _shape(store: AnySqlStore) -> str:
    with translate_errors(), store.engines.reader.connect() as connection:
        return shape_of(connection, store.schema)


def _function_faults(store: AnySqlStore) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    if store.engines.reader.dialect.name == "sqlite":
        return faults

    with translate_errors(), store.engines.reader.connect() as connection:
        for context in store.schema_catalog.contexts:
            if context.function_faults is not None:
                faults.update(context.function_faults(connection, store.schema))

    return faults


def _other_faults(store: AnySqlStore) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    with translate_errors(), store.engines.reader.connect() as connection:
        for guard in missing_guards(connection, store, NO_HEADS):
            faults[f"guard {guard.name} of table {guard.table.name}"] = "missing"
        for name in unchecked_names(connection, store, NO_HEADS):
            fact = f"lifecycle {name}: name the module of its context with `--module`"
            faults[fact] = Fault.LIFECYCLE_NOT_CHECKED
        for setting in reported_settings(connection, store.schema):
            faults[str(setting)] = "unexpected"

    return faults


def snapshot_of(store: AnySqlStore, owner_url: str | None, title: str, shape: str) -> str:
    """Return the text of a shape's file for the store's empty database, which is migrated for it.

    The facts of a partitioned history are the same for any number of partitions.
    """
    number = MIN_PARTITIONS if shape == PARTITIONED else None
    store.upgrade(owner_url, history_partitions=number)
    return BETWEEN.join((f"-- {title}, revision {newest()[0]}", *_actual(store))) + "\n"


def _actual(store: AnySqlStore) -> tuple[str, ...]:
    with translate_errors(), store.engines.reader.connect() as connection:
        admitted_state(connection, store.schema)
        lines = facts(connection, store.schema, store.schema_catalog)

    return as_paragraphs(lines)


def as_paragraphs(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the facts as a file has them, without blank lines."""
    return tuple(BEFORE_BLANK_LINE.sub(EMPTY_COMMENT, fact.rstrip()) for fact in lines)


def _expected(shape: str) -> tuple[str, ...]:
    path = INSTALLED / NAMES[shape]
    for folder in PLACES:
        if (folder / NAMES[shape]).exists():
            path = folder / NAMES[shape]
            break

    _title, *lines = path.read_text(encoding="utf-8").strip("\n").split(BETWEEN)
    return tuple(lines)
