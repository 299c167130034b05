"""JSON objects as fields: normalized, bounded, equal by their JSON, and never changed."""

import copy
import json
import pickle
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from attrs import evolve, field, frozen
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from tests.json_cases import json_cases
from tests.json_texts import json_objects, same_json

from indelible.kernel import (
    IndelibleError,
    UsageError,
    canonical_json,
    digest,
)
from indelible.kernel.idempotency import structure_json
from indelible.kernel.json import to_json_value
from indelible.kernel.json_limits import (
    VALUE_LIMITS,
    DuplicateJsonKey,
    JsonLimitExceeded,
    JsonLimits,
    values_in,
)
from indelible.kernel.json_objects import (
    JSON_OBJECT,
    JSON_OBJECTS,
    MAX_JSON_OBJECTS,
    JsonObject,
    JsonObjects,
    freeze_object,
    freeze_objects,
    freeze_value,
)
from indelible.kernel.json_values import normalize_json
from indelible.kernel.values import ListTooLong, TextUnstorable, WrongType

NESTED: dict[str, Any] = {"x": 12.5, "on": True, "list": [1, {"deep": ["a", {"b": None}]}], "": {}}
SMALL = JsonLimits(max_depth=4, max_bytes=40, max_values=8)


@frozen(kw_only=True)
class Plan:
    """A value with documents."""

    spec: JsonObject = field(converter=freeze_object, metadata=JSON_OBJECT)
    nodes: JsonObjects = field(default=(), converter=freeze_objects, metadata=JSON_OBJECTS)
    value: object = field(default=None, converter=freeze_value)


def parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(text, parse_float=Decimal)


@given(json_objects())
def test_an_object_keeps_its_json_and_contains_nothing_that_changes(text: str) -> None:
    value = parsed(text)
    frozen_value = JsonObject.of(value)

    assert same_json(canonical_json(frozen_value), text)
    assert frozen_value == value
    for part in values_in(frozen_value):
        assert not isinstance(part, dict | list | set | float)


