"""One value has one canonical text, on every machine and in every process."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from typing import TypeAlias

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis.strategies import (
    SearchStrategy,
    booleans,
    characters,
    datetimes,
    dictionaries,
    floats,
    integers,
    just,
    lists,
    none,
    recursive,
    text,
    timedeltas,
)

from indelible.kernel import Actor, UsageError, canonical_json, digest, instant_text, to_json_value

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

texts = text(characters(exclude_categories=["Cs"]), max_size=10)
json_values: SearchStrategy[Json] = recursive(
    none() | booleans() | integers() | texts,
    lambda inner: lists(inner, max_size=4) | dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
zones = timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
FIRST_BOUND = datetime(2000, 1, 2)  # noqa: DTZ001 - hypothesis takes naive bounds only
LAST_BOUND = datetime(2999, 12, 30)  # noqa: DTZ001 - hypothesis takes naive bounds only


class Colour(StrEnum):
    """An enumeration of texts."""

    RED = "RED"


@frozen
class Leaf:
    """A value with a field of each type that has a canonical text."""

    owner: Actor
    at: datetime
    colour: Colour
    parts: tuple[str, ...]
    note: str | None = None


LEAF = Leaf(Actor.user("maya"), datetime(2026, 1, 1, tzinfo=UTC), Colour.RED, ("a", "b"))


def with_reversed_keys(value: Json) -> Json:
    """Return the same value with the keys of every object in the opposite order."""
    if isinstance(value, list):
        return [with_reversed_keys(item) for item in value]
    if isinstance(value, dict):
        reversed_items = reversed(list(value.items()))
        return {key: with_reversed_keys(item) for key, item in reversed_items}

    return value


@given(json_values)
def test_a_canonical_text_is_json_of_the_same_value(value: Json) -> None:
    canonical = canonical_json(value)

    assert json.loads(canonical) == value
    assert canonical_json(json.loads(canonical)) == canonical


@given(json_values)
def test_the_order_of_keys_does_not_matter(value: Json) -> None:
    reordered = with_reversed_keys(value)

    assert canonical_json(reordered) == canonical_json(value)
    assert digest(reordered) == digest(value)


@given(json_values, json_values)
def test_different_values_have_different_texts(value: Json, other: Json) -> None:
    # Python's == would not do: it takes True and 1 for equal, JSON does not.
    are_equal = json.dumps(value, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (canonical_json(value) == canonical_json(other)) == are_equal


def test_keys_are_sorted_by_code_point_without_spaces() -> None:
    value = {"b": [1, {"z": None, "a": True}], "a": "é\n\u2028", "B": 2}

    assert canonical_json(value) == '{"B":2,"a":"é\\n\u2028","b":[1,{"a":true,"z":null}]}'


def test_every_type_with_a_canonical_text_has_one() -> None:
    assert canonical_json(LEAF) == (
        '{"at":"2026-01-01T00:00:00.000000+00:00",'
        '"colour":"RED",'
        '"note":null,'
        '"owner":"user:maya",'
        '"parts":["a","b"]}'
    )


def test_a_json_value_has_lists_for_tuples() -> None:
    assert to_json_value({"leaves": [LEAF]}) == {
        "leaves": [
            {
                "owner": "user:maya",
                "at": "2026-01-01T00:00:00.000000+00:00",
                "colour": "RED",
                "parts": ["a", "b"],
                "note": None,
            }
        ]
    }


def test_a_digest_is_the_sha256_of_the_text() -> None:
    assert digest(LEAF) == sha256(canonical_json(LEAF).encode()).hexdigest()
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(floats())
def test_floats_are_refused_at_any_depth(number: float) -> None:
    for value in (number, [number], {"a": [1, {"b": number}]}):
        with pytest.raises(UsageError):
            canonical_json(value)


@given(datetimes(FIRST_BOUND, LAST_BOUND, timezones=zones))
def test_an_instant_has_one_text_in_every_zone(instant: datetime) -> None:
    canonical = instant_text(instant)

    assert canonical_json(instant) == f'"{canonical}"'
    assert instant_text(instant.astimezone(UTC)) == canonical
    assert datetime.fromisoformat(canonical) == instant
    assert canonical.endswith("+00:00")
    assert len(canonical) == len("2026-01-01T00:00:00.000000+00:00")


@given(lists(datetimes(FIRST_BOUND, LAST_BOUND, timezones=just(UTC)), min_size=2))
def test_texts_of_instants_are_in_the_order_of_the_instants(instants: list[datetime]) -> None:
    in_order = [instant_text(instant) for instant in sorted(instants)]

    assert sorted(in_order) == in_order


def test_an_offset_is_converted_to_utc() -> None:
    instant = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    assert instant_text(instant) == "2026-01-01T00:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (
            datetime(2026, 1, 1),  # noqa: DTZ001 - a naive time is what is refused
            "a time without a time zone has no canonical text",
        ),
        (1.5, "a value of type float has no canonical text"),
        (b"", "a value of type bytes has no canonical text"),
        ({1}, "a value of type set has no canonical text"),
    ],
)
def test_a_value_without_a_canonical_text_is_refused_with_its_type(
    value: object, problem: str
) -> None:
    with pytest.raises(UsageError) as refused:
        canonical_json(value)

    assert refused.value.problem == problem


@pytest.mark.slow
def test_a_process_with_another_hash_seed_computes_the_same_digest() -> None:
    script = (
        "from indelible.kernel import digest;"
        " print(digest({'b': [1, None], 'a': {'z': 'é', 'y': True}}))"
    )
    other_seed = "1" if os.environ.get("PYTHONHASHSEED") == "0" else "0"
    completed = subprocess.run(
        (sys.executable, "-c", script),
        env={**os.environ, "PYTHONHASHSEED": other_seed},
        check=True,
        capture_output=True,
        text=True,
    )

    assert completed.stdout.strip() == digest({"a": {"y": True, "z": "é"}, "b": [1, None]})
