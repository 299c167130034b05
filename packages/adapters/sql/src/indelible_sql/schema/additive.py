"""The mark of an additive revision: the release before it may go on working beside the new one.

Code cannot know the files of a later release, so that release stores the mark in the database: in a
table beside Alembic's, written by the migration, which the application's role may only read.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, Text, column, inspect, select, table

from indelible_sql.engine.prepared import SCHEMA

ADDITIVE_TABLE: Final = "indelible_additive"
COLUMNS: Final = ("revision", "previous", "digest")
CREATE: Final = """
    CREATE TABLE {table} (
      revision text PRIMARY KEY,
      previous text NOT NULL,
      digest text NOT NULL
    )
"""
INSERT: Final = """
    INSERT INTO {table} (revision, previous, digest)
    VALUES ('{revision}', '{previous}', '{digest}')
"""
# Only roles that may use the schema can name the table. Nobody but its owner may write it.
GRANT: Final = "GRANT SELECT ON {table} TO PUBLIC"
# On SQLite each connection may write each table, so guards refuse it, as they do for history.
SQLITE_GUARD: Final = """
    CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
    BEGIN
      SELECT RAISE(ABORT, '{table}_no_{event}');
    END
"""


@frozen
class AdditiveRevision:
    """A revision that may run beside the code of the revision before it.

    `digests` has the digest of each shape's facts, as the code of `previous` reads them.
    """

    revision: str
    previous: str
    digests: Mapping[str, str]


def mark_statements(mark: AdditiveRevision | None, dialect: str, shape: str = "") -> Iterator[str]:
    """Yield what a step to a revision with this mark does to the stored one; the schema is SCHEMA.

    `mark` is None for a revision that is not additive. `shape` is that of the store, where it is
    not the only one of the dialect.
    """
    name = ADDITIVE_TABLE if dialect == "sqlite" else f"{SCHEMA}.{ADDITIVE_TABLE}"
    yield f"DROP TABLE IF EXISTS {name}"
    if mark is None:
        return

    yield CREATE.format(table=name)
    yield INSERT.format(
        table=name,
        revision=mark.revision,
        previous=mark.previous,
        digest=mark.digests[shape or dialect],
    )
    if dialect == "sqlite":
        for event in ("insert", "update", "delete"):
            yield SQLITE_GUARD.format(table=name, event=event)
    else:
        yield GRANT.format(table=name)


def marked_digest(
    connection: Connection, schema: str, *, revision: str, previous: str
) -> str | None:
    """Return the digest of the facts that the code of `previous` reads at an additive revision.

    Return None unless the database says that `revision` is additive and follows `previous`.
    """
    location = None if connection.dialect.name == "sqlite" else schema
    if not inspect(connection).has_table(ADDITIVE_TABLE, schema=location):
        return None

    columns = [column(name, Text) for name in COLUMNS]
    marks = table(ADDITIVE_TABLE, *columns, schema=location)
    statement = select(marks.c.digest).where(
        marks.c.revision == revision, marks.c.previous == previous
    )
    digest: str | None = connection.execute(statement).scalar()
    return digest
