"""Test the statements of stores: few for each command, only added records, totally ordered rows."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    ScalarSelect,
    Select,
    Subquery,
    Table,
    UniqueConstraint,
    func,
)
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    ClauseElement,
    ColumnClause,
    TextClause,
)
from sqlalchemy.sql.visitors import Visitable, iterate
from tests.sql.statements import Trace, on_postgresql, on_sqlite

import indelible_sql
from indelible import concepts
from indelible.concepts import ConceptFilter, ConceptSaved
from indelible.kernel import Idempotency
from indelible.kernel.keys import (
    CreateKey,
    RevokeKey,
    authenticate_key,
    create_key,
    list_keys,
    revoke_key,
)
from indelible.testing.stores import (
    BEGINNING,
    MAYA,
    RATIO,
    approve,
    create,
    do,
    edit,
    publish,
    submit,
)
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.expressions import JsonArrayAgg

BEFORE = ("BEGIN", "COMMIT", "BEGIN IMMEDIATE")
RECORD_NAMES = "|".join(table.name for table in CATALOG.records)
REWRITES = re.compile(
    rf"\b(UPDATE|DELETE FROM|TRUNCATE)\s+(\w+\.)?({RECORD_NAMES})\b"
    r"|\b(ON CONFLICT|OR REPLACE|REPLACE INTO|OR IGNORE|MERGE INTO)\b",
    re.IGNORECASE,
)
EXEMPT = (
    "CHANGES_ON_POSTGRESQL",
    "CHANGES_ON_SQLITE",
    "NODE",
)  # parts of more, as are those of a module alone
UPSERT = re.compile(r"\bON CONFLICT\b|\bOR REPLACE\b|\bREPLACE INTO\b")
AGGREGATES = ("count", "max", "min", "sum")
ORDER = re.compile(r"ORDER BY (.*?)(?: LIMIT .*)?$")
# A unique index, of a column that SQLAlchemy does not know.
FEEDS = (["history.txid, history.position"], ["history.txid DESC, history.position DESC"])
SOURCES = Path(indelible_sql.__path__[0])


@pytest.fixture
def wire(database: PostgresServer) -> Generator[Trace]:
    with on_postgresql(database, prepare=False) as trace:
        trace.store.feed()
        yield trace


@pytest.fixture
def file(sqlite_url: str) -> Generator[Trace]:
    with on_sqlite(sqlite_url) as trace:
        trace.store.feed()
        yield trace


@pytest.fixture(params=["wire", "file"])
def trace(request: pytest.FixtureRequest) -> Trace:
    found: Trace = request.getfixturevalue(request.param)
    return found


def life(trace: Trace) -> Iterator[tuple[str, list[str]]]:
    """The life of a concept, command by command, with what each sends."""
    store = trace.store
    saved = create(store)
    steps: dict[str, Callable[[ConceptSaved], ConceptSaved]] = {
        "create": lambda _: create(store),
        "edit": lambda now: edit(store, now),
        "submit": lambda now: submit(store, now),
        "approve": lambda now: approve(store, now),
        "edit of what is approved": lambda now: edit(store, now),
        "approve again": lambda now: approve(store, now),
        "publish": lambda now: publish(store, now),
    }
    for name, step in steps.items():
        saved, sent = trace.of(partial(step, saved))
        yield name, sent


def everything_else(trace: Trace) -> list[str]:
    """Statements of keys, receipts, the hand-off's methods and every query."""
    store = trace.store
    saved = create(
        store,
        concepts.ConceptContent(name="Rate", definition="A ratio.", prerequisites=("Ratio", "?")),
    )

    def work() -> None:
        made = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
        do(store, revoke_key, RevokeKey(key_id=made.key.id, expected_seq=made.seq))
        for _ in range(2):
            idempotency = Idempotency("key-1", ConceptSaved)
            do(
                store,
                concepts.create_concept,
                concepts.CreateConcept(content=RATIO),
                idempotency=idempotency,
            )
        store.read(authenticate_key, made.text, now=BEGINNING)
        store.read(list_keys)
        store.read(concepts.list_concepts, ConceptFilter(text="a"))
        store.read(concepts.list_versions, saved.concept.id)
        store.read(concepts.list_history, saved.concept.id)
        store.read(concepts.list_warnings, saved.concept.id)
        store.read(concepts.concept_as_of, saved.concept.id, seq=1)
        store.read(concepts.get_learning_order)
        store.read(lambda tx: tx.concepts.repository.list_versions(saved.concept.id))
        store.read(lambda tx: tx.concepts.repository.get_latest_version(saved.concept.id))
        store.feed()

    return trace.of(work)[1]


