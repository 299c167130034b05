"""A live database is compared with the snapshot file of a release, object by object."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT
from tests.sql.faults import as_admin, execute_on_sqlite

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.maintenance.release_snapshots import (
    MAX_FACTS,
    DifferenceKind,
    SchemaObject,
    SnapshotInvalid,
    SnapshotOfAnotherDatabase,
    differences_from,
    object_of,
    read_snapshot,
)
from indelible_sql.maintenance.snapshot_files import BETWEEN, NAMES
from indelible_sql.schema.migrate import SchemaOutOfDate

TITLE = "-- iteration 5, 2026-11-28, revision 0006"
Change = Callable[[str], str]


def committed(dialect: str) -> str:
    """Return the text of the committed snapshot file of a database."""
    return (ROOT / "packages" / "adapters" / "sql" / NAMES[dialect]).read_text(encoding="utf-8")


def found(store: SqlStore, text: str, path: Path) -> dict[tuple[str, str], str]:
    """Return how each object differs between the database and the text of a file."""
    path.write_text(text, encoding="utf-8")
    kinds: dict[tuple[str, str], str] = {}
    for difference in differences_from(store, read_snapshot(path)):
        part = difference.schema_object
        kinds[part.kind, part.name] = difference.difference
    return kinds


def without(start: str) -> Change:
    """Return the change of a file that removes the fact with this beginning."""

    def change(text: str) -> str:
        facts = text.split(BETWEEN)
        rest = [fact for fact in facts if not fact.startswith(start)]
        assert len(rest) == len(facts) - 1
        return BETWEEN.join(rest)

    return change


def with_another(old: str, new: str) -> Change:
    """Return the change of a file that replaces a text."""

    def change(text: str) -> str:
        assert text.count(old) == 1
        return text.replace(old, new)

    return change


def with_revision(revision: str) -> Change:
    """Return the change of a file that names another revision in its first line."""

    def change(text: str) -> str:
        return re.sub(r"revision \w+\n", f"revision {revision}\n", text, count=1)

    return change


def with_fact(fact: str) -> Change:
    """Return the change of a file that adds a fact."""

    def change(text: str) -> str:
        return f"{text.rstrip()}{BETWEEN}{fact}\n"

    return change


@pytest.mark.slow
def test_a_migrated_database_is_as_the_committed_file(store: SqlStore, tmp_path: Path) -> None:
    text = committed(store.engines.reader.dialect.name)

    assert found(store, text, tmp_path / "release.sql") == {}


@pytest.mark.parametrize(
    ("change", "part", "kind"),
    [
        (
            with_another('column accounts.reference "identifier"', "column accounts.reference int"),
            ("column", "accounts.reference"),
            "differs",
        ),
        (without("column accounts.reference "), ("column", "accounts.reference"), "unexpected"),
        (with_fact('column accounts.color "text"'), ("column", "accounts.color"), "missing"),
        (
            without("constraint accounts.accounts_history "),
            ("constraint", "accounts.accounts_history"),
            "unexpected",
        ),
        (
            with_another("key trigger accounts accounts_history 5 O", "key trigger a b 5 O"),
            ("key trigger", "a b 5"),
            "missing",
        ),
        (
            without('trigger A CREATE TRIGGER "accounts_balance"'),
            ("trigger", "accounts_balance"),
            "unexpected",
        ),
        (
            with_another(
                'trigger A CREATE TRIGGER "accounts_balance"',
                'trigger D CREATE TRIGGER "accounts_balance"',
            ),
            ("trigger", "accounts_balance"),
            "differs",
        ),
        (
            with_fact("function later_guard BEGIN\n--\n END f "),
            ("function", "later_guard"),
            "missing",
        ),
        (
            without('index CREATE INDEX "accounts_created_at" '),
            ("index", "accounts_created_at"),
            "unexpected",
        ),
        (
            with_fact('index CREATE UNIQUE INDEX "later" ON "accounts" USING "btree" ("id") true'),
            ("index", "later"),
            "missing",
        ),
        (with_fact("table later rp false false"), ("table", "later"), "missing"),
        (without("edge account  open OPEN 0"), ("edge", "account  open OPEN"), "unexpected"),
        (with_revision("0001"), ("revision", ""), "differs"),
    ],
)
def test_a_difference_from_a_file_of_postgresql_names_its_object(
    postgresql: SqlStore, tmp_path: Path, change: Change, part: tuple[str, str], kind: str
) -> None:
    differences = found(postgresql, change(committed("postgresql")), tmp_path / "release.sql")

    assert differences.pop(part) == kind
    assert set(differences) <= {("key trigger", "accounts accounts_history 5")}


@pytest.mark.parametrize(
    ("change", "part", "kind"),
    [
        (
            with_another("CREATE TABLE accounts (", "CREATE TABLE accounts (color TEXT, "),
            ("table", "accounts"),
            "differs",
        ),
        (without("trigger accounts_balance:"), ("trigger", "accounts_balance"), "unexpected"),
        (with_fact("trigger later: CREATE TRIGGER later"), ("trigger", "later"), "missing"),
        (without("index accounts_created_at:"), ("index", "accounts_created_at"), "unexpected"),
        (with_fact("table later: CREATE TABLE later (id)"), ("table", "later"), "missing"),
        (with_fact("edge later  open OPEN 0"), ("edge", "later  open OPEN"), "missing"),
        (with_revision("0099"), ("revision", ""), "differs"),
    ],
)
def test_a_difference_from_a_file_of_sqlite_names_its_object(
    sqlite: SqlStore, tmp_path: Path, change: Change, part: tuple[str, str], kind: str
) -> None:
    assert found(sqlite, change(committed("sqlite")), tmp_path / "release.sql") == {part: kind}


def test_what_only_the_file_knows_is_looked_for_in_the_database(
    sqlite: SqlStore, sqlite_url: str, tmp_path: Path
) -> None:
    """A table of another release is compared, although this code does not know it."""
    definition = "CREATE TABLE later (id)"
    execute_on_sqlite(sqlite_url, definition)
    same = with_fact(f"table later: {definition}")(committed("sqlite"))
    other = with_fact("table later: CREATE TABLE later (name)")(committed("sqlite"))

    assert found(sqlite, same, tmp_path / "release.sql") == {}
    assert found(sqlite, other, tmp_path / "release.sql") == {("table", "later"): "differs"}


@pytest.mark.slow
def test_a_changed_database_differs(
    postgresql: SqlStore, database: PostgresServer, tmp_path: Path
) -> None:
    with as_admin(database) as admin:
        admin.execute("ALTER TABLE indelible.history DISABLE TRIGGER history_no_update")
        admin.execute("ALTER TABLE indelible.accounts ADD COLUMN color text")

    assert found(postgresql, committed("postgresql"), tmp_path / "release.sql") == {
        ("column", "accounts.color"): DifferenceKind.UNEXPECTED,
        ("trigger", "history_no_update"): DifferenceKind.DIFFERS,
    }


def test_a_difference_states_both_facts(sqlite: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "release.sql"
    fact = (
        "index accounts_created_at: CREATE INDEX accounts_created_at ON accounts (created_at, id)"
    )
    path.write_text(with_another(fact, "index accounts_created_at: other")(committed("sqlite")))

    (difference,) = differences_from(sqlite, read_snapshot(path))
    assert difference.schema_object == SchemaObject("index", "accounts_created_at")
    assert (difference.expected, difference.actual) == (
        ("index accounts_created_at: other",),
        (fact,),
    )


@pytest.mark.parametrize("other", NAMES)
def test_a_file_of_another_database_is_refused(store: SqlStore, tmp_path: Path, other: str) -> None:
    dialect = store.engines.reader.dialect.name
    if other == dialect:
        assert not found(store, committed(other), tmp_path / "release.sql")
        return

    with pytest.raises(SnapshotOfAnotherDatabase) as refused:
        found(store, committed(other), tmp_path / "release.sql")
    assert (refused.value.actual, refused.value.expected) == (other, dialect)


def test_a_database_without_a_schema_is_refused(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(SchemaOutOfDate, match="nothing"):
        found(store, committed("sqlite"), tmp_path / "release.sql")
    store.dispose()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "names no revision"),
        (b"CREATE TABLE accounts (id)\n", "names no revision"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (f"{TITLE}\n".encode(), "has no table"),
        (f"{TITLE}\n\nedge account  open OPEN 0\n".encode(), "has no table"),
        (f"{TITLE}\n\ntable a: x\n\nDROP TABLE history\n".encode(), "paragraph 2 states no fact"),
        (f"{TITLE}\n\ntable a: x\n\n\n\nedge a b c 0\n".encode(), "paragraph 2 states no fact"),
        (f"{TITLE}\n\ntable a: x\n\nfunction   \n".encode(), "paragraph 2 states no fact"),
        (TITLE.encode() + b"\n\ntable a: x" * (MAX_FACTS + 1), f"more than {MAX_FACTS} facts"),
        (b" " * (16 * 2**20 + 1), "more than 16777216 bytes"),
    ],
)
def test_a_file_that_is_no_snapshot_is_refused(
    content: bytes, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "release.sql"
    path.write_bytes(content)

    with pytest.raises(SnapshotInvalid) as refused:
        read_snapshot(path)
    assert problem in refused.value.problem


def test_a_statement_in_the_body_of_a_function_does_not_name_it() -> None:
    fact = "function later_guard BEGIN CREATE INDEX other ON accounts (id); END f"
    assert object_of(fact) == SchemaObject("function", "later_guard")


@pytest.mark.parametrize("dialect", NAMES)
def test_every_fact_of_a_committed_file_has_a_named_object(dialect: str) -> None:
    _, *facts = committed(dialect).strip("\n").split(BETWEEN)
    for fact in facts:
        part = object_of(fact)
        assert part.name, fact
        assert fact.startswith(f"{part.kind} ")
        assert part.name in fact
        assert "CREATE" not in part.name
