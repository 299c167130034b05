"""Fields refuse values outside their limits; each limit is tested at, below and above it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
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
    InstantOutOfRange,
    bounded_int,
    check_instant,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
    non_blank_text,
    text_tuple,
    value_text,
    wrong_type,
)
from indelible.testing.stores import refusal

Validator = Callable[[Any, Any, Any], None]
Limits = dict[str, int]

FIVE_CHARACTERS = {"max_length": 5}
ONE_TO_TEN = {"minimum": 1, "maximum": 10}
NO_LIMITS: Limits = {}
FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(2999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SPACES = " \t\n\u00a0\u2003\u3000"
CONTROLS = (
    "\x01\x07\x08\x0b\x0c\r\x1b\x1f\x7f\x80\x9f"
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
)
# A soft hyphen, fillers, joiners and shapers, invisible operators, annotations, and tags.
HIDDEN_CHARACTERS = (
    *"\u00ad\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2061\u2064",
    *"\u206a\u206f\u3164\ufeff\uffa0\ufff9\ufffb",
    *"\U000e0001\U000e0041\U000e007f",
)
TEXT_VALIDATORS = [is_text, non_blank_line, is_identifier]


def stored_value(validator: Validator, value: object, limits: Limits) -> object:
    """Return the value of a field that has this validator."""
    attribute = field(validator=validator, metadata=limits)
    holder = make_class("Holder", {"checked": attribute})
    return holder(value).checked


def field_error(validator: Validator, value: object, limits: Limits) -> Invalid:
    """Return the error with which the field refuses the value."""
    error = refusal(lambda: stored_value(validator, value, limits))
    assert isinstance(error, Invalid)
    assert error.detail["field"] == "checked"
    return error


def error_code(validator: Validator, value: object, limits: Limits) -> str:
    """Return the code with which the field refuses the value."""
    return field_error(validator, value, limits).code


@pytest.mark.parametrize("validator", [non_blank_line, non_blank_text])
@pytest.mark.parametrize("value", [*HIDDEN_CHARACTERS, "\x01\x08", " \u200b\t\u2060 "])
def test_a_text_with_nothing_to_see_is_blank(validator: Validator, value: str) -> None:
    assert error_code(validator, value, TEXT) == "TEXT_BLANK"


def test_the_limits_are_those_of_the_design() -> None:
    assert LINE == {"max_length": 1_000}
    assert TEXT == {"max_length": 20_000}
    assert TEXTS == {"max_length": 20_000, "max_items": 200}
    assert IDENTIFIER == {"max_length": 200}
    assert IDEMPOTENCY_KEY == {"max_length": 255}
    assert COUNT == {"minimum": 1, "maximum": 2**63 - 1}


@pytest.mark.parametrize(
    "validator",
    [
        is_text,
        optional(is_text),
        non_blank_text,
        non_blank_line,
        optional(non_blank_line),
        is_identifier,
        optional(is_identifier),
    ],
)
def test_a_text_is_as_long_as_its_field_allows(validator: Validator) -> None:
    for length in (1, 4, 5):
        assert stored_value(validator, "x" * length, FIVE_CHARACTERS) == "x" * length

    assert error_code(validator, "x" * 6, FIVE_CHARACTERS) == "TEXT_TOO_LONG"


@pytest.mark.parametrize("validator", TEXT_VALIDATORS)
def test_a_length_is_counted_in_characters_and_not_in_bytes(validator: Validator) -> None:
    assert stored_value(validator, "😀" * 5, FIVE_CHARACTERS) == "😀" * 5


@pytest.mark.parametrize(
    "validator",
    [is_text, text_tuple, non_blank_text, non_blank_line, is_identifier, bounded_int, is_instant],
)
def test_a_required_field_refuses_none(validator: Validator) -> None:
    assert error_code(validator, None, {**TEXTS, **COUNT}) == "WRONG_TYPE"


@pytest.mark.parametrize(
    "validator",
    [optional(is_text), optional(non_blank_line), optional(is_identifier), optional(is_instant)],
)
def test_an_optional_field_accepts_none_and_checks_other_values(validator: Validator) -> None:
    assert stored_value(validator, None, LINE) is None
    assert error_code(validator, 7, LINE) == "WRONG_TYPE"


@pytest.mark.parametrize("validator", TEXT_VALIDATORS)
@pytest.mark.parametrize("value", [7, b"text", ["text"], True, object], ids=repr)
def test_a_value_that_is_no_text_is_refused(validator: Validator, value: object) -> None:
    assert error_code(validator, value, LINE) == "WRONG_TYPE"


@pytest.mark.parametrize("validator", TEXT_VALIDATORS)
@pytest.mark.parametrize(
    "value", ["\x00", "a\x00b", "\ud800", "a\udfff", "\ud83d\ude00"], ids=ascii
)
def test_a_text_that_no_database_can_store_is_refused(validator: Validator, value: str) -> None:
    assert error_code(validator, value, LINE) == "TEXT_UNSTORABLE"


@given(text(characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_content_may_contain_every_other_character(value: str) -> None:
    assert stored_value(is_text, value, LINE) == value


@pytest.mark.parametrize("value", ["", " ", "\t\n", SPACES])
def test_a_line_is_not_blank(value: str) -> None:
    assert error_code(non_blank_line, value, LINE) == "TEXT_BLANK"
    assert error_code(non_blank_text, value, LINE) == "TEXT_BLANK"


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_line_and_an_id_contain_no_control_and_content_may(control: str) -> None:
    value = f"a{control}b"

    assert error_code(non_blank_line, value, LINE) == "TEXT_HAS_CONTROLS"
    assert error_code(is_identifier, value, LINE) == "TEXT_HAS_CONTROLS"
    assert stored_value(is_text, value, LINE) == value
    assert stored_value(non_blank_text, value, LINE) == value


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_a_line_may_contain_spaces_and_an_id_may_not(space: str) -> None:
    value = f"a{space}b"

    assert stored_value(non_blank_line, value, LINE) == value
    assert error_code(is_identifier, value, LINE) == "TEXT_HAS_CONTROLS"


@pytest.mark.parametrize("hidden", HIDDEN_CHARACTERS, ids=ascii)
def test_a_line_may_contain_hidden_characters_and_an_id_may_not(hidden: str) -> None:
    value = f"a{hidden}b"

    assert stored_value(non_blank_line, value, LINE) == value
    assert error_code(is_identifier, value, LINE) == "TEXT_HAS_CONTROLS"


def test_an_id_has_at_least_one_character() -> None:
    assert error_code(is_identifier, "", IDENTIFIER) == "TEXT_BLANK"
    assert stored_value(is_identifier, "é", IDENTIFIER) == "é"


@pytest.mark.parametrize("texts", [(), ("x",), ("", "x"), ("x" * 5,) * 3], ids=len)
def test_a_list_within_its_limits_is_accepted(texts: tuple[str, ...]) -> None:
    limits = {"max_length": 5, "max_items": 3}

    assert stored_value(text_tuple, texts, limits) == texts


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (("x",) * 4, "LIST_TOO_LONG"),
        (("x" * 6,), "TEXT_TOO_LONG"),
        (("x", "\x00"), "TEXT_UNSTORABLE"),
        (("x", 7), "WRONG_TYPE"),
        (["x"], "WRONG_TYPE"),
        ("x", "WRONG_TYPE"),
    ],
)
def test_a_list_outside_its_limits_is_refused(value: object, code: str) -> None:
    limits = {"max_length": 5, "max_items": 3}

    assert error_code(text_tuple, value, limits) == code


@given(integers(1, 10))
def test_a_number_in_its_range_is_accepted(number: int) -> None:
    assert stored_value(bounded_int, number, ONE_TO_TEN) == number


@given(integers(-5, 0) | integers(11, 15))
def test_a_number_outside_its_range_is_refused(number: int) -> None:
    assert error_code(bounded_int, number, ONE_TO_TEN) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize("value", [True, False, 1.0, "1", (1,)], ids=repr)
def test_a_value_that_is_no_whole_number_is_refused(value: object) -> None:
    assert error_code(bounded_int, value, COUNT) == "WRONG_TYPE"


@pytest.mark.parametrize("validator", [is_instant, optional(is_instant)])
@pytest.mark.parametrize(
    "instant",
    [
        FIRST_INSTANT,
        LAST_INSTANT,
        FIRST_INSTANT.astimezone(timezone(timedelta(0), "UTC+0")),
    ],
    ids=["first", "last", "another zone with the offset zero"],
)
def test_an_instant_from_2000_to_2999_is_accepted(validator: Validator, instant: datetime) -> None:
    assert stored_value(validator, instant, NO_LIMITS) == instant


@pytest.mark.parametrize("validator", [is_instant, optional(is_instant)])
@pytest.mark.parametrize(
    "instant",
    [
        FIRST_INSTANT - MICROSECOND,
        LAST_INSTANT + MICROSECOND,
        FIRST_INSTANT.replace(tzinfo=None) + timedelta(days=1),
        LAST_INSTANT.astimezone(timezone(timedelta(hours=-1))),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
    ids=["too early", "too late", "naive", "another offset", "earliest", "latest"],
)
def test_another_instant_is_refused(validator: Validator, instant: datetime) -> None:
    assert error_code(validator, instant, NO_LIMITS) == "INSTANT_OUT_OF_RANGE"


def test_only_an_instant_without_a_time_zone_is_told_how_to_get_one() -> None:
    opening = "INSTANT_OUT_OF_RANGE: Field at is not a time with a UTC offset of zero in the years"
    with pytest.raises(InstantOutOfRange) as error:
        check_instant("at", datetime(2026, 11, 28, 9))  # noqa: DTZ001 - what is refused
    naive = "2026-11-28T09:00:00 without a time zone"
    advice = "call datetime.now(UTC), or .astimezone(UTC) of a local time"
    assert str(error.value) == f"{opening} 2000 to 2999: got {naive}: {advice}."

    with pytest.raises(InstantOutOfRange) as error:
        check_instant("at", datetime(1970, 1, 1, tzinfo=UTC))
    assert str(error.value) == f"{opening} 2000 to 2999: got 1970-01-01T00:00:00+00:00."


@pytest.mark.parametrize("validator", [is_instant, optional(is_instant)])
@pytest.mark.parametrize("value", [LAST_INSTANT.date(), LAST_INSTANT.isoformat(), 0], ids=repr)
def test_a_value_that_is_no_instant_is_refused(validator: Validator, value: object) -> None:
    assert error_code(validator, value, NO_LIMITS) == "WRONG_TYPE"


def test_a_digest_has_64_lower_case_hexadecimal_digits() -> None:
    digest = "0123456789abcdef" * 4

    assert stored_value(is_digest, digest, NO_LIMITS) == digest
    for wrong in ("", digest[1:], f"{digest}0", digest.upper(), f"{digest[1:]}g", f"{digest}\n"):
        assert error_code(is_digest, wrong, NO_LIMITS) == "INVALID_DIGEST"
    assert error_code(is_digest, b"0" * 64, NO_LIMITS) == "WRONG_TYPE"


def test_an_instance_of_another_type_is_refused_with_the_expected_type() -> None:
    assert stored_value(instance_of(datetime), LAST_INSTANT, NO_LIMITS) == LAST_INSTANT
    assert field_error(instance_of(datetime), "2026", NO_LIMITS).detail["expected"] == "datetime"


@pytest.mark.parametrize(
    ("validator", "value", "limits", "limit"),
    [
        (is_text, "xx", {"max_length": 1}, {"max_length": 1}),
        (text_tuple, ("", ""), {"max_length": 1, "max_items": 1}, {"max_items": 1}),
        (
            bounded_int,
            2,
            {"minimum": 0, "maximum": 1},
            {"minimum": 0, "maximum": 1, "value": "2"},
        ),
    ],
    ids=["length", "items", "range"],
)
def test_a_refusal_names_the_field_and_the_limit(
    validator: Validator, value: object, limits: Limits, limit: dict[str, object]
) -> None:
    assert field_error(validator, value, limits).detail == {"field": "checked", **limit}


@pytest.mark.parametrize(
    ("value", "shortened"),
    [
        (7, "7"),
        (True, "True"),
        (None, "None"),
        (0.5, "0.5"),
        ("x", "'x'"),
        ("x" * 41, f"'{'x' * 40}'..."),
        (2**512 - 1, str(2**512 - 1)),
        (2**512, "a number of 513 bits"),
        ([1], "a value of type list"),
    ],
)
def test_an_error_names_the_value_but_shortened(value: object, shortened: str) -> None:
    assert value_text(value) == shortened
    assert str(wrong_type("count", "tuple", value)).endswith(f"expected tuple, got {shortened}.")


@pytest.mark.parametrize("field", ["secret", "api_key", "token", "password", "webhook_secret"])
def test_an_error_names_no_value_of_a_secret_field(field: str) -> None:
    assert "hunter2" not in str(wrong_type(field, "number", "hunter2"))
    assert "1234" not in str(wrong_type(field, "text", 1234))


def test_a_number_out_of_range_is_named() -> None:
    error = field_error(bounded_int, 11, ONE_TO_TEN)

    assert str(error).endswith("expected 1 to 10, got 11.")


def test_a_number_of_more_digits_than_python_writes_is_named_by_its_bits() -> None:
    error = field_error(bounded_int, 10**10_000, ONE_TO_TEN)

    assert str(error).endswith("got a number of 33220 bits.")
