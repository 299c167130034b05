"""What a field may hold: every limit at it, below it and above it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from attrs import field, make_class
from attrs.validators import optional
from hypothesis import given
from hypothesis.strategies import characters, integers, text

from indelible.kernel import Invalid
from indelible.kernel.values import (
    COUNT,
    IDEMPOTENCY_KEY,
    IDENTIFIER,
    LINE,
    TEXT,
    TEXTS,
    bounded_int,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
    text_tuple,
)

CONTROLS = (
    "\x01\x07\x08\x0b\x0c\r\x1b\x1f\x7f\x80\x9f"
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
)
# A soft hyphen, fillers, joiners and shapers, invisible operators, annotations, and tags.
UNSEEN = (
    *"\u00ad\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2061\u2064",
    *"\u206a\u206f\u3164\ufeff\uffa0\ufff9\ufffb",
    *"\U000e0001\U000e0041\U000e007f",
)
SPACES = " \t\n\u00a0\u2003\u3000"
Check = Callable[[Any, Any, Any], None]


def kept(check: Check, value: object, metadata: dict[str, int]) -> object:
    """What a field with this rule keeps of the value."""
    return make_class("Holder", {"said": field(validator=check, metadata=metadata)})(value).said


def refused(check: Check, value: object, metadata: dict[str, int]) -> str:
    """The code with which the field refuses the value."""
    with pytest.raises(Invalid) as refusal:
        kept(check, value, metadata)
    assert getattr(refusal.value, "field") == "said"  # noqa: B009 - of every leaf here
    return refusal.value.code


of_text, not_text = (
    partial(kept, is_text, metadata={"max_length": 5}),
    partial(refused, is_text, metadata={"max_length": 5}),
)


def test_the_limits_are_those_of_the_design() -> None:
    assert (LINE["max_length"], TEXT["max_length"], IDENTIFIER["max_length"]) == (
        1_000,
        20_000,
        200,
    )
    assert IDEMPOTENCY_KEY["max_length"] == 255
    assert TEXTS == {"max_length": 20_000, "max_items": 200}
    assert COUNT == {"minimum": 1, "maximum": 2**63 - 1}


@pytest.mark.parametrize(
    "check",
    [
        is_text,
        optional(is_text),
        non_blank_line,
        optional(non_blank_line),
        is_identifier,
        optional(is_identifier),
    ],
)
def test_a_text_is_as_long_as_its_field_allows(check: Check) -> None:
    for length in (1, 4, 5):
        assert kept(check, "x" * length, {"max_length": 5}) == "x" * length
    assert refused(check, "x" * 6, {"max_length": 5}) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("check", [is_text, non_blank_line, is_identifier])
def test_a_length_is_counted_in_characters_not_in_bytes(check: Check) -> None:
    assert kept(check, "😀😀😀😀😀", {"max_length": 5}) == "😀" * 5


@pytest.mark.parametrize(
    "check", [is_text, text_tuple, non_blank_line, is_identifier, bounded_int, is_instant]
)
def test_nothing_is_a_value_only_where_a_field_may_be_absent(check: Check) -> None:
    assert refused(check, None, TEXTS | COUNT) == "WRONG_TYPE"


@pytest.mark.parametrize(
    "check",
    [optional(is_text), optional(non_blank_line), optional(is_identifier), optional(is_instant)],
)
def test_a_field_that_may_be_absent_is_checked_where_it_is_not(check: Check) -> None:
    assert kept(check, None, LINE) is None
    assert refused(check, 7, LINE) == "WRONG_TYPE"


@pytest.mark.parametrize("check", [is_text, non_blank_line, is_identifier])
@pytest.mark.parametrize("value", [7, b"text", ["text"], True, object], ids=repr)
def test_what_is_no_text_is_refused(check: Check, value: object) -> None:
    assert refused(check, value, LINE) == "WRONG_TYPE"


@pytest.mark.parametrize("check", [is_text, non_blank_line, is_identifier])
@pytest.mark.parametrize(
    "value", ["\x00", "a\x00b", "\ud800", "a\udfff", "\ud83d\ude00"], ids=ascii
)
def test_what_no_database_keeps_is_refused(check: Check, value: str) -> None:
    assert refused(check, value, LINE) == "TEXT_UNSTORABLE"


@given(text(characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_content_may_hold_every_other_character(value: str) -> None:
    assert kept(is_text, value, LINE) == value


@pytest.mark.parametrize("value", ["", " ", "\t\n", SPACES])
def test_a_sentence_says_something(value: str) -> None:
    assert refused(non_blank_line, value, LINE) == "TEXT_BLANK"


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_control_hides_in_a_sentence_or_an_id(control: str) -> None:
    assert refused(non_blank_line, f"a{control}b", LINE) == "TEXT_HAS_CONTROLS"
    assert refused(is_identifier, f"a{control}b", LINE) == "TEXT_HAS_CONTROLS"
    assert kept(is_text, f"a{control}b", LINE) == f"a{control}b"


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_a_sentence_has_spaces_and_an_id_has_none(space: str) -> None:
    assert kept(non_blank_line, f"a{space}b", LINE) == f"a{space}b"
    assert refused(is_identifier, f"a{space}b", LINE) == "TEXT_HAS_CONTROLS"


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_an_id_has_no_character_that_cannot_be_seen(unseen: str) -> None:
    assert kept(non_blank_line, f"a{unseen}b", LINE) == f"a{unseen}b"
    assert refused(is_identifier, f"a{unseen}b", LINE) == "TEXT_HAS_CONTROLS"


def test_an_id_has_at_least_one_character() -> None:
    assert refused(is_identifier, "", IDENTIFIER) == "TEXT_BLANK"
    assert kept(is_identifier, "é", IDENTIFIER) == "é"


def test_a_list_has_as_many_items_as_its_field_allows_each_as_long() -> None:
    limits = {"max_length": 5, "max_items": 3}
    for texts in ((), ("x",), ("", "x"), ("x" * 5,) * 3):
        assert kept(text_tuple, texts, limits) == texts
    wrong: tuple[tuple[object, str], ...] = (
        (("x",) * 4, "LIST_TOO_LONG"),
        (("x" * 6,), "TEXT_TOO_LONG"),
        (("x", "\x00"), "TEXT_UNSTORABLE"),
        (("x", 7), "WRONG_TYPE"),
        (["x"], "WRONG_TYPE"),
        ("x", "WRONG_TYPE"),
    )
    for value, code in wrong:
        assert refused(text_tuple, value, limits) == code


@given(integers(-5, 15))
def test_a_number_lies_in_its_range(number: int) -> None:
    limits = {"minimum": 1, "maximum": 10}
    if 1 <= number <= 10:
        assert kept(bounded_int, number, limits) == number
    else:
        assert refused(bounded_int, number, limits) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize("value", [True, False, 1.0, "1", (1,)], ids=repr)
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    assert refused(bounded_int, value, COUNT) == "WRONG_TYPE"


@pytest.mark.parametrize("check", [is_instant, optional(is_instant)])
def test_an_instant_is_in_utc_from_2000_to_2999(check: Check) -> None:
    first, last = (
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    )
    for instant in (first, last, first.astimezone(timezone(timedelta(0), "UTC+0"))):
        assert kept(check, instant, {}) == instant
    for instant in (
        first - timedelta(microseconds=1),
        last + timedelta(microseconds=1),
        first.replace(tzinfo=None) + timedelta(days=1),
        last.astimezone(timezone(timedelta(hours=-1))),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ):
        assert refused(check, instant, {}) == "INSTANT_OUT_OF_RANGE"
    for other in (last.date(), last.isoformat(), 0):
        assert refused(check, other, {}) == "WRONG_TYPE"


def test_a_refusal_names_the_limit() -> None:
    for check, value, metadata, limit in (
        (is_text, "xx", {"max_length": 1}, {"max_length": 1}),
        (text_tuple, ("", ""), {"max_length": 1, "max_items": 1}, {"max_items": 1}),
        (bounded_int, 2, {"minimum": 0, "maximum": 1}, {"minimum": 0, "maximum": 1}),
    ):
        with pytest.raises(Invalid) as refusal:
            kept(check, value, metadata)
        assert refusal.value.detail == {"field": "said"} | limit
