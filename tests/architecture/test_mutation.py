"""Test that the copy in which mutants are tested has every module that its tests import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doses.mutation.__main__ import COPIES, ROOT

pytestmark = pytest.mark.slow

COPIED = {source for source, _ in COPIES}


def copied_files() -> Iterator[Path]:
    """Yield the test modules that are copied."""
    for source in sorted(COPIED):
        path = ROOT / source
        if not source.startswith("tests/"):
            continue
        if path.is_dir():
            yield from sorted(path.rglob("*.py"))
        elif path.suffix == ".py":
            yield path


def imported_test_modules(path: Path) -> Iterator[str]:
    """Yield the names of the modules of tests that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith("tests."):
                yield name


def test_every_imported_test_module_is_copied() -> None:
    missing: set[str] = set()
    for path in copied_files():
        for name in imported_test_modules(path):
            folder = name.replace(".", "/")
            source = f"{folder}.py"
            is_copied = folder in COPIED
            is_copied |= any(source == copy or source.startswith(f"{copy}/") for copy in COPIED)
            if not is_copied:
                missing.add(source)

    assert not missing
