"""Concepts have the entities, the six repository methods and the four states of the hand-off."""

from datetime import datetime
from inspect import getmro, signature
from itertools import pairwise
from typing import Protocol, get_type_hints

import pytest
from attrs import fields

from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptRepository,
    ConceptStatus,
    ConceptVersion,
)
from indelible.kernel import Actor, InvalidTransition

STATES = ("DRAFT", "REVIEW", "APPROVED", "PUBLISHED")
ACTIONS = ("create", "edit", "submit", "approve", "publish")
NEXT_STATES = {
    ("", "create"): "DRAFT",
    ("DRAFT", "edit"): "DRAFT",
    ("DRAFT", "submit"): "REVIEW",
    ("REVIEW", "edit"): "REVIEW",
    ("REVIEW", "approve"): "APPROVED",
    ("APPROVED", "edit"): "APPROVED",
    ("APPROVED", "approve"): "APPROVED",
    ("APPROVED", "publish"): "PUBLISHED",
}


class SeedRepository(Protocol):
    """The six methods of the hand-off; `X | None` and `list` replace its Optional and List."""

    def save_concept(self, concept: Concept) -> None: ...
    def save_version(self, version: ConceptVersion) -> None: ...
    def get_concept(self, concept_id: str) -> Concept | None: ...
    def get_latest_version(self, concept_id: str) -> ConceptVersion | None: ...
    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None: ...
    def list_versions(self, concept_id: str) -> list[ConceptVersion]: ...


def methods(protocol: type) -> list[str]:
    """Return the names of the protocol's public methods."""
    names: list[str] = []
    for name, member in vars(protocol).items():
        if callable(member) and not name.startswith("_"):
            names.append(name)

    return names


def test_a_concept_has_exactly_the_five_fields_of_the_hand_off() -> None:
    hints = get_type_hints(Concept)
    types = {field.name: hints[field.name] for field in fields(Concept)}

    assert types == {
        "id": str,
        "current_version": int,
        "status": ConceptStatus,
        "created_at": datetime,
        "updated_at": datetime,
    }


def test_a_version_has_fourteen_fields_eight_of_them_content() -> None:
    own_fields = {field.name for field in fields(ConceptVersion)} - {"content"}
    content_fields = [field.name for field in fields(ConceptContent)]

    assert get_type_hints(ConceptContent) == {
        "name": str,
        "definition": str,
        "explanation": str,
        "examples": tuple[str, ...],
        "prerequisites": tuple[str, ...],
        "learning_objective": str,
        "misconceptions": tuple[str, ...],
        "scope_boundaries": str | None,
    }
    assert own_fields == {
        "id",
        "concept_id",
        "version_number",
        "created_by",
        "created_at",
        "change_note",
    }
    assert get_type_hints(ConceptVersion)["created_by"] is Actor
    assert len(own_fields) + len(content_fields) == 14


def test_the_repository_has_the_six_methods_and_no_seventh() -> None:
    assert methods(ConceptRepository) == methods(SeedRepository)
    assert len(methods(SeedRepository)) == 6
    assert getmro(ConceptRepository)[1:] == getmro(SeedRepository)[1:]


@pytest.mark.parametrize("name", methods(SeedRepository))
def test_a_method_has_the_signature_of_the_hand_off(name: str) -> None:
    expected = signature(getattr(SeedRepository, name), eval_str=True)
    actual = signature(getattr(ConceptRepository, name), eval_str=True)

    assert actual == expected


def test_there_are_four_states_in_the_order_of_the_hand_off() -> None:
    assert tuple(status.value for status in ConceptStatus) == STATES


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", ["", *STATES])
def test_a_state_lets_pass_the_declared_actions_and_no_other(state: str, action: str) -> None:
    if (state, action) in NEXT_STATES:
        assert CONCEPT.next(state, action) == NEXT_STATES[state, action]
        return

    with pytest.raises(InvalidTransition):
        CONCEPT.next(state, action)


def test_no_edge_skips_a_state_or_leads_back() -> None:
    steps: set[tuple[str, str]] = set()
    for edge in CONCEPT.edges:
        if edge.from_state != edge.to_state:
            steps.add((edge.from_state, edge.to_state.value))

    assert steps == set(pairwise(("", *STATES)))


def test_creating_and_editing_add_a_version_and_nothing_else_does() -> None:
    added_versions: dict[str, set[int]] = {}
    for edge in CONCEPT.edges:
        added_versions.setdefault(edge.action, set()).add(edge.adds_version)

    assert added_versions == {
        "create": {1},
        "edit": {1},
        "submit": {0},
        "approve": {0},
        "publish": {0},
    }
