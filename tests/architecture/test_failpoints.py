"""Each failpoint is called in the one function that its table names, and only tests arm one."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import SOURCES, modules, parsed

from indelible_sql import open_async_store, open_store
from indelible_sql.engine.failpoints import Failpoint, no_failpoint

MODULES_WITH_FAILPOINTS = {
    "async_store.py",
    "contexts.py",
    "engine/failpoints.py",
    "engine/session.py",
    "engine/single_update.py",
    "kernel/history.py",
    "own_transaction.py",
    "store.py",
}


def calls(module: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    """Yield every failpoint that a function of a module names, with that function."""
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


def test_a_failpoint_is_called_once_in_the_function_of_its_table() -> None:
    found: list[tuple[str, str]] = []
    for path in modules():
        found += calls(parsed(path), path)

    assert sorted(found) == sorted((point.name, point.location) for point in Failpoint)
    assert len({point.moment for point in Failpoint}) == len(Failpoint)


def test_a_planted_call_is_reported() -> None:
    call = "self.at_failpoint(Failpoint.BEFORE_BEGIN)"
    planted = ast.parse(f"class Store:\n    def run(self):\n        {call}")

    assert list(calls(planted, Path("other.py"))) == [("BEFORE_BEGIN", "other.py: Store.run")]


def test_only_an_argument_arms_a_failpoint() -> None:
    mentioning = {
        path for path in modules() if "failpoint" in path.read_text(encoding="utf-8").lower()
    }

    assert mentioning == {SOURCES["indelible_sql"] / name for name in MODULES_WITH_FAILPOINTS}
    for opener in (open_store, open_async_store):
        assert inspect.signature(opener).parameters["at_failpoint"].default is no_failpoint


def test_no_address_arms_a_failpoint(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///file:{tmp_path / 'a.db'}?at_failpoint=os._exit&uri=true")

    assert store.at_failpoint is no_failpoint
