"""Generate an additive revision of a later release, to try how this release works beside it.

Simulations, doses of faults and tests apply it to a database as that release would.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, text

from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.additive import AdditiveRevision, mark_statements
from indelible_sql.schema.columns import in_schema
from indelible_sql.schema.migrate import (
    VERSION_TABLE,
    current_revision,
    migrating,
    newest,
)
from indelible_sql.schema.snapshot import facts, facts_digest

OWN: Final = newest()[0]
NEXT: Final = "0007"  # 0002 to 0006 are names of revisions that were never released
AFTER_NEXT: Final = "0008"
# A nullable column of a table that each worker writes, and a table that this release does not know.
ADDITIONS: Final[Mapping[str, Sequence[str]]] = {
    "postgresql": (
        "ALTER TABLE indelible.tasks ADD COLUMN note text",
        "CREATE TABLE indelible.release_notes (id text PRIMARY KEY, note text)",
    ),
    "sqlite": (
        "ALTER TABLE tasks ADD COLUMN note text",
        "CREATE TABLE release_notes (id text PRIMARY KEY, note text)",
    ),
}
REMOVALS: Final[Mapping[str, Sequence[str]]] = {
    "postgresql": (
        "DROP TABLE indelible.release_notes",
        "ALTER TABLE indelible.tasks DROP COLUMN note",
    ),
    "sqlite": (
        "DROP TABLE release_notes",
        "ALTER TABLE tasks DROP COLUMN note",
    ),
}


def run_all(connection: Connection, statements: Sequence[str]) -> None:
    """Run statements, whose schema is SCHEMA."""
    for statement in statements:
        connection.exec_driver_sql(in_schema(connection, SCHEMA, statement))


def apply_later(
    owner_url: str,
    *,
    revision: str = NEXT,
    marked_after: str = OWN,
    more: Callable[[Connection], object] | None = None,
) -> None:
    """Add what a later revision adds, set the revision, and mark it additive.

    `marked_after` is the revision that the mark names; '' leaves the mark out.
    """
    with migrating(owner_url, SCHEMA) as (connection, schema):
        dialect = connection.dialect.name
        run_all(connection, ADDITIONS[dialect])
        if more is not None:
            more(connection)

        digest = facts_digest(facts(connection, SCHEMA, CATALOG))
        if marked_after:
            mark = AdditiveRevision(revision, marked_after, {dialect: digest})
            run_all(connection, list(mark_statements(mark, dialect)))

        _set_revision(connection, schema, revision)


def revert_later(owner_url: str) -> bool:
    """Take a database back to this release's revision; return False if it is there already."""
    with migrating(owner_url, SCHEMA) as (connection, schema):
        if current_revision(connection, schema) == OWN:
            return False
        dialect = connection.dialect.name
        run_all(connection, list(mark_statements(None, dialect)))
        run_all(connection, REMOVALS[dialect])
        _set_revision(connection, schema, OWN)
        return True


def _set_revision(connection: Connection, schema: str | None, revision: str) -> None:
    prefix = "" if schema is None else f"{SCHEMA}."
    statement = text(f"UPDATE {prefix}{VERSION_TABLE} SET version_num = :revision")
    connection.execute(statement, {"revision": revision})
