"""One value has one text, on every machine and in every process."""

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
    lists,
    none,
    recursive,
    text,
    timedeltas,
)

from indelible.kernel import Actor, UsageError, canonical_json, digest, instant_text, to_json_value

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

texts = text(characters(exclude_categories=["Cs"]), max_size=10)
values: SearchStrategy[Json] = recursive(
    none() | booleans() | integers() | texts,
    lambda inner: lists(inner, max_size=4) | dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)

zones = timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)


class Colour(StrEnum):
    RED = "RED"


@frozen
class Leaf:
    owner: Actor
    at: datetime
    colour: Colour
    parts: tuple[str, ...]
    note: str | None = None


LEAF = Leaf(Actor.user("maya"), datetime(2026, 1, 1, tzinfo=UTC), Colour.RED, ("a", "b"))


def turned(value: Json) -> Json:
    """The same value, with every object's keys in the opposite order."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(list(value.items()))}
    return [turned(inner) for inner in value] if isinstance(value, list) else value


@given(values)
def test_the_text_is_json_and_reads_back_as_the_value(value: Json) -> None:
    assert json.loads(canonical_json(value)) == value
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)


@given(values)
def test_the_order_of_keys_does_not_matter(value: Json) -> None:
    assert canonical_json(turned(value)) == canonical_json(value)
    assert digest(turned(value)) == digest(value)


@given(values, values)
def test_different_values_have_different_texts(one: Json, other: Json) -> None:
    # For JSON, not for Python, True and 1 differ.
    assert (canonical_json(one) == canonical_json(other)) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def test_keys_are_sorted_by_code_point_and_nothing_stands_between() -> None:
    assert canonical_json({"b": [1, {"z": None, "a": True}], "a": "é\n\u2028", "B": 2}) == (
        '{"B":2,"a":"é\\n\u2028","b":[1,{"a":true,"z":null}]}'
    )


def test_what_the_library_knows_has_its_one_text() -> None:
    assert canonical_json(LEAF) == (
        '{"at":"2026-01-01T00:00:00.000000+00:00","colour":"RED","note":null,"owner":"user:maya","parts":["a","b"]}'
    )
    assert to_json_value([LEAF])[0]["parts"] == ["a", "b"]  # type: ignore[index]


def test_a_digest_is_the_sha256_of_the_text() -> None:
    assert digest(LEAF) == sha256(canonical_json(LEAF).encode()).hexdigest()
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(floats())
def test_floats_are_refused_at_any_depth(value: float) -> None:
    for nested in (value, [value], {"a": [1, {"b": value}]}):
        with pytest.raises(UsageError):
            canonical_json(nested)


@given(datetimes(datetime(2000, 1, 2), datetime(2999, 12, 30), timezones=zones))  # noqa: DTZ001 - the zone is given beside
def test_an_instant_has_one_text_in_every_zone(instant: datetime) -> None:
    told = instant_text(instant)

    assert told == canonical_json(instant).strip('"')
    assert datetime.fromisoformat(told) == instant.astimezone(UTC)
    assert told.endswith("+00:00")
    assert len(told) == len("2026-01-01T00:00:00.000000+00:00")


@given(lists(datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31)), min_size=2))  # noqa: DTZ001 - made UTC below
def test_texts_of_instants_sort_as_the_instants_do(naive: list[datetime]) -> None:
    instants = [each.replace(tzinfo=UTC) for each in naive]

    assert sorted(map(instant_text, instants)) == list(map(instant_text, sorted(instants)))


def test_an_offset_is_turned_into_utc() -> None:
    there = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    assert instant_text(there) == "2026-01-01T00:00:00.000000+00:00"


def test_what_has_no_text_is_refused_by_its_kind() -> None:
    refused: list[str] = []
    for value in (datetime(2026, 1, 1), 1.5, b"", {1}):  # noqa: DTZ001 - it has no zone, which is the point
        with pytest.raises(UsageError) as error:
            canonical_json(value)
        refused.append(error.value.problem)

    assert refused == [
        "a canonical value holds no instant without its time zone",
        "a canonical value holds no float",
        "a canonical value holds no bytes",
        "a canonical value holds no set",
    ]


def test_another_process_says_the_same() -> None:
    script = (
        "from indelible.kernel import digest;"
        " print(digest({'b': [1, None], 'a': {'z': 'é', 'y': True}}))"
    )
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "0" else "0"
    told = subprocess.run(
        (sys.executable, "-c", script),
        env=os.environ | {"PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )

    assert told.stdout.strip() == digest({"a": {"y": True, "z": "é"}, "b": [1, None]})
