"""Handlers load, decide and save; entities and rules decide whatever depends on a status."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.sources import SOURCES, parsed

CORE = SOURCES["indelible"]
HANDLERS = sorted(
    {
        *CORE.glob("*/handlers.py"),
        *CORE.glob("*/handlers/*.py"),
        *CORE.glob("*/repositories.py"),
        *CORE.glob("*/repositories/*.py"),
    }
)
QUERIES = sorted({*CORE.glob("*/queries.py"), *CORE.glob("*/queries/*.py")})
WRITES = frozenset({"lock", "load", "save", "save_all", "save_new"})  # methods of a repository
MAX_STATEMENTS = 15


def count_statements(function: ast.FunctionDef) -> int:
    """Count the statements of a function at any depth, without its docstring."""
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    if ast.get_docstring(function) is not None:
        statements -= 1

    return statements


def mentions_status(expression: ast.AST) -> bool:
    """Return whether an expression reads a status or names a status enum."""
    for node in ast.walk(expression):
        name = getattr(node, "attr", getattr(node, "id", ""))
        if name == "status" or name.endswith("Status"):
            return True

    return False


def faults(module: ast.Module) -> Iterator[str]:
    """Yield everything in a module that a handler must not do."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            statements = count_statements(node)
            if statements > MAX_STATEMENTS:
                yield f"{node.name} has {statements} statements"
        elif isinstance(node, ast.Compare) and mentions_status(node):
            yield f"line {node.lineno} compares a status"
        elif isinstance(node, ast.Match) and mentions_status(node):
            yield f"line {node.lineno} branches on a status"


def test_every_context_has_handlers() -> None:
    contexts = {path.relative_to(CORE).parts[0] for path in HANDLERS}

    assert contexts == {"captures", "concepts", "contests", "money", "projects", "tokens"}


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.relative_to(CORE).as_posix())
def test_handlers_are_short_and_compare_no_status(path: Path) -> None:
    assert list(faults(parsed(path))) == []


def test_a_handler_with_one_statement_too_many_is_reported() -> None:
    longest = "def edit(tx):\n" + '    """Edit."""\n' + "    tx.step()\n" * MAX_STATEMENTS

    assert list(faults(ast.parse(longest))) == []
    assert list(faults(ast.parse(longest + "    return tx\n"))) == ["edit has 16 statements"]


@pytest.mark.parametrize(
    "planted",
    [
        "def edit(head):\n    return head.entity.status == 'DRAFT'",
        "def edit(concept):\n    if concept.status is ConceptStatus.DRAFT:\n        return 1",
        "def edit(state):\n    return [1 for _ in state if state in (ConceptStatus.DRAFT,)]",
        "def edit(concept):\n    match concept.status:\n        case _: pass",
        "def edit(state):\n    match state:\n        case ConceptStatus.DRAFT: pass",
    ],
)
def test_a_planted_comparison_of_a_status_is_reported(planted: str) -> None:
    assert len(list(faults(ast.parse(planted)))) == 1


def written_in(module: ast.Module) -> Iterator[str]:
    """Yield the methods of repositories in a module that only handlers may call."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in WRITES:
            yield f"line {node.lineno} calls {node.attr}"


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.relative_to(CORE).as_posix())
def test_a_query_never_locks_or_writes(path: Path) -> None:
    assert list(written_in(parsed(path))) == []


def test_a_query_that_locks_is_recognized() -> None:
    module = ast.parse("def get_payee(tx):\n    return tx.money.payees.lock('a')")

    assert list(written_in(module)) == ["line 2 calls lock"]
