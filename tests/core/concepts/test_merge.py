"""A merge shows which side changed which field, and resolves nothing."""

import pytest
from attrs import evolve

from indelible.concepts import ConceptContent, MergeKind, three_way

BASE = ConceptContent(name="Ratio", definition="Old.", examples=("one",), scope_boundaries=None)


def kinds(theirs: ConceptContent, yours: ConceptContent) -> dict[str, str]:
    """Map the fields that a side changed to the kinds of their merges."""
    kinds_by_field: dict[str, str] = {}
    for merge in three_way(BASE, theirs, yours):
        if merge.kind is not MergeKind.NEITHER:
            kinds_by_field[merge.field] = merge.kind.value

    return kinds_by_field


@pytest.mark.parametrize(
    ("theirs", "yours", "kind"),
    [
        ("New.", "Old.", "theirs"),
        ("Old.", "New.", "yours"),
        ("New.", "New.", "alike"),
        ("New.", "Newer.", "conflict"),
    ],
)
def test_a_changed_field_names_the_side_that_changed_it(theirs: str, yours: str, kind: str) -> None:
    merged = kinds(evolve(BASE, definition=theirs), evolve(BASE, definition=yours))

    assert merged == {"definition": kind}


def test_unchanged_contents_have_no_changed_field() -> None:
    assert kinds(BASE, BASE) == {}


def test_an_empty_text_differs_from_an_absent_one() -> None:
    assert kinds(evolve(BASE, scope_boundaries=""), BASE) == {"scope_boundaries": "theirs"}


def test_lists_in_different_orders_are_in_conflict() -> None:
    theirs = evolve(BASE, examples=("one", "two"))
    yours = evolve(BASE, examples=("two", "one"))

    assert kinds(theirs, yours) == {"examples": "conflict"}


def test_nothing_is_resolved_and_everything_is_kept() -> None:
    theirs = ConceptContent(name="A", definition="Old.")
    yours = ConceptContent(name="B", definition="New.")
    merges = {merge.field: merge for merge in three_way(BASE, theirs, yours)}
    name = merges["name"]

    assert list(merges) == [
        "name",
        "definition",
        "explanation",
        "examples",
        "prerequisites",
        "learning_objective",
        "misconceptions",
        "scope_boundaries",
    ]
    assert (name.base, name.theirs, name.yours) == ("Ratio", "A", "B")


def test_a_field_needs_a_choice_where_both_sides_differ() -> None:
    theirs = ConceptContent(name="A", definition="Old.")
    yours = ConceptContent(name="B", definition="New.")
    merges = three_way(BASE, theirs, yours)

    assert [merge.field for merge in merges if merge.needs_choice] == ["name", "definition"]
