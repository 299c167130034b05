"""A definition is circular where its first sentence defines the name by the name."""

import pytest
from tests.core.concepts.scenarios import codes, first_version

# Definitions of a public glossary, shortened: their authors mention the name without circularity.
NOT_CIRCULAR = [
    ("Absolute path", "A path to one location. An absolute path needs no other directory."),
    ("Accuracy", "Accuracy measures how close results are to the true value."),
    ("Algorithm", "An algorithm is a set of steps followed to accomplish a task."),
    ("Argument", "The term is no synonym for parameter.\n\nAn argument is passed to a function."),
    ("Branch", "See [Git branch](#git_branch)."),
    ("Degrees of freedom", "In statistics, the degrees of freedom is a measure of information."),
    ("Filesystem", 'The part of a system that manages files (as in "the Unix filesystem").'),
    ("In-place operator", "An operator such as `in-place operator` that updates an operand."),
    ("Reciprocal", "The reciprocal of a number x is 1 / x."),
    ("Source code", "Source code or, simply, code, is the origin of executed code."),
    ("String", 'A block of text. The term is short for "character string".'),
    ("Transitive dependency", "If A needs B, and B needs C, C is a transitive dependency of A."),
    ("Ratio", "Every irrational number, by its ratios."),
    ("Rate", "A first-rate comparison of units."),
]
CIRCULAR = [
    ("Ratio", "A ratio."),
    ("Ratio", "One ratio, or another."),
    ("Ratio", "The ratio of two numbers."),
    ("Ratio", "A ratio is the ratio of two numbers."),
    ("Unit fraction", "Any unit  Fraction that has numerator 1."),
    ("Ratio", "A [ratio](#ratio) between two numbers. It has no unit."),
]


@pytest.mark.parametrize(("name", "definition"), NOT_CIRCULAR)
def test_a_name_that_is_only_mentioned_is_not_circular(name: str, definition: str) -> None:
    assert "DEF_CIRCULAR" not in codes(first_version(name=name, definition=definition).warnings())


@pytest.mark.parametrize(("name", "definition"), CIRCULAR)
def test_a_name_defined_by_itself_is_circular(name: str, definition: str) -> None:
    assert "DEF_CIRCULAR" in codes(first_version(name=name, definition=definition).warnings())


@pytest.mark.parametrize("text", ["\u201c" * 20_000, "`" * 19_999, "[" * 20_000, "ratio [" * 2_800])
def test_hostile_definitions_are_searched_in_linear_time(text: str) -> None:
    # Quadratic searches of 20,000 characters would exceed the time limit of the suite.
    for _ in range(20):
        first_version(definition=text).warnings()