def test_an_edit_is_one_load_and_one_write(
    wire: Trace, file: Trace, tell: Callable[[str], None]
) -> None:
    sent = {trace.store.engines.writer.dialect.name: dict(life(trace)) for trace in (wire, file)}
    begin, load, write, commit = sent["postgresql"]["edit"]
    for dialect, commands in sent.items():
        counts = ", ".join(
            f"{name} {len(set(each) - set(BEFORE))}" for name, each in commands.items()
        )
        tell(f"statements on {dialect} between BEGIN and COMMIT: {counts}")

    assert (begin, commit) == ("BEGIN", "COMMIT")
    assert load.startswith("SELECT")
    assert load.endswith("FOR UPDATE OF concepts")
    assert write.startswith("WITH head AS (UPDATE indelible.concepts SET")
    assert write.count("INSERT INTO") == 3
    assert max(len(each) for each in sent["postgresql"].values()) <= 7
    assert len([each for each in sent["sqlite"]["edit"] if not each.startswith("PRAGMA")]) == 7


def test_an_edit_waits_for_postgresql_four_times(database: PostgresServer) -> None:
    with on_postgresql(database, prepare=True) as trace:
        saved = edit(
            trace.store, edit(trace.store, create(trace.store))
        )  # everything is prepared by now

        assert trace.round_trips_of(lambda: edit(trace.store, saved)) == 4


def test_no_life_of_a_concept_rewrites_a_record(trace: Trace) -> None:
    sent = [text for _, texts in life(trace) for text in texts]
    written = [text for text in sent if "INSERT" in text or "UPDATE" in text]

    assert len(written) >= 8
    assert not [text for text in (*sent, *everything_else(trace)) if REWRITES.search(text)]


def test_a_planted_rewrite_is_recognised() -> None:
    for text in (
        "UPDATE indelible.concept_versions SET name = 'x'",
        "DELETE FROM main.history",
        "TRUNCATE indelible.receipts",
        "INSERT OR REPLACE INTO main.concepts VALUES (1)",
        "INSERT INTO indelible.receipts (key) VALUES ($1) ON CONFLICT DO NOTHING",
    ):
        assert REWRITES.search(text)
    assert not REWRITES.search("UPDATE indelible.concepts SET status = 'DRAFT'")


def modules() -> list[str]:
    return [
        each.name
        for each in pkgutil.walk_packages(indelible_sql.__path__, "indelible_sql.")
        if "migrations" not in each.name
    ]


def selects() -> dict[str, Select[*tuple[object, ...]]]:
    """Every SELECT that a module of the adapter has built."""
    found: dict[str, Select[*tuple[object, ...]]] = {}
    for module in map(importlib.import_module, modules()):
        for name, value in vars(module).items():
            if isinstance(value, Select) and name not in EXEMPT and not name.startswith("_"):
                found[f"{module.__name__}.{name}"] = value
    return found


def uniques(table: Table) -> Iterator[frozenset[str]]:
    for each in table.constraints:
        if isinstance(each, PrimaryKeyConstraint | UniqueConstraint):
            yield frozenset(column.name for column in each.columns)


def fixed(statement: Select[*tuple[object, ...]]) -> frozenset[str]:
    """The columns that must equal a parameter."""
    clauses = iterate(statement.whereclause) if statement.whereclause is not None else ()
    equal = [
        each.left
        for each in clauses
        if isinstance(each, BinaryExpression)
        and isinstance(each.right, BindParameter)
        and each.operator.__name__ == "eq"
    ]
    return frozenset(each.name for each in equal if isinstance(each, Column))


def orders(statement: Select[*tuple[object, ...]]) -> tuple[ClauseElement, ...]:
    """What the rows are ordered by; SQLAlchemy has no public name for it."""
    found: tuple[ClauseElement, ...] = vars(statement).get("_order_by_clauses", ())
    return found


def is_aggregate(statement: Select[*tuple[object, ...]]) -> bool:
    """Whether it counts rows, or finds the first or the last: that is one row."""
    return all(
        any(isinstance(part, ScalarSelect) or is_counting(part) for part in iterate(each))
        for each in statement.selected_columns
    )


