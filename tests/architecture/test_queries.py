"""Every public query has a caller in a distribution: one that only tests call repeats a finder."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.architecture.sources import SOURCES, parsed

pytestmark = pytest.mark.slow

CORE: Final = SOURCES["indelible"]
TESTING: Final = CORE / "testing"
QUERIES: Final = sorted({*CORE.glob("*/queries.py"), *CORE.glob("*/queries/*.py")})
# For hosts alone: a seed names the first, and the second has an error of its own.
CALLED_BY_HOSTS: Final = {"captures.replay_centroid", "contests.entries_of_user"}


def context_of(path: Path) -> str:
    """Return the context of a module of queries."""
    return path.relative_to(CORE).parts[0]


def public_queries() -> set[str]:
    """Return the queries as `<context>.<name>`."""
    queries: set[str] = set()
    for path in QUERIES:
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                queries.add(f"{context_of(path)}.{node.name}")

    return queries


def context_of_import(node: ast.ImportFrom, name: str) -> str:
    """Return the context from which a name is imported, or which it is; "" for another module."""
    parts = [*(node.module or "").split("."), name]
    return parts[1] if parts[0] == "indelible" else ""


def mentions(path: Path) -> Iterator[str]:
    """Yield what a module calls or hands on, as `<context>.<name>`; an import is no mention."""
    module = parsed(path)
    contexts: dict[str, str] = {}
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                local = alias.asname or alias.name
                contexts[local] = context_of_import(node, alias.name)
                names[local] = f"{contexts[local]}.{alias.name}"
        elif isinstance(node, ast.FunctionDef) and path in QUERIES:
            names[node.name] = f"{context_of(path)}.{node.name}"

    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id in names:
            yield names[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{contexts.get(node.value.id, '')}.{node.attr}"


def test_each_query_has_a_caller_in_a_distribution() -> None:
    mentioned: set[str] = set()
    for source in SOURCES.values():
        for path in source.rglob("*.py"):
            if TESTING not in path.parents:
                mentioned.update(mentions(path))

    assert public_queries() - mentioned == CALLED_BY_HOSTS
