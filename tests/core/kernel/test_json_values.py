"""JSON values have limits, exact fractions and one form in every store."""

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import decimals, floats
from tests.json_cases import MISLEADING, JsonCase, json_cases

from indelible.kernel import IndelibleError, UsageError, canonical_json, digest
from indelible.kernel.json_limits import (
    DOCUMENT_LIMITS,
    MAX_JSON_DIGITS,
    VALUE_LIMITS,
    JsonLimitExceeded,
)
from indelible.kernel.json_numbers import ExactEncoder, parse_json
from indelible.kernel.json_values import normalize_json

KINDS = ("object", "array", "value")
CASES: Mapping[str, JsonCase] = {
    f"{name} of {kind}": case
    for kind in KINDS
    for name, case in json_cases(VALUE_LIMITS, kind).items()
}

# Computed before fractions were allowed.
GOLDEN_DIGEST = "3ae57bbbdee06862ec46d25105b27c00e2916f903f0fcb5b63117b048f6d4ac9"


class Colour(StrEnum):
    """An enumeration of texts."""

    RED = "RED"


def parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON text, whatever its size."""
    return json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("name", CASES)
def test_a_value_at_a_limit_is_stored_and_one_beyond_it_is_refused(name: str) -> None:
    case = CASES[name]

    assert canonical_json(normalize_json(parsed(case.within))) == case.within
    with pytest.raises(JsonLimitExceeded) as refused:
        normalize_json(parsed(case.beyond))
    assert refused.value.code == "JSON_LIMIT_EXCEEDED"


@pytest.mark.dose
@pytest.mark.parametrize("kind", ["object", "array"])
def test_a_document_has_wider_limits(kind: str) -> None:
    for case in json_cases(DOCUMENT_LIMITS, kind).values():
        within, beyond = parsed(case.within), parsed(case.beyond)
        DOCUMENT_LIMITS.check(within, canonical_json(within), "data")
        with pytest.raises(JsonLimitExceeded):
            DOCUMENT_LIMITS.check(beyond, canonical_json(beyond), "data")


def test_a_document_has_no_number_beyond_the_limit_of_digits() -> None:
    for digits, is_refused in ((MAX_JSON_DIGITS, False), (MAX_JSON_DIGITS + 1, True)):
        value = [10 ** (digits - 1)]
        error = None
        try:
            DOCUMENT_LIMITS.check(value, canonical_json(value), "data")
        except JsonLimitExceeded as refused:
            error = refused

        assert (error is not None) == is_refused


def test_the_content_of_texts_exceeds_no_limit() -> None:
    value = {"a": MISLEADING, MISLEADING: [MISLEADING]}

    assert normalize_json(value) == value
    DOCUMENT_LIMITS.check(value, canonical_json(value), "data")


@pytest.mark.parametrize("levels", [1_500, 6_000, 100_000])
def test_any_depth_is_refused_with_a_code(levels: int) -> None:
    nested: object = 0
    for _ in range(levels):
        nested = [nested]

    with pytest.raises(JsonLimitExceeded):
        normalize_json({"a": nested})
    with pytest.raises(JsonLimitExceeded):
        parse_json("[" * levels + "]" * levels)


@pytest.mark.parametrize("text", ["1e131071", "1e-131071", f"1e{'9' * 30}", f"-1E+{'9' * 30}"])
def test_a_number_out_of_range_is_refused_in_every_notation(text: str) -> None:
    with pytest.raises(JsonLimitExceeded):
        parse_json(f'{{"a":{text}}}')


@given(floats(allow_nan=False, allow_infinity=False))
def test_a_float_becomes_the_decimal_that_is_written_for_it(number: float) -> None:
    normal = normalize_json(number)

    assert isinstance(normal, Decimal | int)
    assert float(normal) == number
    assert normal == Decimal(repr(number))


@given(decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
def test_a_fraction_keeps_its_value_through_a_store(number: Decimal) -> None:
    try:
        normal = normalize_json({"a": [number]})
    except JsonLimitExceeded:
        return

    text = canonical_json(normal)
    assert normal == {"a": [number]}
    assert parse_json(text) == normal
    assert canonical_json(parse_json(text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("1.50"), "1.5"),
        (Decimal("2.0"), "2"),
        (Decimal("1E+2"), "100"),
        (Decimal("-0.0"), "0"),
        (Decimal("1e-7"), "0.0000001"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
        (-0.0, "0"),
    ],
)
def test_trailing_zeros_are_not_significant(number: float | Decimal, text: str) -> None:
    normal = normalize_json({"z": number, "a": [True]})

    assert canonical_json(normal) == f'{{"a":[true],"z":{text}}}'
    assert digest(normal) == sha256(f'{{"a":[true],"z":{text}}}'.encode()).hexdigest()
    assert canonical_json(parse_json(text)) == text


def test_a_decimal_is_canonical_whatever_its_zeros() -> None:
    assert digest([Decimal("0.50")]) == digest([Decimal("0.5")])
    assert canonical_json({"b": Decimal("3.00"), "a": Decimal("0.10")}) == '{"a":0.1,"b":3}'


def test_values_without_fractions_have_the_same_digest_as_before() -> None:
    value = {"b": [1, {"z": None, "a": True}], "a": "é\n\u2028", "B": 2**80}
    text = '{"B":1208925819614629174706176,"a":"é\\n\u2028","b":[1,{"a":true,"z":null}]}'

    assert canonical_json(value) == text
    assert digest(value) == GOLDEN_DIGEST
    assert digest(normalize_json(value)) == GOLDEN_DIGEST


def test_values_of_other_types_become_what_a_store_returns() -> None:
    assert normalize_json({2: (1, 2), None: Colour.RED}) == {"2": [1, 2], "null": "RED"}
    assert type(normalize_json([Colour.RED])[0]) is str
    assert normalize_json(MappingProxyType({"x": Decimal(3)})) == {"x": 3}


@pytest.mark.parametrize(
    "value", [{1: "a", "1": "b"}, [{"null": 1, None: 2}], {True: 1, "true": 2}]
)
def test_keys_with_the_same_text_are_refused(value: object) -> None:
    with pytest.raises(IndelibleError) as refused:
        normalize_json({"a": value})

    assert refused.value.code == "DUPLICATE_JSON_KEY"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("nan"), {1, 2}, b"bytes", object(), {(1,): 2}]
)
def test_what_json_does_not_know_is_wrong_use(value: object) -> None:
    with pytest.raises(UsageError, match=r"field payload is not JSON: .* has no canonical text"):
        normalize_json({"a": [value]}, field="payload")


@pytest.mark.parametrize("value", ["\x00", ["\ud800"], {"\x00": 1}, {"a": {"\udfff": 1}}])
def test_a_text_that_no_database_stores_is_refused(value: object) -> None:
    with pytest.raises(IndelibleError) as refused:
        normalize_json(value)

    assert refused.value.code == "TEXT_UNSTORABLE"


def test_an_encoder_writes_decimals_in_its_own_style() -> None:
    encoder = ExactEncoder(ensure_ascii=False)

    assert encoder.encode({"b": [Decimal("1.10"), 2.5], "a": {}}) == '{"b": [1.1, 2.5], "a": {}}'
    assert encoder.encode({None: Decimal("0.5")}) == '{"null": 0.5}'


@pytest.mark.parametrize("count", [MAX_JSON_DIGITS + 1, 1_000, 4_300, 4_301])
@pytest.mark.parametrize("form", ["{}", "-{}", "[{}]", '{{"a": {}}}', "{}.5", "{}e1"])
def test_a_stored_number_has_as_many_digits_as_a_value(form: str, count: int) -> None:
    with pytest.raises(JsonLimitExceeded):
        parse_json(form.format("9" * count))


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_stored_whole_number_at_the_limit_is_read(sign: str) -> None:
    text = sign + "9" * MAX_JSON_DIGITS
    assert parse_json(text) == int(text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "[NaN]", "{", "1 2", ""])
def test_a_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the parser's own error, or a class below it
        parse_json(text)


@pytest.mark.parametrize("key", [Decimal(1), Decimal("0.5"), (1, 2)])
@pytest.mark.parametrize("fraction", [1, Decimal("0.5")])
def test_a_key_of_another_type_is_refused_beside_a_fraction_too(
    key: object, fraction: object
) -> None:
    with pytest.raises(TypeError):
        canonical_json({"a": fraction, "b": {key: 1}})


@pytest.mark.parametrize("key", ["a", 2, True, None])
def test_a_key_has_the_same_text_beside_a_fraction(key: object) -> None:
    without = canonical_json({"a": 1, "b": {key: 1}})
    assert canonical_json({"a": Decimal("0.5"), "b": {key: 1}}) == without.replace("1", "0.5", 1)
