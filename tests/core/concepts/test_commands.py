"""Commands on concepts refuse notes, ids and seqs that no change can have."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import integers

from indelible.concepts import (
    ApproveConcept,
    ConceptFilter,
    CreateConcept,
    EditConcept,
    PublishConcept,
    SubmitConcept,
)
from indelible.kernel import Invalid
from indelible.testing.stores import RATIO, refusal

MAX_SEQ = 2**63 - 1
# Each command with legal arguments, of which a test replaces one.
COMMANDS: dict[str, Callable[..., Any]] = {
    "create": partial(CreateConcept, content=RATIO),
    "edit": partial(
        EditConcept, concept_id="c-1", expected_seq=1, content=RATIO, change_note="clearer"
    ),
    "submit": partial(SubmitConcept, concept_id="c-1", expected_seq=1),
    "approve": partial(ApproveConcept, concept_id="c-1", expected_seq=1),
    "publish": partial(PublishConcept, concept_id="c-1", expected_seq=1),
}
UPDATES = ("edit", "submit", "approve", "publish")


def error_code(command: Callable[..., Any], **wrong: object) -> str:
    """Return the code with which the command refuses these arguments."""
    error = refusal(lambda: command(**wrong))
    assert isinstance(error, Invalid)
    return error.code


@pytest.mark.parametrize("command", ["create", "edit"])
@pytest.mark.parametrize("note", ["x", "x" * 1_000, "two\nlines\tand a tab"], ids=len)
def test_a_note_has_up_to_a_thousand_characters(command: str, note: str) -> None:
    assert COMMANDS[command](change_note=note).change_note == note


@pytest.mark.parametrize("command", ["create", "edit"])
@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("x" * 1_001, "TEXT_TOO_LONG"),
        ("", "TEXT_BLANK"),
        (" \n\t", "TEXT_BLANK"),
        ("a\x1b[31m", "TEXT_HAS_CONTROLS"),
        ("a\u202eb", "TEXT_HAS_CONTROLS"),
        (None, "WRONG_TYPE"),
    ],
    ids=["too long", "empty", "blank", "escape", "direction mark", "absent"],
)
def test_a_wrong_note_is_refused(command: str, note: str | None, code: str) -> None:
    assert error_code(COMMANDS[command], change_note=note) == code


def test_the_first_version_has_a_default_note() -> None:
    assert CreateConcept(content=RATIO).change_note == "first version"


def test_an_edit_needs_a_note() -> None:
    with pytest.raises(TypeError, match="change_note"):
        EditConcept(concept_id="c-1", expected_seq=1, content=RATIO)  # type: ignore[call-arg]  # refused at run time too


@pytest.mark.parametrize("command", UPDATES)
@given(seq=integers())
def test_an_update_expects_a_seq_from_1(command: str, seq: int) -> None:
    update = COMMANDS[command]
    if 1 <= seq <= MAX_SEQ:
        assert update(expected_seq=seq).expected_seq == seq
    else:
        assert error_code(update, expected_seq=seq) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize("command", UPDATES)
def test_an_update_names_its_concept(command: str) -> None:
    update = COMMANDS[command]

    assert error_code(update, concept_id="") == "TEXT_BLANK"
    assert error_code(update, concept_id="x" * 201) == "TEXT_TOO_LONG"
    assert error_code(update, concept_id=" ") == "TEXT_HAS_CONTROLS"
    assert error_code(update, concept_id=None) == "WRONG_TYPE"


def test_a_new_concept_may_name_the_one_that_it_corrects() -> None:
    assert CreateConcept(content=RATIO).corrects is None
    assert CreateConcept(content=RATIO, corrects="c-1").corrects == "c-1"
    assert error_code(COMMANDS["create"], corrects="") == "TEXT_BLANK"


def test_a_search_text_has_up_to_a_thousand_characters() -> None:
    assert len(ConceptFilter(text="x" * 1_000).text or "") == 1_000
    assert error_code(ConceptFilter, text="x" * 1_001) == "TEXT_TOO_LONG"
