"""A revision that its module calls additive lets the release before it work; others are refused."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.sql.additive import additive_problems, blocking_keys, problems_of_mark
from tests.sql.empty_databases import EmptyDatabase, empty_on_postgresql, empty_on_sqlite
from tests.sql.freeze import is_declared_additive, names_at
from tests.sql.revisions import WRITTEN

from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.generated_revisions import ADDITIONS, OWN, run_all
from indelible_sql.schema.additive import additive_revisions
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.snapshot import facts_about

ADDED_EDGE = """
    INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version)
    VALUES ('concept', 'DRAFT', 'annotate', '{state}', 0)
"""
BLOCKING_TABLE = """
    CREATE TABLE indelible.notes_of_tasks (
      stage text,
      entity_id text,
      FOREIGN KEY (stage, entity_id) REFERENCES indelible.tasks (stage, entity_id)
    )
"""
REFUSING_FUNCTION = """
    CREATE FUNCTION indelible.refuse() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''no''; END'
"""
REFUSING_TRIGGER = """
    CREATE TRIGGER refuse BEFORE INSERT ON indelible.tasks
    FOR EACH ROW EXECUTE FUNCTION indelible.refuse()
"""
REFUSING_TRIGGER_OF_SQLITE = """
    CREATE TRIGGER refuse BEFORE INSERT ON tasks
    BEGIN SELECT RAISE(ABORT, 'no'); END
"""
REPLACED_FUNCTION = """
    CREATE OR REPLACE FUNCTION indelible.concepts_one_step() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''no''; END'
"""
LIFTED = {
    "postgresql": "DROP TRIGGER lifecycle_edges_no_insert ON indelible.lifecycle_edges",
    "sqlite": "DROP TRIGGER lifecycle_edges_no_insert",
}
# What a revision might do, with the beginning of what is found; the first of each is the release's.
ON_BOTH: Mapping[str, tuple[str, str]] = {
    "a table is dropped": ("DROP TABLE indelible.receipts", "dropped or changed: "),
    "a table is renamed": (
        "ALTER TABLE indelible.receipts RENAME TO answers",
        "dropped or changed: ",
    ),
    "a column is renamed": (
        "ALTER TABLE indelible.receipts RENAME COLUMN result TO answer",
        "dropped or changed: ",
    ),
    "a column is required": (
        "ALTER TABLE indelible.tasks ADD COLUMN kind text NOT NULL DEFAULT 'any'",
        "",
    ),
    "an index is unique": ("CREATE UNIQUE INDEX more ON indelible.tasks (note)", "added: index "),
    "a key blocks pruning": (BLOCKING_TABLE, "notes_of_tasks refers to tasks"),
}
ON_ONE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "postgresql": {
        "a column is narrowed": (
            "ALTER TABLE indelible.tasks ALTER COLUMN note TYPE text, ADD CHECK (attempts < 5)",
            "added: constraint ",
        ),
        "a column must not be empty": (
            "ALTER TABLE indelible.tasks ALTER COLUMN arguments SET NOT NULL",
            "dropped or changed: column tasks.arguments",
        ),
        "a guard is added": (f"{REFUSING_FUNCTION};{REFUSING_TRIGGER}", "added: trigger "),
        "a guard is replaced": (REPLACED_FUNCTION, "dropped or changed: function concepts_one"),
        "a guard is dropped": (
            "DROP TRIGGER concepts_one_step ON indelible.concepts",
            "dropped or changed: ",
        ),
    },
    "sqlite": {
        "a column has a rule": (
            "ALTER TABLE indelible.tasks ADD COLUMN kind text CHECK (kind <> '')",
            "dropped or changed: table tasks",
        ),
        "a guard is added": (REFUSING_TRIGGER_OF_SQLITE, "added: trigger refuse"),
        "a guard is dropped": (
            "DROP TRIGGER concepts_one_step",
            "dropped or changed: trigger concepts_one_step",
        ),
    },
}
KINDS = ("sqlite", "postgresql")
CASES = [
    (kind, name)
    for kind in KINDS
    for name in (*ON_BOTH, *ON_ONE[kind], "an edge leads to an unknown state")
]


@pytest.fixture
def owner_url(kind: str, request: pytest.FixtureRequest) -> str:
    """Migrate a database of this kind, and return the address of its owner."""
    if kind == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    database: PostgresServer = request.getfixturevalue("database")
    return database.owner_url


def problems_of(url: str, statements: list[str]) -> list[str]:
    """Run a revision's statements, and return why it is not additive."""
    names = CATALOG.names.facts
    prunable = [table.name for table in CATALOG.prunable_tables]
    with migrating(url, SCHEMA) as (connection, schema):
        before = facts_about(connection, SCHEMA, names)
        run_all(connection, statements)
        after = facts_about(connection, SCHEMA, names)
        return [
            *additive_problems(before, after),
            *blocking_keys(connection, schema, names.tables, prunable),
        ]


def written_for(kind: str, statement: str) -> str:
    """Write a statement without a schema for SQLite."""
    return statement.replace("indelible.", "") if kind == "sqlite" else statement


@pytest.mark.parametrize("kind", KINDS)
def test_new_tables_columns_indexes_and_edges_between_known_states_are_additive(
    kind: str, owner_url: str
) -> None:
    with migrating(owner_url, SCHEMA) as (connection, _):
        connection.exec_driver_sql(LIFTED[kind])
    statements = [
        *ADDITIONS[kind],
        written_for(kind, "ALTER TABLE indelible.tasks ADD COLUMN room text DEFAULT 'none'"),
        written_for(kind, "CREATE INDEX more ON indelible.tasks (note)"),
        written_for(kind, ADDED_EDGE.format(state="REVIEW")),
    ]

    assert problems_of(owner_url, statements) == []


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_what_the_release_before_cannot_work_with_is_not_additive(
    kind: str, name: str, owner_url: str
) -> None:
    cases = {
        **ON_BOTH,
        **ON_ONE[kind],
        "an edge leads to an unknown state": (ADDED_EDGE.format(state="PARKED"), "added: edge "),
    }
    statement, beginning = cases[name]
    with migrating(owner_url, SCHEMA) as (connection, _):
        connection.exec_driver_sql(LIFTED[kind])

    problems = problems_of(owner_url, [*ADDITIONS[kind], written_for(kind, statement)])
    assert any(problem.startswith(beginning) for problem in problems), problems


@pytest.mark.parametrize("kind", KINDS)
def test_every_revision_that_is_called_additive_is_additive(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The newest revision is looked at: the mark of an older one matters to no code that runs."""
    marks = additive_revisions()
    assert (OWN in marks) == is_declared_additive(OWN)
    declared = Catalog(CATALOG.contexts).names
    assert CATALOG.names == declared, "run `python -m tests.sql.freeze`"
    assert names_at(WRITTEN, OWN) == declared.facts, "run `python -m tests.sql.freeze`"
    if OWN not in marks:
        return

    empty = empty_on(kind, request, tmp_path)
    empty.upgrade_as_owner()
    names = names_at(WRITTEN, marks[OWN].previous)
    assert problems_of_mark(empty.owner_url, marks[OWN], names, CATALOG) == []


def empty_on(kind: str, request: pytest.FixtureRequest, folder: Path) -> EmptyDatabase:
    if kind == "sqlite":
        return empty_on_sqlite(folder / "empty.db")
    return empty_on_postgresql(request.getfixturevalue("server"))
