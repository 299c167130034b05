"""A refusal has one code, one sentence and its facts, under one of six kinds."""

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from attrs.exceptions import FrozenInstanceError

import indelible
from indelible.concepts.errors import ConceptNotFound
from indelible.kernel import (
    Conflict,
    Forbidden,
    IndelibleError,
    Invalid,
    InvalidTransition,
    NotFound,
    OutcomeUnknown,
    Stale,
    Unavailable,
    UsageError,
)
from indelible.kernel.errors import error_types

for module in walk_packages(indelible.__path__, "indelible."):
    import_module(module.name)

# attrs leaves the class without slots behind for a while: only the one that its module has counts.
OF_CORE = [
    each
    for each in error_types()
    if each.__module__.startswith("indelible.")
    and getattr(import_module(each.__module__), each.__qualname__) is each
]
KINDS = (NotFound, Conflict, Stale, Invalid, Forbidden, Unavailable)
OUTSIDE = (OutcomeUnknown, UsageError)  # nobody knows; and a defect of the caller's program


def test_core_has_its_errors() -> None:
    assert {
        "CONCEPT_NOT_FOUND",
        "STALE",
        "INVALID_TRANSITION",
        "OUTCOME_UNKNOWN",
        "TEXT_BLANK",
    } <= {each.code for each in OF_CORE}


def test_a_code_names_one_error_in_upper_snake_case() -> None:
    codes = [each.code for each in OF_CORE]

    assert len(codes) == len(set(codes))
    assert not [code for code in codes if not re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)]


@pytest.mark.parametrize("error", OF_CORE, ids=lambda each: each.code)
def test_a_leaf_has_one_kind_and_no_subclass(error: type[IndelibleError]) -> None:
    assert sum(issubclass(error, kind) for kind in (*KINDS, *OUTSIDE)) == 1
    assert not error.__subclasses__()


def test_an_error_prints_its_code_and_its_message_with_values() -> None:
    error = ConceptNotFound("c-1")

    assert error.title == "Concept not found"
    assert error.detail == {"concept_id": "c-1"}
    assert error.describe() == "Concept c-1 not found."
    assert str(error) == "CONCEPT_NOT_FOUND: Concept c-1 not found."


def test_a_message_shows_lists_and_mappings_in_words() -> None:
    refused = InvalidTransition("concept", "DRAFT", "publish", ("edit", "submit"))
    final = InvalidTransition("concept", "PUBLISHED", "edit", ())

    assert refused.describe().endswith("allowed actions: edit, submit.")
    assert final.describe().endswith("allowed actions: none.")


def test_braces_in_a_value_are_not_read_as_a_template() -> None:
    assert ConceptNotFound("{concept_id}").describe() == "Concept {concept_id} not found."


def test_an_errors_facts_cannot_be_assigned() -> None:
    with pytest.raises(FrozenInstanceError):
        ConceptNotFound("c-1").concept_id = "c-2"  # type: ignore[misc]


def test_a_kind_has_no_code_and_lists_its_leaves() -> None:
    assert [
        kind.code for kind in (IndelibleError, NotFound, Conflict, Invalid, Forbidden, Unavailable)
    ] == [""] * 6
    assert ConceptNotFound in error_types(NotFound)
    assert ConceptNotFound not in error_types(Conflict)


def test_what_is_wrong_by_itself_is_a_value_error_too() -> None:
    assert issubclass(Invalid, ValueError)
    assert not issubclass(Conflict, ValueError)
