"""The tool that looks for repeated proofs breaks what it says, and restores it."""

from pathlib import Path
from random import Random

import pytest
from tests.repetition.lines import Line
from tests.repetition.mutants import mutable_lines, mutate
from tests.repetition.running import broken

CASES = {
    "if a == b:\n        pass": {"if a != b:\n        pass", "if not a == b:\n        pass"},
    "return a and b": {"return a or b", "return None"},
    "return True": {"return False"},
    "raise ValueError": {"None"},
    "a.save(b)": {"None"},
    "b = a + 2": {"b = a - 2", "b = a + 3"},
}


def function(statement: str) -> str:
    return f"def f(a, b):\n    {statement}"


@pytest.mark.parametrize("statement", CASES)
def test_a_line_is_broken_in_each_way(statement: str) -> None:
    mutants = set[str]()
    for seed in range(20):
        mutant = mutate(function(statement), 2, Random(seed))  # noqa: S311 - repeatable, no secret
        assert mutant is not None
        mutants.add(mutant[0])

    assert mutants == {function(expected) for expected in CASES[statement]}


def test_nothing_outside_functions_and_no_log_line_is_broken() -> None:
    source = "LIMIT = 3\n\ndef f():\n    logger.info('started')\n    '''A text.'''\n"

    assert mutable_lines(source) == set()


def test_a_broken_file_is_restored_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(function("return True"))

    with pytest.raises(KeyboardInterrupt):
        break_and_fail(path)

    assert path.read_text() == function("return True")


def break_and_fail(path: Path) -> None:
    random = Random(1)  # noqa: S311 - repeatable, no secret
    with broken(path.parent, Line(path.name, 2), random) as text:
        assert text == "return False"
        assert path.read_text() == function("return False")
        raise KeyboardInterrupt
