"""Read the documentation: its tables, and the files, functions and tests that it names."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from tests.architecture.sources import ROOT, SOURCES

DOCS = ROOT / "docs"
CODE = re.compile(r"`([^`]+)`")
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
CELL = re.compile(r"(?<!\\)\|")
PLACES = (ROOT, *(package.parent for package in SOURCES.values()))


def page(name: str) -> str:
    """Return the text of a page below `docs`."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables whose first column has this heading."""
    lines = iter(text.splitlines())
    for line in lines:
        if not line.startswith(f"| {heading} |"):
            continue
        next(lines)
        for row in lines:
            if not row.startswith("|"):
                break
            yield [cell.strip() for cell in CELL.split(row)[1:-1]]


def code(text: str) -> list[str]:
    """Return everything in backticks outside of fenced blocks."""
    return CODE.findall(FENCED.sub("", text))


def is_there(name: str) -> bool:
    """Return whether a named thing exists.

    A name is a test (`path::Class::function`), a file (`path`), a function in a file
    (`path: name`), or an object in a module (`module:name`).
    """
    if "::" in name:
        path, *names = name.split("::")
        return (ROOT / path).exists() and has(loaded(ROOT / path), names)

    if "/" in name or (ROOT / name.partition(": ")[0]).is_file():
        path, _, definition = name.partition(": ")
        files = [folder / path for folder in PLACES if (folder / path).exists()]
        return bool(files) and (not definition or definition in definitions(files[0]))

    module, _, attribute = name.partition(":")
    return has(import_module(module), attribute.split("."))


def has(owner: object, names: list[str]) -> bool:
    """Return whether a chain of attributes exists; an annotated field counts as one."""
    for name in names:
        if not hasattr(owner, name):
            return name in getattr(owner, "__annotations__", ())
        owner = getattr(owner, name)

    return True


@cache
def loaded(path: Path) -> ModuleType:
    """Load a test file under a module name of its own."""
    name = "_".join(path.relative_to(ROOT).with_suffix("").parts)
    spec = spec_from_file_location(f"named_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)

    return module


@cache
def definitions(path: Path) -> frozenset[str]:
    """Return the functions, classes, methods and values that a file defines."""
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8")), ""))


def _names(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name
        elif isinstance(child, ast.ClassDef):
            yield prefix + child.name
            yield from _names(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.Assign):
            for target in child.targets:
                if isinstance(target, ast.Name):
                    yield prefix + target.id
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            yield prefix + child.target.id
