"""Names are compared by a key, and found in a definition in a bounded number of steps."""

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from, text

from indelible.concepts import ConceptContent
from indelible.concepts.entities import name_key
from indelible.concepts.rules.warnings.names import (
    RelatedNames,
    candidate_names,
    references,
    related_name_keys,
)

WORDS = ["unit", "Fraction", "C++", "x-axis", "\N{LATIN SMALL LIGATURE FI}x"]
MAX_CANDIDATES = 400


@pytest.mark.parametrize("name", ["Straße", "STRASSE", "  straße ", "stra\uff33\uff33e"])
def test_names_are_equal_without_case_width_and_spaces_around_them(name: str) -> None:
    assert name_key(name) == "strasse"


def test_names_are_equal_whatever_space_is_between_their_words() -> None:
    assert name_key("unit \t fraction") == "unit fraction"
    assert name_key("Unit\u00a0Fraction") == "unit fraction"


def test_names_of_different_words_differ() -> None:
    assert name_key("unit fraction") != name_key("unitfraction")


def test_candidates_are_all_runs_of_words() -> None:
    assert candidate_names('An "Improper  fraction", say.', max_words=2) == (
        "an",
        "an improper",
        "improper",
        "improper fraction",
        "fraction",
        "fraction say",
        "say",
    )


@given(lists(sampled_from(WORDS), min_size=1, max_size=5))
def test_a_name_of_up_to_five_words_is_a_candidate_at_any_position(words: list[str]) -> None:
    name = " ".join(words)

    assert name_key(name) in candidate_names(f"It is, say (a {name}), or less.")


def test_candidates_are_bounded() -> None:
    numbers = [str(number) for number in range(3_000)]
    candidates = candidate_names(" ".join(numbers))

    assert len(candidates) == MAX_CANDIDATES
    assert max(len(candidate.split()) for candidate in candidates) == 5


def test_the_name_and_all_candidates_are_looked_up() -> None:
    keys = related_name_keys(ConceptContent(name=" The Ratio", definition="Of two"))

    assert keys == {"the ratio", "of", "of two", "two"}


def test_equal_and_mentioned_names_are_selected_once_and_in_order() -> None:
    content = ConceptContent(name="Ratio", definition="A quotient of two numbers, or a rate.")
    names = ["rate", "Quotient", "ratio", "Rate", "RATIO", "Fraction", "rate"]
    related = RelatedNames.among(content, names)

    assert related.same == ("RATIO", "ratio")
    assert related.mentioned == ("Quotient", "Rate", "rate")


def test_no_names_are_related_to_nothing() -> None:
    assert RelatedNames.among(ConceptContent(name="Ratio"), []) == RelatedNames()


def test_a_name_is_found_in_the_text_and_in_the_target_of_a_link() -> None:
    keys = related_name_keys(
        ConceptContent(name="x", definition="One [unit part](#unit_fraction) of [a set] (#set).")
    )

    assert {"unit part", "unit fraction", "a set", "set", "one unit part"} <= keys


@pytest.mark.parametrize(
    ("definition", "name"),
    [
        ("All numbers by [division](#division).", "Division"),
        ("All [shares](#division) of a whole.", "division"),
        ("One part of a unit fraction.", "Unit fraction"),
        ("It is written in Python today.", "Python"),
        ("Encoded as UTF-8 or not.", "UTF-8"),
        ("Any number, e.g. a [share](#division) of ten, i.e. a part.", "Division"),
        ("1. A plot, or 2. a structure of [shares](#division).", "Division"),
        ("A tree, e.g. a binary tree of the U.S. kind, in a search tree.", "search tree"),
    ],
)
def test_a_link_or_a_rare_name_is_a_reference(definition: str, name: str) -> None:
    assert references(definition, [name]) == (name,)


@pytest.mark.parametrize(
    ("definition", "name"),
    [
        ("It is true for each model.", "true"),
        ("It is true for each model.", "Model"),
        ("Make it so. Make it again: Make.", "Make"),
        ("The [Mean](#mean) of true values.", "true"),
        ("Rules for text. [Markdown](#markdown) is an example.", "Markdown"),
        ("Rules for text!\n\nNot to be confused with a data type.", "data type"),
        ("See [Bayes' Theorem](#bayes_theorem).", "Bayes' Theorem"),
        ("Another term for [raising](#raise) an exception.", "raise"),
    ],
)
def test_an_ordinary_word_is_no_reference(definition: str, name: str) -> None:
    assert references(definition, [name]) == ()


def test_names_with_a_link_are_the_first_references() -> None:
    definition = "A unit fraction of a [set](#set)."

    assert references(definition, ["Unit fraction", "set"]) == ("set", "Unit fraction")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("Parts of a [Git branch](#git_branch).", ("Git branch",)),
        ("Parts of a [Git branch](#git_branch) in Git.", ("Git branch", "Git")),
        ("A deep neural network of layers.", ("deep neural network",)),
        (
            "A deep neural network beside a neural network.",
            ("deep neural network", "neural network"),
        ),
    ],
)
def test_a_name_inside_a_longer_name_is_no_reference(
    definition: str, expected: tuple[str, ...]
) -> None:
    names = ["Git", "Git branch", "neural network", "deep neural network"]

    assert sorted(references(definition, names)) == sorted(expected)


@given(text(max_size=200), lists(text(min_size=1, max_size=20), max_size=5))
def test_references_are_some_of_the_names(definition: str, names: list[str]) -> None:
    assert set(references(definition, names)) <= set(names)
