"""What warnings say, to the letter: numbers from 1, lists, hints, and what is cut."""

import pytest
from attrs import evolve

from indelible.concepts import ConceptContent, ConceptPolicy, ConceptStatus
from indelible.concepts.entities import ConceptNode, ConceptWarning
from indelible.concepts.rules.graph import ConceptGraph, graph_warnings
from indelible.concepts.rules.warnings import (
    MAX_PARAM_LENGTH,
    MAX_PARAMS,
    RelatedNames,
    WarningCode,
    content_warnings,
    related_name_keys,
    warning,
)
from indelible.memory import MemoryStore
from indelible.testing.stores import RATIO, approve, create, edit, submit

NEED = ConceptNode(id="n", name="Need", status=ConceptStatus.DRAFT, prerequisites=())


def of(content: ConceptContent, names: RelatedNames | None = None) -> dict[str, ConceptWarning]:
    version = create(MemoryStore(), content).version
    found = content_warnings(version, None, names or RelatedNames(), ConceptPolicy())
    return {each.code: each for each in found}


def of_graph(
    start: ConceptNode, *others: ConceptNode, close: tuple[str, ...] = ()
) -> dict[str, ConceptWarning]:
    found = graph_warnings(ConceptGraph(nodes=(start, *others)), start.id, ConceptPolicy(), close)
    return {each.code: each for each in found}


def test_places_are_counted_from_one() -> None:
    found = of(evolve(RATIO, examples=("one", " ", "one", "")))

    assert found["EX_BLANK"].message == "Some examples are blank: number 2, 4."
    assert found["EX_BLANK"].params == ("2", "4")


def test_names_are_listed() -> None:
    found = of(RATIO, RelatedNames(same=("Ratio", "ratio")))

    assert found["NAME_COLLISION"].message == "Another concept has this name too: Ratio, ratio."


@pytest.mark.parametrize(
    ("hints", "said"),
    [
        ((), 'No concept is called "Fractons".'),
        (("Fraction",), 'No concept is called "Fractons" (perhaps Fraction).'),
        (("A", "B"), 'No concept is called "Fractons" (perhaps A) (perhaps B).'),
    ],
)
def test_hints_are_in_brackets(hints: tuple[str, ...], said: str) -> None:
    assert warning(WarningCode.PREREQ_DANGLING, "Fractons", *hints, field=None).message == said


def test_of_two_close_names_one_is_a_hint() -> None:
    start = evolve(NEED, prerequisites=("Fractons",))
    found = of_graph(start, close=("Fraction", "Fractions"))

    assert found["PREREQ_DANGLING"].params == ("Fractons", "Fractions")


def test_as_many_values_as_a_reader_takes_in_are_not_cut() -> None:
    some = tuple(str(number) for number in range(MAX_PARAMS))
    long = "x" * MAX_PARAM_LENGTH

    assert warning(WarningCode.EX_BLANK, *some, field=None).params == some
    assert warning(WarningCode.EX_BLANK, long, f"{long}x", field=None).params == (
        long,
        f"{long}\u2026",
    )


def test_what_is_ambiguous_is_named_and_counted() -> None:
    twin = evolve(NEED, id="m")
    found = of_graph(evolve(NEED, id="s", name="Start", prerequisites=("Need",)), NEED, twin)

    assert found["PREREQ_AMBIGUOUS"].message == 'There are 2 concepts called "Need".'


def test_what_lags_behind_is_named_with_both_states() -> None:
    start = evolve(NEED, id="s", name="Start", status=ConceptStatus.REVIEW, prerequisites=("Need",))

    assert of_graph(start, NEED)["PREREQ_BELOW_STATUS"].message == (
        'The prerequisite "Need" is only in DRAFT, this concept in REVIEW.'
    )


def test_an_approval_of_an_older_version_is_named_with_both() -> None:
    store = MemoryStore()
    edited = edit(store, approve(store, submit(store, create(store))))
    (found,) = (each for each in edited.current_warnings if each.code == "APPROVAL_STALE")

    assert found.message == "Version 1 was approved, and the concept is now at version 2."


def test_a_verb_stands_first_in_an_objective_or_nowhere() -> None:
    assert "OBJ_VERB" in of(evolve(RATIO, learning_objective="Please explain it."))
    assert "OBJ_VERB" not in of(evolve(RATIO, learning_objective="Explain it."))


def test_a_content_is_looked_up_by_its_name_and_by_what_it_mentions() -> None:
    keys = related_name_keys(ConceptContent(name=" The Ratio", definition="Of two"))

    assert keys == {"the ratio", "of", "of two", "two"}
