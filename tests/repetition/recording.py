"""Record which test functions run which lines: a plugin of pytest, `-p tests.repetition.recording`.

Coverage.py measures, in child processes as well; the name of the function is its context. At most
`CASES` cases of a function run: the others run the same lines with other values.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Generator

import pytest
from coverage import Coverage

CASES = 1
CONTEXT = "INDELIBLE_TEST_CONTEXT"  # coverage.ini reads it in child processes


def function_name(node_id: str) -> str:
    """Return the id of a test function, without the case."""
    return node_id.partition("[")[0]


def _order(item: pytest.Item) -> str:
    """Return a text that sorts cases in an arbitrary order, the same one in each process."""
    return hashlib.sha256(item.nodeid.encode()).hexdigest()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out all but some cases of each function."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        cases[function_name(item.nodeid)].append(item)

    chosen: set[str] = set()
    for group in cases.values():
        chosen.update(item.nodeid for item in sorted(group, key=_order)[:CASES])

    left_out = [item for item in items if item.nodeid not in chosen]
    items[:] = [item for item in items if item.nodeid in chosen]
    config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Attribute the lines of this process, and of the children that start now, to a function."""
    name = function_name(item.nodeid)
    os.environ[CONTEXT] = name
    coverage = Coverage.current()
    if coverage is not None:
        coverage.switch_context(name)
    return (yield)
