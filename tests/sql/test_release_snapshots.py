"""Snapshot files are SQL that their databases accept, and a live database is compared with one."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest
from tests.architecture.sources import ROOT
from tests.sql.conftest import code, opened
from tests.sql.empty_databases import empty_on_postgresql, empty_on_sqlite
from tests.sql.faults import as_admin, execute_on_sqlite

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.generated_revisions import OWN
from indelible_sql.maintenance.release_snapshots import (
    MAX_FILE_BYTES,
    DifferenceKind,
    SchemaObject,
    SnapshotInvalid,
    differences_from,
)
from indelible_sql.maintenance.snapshot_files import differences, snapshot_text
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.installed_files import SNAPSHOTS
from indelible_sql.schema.migrate import SchemaOutOfDate

FOLDER = ROOT / "packages" / "adapters" / "sql"
STALE = "run `indelible db snapshot --iteration N`"
INDEX_OF_SQLITE = "CREATE INDEX accounts_created_at ON accounts (created_at, id)"
LATER_TABLES = """ALTER TABLE indelible.accounts ADD COLUMN color text;

CREATE TABLE indelible.later (id text);

"""
Found = Callable[[str], dict[tuple[str, str], str]]


def committed(dialect: str) -> str:
    """Return the text of the committed snapshot file of a database."""
    return (FOLDER / SNAPSHOTS[dialect]).read_text(encoding="utf-8")


def line_of(text: str, part: str) -> int:
    """Return the number of the last line that begins with a part."""
    return max(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(part))


def replaced(text: str, old: str, new: str) -> str:
    """Return the text with another part, which it has once."""
    assert text.count(old) == 1
    return text.replace(old, new)


def compare(
    store: SqlStore, owner_url: str | None, path: Path, text: str
) -> dict[tuple[str, str], str]:
    """Return how each object differs between the database and the text of a file."""
    path.write_text(text, encoding="utf-8")
    kinds: dict[tuple[str, str], str] = {}
    for difference in differences_from(store, path, owner_url):
        part = difference.schema_object
        kinds[part.kind, part.name] = difference.difference
    return kinds


@pytest.fixture
def found_on_sqlite(sqlite: SqlStore, tmp_path: Path) -> Found:
    return partial(compare, sqlite, None, tmp_path / "release.sql")


@pytest.fixture
def found_on_postgresql(postgresql: SqlStore, database: PostgresServer, tmp_path: Path) -> Found:
    return partial(compare, postgresql, database.owner_url, tmp_path / "release.sql")


@pytest.mark.parametrize("dialect", SNAPSHOTS)
def test_the_committed_snapshots_are_what_is_declared(dialect: str) -> None:
    title, statements = committed(dialect).split("\n", 1)
    declared = snapshot_text(dialect, Catalog(CATALOG.contexts), "any").split("\n", 1)[1]

    assert statements == declared, STALE
    assert re.fullmatch(rf"-- iteration \d+, \d{{4}}-\d\d-\d\d, revision {OWN}", title)


def test_sqlite_accepts_its_snapshot_whole(tmp_path: Path) -> None:
    upgraded = empty_on_sqlite(tmp_path / "upgraded.db")
    upgraded.upgrade()
    dumped = empty_on_sqlite(tmp_path / "dumped.db")
    with closing(sqlite3.connect(tmp_path / "dumped.db")) as shell:
        shell.executescript(committed("sqlite"))

    assert dumped.facts() == upgraded.facts()
    with dumped.opened() as store:
        assert store.upgrade() == OWN
        assert create(store).seq == 1
        assert verify(store) == ()


@pytest.mark.slow
def test_postgresql_accepts_its_snapshot_whole(server: PostgresServer) -> None:
    upgraded = empty_on_postgresql(server)
    upgraded.upgrade()
    dumped = empty_on_postgresql(server)
    with psycopg.connect(dumped.owner_url, autocommit=True) as shell:
        shell.execute(committed("postgresql").encode())

    with dumped.opened() as store:
        assert store.upgrade(dumped.owner_url) == OWN  # grants the application's role its rights
        assert dumped.facts() == upgraded.facts()
        assert create(store).seq == 1
        assert verify(store) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", {}),
        (
            "CREATE INDEX accounts_created_at ON",
            "CREATE INDEX accounts_first ON",
            {
                ("index", "accounts_created_at"): "unexpected",
                ("index", "accounts_first"): "missing",
            },
        ),
        (
            "CREATE TRIGGER accounts_balance ",
            "CREATE TRIGGER later_guard ",
            {("trigger", "accounts_balance"): "unexpected", ("trigger", "later_guard"): "missing"},
        ),
        (
            "ALTER TABLE indelible.accounts ENABLE ALWAYS TRIGGER accounts_balance;",
            "",
            {("trigger", "accounts_balance"): "differs"},
        ),
        (
            "CREATE INDEX accounts_created_at ON",
            f"{LATER_TABLES}CREATE INDEX accounts_created_at ON",
            {
                ("column", "accounts.color"): "missing",
                ("column", "later.id"): "missing",
                ("table", "later"): "missing",
            },
        ),
        (f"VALUES ('{OWN}')", "VALUES ('0099')", {("revision", ""): "differs"}),
    ],
)
def test_a_difference_from_a_file_of_postgresql_names_its_object(
    found_on_postgresql: Found, old: str, new: str, expected: dict[tuple[str, str], str]
) -> None:
    text = committed("postgresql")
    if old:
        text = replaced(text, old, new)
    if "later_guard" in new:
        enabled = "ENABLE ALWAYS TRIGGER accounts_balance;"
        text = replaced(text, enabled, "ENABLE ALWAYS TRIGGER later_guard;")

    assert found_on_postgresql(text) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", {}),
        (
            "CREATE TABLE accounts (",
            "CREATE TABLE accounts (color TEXT, ",
            {("table", "accounts"): "differs"},
        ),
        (
            "CREATE TRIGGER accounts_balance ",
            "CREATE TRIGGER later_guard ",
            {("trigger", "accounts_balance"): "unexpected", ("trigger", "later_guard"): "missing"},
        ),
        (
            f"{INDEX_OF_SQLITE};",
            "CREATE TABLE later (id);",
            {("index", "accounts_created_at"): "unexpected", ("table", "later"): "missing"},
        ),
        (
            "VALUES ('account', '', 'open', 'OPEN', 0)",
            "VALUES ('later', '', 'open', 'OPEN', 0)",
            {
                ("edge", "account  open OPEN"): "unexpected",
                ("edge", "later  open OPEN"): "missing",
            },
        ),
        (f"VALUES ('{OWN}')", "VALUES ('0099')", {("revision", ""): "differs"}),
    ],
)
def test_a_difference_from_a_file_of_sqlite_names_its_object(
    found_on_sqlite: Found, old: str, new: str, expected: dict[tuple[str, str], str]
) -> None:
    text = committed("sqlite")

    assert found_on_sqlite(replaced(text, old, new) if old else text) == expected


def test_what_only_the_file_knows_is_looked_for_in_the_database(
    found_on_sqlite: Found, sqlite_url: str
) -> None:
    """A table of another release is compared, although this code does not know it."""
    execute_on_sqlite(sqlite_url, "CREATE TABLE later (id)")
    text = committed("sqlite")

    assert found_on_sqlite(replaced(text, "COMMIT;", "CREATE TABLE later (id);\nCOMMIT;")) == {}
    other = replaced(text, "COMMIT;", "CREATE TABLE later (name);\nCOMMIT;")
    assert found_on_sqlite(other) == {("table", "later"): "differs"}


@pytest.mark.slow
def test_a_changed_database_differs_and_keeps_nothing_of_the_file(
    postgresql: SqlStore, database: PostgresServer, found_on_postgresql: Found
) -> None:
    with as_admin(database) as admin:
        schemas = admin.execute("SELECT nspname FROM pg_namespace ORDER BY nspname").fetchall()
        admin.execute("ALTER TABLE indelible.history DISABLE TRIGGER history_no_update")
        admin.execute("ALTER TABLE indelible.accounts ADD COLUMN color text")

        assert found_on_postgresql(committed("postgresql")) == {
            ("column", "accounts.color"): DifferenceKind.UNEXPECTED,
            ("trigger", "history_no_update"): DifferenceKind.DIFFERS,
        }
        assert code(differences, postgresql) == "ACCESS_DENIED"
        assert sorted(differences(postgresql, database.owner_url).values()) == [
            "missing",
            "unexpected",
            "unexpected",
        ]
        after = admin.execute("SELECT nspname FROM pg_namespace ORDER BY nspname").fetchall()
        assert after == schemas


@pytest.mark.slow
def test_a_partitioned_database_is_compared_with_the_same_file(
    server: PostgresServer, tmp_path: Path
) -> None:
    empty = empty_on_postgresql(server)
    with empty.opened() as store:
        store.upgrade(empty.owner_url, history_partitions=3)
        path = tmp_path / "release.sql"
        assert compare(store, empty.owner_url, path, committed("postgresql")) == {}

        with psycopg.connect(empty.owner_url) as owner:
            owner.execute("DROP TRIGGER history_no_update ON indelible.history_p01")
        (difference,) = differences_from(store, path, empty.owner_url)
        assert difference.difference is DifferenceKind.UNEXPECTED
        assert "history_p01 lacks trigger" in difference.actual[0]


def test_a_difference_states_both_facts(sqlite: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "release.sql"
    other = INDEX_OF_SQLITE.replace("(created_at, id)", "(id, created_at)")
    path.write_text(replaced(committed("sqlite"), INDEX_OF_SQLITE, other))

    (difference,) = differences_from(sqlite, path)
    assert difference.schema_object == SchemaObject("index", "accounts_created_at")
    assert (difference.expected, difference.actual) == (
        (f"index accounts_created_at: {other}",),
        (f"index accounts_created_at: {INDEX_OF_SQLITE}",),
    )


def test_a_database_without_a_schema_is_refused(tmp_path: Path) -> None:
    with (
        opened(f"sqlite:///{tmp_path}/empty.db") as store,
        pytest.raises(SchemaOutOfDate, match="nothing"),
    ):
        compare(store, None, tmp_path / "release.sql", committed("sqlite"))


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 0, "ends without table lifecycle_edges"),
        (b"-- a title\n\nCREATE TABLE accounts (id);\n", 3, "without table lifecycle_edges"),
        (b"CREATE TABLE lifecycle_edges (id);\n", 1, "without table indelible_version"),
        (b"-- a title\n\n\xff\xfe", 3, "byte 12 is not UTF-8"),
        (b"CREATE TABLE a (id);\n\nCREATE TABLE a (id);\n", 3, "already exists"),
        (b"CREATE TABLE a (id);\nCREATE TABLE b (", 2, "incomplete input"),
        (b"CREATE TABLE a (id); CREATE TABLE b (id);", 1, "one statement at a time"),
        (b"ATTACH '/tmp/another.db' AS another;", 1, "too many attached databases"),
        (b"\n" * (MAX_FILE_BYTES + 1), MAX_FILE_BYTES + 2, f"more than {MAX_FILE_BYTES} bytes"),
        (committed("postgresql").encode(), 5, 'near "SCHEMA": syntax error'),
    ],
)
def test_a_file_that_sqlite_does_not_load_is_refused_with_its_line(
    content: bytes, line: int, problem: str, sqlite: SqlStore, tmp_path: Path
) -> None:
    path = tmp_path / "release.sql"
    path.write_bytes(content)

    with pytest.raises(SnapshotInvalid) as refused:
        differences_from(sqlite, path)
    assert (refused.value.path, refused.value.line) == (str(path), line)
    assert problem in refused.value.problem


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "marker", "problem"),
    [
        ("CREATE DOMAIN indelible.state ", "CREATE DOMAN indelible.state ", "", "syntax error"),
        ("CREATE TABLE indelible.keys (", "CREATE TABLE indelible.tasks (", "", "already exists"),
        ("CREATE DOMAIN indelible.state ", "ROLLBACK;\n\nCREATE", "ROLLBACK;", "transaction"),
        (
            "CREATE TABLE indelible.indelible_version",
            "CREATE TABLE indelible.other",
            "INSERT INTO indelible.indelible_version",
            "does not exist",
        ),
    ],
)
def test_a_file_that_postgresql_does_not_load_is_refused_with_its_line(
    old: str, new: str, marker: str, problem: str, found_on_postgresql: Found
) -> None:
    text = replaced(committed("postgresql"), old, new)
    with pytest.raises(SnapshotInvalid) as refused:
        found_on_postgresql(text)

    assert problem in refused.value.problem
    assert refused.value.line == line_of(text, marker or new)


@pytest.mark.slow
def test_a_file_of_sqlite_is_refused_by_postgresql(found_on_postgresql: Found) -> None:
    text = committed("sqlite")
    with pytest.raises(SnapshotInvalid) as refused:
        found_on_postgresql(text)

    assert text.splitlines()[refused.value.line - 1] == " WITHOUT ROWID,"
