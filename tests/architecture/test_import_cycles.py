"""No module of a distribution imports itself by way of others, not even for its types."""

from graphlib import CycleError, TopologicalSorter

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
