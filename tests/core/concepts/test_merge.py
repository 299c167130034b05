"""Two edits beside what they began with: who changed what, and nothing more."""

from typing import Any

import pytest
from attrs import evolve

from indelible.concepts import ConceptContent, MergeKind, three_way

BASE = ConceptContent(name="Ratio", definition="Old.", examples=("one",), scope_boundaries=None)


def kinds(**sides: tuple[Any, Any]) -> dict[str, str]:
    """What is said of each field that somebody changed: theirs first, then yours."""
    theirs, yours = (
        evolve(BASE, **{name: side[place] for name, side in sides.items()}) for place in (0, 1)
    )
    return {
        each.field: each.kind.value
        for each in three_way(BASE, theirs, yours)
        if each.kind is not MergeKind.NEITHER
    }


@pytest.mark.parametrize(
    ("theirs", "yours", "kind"),
    [
        ("New.", "Old.", "theirs"),
        ("Old.", "New.", "yours"),
        ("New.", "New.", "alike"),
        ("New.", "Newer.", "conflict"),
    ],
)
def test_a_field_is_of_whoever_changed_it(theirs: str, yours: str, kind: str) -> None:
    assert kinds(definition=(theirs, yours)) == {"definition": kind}


def test_an_absent_text_is_another_than_an_empty_one_and_lists_count_their_order() -> None:
    assert kinds(scope_boundaries=("", None), examples=(("one", "two"), ("two", "one"))) == {
        "examples": "conflict",
        "scope_boundaries": "theirs",
    }


def test_nothing_is_resolved_and_everything_is_kept() -> None:
    theirs, yours = (
        ConceptContent(name="A", definition="Old."),
        ConceptContent(name="B", definition="New."),
    )
    found = {each.field: each for each in three_way(BASE, theirs, yours)}

    assert list(found) == [
        "name",
        "definition",
        "explanation",
        "examples",
        "prerequisites",
        "learning_objective",
        "misconceptions",
        "scope_boundaries",
    ]
    assert (found["name"].base, found["name"].theirs, found["name"].yours) == ("Ratio", "A", "B")
    assert [name for name, each in found.items() if each.needs_choice] == ["name", "definition"]
