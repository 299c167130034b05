"""Failpoints: each is reached in the one place that the table names, and nothing but an argument arms one."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import SOURCES, modules, parsed

from indelible_sql import open_async_store, open_store
from indelible_sql.engine.failpoints import Failpoint, no_failpoint

HOLDERS = {
    "async_store.py",
    "contexts.py",
    "engine/failpoints.py",
    "engine/session.py",
    "kernel/history.py",
    "store.py",
}


def reached(module: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    """Every member that a function of the module names, with the place of that function."""
    for name, function in _functions(module, ""):
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Failpoint":
                yield node.attr, f"{path.name}: {name}"


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", child


def test_every_failpoint_is_reached_once_and_where_the_table_says() -> None:
    found = sorted(each for path in modules() for each in reached(parsed(path), path))

    assert found == sorted((each.name, each.place) for each in Failpoint)
    assert len({each.moment for each in Failpoint}) == len(Failpoint)


def test_a_second_place_would_be_noticed() -> None:
    planted = ast.parse(
        "class Store:\n    def run(self):\n        self.at_failpoint(Failpoint.BEFORE_BEGIN)"
    )

    assert list(reached(planted, Path("other.py"))) == [("BEFORE_BEGIN", "other.py: Store.run")]


def test_only_an_argument_arms_them() -> None:
    speaking = {
        path for path in modules() if "failpoint" in path.read_text(encoding="utf-8").lower()
    }

    assert speaking == {SOURCES["indelible_sql"] / name for name in HOLDERS}
    for opener in (open_store, open_async_store):
        assert inspect.signature(opener).parameters["at_failpoint"].default is no_failpoint


def test_no_address_arms_them(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///file:{tmp_path / 'a.db'}?at_failpoint=os._exit&uri=true")

    assert store.at_failpoint is no_failpoint
