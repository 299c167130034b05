"""Test that the strict reader agrees with the standard one or refuses the body as a bad request."""

import json

import pytest
from hypothesis import given, settings
from hypothesis.strategies import (
    binary,
    booleans,
    dictionaries,
    integers,
    lists,
    none,
    recursive,
    sampled_from,
    text,
)

from indelible_web.http.errors import BadNumber, BadRequest, DuplicateKey, MalformedJson, TooDeep
from indelible_web.http.parsing import MAX_LEVELS, parse_json

NAMES = text('abcdefgh"\\[]{}', max_size=5)
VALUES = recursive(
    none() | booleans() | integers(-(10**90), 10**90) | text(),
    lambda inner: lists(inner, max_size=4) | dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
SCRAPS = sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b":",
        b",",
        b"1",
        b"-",
        b".",
        b"e",
        b"\xff",
        b"NaN",
        b"null",
    ]
)


@pytest.mark.slow
@settings(deadline=None)
@given(VALUES)
def test_any_json_value_is_parsed_as_the_standard_library_parses_it(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@settings(deadline=None)
@given(binary(max_size=40) | lists(SCRAPS, max_size=30).map(b"".join))
def test_any_bytes_are_parsed_or_refused_as_a_bad_request(body: bytes) -> None:
    try:
        value = parse_json(body)
    except BadRequest:
        return

    assert value == json.loads(body)


def test_a_number_is_exact_or_refused() -> None:
    for body, value in [
        ("3100.0", 3_100),
        ("3.1e3", 3_100),
        ("1E2", 100),
        ("-0.0", 0),
        ("9007199254740993.0", 9_007_199_254_740_993),
        ("9223372036854775807.0", 2**63 - 1),
    ]:
        parsed = parse_json(body.encode())

        assert parsed == value
        assert type(parsed) is int

    for body in ["1.9", "0.1", "1e-400", "9007199254740993.5"]:
        assert isinstance(parse_json(body.encode()), float)

    for body in [
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e400",
        "-1e999999999",
        "9" * 101,
        "1." + "0" * 99,
    ]:
        with pytest.raises(BadNumber):
            parse_json(body.encode())


def test_deep_bodies_and_duplicate_names_are_refused_in_linear_time() -> None:
    deepest = "[" * MAX_LEVELS + "]" * MAX_LEVELS
    assert parse_json(deepest.encode())
    assert parse_json(json.dumps(["[" * 100, '"' + "{" * 100, "\\"]).encode())
    assert parse_json(("[" + "[]," * 1_000 + "[]]").encode())

    with pytest.raises(TooDeep):
        parse_json(f"[{deepest}]".encode())

    for body in ['{"a":1,"a":1}', '{"b":{"a":1,"\\u0061":2}}', '{"\u00e9":1,"e\u0301":2}']:
        with pytest.raises(DuplicateKey):
            parse_json(body.encode())

    for long in [b'"' + b'\\"' * 500_000, b"[" * 1_000_000, b"1" * 1_000_000, b'"\\' * 300_000]:
        with pytest.raises((MalformedJson, TooDeep, BadNumber)):
            parse_json(long)
