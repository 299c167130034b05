"""The hand-off's contract, as it was given: its entities, its six methods, its four states."""

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
from indelible.memory import MemoryStore

TEXTS = tuple[str, ...]
STATES = ("DRAFT", "REVIEW", "APPROVED", "PUBLISHED")
ACTIONS = ("create", "edit", "submit", "approve", "publish")
EDITS = {("DRAFT", "edit"): "DRAFT", ("REVIEW", "edit"): "REVIEW", ("APPROVED", "edit"): "APPROVED"}
STEPS = {
    ("DRAFT", "submit"): "REVIEW",
    ("REVIEW", "approve"): "APPROVED",
    ("APPROVED", "publish"): "PUBLISHED",
}
AGAIN = {("APPROVED", "approve"): "APPROVED"}


class Seed(Protocol):
    """The six methods of the hand-off; `X | None` and `list` replace its Optional and List."""

    def save_concept(self, concept: Concept) -> None: ...
    def save_version(self, version: ConceptVersion) -> None: ...
    def get_concept(self, concept_id: str) -> Concept | None: ...
    def get_latest_version(self, concept_id: str) -> ConceptVersion | None: ...
    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None: ...
    def list_versions(self, concept_id: str) -> list[ConceptVersion]: ...


def methods(contract: type) -> list[str]:
    return [
        name
        for name, member in vars(contract).items()
        if callable(member) and not name.startswith("_")
    ]


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
    own = {field.name for field in fields(ConceptVersion)} - {"content"}
    content = [field.name for field in fields(ConceptContent)]

    assert get_type_hints(ConceptContent) == {
        "name": str,
        "definition": str,
        "explanation": str,
        "examples": TEXTS,
        "prerequisites": TEXTS,
        "learning_objective": str,
        "misconceptions": TEXTS,
        "scope_boundaries": str | None,
    }
    assert own == {"id", "concept_id", "version_number", "created_by", "created_at", "change_note"}
    assert get_type_hints(ConceptVersion)["created_by"] is Actor
    assert len(own) + len(content) == 14


def test_the_repository_has_the_six_methods_and_no_seventh() -> None:
    assert methods(ConceptRepository) == methods(Seed)
    assert len(methods(Seed)) == 6
    assert getmro(ConceptRepository)[1:] == getmro(Seed)[1:]


@pytest.mark.parametrize("name", methods(Seed))
def test_a_method_has_the_signature_of_the_hand_off(name: str) -> None:
    wanted = signature(getattr(Seed, name), eval_str=True)

    assert signature(getattr(ConceptRepository, name), eval_str=True) == wanted


@pytest.mark.parametrize("name", methods(Seed))
def test_a_transaction_has_the_methods_of_the_hand_off(name: str) -> None:
    wanted = signature(getattr(Seed, name), eval_str=True)
    itself, *parameters = wanted.parameters.values()
    with MemoryStore().transaction(actor=Actor.user("maya"), reason="a look") as tx:
        ours = signature(getattr(tx.concepts.repository, name), eval_str=True)

    assert itself.name == "self"
    assert ours == wanted.replace(parameters=parameters)


def test_there_are_four_states_in_the_order_of_the_hand_off() -> None:
    assert tuple(status.value for status in ConceptStatus) == STATES


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", ["", *STATES])
def test_a_state_lets_pass_the_declared_actions_and_no_other(state: str, action: str) -> None:
    legal = {("", "create"): "DRAFT"} | EDITS | STEPS | AGAIN
    if (state, action) in legal:
        assert CONCEPT.next(state, action) == legal[state, action]
    else:
        with pytest.raises(InvalidTransition):
            CONCEPT.next(state, action)


def test_no_edge_skips_a_state_or_leads_back() -> None:
    changes = {
        (edge.from_state, edge.to_state.value)
        for edge in CONCEPT.edges
        if edge.from_state != edge.to_state
    }

    assert changes == set(pairwise(("", *STATES)))


def test_creating_and_editing_add_a_version_and_nothing_else_does() -> None:
    assert {edge.action for edge in CONCEPT.edges if edge.adds_version == 1} == {"create", "edit"}
    assert {edge.action for edge in CONCEPT.edges if edge.adds_version == 0} == {
        "submit",
        "approve",
        "publish",
    }
    assert {edge.adds_version for edge in CONCEPT.edges} == {0, 1}


def test_published_is_the_end() -> None:
    assert CONCEPT.allowed("PUBLISHED") == ()
