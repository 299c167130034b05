"""Reading the documentation: its tables, and what they name."""

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
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str, heading: str) -> Iterator[list[str]]:
    """The cells of every row below a table's heading, which begins so."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    break
                yield [cell.strip() for cell in CELL.split(row)[1:-1]]


def code(text: str) -> list[str]:
    """What stands in backticks, outside of fenced blocks."""
    return CODE.findall(FENCED.sub("", text))


def is_there(name: str) -> bool:
    """Whether a test `path::Class::function`, a file, a function `path: name`, or an object `module:name` exists."""
    if "::" in name:
        path, *names = name.split("::")
        return (ROOT / path).exists() and has(loaded(ROOT / path), names)
    if "/" in name:
        path, _, defined = name.partition(": ")
        found = [place / path for place in PLACES if (place / path).exists()]
        return bool(found) and (not defined or defined in definitions(found[0]))
    module, _, attribute = name.partition(":")
    return has(import_module(module), attribute.split("."))


def has(thing: object, names: list[str]) -> bool:
    """Whether the thing has a thing of the first name that has one of the next; a field counts by its annotation."""
    for name in names:
        if not hasattr(thing, name):
            return name in getattr(thing, "__annotations__", ())
        thing = getattr(thing, name)
    return True


@cache
def loaded(path: Path) -> ModuleType:
    """A test file, run as a module of its own."""
    spec = spec_from_file_location(
        f"named_{'_'.join(path.relative_to(ROOT).with_suffix('').parts)}", path
    )
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def definitions(path: Path) -> frozenset[str]:
    """The functions, classes, methods and values that a file defines."""
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8")), ""))


def _names(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name
        elif isinstance(child, ast.ClassDef):
            yield prefix + child.name
            yield from _names(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.Assign):
            yield from (
                prefix + target.id for target in child.targets if isinstance(target, ast.Name)
            )
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            yield prefix + child.target.id
