"""Copies of a database: exported and imported, and with a forged value in one column."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Final

from attrs import fields_dict

from indelible.kernel import Actor
from indelible.kernel.contexts import AnyContext
from indelible.kernel.declarations import enumeration_of
from indelible.kernel.kinds import FIXED_DECIMAL, column_kind
from indelible_sql.contexts import SqlStore
from indelible_sql.maintenance.export import export_histories
from indelible_sql.maintenance.import_export import import_histories
from indelible_sql.maintenance.verify import verify
from indelible_sql.schema.findings import Fault
from indelible_sql.testing.databases import Database

IMPORTER: Final = Actor.user("importer")
# Values in SQL, of which at least one is not that of a row, by the column of a kind.
FORGED: Final[Mapping[str, tuple[str, ...]]] = {
    "amount_minor": ("12345", "54321"),
    "calendar_date": ("'2999-01-01'",),
    "content": ("'forged'",),
    "currency": ("'CHF'", "'CHE'"),
    "digest": (f"'{'f' * 64}'",),
    FIXED_DECIMAL: ("12345", "54321"),
    "flag": ("1", "0"),
    "identifier": ("'forged'",),
    "instant": ("'2999-01-01T00:00:00.000000+00:00'",),
    "json_array": ("""'["forged"]'""",),
    "json_details": ("""'{"forged":1}'""",),
    "json_object": ("""'{"forged":1}'""",),
    "natural_number": ("12345", "54321"),
    "nonblank_text": ("'forged'",),
    "ordinal": ("12345", "54321"),
}


def exported(store: SqlStore) -> bytes:
    """Return the export of a store."""
    file = BytesIO()
    store.read(export_histories, file)
    return file.getvalue()


def imported(content: bytes, contexts: Sequence[AnyContext], path: Path) -> SqlStore:
    """Return a store on a new SQLite file with what an export has."""
    store = Database(f"sqlite:///{path}").opened(*contexts)
    import_histories(store, BytesIO(content), by=IMPORTER)
    return store


def unnoticed_forgeries(
    path: Path, context: AnyContext, others: Sequence[AnyContext] = ()
) -> Iterator[str]:
    """Yield the columns in which `verify` does not find a forged value.

    `path` is a SQLite file, of which copies are forged: each column in a row of its own.
    """
    remaining = dict(forged_values(context))
    while remaining:
        copy = path.with_name(f"{len(remaining)}.db")
        with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(copy)) as target:
            original.backup(target)
        forged = forge(copy, context.name, remaining)
        store = Database(f"sqlite:///{copy}").store(*others, context)
        named = {finding.entity_id for finding in verify(store) if finding.fault != Fault.SCHEMA}
        store.dispose()
        for entity_id, column in forged.items():
            del remaining[column]
            if entity_id not in named:
                yield column
        if not forged:
            return  # no row has another value, such as in a column that is always empty


def forged_values(context: AnyContext) -> Mapping[str, tuple[str, ...]]:
    """Return values in SQL for each column of a context."""
    entity = context.aggregate
    states = tuple(f"'{edge.to_state}'" for edge in entity.lifecycle.edges)
    values: dict[str, tuple[str, ...]] = {
        "status": (*states, "'FORGED'"),
        "seq": ("999",),
        "hash": (f"'{'0' * 64}'",),
        "created_at": ("'2001-01-01T00:00:00.000000+00:00'",),
        "updated_at": ("'2998-01-01T00:00:00.000000+00:00'",),
    }
    for name, attribute in fields_dict(entity).items():
        kind = column_kind(entity, name)
        if name in values or name == "id" or kind is None:
            continue
        members = enumeration_of(attribute)
        if members is not None:
            values[name] = tuple(f"'{member.value}'" for member in members)
        else:
            values[name] = FORGED[kind.column]
    return values


def forge(path: Path, table: str, values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write another value of each column into a row of a SQLite file, without guards.

    Return the columns by the ids of their rows, as long as there are rows with other values.
    """
    forged: dict[str, str] = {}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        for (name,) in connection.execute(query, (table,)).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for column, forms in values.items():
            for value in forms:
                query = f"SELECT id FROM {table} WHERE {column} IS NOT {value} ORDER BY id"
                rows = [row[0] for row in connection.execute(query) if row[0] not in forged]
                if rows:
                    write = f"UPDATE {table} SET {column} = {value} WHERE id = ?"
                    connection.execute(write, (rows[0],))
                    forged[rows[0]] = column
                    break
    return forged
