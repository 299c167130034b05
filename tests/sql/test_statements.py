"""Test that a command sends few statements, and that no statement rewrites a record."""

import ast
import re
from collections.abc import Callable, Generator

import pytest
from tests.architecture.sources import modules, parsed
from tests.sql.statements import Trace, on_postgresql, on_sqlite
from tests.sql.workloads import concept_life, other_statements

from indelible.testing.stores import create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.collecting import TRANSACTION_NUMBER
from indelible_sql.engine.connections import BEGIN_ON_POSTGRESQL

TRANSACTION_STATEMENTS = (BEGIN_ON_POSTGRESQL, "COMMIT", "BEGIN IMMEDIATE")
RECORD_NAMES = "|".join(table.name for table in CATALOG.records)
REWRITE = re.compile(
    rf"\b(UPDATE|DELETE FROM|TRUNCATE)\s+(\w+\.)?({RECORD_NAMES})\b"
    r"|\b(ON CONFLICT|OR REPLACE|REPLACE INTO|OR IGNORE|MERGE INTO)\b",
    re.IGNORECASE,
)
# A task and a bucket of permits are neither records nor heads: each claim updates its row.
TASK_MODULES = {
    "breakers.py",
    "hung_thread_statements.py",
    "operational_rows.py",
    "rate_statements.py",
    "subjects.py",
    "subscribers.py",
    "task_enqueueing.py",
    "task_statements.py",
}
# They move the progress of an adoption and mark its journal: neither heads nor history.
ADOPTION_MODULES = {"adopting.py", "copying.py", "draining.py"}
# It keeps the values of an observation in a database of its own, which it removes.
SCRATCH_MODULE = "unique_values.py"
UPSERT = re.compile(r"\bON CONFLICT\b|\bOR REPLACE\b(?! FUNCTION)|\bREPLACE INTO\b")


@pytest.fixture
def postgresql_trace(database: PostgresServer) -> Generator[Trace]:
    with on_postgresql(database, prepare=False) as trace:
        trace.store.feed()  # opens the connection and checks the database
        yield trace


@pytest.fixture
def sqlite_trace(sqlite_url: str) -> Generator[Trace]:
    with on_sqlite(sqlite_url) as trace:
        trace.store.feed()
        yield trace


@pytest.fixture(params=["postgresql_trace", "sqlite_trace"])
def trace(request: pytest.FixtureRequest) -> Trace:
    trace: Trace = request.getfixturevalue(request.param)
    return trace


def tell_counts(
    add_summary_line: Callable[[str], None], dialect: str, statements_by_step: dict[str, list[str]]
) -> None:
    """Add a line with the number of different statements of each command to the summary."""
    counts: list[str] = []
    for step, statements in statements_by_step.items():
        count = len(set(statements) - set(TRANSACTION_STATEMENTS))
        counts.append(f"{step} {count}")
    add_summary_line(f"statements on {dialect} between BEGIN and COMMIT: {', '.join(counts)}")


def test_an_edit_on_postgresql_is_one_load_and_one_write(
    postgresql_trace: Trace, add_summary_line: Callable[[str], None]
) -> None:
    statements_by_step = concept_life(postgresql_trace)
    tell_counts(add_summary_line, "postgresql", statements_by_step)
    begin, number, load, write, commit = statements_by_step["edit"]

    assert begin == BEGIN_ON_POSTGRESQL
    assert number == TRANSACTION_NUMBER
    assert load.startswith("SELECT")
    assert load.endswith("FOR UPDATE OF concepts")
    assert write.startswith("WITH head AS (UPDATE indelible.concepts SET")
    assert write.count("INSERT INTO") == 3
    assert commit == "COMMIT"
    for step, statements in statements_by_step.items():
        assert len(statements) <= 7, step


def test_an_edit_on_sqlite_sends_seven_statements(
    sqlite_trace: Trace, add_summary_line: Callable[[str], None]
) -> None:
    statements_by_step = concept_life(sqlite_trace)
    tell_counts(add_summary_line, "sqlite", statements_by_step)
    statements = [text for text in statements_by_step["edit"] if not text.startswith("PRAGMA")]

    assert len(statements) == 7


def test_an_edit_waits_for_postgresql_twice(database: PostgresServer) -> None:
    with on_postgresql(database, prepare=True) as trace:
        saved = create(trace.store)
        for _ in range(2):  # until every statement is prepared
            saved = edit(trace.store, saved)

        assert trace.round_trips_of(lambda: edit(trace.store, saved)) == 2


@pytest.mark.slow
def test_no_command_of_a_concept_rewrites_a_record(trace: Trace) -> None:
    statements: list[str] = []
    for sent in concept_life(trace).values():
        statements += sent
    writes = [text for text in statements if "INSERT" in text or "UPDATE" in text]
    rewrites = [text for text in [*statements, *other_statements(trace)] if REWRITE.search(text)]

    assert len(writes) >= 8
    assert rewrites == []


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE indelible.concept_versions SET name = 'x'",
        "DELETE FROM main.history",
        "TRUNCATE indelible.receipts",
        "INSERT OR REPLACE INTO main.concepts VALUES (1)",
        "INSERT INTO indelible.receipts (key) VALUES ($1) ON CONFLICT DO NOTHING",
    ],
)
def test_a_planted_rewrite_is_recognized(planted: str) -> None:
    assert REWRITE.search(planted)


def test_an_update_of_a_head_is_no_rewrite() -> None:
    assert not REWRITE.search("UPDATE indelible.concepts SET status = 'DRAFT'")


def called_functions(tree: ast.Module) -> set[str]:
    """Return the names of the functions that a module calls, without methods."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.add(node.func.id)
    return names


def called_methods(tree: ast.Module) -> set[str]:
    """Return the names of the methods that a module calls, and of functions of its imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names.add(node.func.attr)
    return names


def literals(tree: ast.Module) -> list[str]:
    """Return the texts of a module, without its docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts: list[str] = []
    for node in ast.walk(tree):
        if id(node) in docstrings or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            texts.append(node.value)
    return texts


@pytest.mark.slow
def test_the_source_has_no_upsert_and_changes_rows_in_few_modules() -> None:
    updating: set[str] = set()
    deleting: set[str] = set()
    upserts: list[str] = []
    for path in modules("indelible_sql"):
        tree = parsed(path)
        functions = called_functions(tree)
        if "update" in functions:  # the method `update` is that of a dict or set
            updating.add(path.name)
        if path.name in (*TASK_MODULES, SCRATCH_MODULE):
            continue

        called = functions | called_methods(tree)
        if "delete" in called:
            deleting.add(path.name)
        upserts += [name for name in called if name.startswith("on_conflict") or name == "merge"]
        upserts += [text for text in literals(tree) if UPSERT.search(text)]

    assert updating == {"rebuild.py", "writes.py", *TASK_MODULES, *ADOPTION_MODULES}
    assert deleting <= {"rebuild.py", *ADOPTION_MODULES}
    assert upserts == []
