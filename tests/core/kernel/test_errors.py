"""An error has one code, one message with its values, and one of six kinds."""

import pickle
import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from attrs import fields
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
from indelible.kernel.stages import Outage, RetryLater

for module in walk_packages(indelible.__path__, "indelible."):
    import_module(module.name)

KINDS = (NotFound, Conflict, Stale, Invalid, Forbidden, Unavailable)
# Errors outside the kinds: the outcome is unknown, or the calling program has a defect.
OTHER_BASES = (OutcomeUnknown, UsageError)
BASES_WITHOUT_CODE = (IndelibleError, NotFound, Conflict, Invalid, Forbidden, Unavailable)
# A worker treats an outage as every other error of RetryLater, and its breaker counts it.
SUBTYPES: dict[type[IndelibleError], tuple[type[IndelibleError], ...]] = {RetryLater: (Outage,)}
UPPER_SNAKE = re.compile(r"[A-Z]+(_[A-Z]+)*")


def errors_of_core() -> list[type[IndelibleError]]:
    """Return every error of core.

    attrs replaces a class by one with slots. The replaced class lives on for a while, and is left
    out here. So are derived leaves, which no module has as a name.
    """
    errors: list[type[IndelibleError]] = []
    for error in error_types():
        if not error.__module__.startswith("indelible."):
            continue
        if getattr(import_module(error.__module__), error.__qualname__, None) is error:
            errors.append(error)

    return errors


def test_errors_of_all_modules_are_checked() -> None:
    codes = {error.code for error in errors_of_core()}

    assert {
        "CONCEPT_NOT_FOUND",
        "STALE",
        "INVALID_TRANSITION",
        "OUTCOME_UNKNOWN",
        "TEXT_BLANK",
    } <= codes


def test_each_code_belongs_to_one_error() -> None:
    codes = [error.code for error in errors_of_core()]

    assert len(codes) == len(set(codes))


def test_an_error_has_a_code_in_upper_snake_case_and_one_kind() -> None:
    for error in errors_of_core():
        kinds = [kind for kind in (*KINDS, *OTHER_BASES) if issubclass(error, kind)]

        assert UPPER_SNAKE.fullmatch(error.code), error
        assert len(kinds) == 1, error
        # By their names: the class from which attrs has made one with slots may still live.
        names = {subtype.__name__ for subtype in error.__subclasses__()}
        assert names == {subtype.__name__ for subtype in SUBTYPES.get(error, ())}, error


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("LoanNotFound", "LOAN_NOT_FOUND"),
        ("JSONTooLong", "JSON_TOO_LONG"),
        ("Gone", "GONE"),
    ],
)
def test_the_code_of_an_error_is_its_name(name: str, code: str) -> None:
    leaf: type[Conflict] = type(name, (Conflict,), {"message": "No."})
    child: type[Conflict] = type(f"Other{name}", (leaf,), {})

    assert leaf.code == code
    assert child.code == code


def test_an_error_may_declare_another_code() -> None:
    leaf: type[Conflict] = type("Gone", (Conflict,), {"message": "No.", "code": "LOST"})

    assert leaf.code == "LOST"


def test_an_error_prints_its_code_and_its_message_with_values() -> None:
    error = ConceptNotFound("c-1")

    assert error.title == "Concept not found"
    assert error.detail == {"concept_id": "c-1"}
    assert error.describe() == "Concept c-1 not found."
    assert str(error) == "CONCEPT_NOT_FOUND: Concept c-1 not found."


def test_a_message_shows_a_list_as_words() -> None:
    with_actions = InvalidTransition("concept", "DRAFT", "publish", ("edit", "submit"))
    without_actions = InvalidTransition("concept", "PUBLISHED", "edit", ())

    assert with_actions.describe().endswith("allowed actions: edit, submit.")
    assert without_actions.describe().endswith("allowed actions: none.")


def test_braces_in_a_value_are_not_read_as_a_template() -> None:
    assert ConceptNotFound("{concept_id}").describe() == "Concept {concept_id} not found."


def test_the_values_of_an_error_cannot_be_assigned() -> None:
    with pytest.raises(FrozenInstanceError):
        ConceptNotFound("c-1").concept_id = "c-2"  # type: ignore[misc]  # refused at run time too


@pytest.mark.parametrize("base", BASES_WITHOUT_CODE, ids=lambda base: base.__name__)
def test_a_base_of_errors_has_no_code(base: type[IndelibleError]) -> None:
    assert base.code == ""


def test_a_kind_lists_its_errors() -> None:
    assert ConceptNotFound in error_types(NotFound)
    assert ConceptNotFound not in error_types(Conflict)


def test_an_invalid_value_is_a_value_error_too() -> None:
    assert issubclass(Invalid, ValueError)
    assert not issubclass(Conflict, ValueError)


def fields_in_front_of_punctuation() -> list[tuple[type[IndelibleError], str]]:
    """Return the errors of core whose message has a field in front of punctuation, with it."""
    pairs: list[tuple[type[IndelibleError], str]] = []
    for error in errors_of_core():
        for name in re.findall(r"\{(\w+)\}[.,;:]", error.message):
            pairs.append((error, name))

    return pairs


@pytest.mark.parametrize(
    "value",
    ["It is wrong.", ("It is wrong.", "So is it."), {"a": "It is wrong.", "b": "So is it."}],
)
def test_a_sentence_as_value_ends_with_one_full_stop(value: object) -> None:
    for error, name in fields_in_front_of_punctuation():
        values: dict[str, object] = {}
        for attribute in fields(error):
            values[attribute.name] = 1 if attribute.type is float else "x"
        values[name] = value
        text = error(**values).describe()

        assert not re.search(r"\.[.,;:]", text), error
        assert text.endswith("."), error


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("It is wrong.", "The library was called incorrectly: It is wrong."),
        ("and so on...", "The library was called incorrectly: and so on...."),
        ("", "The library was called incorrectly: ."),
    ],
)
def test_a_value_keeps_all_but_its_full_stop(value: str, text: str) -> None:
    assert UsageError(value).describe() == text


def test_an_error_reaches_another_process_with_its_values() -> None:
    error = Stale("an id", 8, 5)
    of_dask = import_module("tblib.pickling_support")  # which declares no types

    pickled = pickle.loads(pickle.dumps(error))  # noqa: S301 - pickled here
    make, arguments, *_ = of_dask.pickle_exception(error)
    for restored in (pickled, make(*arguments)):
        assert type(restored) is Stale
        assert restored.detail == error.detail