def is_counting(part: Visitable) -> bool:
    return part.__visit_name__ == "function" and getattr(part, "name", "") in AGGREGATES


def is_ordered_by_group(statement: Select[*tuple[object, ...]], ordered: frozenset[str]) -> bool:
    """Return whether the rows of a grouped subquery are in order of their groups."""
    for part in iterate(statement):
        if isinstance(part, Subquery):
            groups: tuple[Column[object], ...] = vars(part.element).get("_group_by_clauses", ())
            if groups and {column.name for column in groups} <= ordered:
                return True
    return False


def is_total(statement: Select[*tuple[object, ...]]) -> bool:
    """Whether at most one row is found, or the order leaves no two rows side by side."""
    ordered = frozenset(
        each.name
        for clause in orders(statement)
        for each in iterate(clause)
        if isinstance(each, ColumnClause)
    )
    shown = frozenset(getattr(column, "name", "") for column in statement.selected_columns)
    if len(shown) == 1 and any(
        isinstance(each, JsonArrayAgg) for each in iterate(statement.selected_columns[0])
    ):
        return True  # an aggregate of all rows is one row
    groups: tuple[Column[object], ...] = vars(statement).get("_group_by_clauses", ())
    if groups or is_aggregate(statement):
        return {each.name for each in groups} <= ordered
    if getattr(statement, "_distinct", False):
        return shown <= ordered
    if is_ordered_by_group(statement, ordered):
        return True
    tables: list[Table] = [each for each in iterate(statement) if isinstance(each, Table)]
    texts = [each.text for each in orders(statement) if isinstance(each, TextClause)]
    return texts in FEEDS or any(
        key <= fixed(statement) | ordered for table in tables for key in uniques(table)
    )


def test_every_select_that_finds_many_rows_has_a_total_order() -> None:
    found = selects()

    assert len(found) >= 15
    assert [name for name, statement in found.items() if not is_total(statement)] == []


def test_a_select_without_a_total_order_is_recognised() -> None:
    versions = concepts_table("concept_versions")

    assert not is_total(versions.select())
    assert not is_total(versions.select().order_by(versions.c.created_at))
    assert not is_total(
        versions.select().with_only_columns(versions.c.name, versions.c.name_key).distinct()
    )
    grouped = versions.select().with_only_columns(versions.c.name, func.max(versions.c.name_key))
    assert not is_total(grouped.group_by(versions.c.name))
    assert not is_total(versions.select().with_only_columns(func.lower(versions.c.name)))
    assert is_total(versions.select().order_by(versions.c.concept_id, versions.c.version_number))


def concepts_table(name: str) -> Table:
    return next(table for table in CATALOG.records if table.name == name)


def test_every_statement_with_many_rows_is_sent_with_an_order(trace: Trace) -> None:
    unordered = [
        text
        for text in everything_else(trace)
        if text.startswith("SELECT")
        and " FROM " in text
        and not ORDER.search(text)
        and not is_by_key(text)
    ]

    assert unordered == []


def is_by_key(text: str) -> bool:
    """One row by its name, or a question about the server."""
    keys = (
        r"\bid = ",
        r"\bversion_number = ",
        r"\bkey\"? = .*|owner = ",
        r"current_database\(\)",
        r"pg_try_advisory",
    )
    return any(re.search(key, text) for key in keys)


def calls(tree: ast.Module) -> Iterator[str]:
    """The functions that a module calls, by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )


def literals(tree: ast.Module) -> Iterator[str]:
    """The texts of a module, without its docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def functions_called(tree: ast.Module) -> Iterator[str]:
    """Yield the names of functions that are called by their bare name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_the_source_holds_no_upsert_and_changes_rows_in_few_places() -> None:
    trees = {
        path.name: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")
    }
    queue = trees.pop(
        "task_statements.py"
    )  # work is neither a record nor a head: its row is written as often as it is claimed
    called = {(name, call) for name, tree in trees.items() for call in calls(tree)}

    assert "update" in set(calls(queue))
    # Called as functions, unlike the method of a dict.
    named = {(name, call) for name, tree in trees.items() for call in functions_called(tree)}
    assert {name for name, call in named if call == "update"} <= {"atomic_write.py", "rebuild.py"}
    assert {name for name, call in called if call == "delete"} <= {"rebuild.py"}
    assert not {call for _, call in called if call.startswith("on_conflict") or call == "merge"}
    assert not [text for tree in trees.values() for text in literals(tree) if UPSERT.search(text)]
