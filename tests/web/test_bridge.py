"""Test the schemas that are made of attrs classes: their types, their limits, their strictness."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from attrs import field, frozen, make_class
from marshmallow import ValidationError
from openapi_schema_validator import OAS31Validator

from indelible.kernel import Actor, Invalid, InvalidActor
from indelible.kernel.kinds import Digest, Identifier, Label, NonBlankText, OneLine, kinds
from indelible.kernel.values import (
    COUNT,
    LINE,
    TEXTS,
    ListTooLong,
    NumberOutOfRange,
    TextBlank,
    TextTooLong,
    TextUnstorable,
    bounded_int,
    non_blank_line,
    text_tuple,
)
from indelible_web.http.schemas import Side, UnsupportedType, schema_of, structure


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Inner:
    names: tuple[str, ...] = field(default=(), validator=text_tuple, metadata=TEXTS)


@frozen(kw_only=True)
class Everything:
    """A class with a field of every supported type."""

    text: str = field(validator=non_blank_line, metadata=LINE)
    count: int = field(validator=bounded_int, metadata=COUNT)
    # Without a validator, the schema checks the limit.
    note: str = field(default="", metadata={"max_length": 10})
    notes: tuple[str, ...] = field(default=(), metadata={"max_length": 10, "max_items": 2})
    whole: int = 0
    part: float = 0.0
    vector: tuple[float, ...] = field(default=(), metadata={"max_items": 3})
    switch: bool = False
    colour: Colour = Colour.RED
    at: datetime | None = None
    actor: Actor | None = None
    inner: Inner = field(factory=Inner)
    inners: tuple[Inner, ...] = field(default=(), metadata={"max_items": 3})


@frozen(kw_only=True, field_transformer=kinds)
class Kinds:
    """A field of each kind of texts that refuses more than a length."""

    title: NonBlankText = "a"
    label: Label = "a"
    line: OneLine = "a"
    digest: Digest = "a" * 64
    number: Identifier = "a"


@frozen(kw_only=True, field_transformer=kinds)
class OptionalKinds:
    """The same fields, which may have no value."""

    title: NonBlankText | None = None
    label: Label | None = None
    line: OneLine | None = None
    digest: Digest | None = None
    number: Identifier | None = None


def read(**values: object) -> Everything:
    """Return the instance that a body with these values becomes."""
    schema = cast("Any", schema_of(Everything, Side.BODY)())
    return structure(schema.load({"text": "a", "count": 1, **values}), Everything)


def test_a_body_becomes_an_instance_or_is_refused() -> None:
    instance = read(
        part=1,
        vector=[0.5, 1],
        switch=True,
        colour="blue",
        at="2026-01-01T10:30:00.5+01:00",
        actor="user:maya",
        inner={"names": ["a", "b"]},
        inners=[{}, {"names": ["c"]}],
    )

    assert instance == Everything(
        text="a",
        count=1,
        part=1.0,
        vector=(0.5, 1.0),
        switch=True,
        colour=Colour.BLUE,
        at=datetime(2026, 1, 1, 9, 30, 0, 500_000, tzinfo=UTC),
        actor=Actor.user("maya"),
        inner=Inner(names=("a", "b")),
        inners=(Inner(), Inner(names=("c",))),
    )

    assert read() == Everything(text="a", count=1)

    for name, value in [
        ("text", 7),
        ("text", None),
        ("text", ["a"]),
        ("count", 1.9),
        ("count", "1"),
        ("count", "1_000"),
        ("count", " 7 "),
        ("count", "\u0663"),
        ("count", True),
        ("count", None),
        ("part", "0.5"),
        ("part", True),
        ("part", None),
        ("vector", 0.5),
        ("vector", [0.5, "1"]),
        ("vector", [True]),
        ("vector", [[0.5]]),
        ("switch", 1),
        ("switch", "true"),
        ("switch", None),
        ("colour", "RED"),
        ("colour", 7),
        ("colour", []),
        ("at", 1_767_260_000),
        ("at", "2026-01-01"),
        ("actor", 7),
        ("inner", []),
        ("inner", {"names": [1]}),
        ("inner", {"names": [None]}),
        ("inner", {"colour": "red"}),
        ("inner", None),
        ("inners", {}),
        ("colours", "red"),
    ]:
        with pytest.raises(ValidationError) as refused:
            read(**{name: value})

        assert list(refused.value.messages_dict) == [name]


BEYOND: list[tuple[str, object, type[Invalid]]] = [
    ("text", "a" * 1_001, TextTooLong),
    ("text", " ", TextBlank),
    ("text", "\0", TextUnstorable),
    ("note", "\0", TextUnstorable),
    ("note", "a\ud800", TextUnstorable),
    ("note", "a" * 11, TextTooLong),
    ("notes", ["a"] * 3, ListTooLong),
    ("vector", ["a"] * 4, ListTooLong),
    ("notes", ["a" * 11], TextTooLong),
    ("notes", ["\0"], TextUnstorable),
    ("inners", [{}] * 4, ListTooLong),
    ("inner", {"names": ["a"] * 201}, ListTooLong),
    ("count", 0, NumberOutOfRange),
    ("count", 2**63, NumberOutOfRange),
    ("whole", 2**63, NumberOutOfRange),
    ("whole", -(2**63), NumberOutOfRange),
    ("actor", "maya", InvalidActor),
    ("actor", "robot:maya", InvalidActor),
    ("actor", "user:\ud800", TextUnstorable),
]


@pytest.mark.parametrize(("name", "value", "leaf"), BEYOND)
def test_a_value_beyond_its_limits_is_refused_with_an_error_of_core(
    name: str, value: object, leaf: type[Invalid]
) -> None:
    with pytest.raises(leaf):
        read(**{name: value})


@frozen
class OfMapping:
    field: Mapping[str, str]


@frozen
class OfObject:
    field: object


@frozen
class UnlimitedText:
    field: str


@frozen
class UnlimitedList:
    field: tuple[int, ...]


REFUSED: list[object] = [
    int | str,
    dict[str, str],
    Mapping[str, str],
    list[str],
    tuple[str, int],
    bytes,
    object,
    Iterable[str],
    tuple[OfObject, ...],
    str,
    tuple[int, ...],
    tuple[float, ...],
]


def test_an_unsupported_type_or_a_missing_limit_stops_the_start() -> None:
    for refused in REFUSED:
        cls = make_class("Of", {"field": field(type=cast("Any", refused))})
        with pytest.raises(UnsupportedType):
            schema_of(cls, Side.BODY)

    for cls in (OfMapping, UnlimitedText, UnlimitedList):
        assert cast("Any", schema_of(cls, Side.ANSWER)()).fields["field"].required


@pytest.mark.parametrize(
    ("name", "refused", "accepted"),
    [
        ("title", ["", " ", "\n\t "], ["a", " a\nb "]),
        ("label", ["", "  "], ["a b"]),
        ("line", ["a\nb", "a\rb", "a\u2028b", "\x85a"], ["", "a\tb"]),
        ("digest", ["", "a" * 63, "A" * 64, "g" * 64, "a" * 65], ["0a" * 32]),
        ("number", ["", "a b", " a"], ["T-1"]),
    ],
)
def test_a_client_refuses_what_the_validator_of_a_kind_refuses(
    name: str, refused: list[str], accepted: list[str]
) -> None:
    for cls in (Kinds, OptionalKinds):
        api: Any = APISpec("a test", "1", "3.1.0", plugins=[MarshmallowPlugin()])
        api.components.schema("Body", schema=schema_of(cls, Side.BODY))
        document = api.to_dict()["components"]["schemas"]["Body"]
        validator = OAS31Validator(document["properties"][name])
        make: Any = cls
        for value in accepted:
            assert validator.is_valid(value)
            make(**{name: value})
        for value in refused:
            assert not validator.is_valid(value)
            with pytest.raises(Invalid):
                make(**{name: value})


def test_an_unknown_field_is_told_a_bounded_number_of_others() -> None:
    names = [f"field_{number:02}" for number in range(31)]
    of_every_name = {name: field(type=bool, default=False) for name in names}
    wide = schema_of(make_class("Wide", of_every_name), Side.BODY)()

    with pytest.raises(ValidationError) as error:
        wide.load({"color": "red"})

    message = f"Unknown field: expected one of {', '.join(names[:30])}, ..."
    assert error.value.messages_dict == {"color": [message]}