MUTATIONS: Mapping[str, Callable[[Any], object]] = {
    "an item of the object": lambda spec: spec.__setitem__("x", 1),
    "an item removed": lambda spec: spec.__delitem__("x"),
    "an item of a list": lambda spec: spec["list"].__setitem__(0, 2),
    "a list that grows": lambda spec: spec["list"].append(2),
    "an item of a nested object": lambda spec: spec["list"][1].__setitem__("deep", 1),
    "a nested update": lambda spec: spec["list"][1].update(deep=1),
    "an attribute": lambda spec: setattr(spec, "_values", {}),
    "an attribute of a nested object": lambda spec: setattr(spec[""], "_values", {}),
    "an attribute removed": lambda spec: delattr(spec, "_values"),
    "the mapping inside": lambda spec: spec._values.__setitem__("x", 1),  # noqa: SLF001 - what it holds is frozen too
    "a new attribute": lambda spec: setattr(spec, "other", 1),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_no_part_of_an_object_can_be_changed(name: str) -> None:
    spec = JsonObject.of(NESTED)

    with pytest.raises((TypeError, AttributeError, FrozenInstanceError)):
        MUTATIONS[name](spec)
    assert spec == NESTED


def test_an_object_does_not_follow_the_mapping_that_it_was_made_of() -> None:
    inner = [1]
    source: dict[str, Any] = {"list": inner, "object": {"a": 1}}
    for given_source in (source, MappingProxyType(source)):
        frozen_value = JsonObject.of(given_source)
        inner.append(2)
        source["object"]["a"] = len(inner)

        assert frozen_value != source

    copied = frozen_value.json_value()
    copied["list"].append(3)
    assert frozen_value != copied


def test_objects_are_equal_by_their_json() -> None:
    same = [
        JsonObject.of({"a": 1, "b": [2.50]}),
        JsonObject.of({"b": (Decimal("2.5"),), "a": 1.0}),
        JsonObject.of(JsonObject.of({"a": Decimal(1), "b": [2.5]})),
    ]
    others = [{"a": True, "b": [2.5]}, {"a": "1", "b": [2.5]}, {"a": 1}, {"a": 1, "b": [2.5, None]}]

    assert len({canonical_json(value) for value in same}) == 1
    assert len({hash(value) for value in same}) == 1
    assert len(set(same)) == 1
    for other in others:
        assert same[0] != other
        assert other != same[0]
        assert same[0] != JsonObject.of(other)
    assert same[0] == {"a": 1, "b": (2.5,)}
    assert same[0] != [("a", 1)]
    assert same[0] != {"a": {1}}


def test_an_object_has_the_digest_of_its_canonical_json() -> None:
    value = JsonObject.of(NESTED)

    assert value.digest == digest(normalize_json(NESTED)) == digest(value)
    assert to_json_value(value) == normalize_json(NESTED)
    assert type(to_json_value(value)) is dict


def test_an_object_survives_pickle_and_copies() -> None:
    plan = Plan(spec=NESTED, nodes=[NESTED, {}], value=[NESTED, 0.5])
    pickled = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own bytes

    assert pickled == plan
    assert hash(pickled) == hash(plan)
    assert pickled.spec["list"][1]["deep"] == ("a", {"b": None})
    assert copy.copy(plan.spec) is plan.spec
    assert copy.deepcopy(plan.spec) is plan.spec


def test_a_value_with_documents_evolves_and_is_compared() -> None:
    plan = Plan(spec=NESTED, nodes=({"a": 1},))
    same = evolve(plan, spec=dict(NESTED))
    other = evolve(plan, nodes=[{"a": True}])

    assert same == plan
    assert other != plan
    assert evolve(plan, value=1).spec is plan.spec
    assert canonical_json(plan) == canonical_json(same)


def test_the_repr_of_a_long_object_is_short() -> None:
    assert repr(JsonObject.of({"a": {"b": 1}})) == "JsonObject({'a': JsonObject({'b': 1})})"
    assert len(repr(JsonObject.of({"a": "x" * 10_000}))) < 300


def test_any_value_can_be_frozen() -> None:
    assert Plan(spec={}, value=parsed('[1, [0.5], {"a": []}]')).value == (
        1,
        (Decimal("0.5"),),
        {"a": ()},
    )
    assert Plan(spec={}, value="text").value == "text"
    assert Plan(spec={}, value=None).value is None


@pytest.mark.parametrize("name", json_cases(VALUE_LIMITS, "object"))
def test_an_object_at_a_limit_is_frozen_and_one_beyond_it_is_refused(name: str) -> None:
    case = json_cases(VALUE_LIMITS, "object")[name]

    assert canonical_json(Plan(spec=parsed(case.within)).spec) == case.within
    with pytest.raises(JsonLimitExceeded):
        Plan(spec=parsed(case.beyond))


REFUSED: Mapping[str, tuple[Any, type[IndelibleError]]] = {
    "a text": ("{}", WrongType),
    "a list": ([], WrongType),
    "nothing": (None, WrongType),
    "NaN": ({"a": float("nan")}, UsageError),
    "infinity": ({"a": [float("inf")]}, UsageError),
    "a NUL": ({"a": "\x00"}, TextUnstorable),
    "a NUL in a key": ({"\x00": 1}, TextUnstorable),
    "a lone surrogate": ({"a": ["\ud800"]}, TextUnstorable),
    "keys of one text": ({1: 1, "1": 2}, DuplicateJsonKey),
    "a set": ({"a": {1}}, UsageError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_json_object_is_refused(name: str) -> None:
    value, error = REFUSED[name]

    with pytest.raises(error):
        Plan(spec=value)
    with pytest.raises(error):
        Plan(spec={}, nodes=[NESTED, value])


def test_a_list_of_objects_has_limits_as_one_value() -> None:
    assert list(freeze_objects([{"a": 1}, {"b": 2}], SMALL, "nodes")) == [{"a": 1}, {"b": 2}]
    refused: tuple[tuple[list[Any], str], ...] = (
        ([{"a": 1}] * 4, "at most 8 values"),
        ([{"a": "x" * 20}, {"b": "x"}, {}], "at most 40 bytes"),
        ([{"a": [[[]]]}], "at most 4 levels"),
    )
    for value, limit in refused:
        with pytest.raises(JsonLimitExceeded, match=limit) as caught:
            freeze_objects(value, SMALL, "nodes")
        assert caught.value.field == "nodes"


@given(json_objects(), json_objects())
def test_the_size_of_a_list_is_that_of_its_text(first: str, second: str) -> None:
    objects = freeze_objects([parsed(first), parsed(second)])
    exact = JsonLimits(
        max_depth=1 + max(each.size.depth for each in objects),
        max_bytes=len(canonical_json(objects).encode()),
        max_values=1 + sum(each.size.values for each in objects),
    )

    assert freeze_objects(objects, exact) == objects
    for name in ("max_depth", "max_bytes", "max_values"):
        smaller = evolve(exact, **{name: getattr(exact, name) - 1})
        with pytest.raises(JsonLimitExceeded):
            freeze_objects(objects, smaller)
        with pytest.raises(JsonLimitExceeded):
            normalize_json(objects, smaller)


def test_a_list_with_too_many_objects_is_refused_before_they_are_read() -> None:
    with pytest.raises(ListTooLong):
        freeze_objects([None] * (MAX_JSON_OBJECTS + 1))
    with pytest.raises(WrongType):
        freeze_objects({"a": 1})


def test_a_frozen_object_is_checked_against_other_limits_too() -> None:
    large = JsonObject.of({"a": "x" * 100, "b": {"c": "y" * 60}})

    with pytest.raises(JsonLimitExceeded):
        JsonObject.of(large, SMALL)
    with pytest.raises(JsonLimitExceeded):
        JsonObject.of(large["b"], SMALL)
    assert JsonObject.of(JsonObject.of({"a": 1}), SMALL) == {"a": 1}


def test_a_stored_value_has_the_same_documents() -> None:
    plan = Plan(spec=NESTED, nodes=[NESTED])

    assert structure_json(to_json_value(plan), Plan) == plan
