"""The example of the README runs on each store; only the line that opens the store differs."""

import ast
import asyncio
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, cast

import pytest
from tests.architecture.sources import ROOT
from tests.docs.examples import examples

from indelible.declare import Context
from indelible.memory.store import MemoryStore
from indelible_service.embedded import PostgresServer
from indelible_sql import open_async_store, open_store

Contexts = tuple[Context[Any], ...]
Open = Callable[[Contexts], object]

(EXAMPLE,) = examples(ROOT / "README.md")
CALLS_OF_THE_STORE: Final = 4  # in the example: one upgrades, two run a command, one reads


class OtherStore(ast.NodeTransformer):
    """Open another store than the printed one, and await its methods if it is one for asyncio."""

    def __init__(self, *, is_async: bool) -> None:
        """Count what is replaced."""
        self.is_async = is_async
        self.opened = 0
        self.called = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace `indelible_sql.open_store`, and await a method of the store."""
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(value=ast.Name(id="indelible_sql"), attr="open_store"):
                self.opened += 1
                (contexts,) = node.keywords
                return ast.Call(ast.Name("open_other", ast.Load()), [contexts.value], [])
            case ast.Attribute(value=ast.Name(id="store")):
                self.called += 1
                return ast.Await(node) if self.is_async else node
            case _:
                return node


class OwnedStore:
    """A store whose `upgrade` knows the owner's address, as on a database with one role."""

    def __init__(self, store: Any, owner_url: str) -> None:  # noqa: ANN401 - of either kind
        """Wrap a store."""
        self.store = store
        self.owner_url = owner_url

    def upgrade(self) -> object:
        """Upgrade it as the owner."""
        return self.store.upgrade(self.owner_url)

    def __getattr__(self, name: str) -> object:
        """Return what the store has."""
        return cast("object", getattr(self.store, name))


class StoreWithoutTables(MemoryStore):
    """A store in memory, which has nothing to upgrade."""

    def upgrade(self) -> None:
        """Do nothing."""


def run_example(file: Path, open_other: Open, *, is_async: bool = False) -> None:
    """Run the example on another store, all else as it is printed."""
    file.write_text(EXAMPLE.text, encoding="utf-8")
    other = OtherStore(is_async=is_async)
    tree = ast.fix_missing_locations(other.visit(ast.parse(EXAMPLE.text)))
    assert (other.opened, other.called) == (1, CALLS_OF_THE_STORE)

    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_async else 0
    code = compile(tree, str(file), "exec", flags=flags)
    names: dict[str, Any] = {"__name__": file.stem, "open_other": open_other}
    running: Coroutine[Any, Any, None] | None = eval(code, names)  # noqa: S307 - the README's lines
    assert inspect.iscoroutine(running) == is_async
    if running is not None:
        asyncio.run(_to_its_end(running, names))
    elif hasattr(names["store"], "dispose"):
        names["store"].dispose()


async def _to_its_end(running: Coroutine[Any, Any, None], names: dict[str, Any]) -> None:
    """Run the example, and close its store in the same loop."""
    await running
    await names["store"].dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets_of_the_readme.py"


def test_it_runs_in_memory(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_example(file, lambda contexts: StoreWithoutTables(contexts=contexts))
    assert capsys.readouterr().out == EXAMPLE.output


@pytest.mark.slow
def test_it_runs_on_sqlite(file: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_example(file, lambda contexts: open_store(sqlite_url, contexts=contexts))
    assert capsys.readouterr().out == EXAMPLE.output


def test_it_runs_on_sqlite_by_asyncio(
    file: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_example(
        file, lambda contexts: open_async_store(sqlite_url, contexts=contexts), is_async=True
    )
    assert capsys.readouterr().out == EXAMPLE.output


@pytest.mark.slow
def test_it_runs_on_postgresql(
    file: Path, database: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def opened(contexts: Contexts) -> object:
        return OwnedStore(open_store(database.url, contexts=contexts), database.owner_url)

    run_example(file, opened)
    assert capsys.readouterr().out == EXAMPLE.output


@pytest.mark.slow
def test_it_runs_on_postgresql_by_asyncio(
    file: Path, database: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def opened(contexts: Contexts) -> object:
        return OwnedStore(open_async_store(database.url, contexts=contexts), database.owner_url)

    run_example(file, opened, is_async=True)
    assert capsys.readouterr().out == EXAMPLE.output
