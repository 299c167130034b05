"""No module of a distribution imports itself by way of others, not even for its types."""

import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from tests.architecture.sources import SOURCES


def find_cycle(package: str) -> list[str]:
    """Return the modules of a cycle of imports, the last of which is the first; else none."""
    graph = grimp.build_graph(package, cache_dir=None)
    imports: TopologicalSorter[str] = TopologicalSorter()
    for module in graph.modules:
        imports.add(module, *graph.find_modules_directly_imported_by(module))
    try:
        imports.prepare()
    except CycleError as error:
        modules: list[str] = error.args[1]
        return modules

    return []


@pytest.mark.parametrize("package", SOURCES)
def test_no_module_of_a_distribution_imports_itself(package: str) -> None:
    assert find_cycle(package) == []


def test_a_cycle_for_types_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "planted_cycle"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "store.py").write_text("from planted_cycle import block\n")
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import planted_cycle.store\n"
    (package / "block.py").write_text(typed)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    assert set(find_cycle("planted_cycle")) == {"planted_cycle.block", "planted_cycle.store"}
