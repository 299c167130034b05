"""A handler loads, decides and records; what depends on a state is decided by entities and rules."""

import ast
from collections.abc import Iterator

import pytest
from tests.architecture.sources import SOURCES, parsed

CORE = SOURCES["indelible"]
HANDLERS = sorted(
    {
        *CORE.glob("*/handlers.py"),
        *CORE.glob("*/repositories.py"),
        *CORE.glob("*/repositories/*.py"),
    }
)
MOST_STATEMENTS = 12


def statements(function: ast.FunctionDef) -> int:
    """How many statements the body has at any depth, without its docstring."""
    nodes = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return nodes - (ast.get_docstring(function) is not None)


def speaks_of_status(expression: ast.AST) -> bool:
    for node in ast.walk(expression):
        name = (
            node.id
            if isinstance(node, ast.Name)
            else node.attr
            if isinstance(node, ast.Attribute)
            else ""
        )
        if name == "status" or name.endswith("Status"):
            return True
    return False


def faults(module: ast.Module) -> Iterator[str]:
    """What handlers of this module do that handlers do not."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and statements(node) > MOST_STATEMENTS:
            yield f"{node.name} has {statements(node)} statements"
        elif isinstance(node, ast.Compare) and speaks_of_status(node):
            yield f"line {node.lineno} compares a status"
        elif isinstance(node, ast.Match) and speaks_of_status(node):
            yield f"line {node.lineno} branches on a status"


def test_every_context_has_handlers() -> None:
    found = {path.relative_to(SOURCES["indelible"]).parts[0] for path in HANDLERS}

    assert found == {"captures", "concepts", "tokens"}


def test_handlers_are_short_and_compare_no_status() -> None:
    assert not [fault for path in HANDLERS for fault in faults(parsed(path))]


def test_twelve_statements_pass_and_the_thirteenth_does_not() -> None:
    twelve = 'def edit(tx):\n    """Edit."""\n    if tx:\n' + "        tx.step()\n" * (
        MOST_STATEMENTS - 1
    )

    assert not list(faults(ast.parse(twelve)))
    assert list(faults(ast.parse(twelve + "    return tx\n"))) == ["edit has 13 statements"]


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
def test_a_planted_question_about_the_status_is_named(planted: str) -> None:
    assert list(faults(ast.parse(planted)))
