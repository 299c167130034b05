"""Tests start every simulator of Stripe where its journal is checked."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import ROOT

STARTERS = {"running_simulator", "open_simulator", "simulator_process"}
PROGRAM = "indelible_stripe.simulator"
CHECKED = {
    "tests/doubles/simulators.py": {"running_simulator", PROGRAM},
    # These run the program, and check the journal of the one that serves requests.
    "tests/doses/adapters/test_story.py": {PROGRAM},
    # This one does not start: its port is taken.
    "tests/service/test_errors_of_demonstrations.py": {"simulator_process"},
    # These compare names of modules.
    "tests/architecture/test_imports.py": {PROGRAM},
    "tests/architecture/test_simulators.py": {PROGRAM},
}


def started_simulators(module: ast.Module) -> Iterator[str]:
    """Yield each name of what starts a simulator, and the program's name where it is run."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            yield from STARTERS & {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            yield from STARTERS & {node.attr}
        elif isinstance(node, ast.Constant) and node.value == PROGRAM:
            yield PROGRAM


def test_tests_start_simulators_only_where_the_journal_is_checked() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not any(word in text for word in (*STARTERS, PROGRAM)):
            continue

        names = set(started_simulators(ast.parse(text)))
        if names:
            found[path.relative_to(ROOT).as_posix()] = names

    assert found == CHECKED
