"""Values of each kind of field, drawn from a source of random numbers."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import Attribute, AttrsInstance, fields_dict, has

from indelible.kernel import IndelibleError, UsageError
from indelible.kernel.currencies import CURRENCIES
from indelible.kernel.decimals import MAXIMUM, MINIMUM, of_units
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.kinds import FIXED_DECIMAL, Kind, kind_of
from indelible.kernel.values import EARLIEST, LATEST

Draw = Callable[[Random], object]
Limits = Mapping[str, Any]
DrawOfKind = Callable[[Random, Limits], object]

MAX_ATTEMPTS: Final = 50  # to draw a value that the kind of a field accepts
WORDS: Final = ("alpha", "Beta", "gamma Delta", "ÄÖ", "数", "a'b", "100%", "x_y", "🜁")
LARGE: Final = 2**53 + 1  # the first number that a float cannot hold


def draw_for(annotation: object, name: str) -> Draw:
    """Return the function that draws values for a parameter; `name` is for the message.

    Where None is a value, every third one is None.

    Raises:
        UsageError: The annotation names no kind, or a kind whose values cannot be drawn.
    """
    annotations, is_optional = _without_none(annotation)
    known = kind_of(annotations[0]) if len(annotations) == 1 else None
    if known is None:
        raise UsageError(f"{name} has no kind: pass a function that draws its values in `values`")

    kind, value_type = known
    draw_value = _draw_of(kind, value_type, name)
    attribute = _attribute(name.rpartition(".")[2], kind)

    def draw(random: Random) -> object:
        if is_optional and random.randrange(3) == 0:
            return None
        return _accepted(draw_value, random, attribute, name)

    return draw


def _accepted(draw: Draw, random: Random, attribute: "Attribute[Any]", name: str) -> object:
    """Return a value that the validator of a kind accepts.

    Raises:
        UsageError: It has refused too many in a row.
    """
    refusal = ""
    for _ in range(MAX_ATTEMPTS):
        value = draw(random)
        try:
            if attribute.validator is not None:
                attribute.validator(None, attribute, value)
        except IndelibleError as error:
            refusal = str(error)
        else:
            return value

    raise UsageError(
        f"{name} refuses the values of its kind ({refusal}): pass a function that draws others in"
        " `values`"
    )


def _draw_of(kind: Kind, value_type: Any, name: str) -> Draw:  # noqa: ANN401 - any annotation
    """Return the function that draws values of a kind."""
    if isinstance(value_type, type) and issubclass(value_type, StrEnum):
        members = list(value_type)
        return lambda random: random.choice(members)
    if isinstance(value_type, type) and has(value_type):
        return _draw_of_class(value_type, name)

    draw = DRAWS.get(kind.column)
    if draw is None:
        raise UsageError(
            f"{name} has a kind whose values nothing draws: pass a function that does in `values`"
        )
    return lambda random: draw(random, kind.limits)


def _draw_of_class(value_type: type[AttrsInstance], name: str) -> Draw:
    """Return the function that makes values of an attrs class from those of its fields."""
    annotations = get_type_hints(value_type, include_extras=True)
    draws = {
        attribute: draw_for(annotations[attribute], f"{name}.{attribute}")
        for attribute in fields_dict(value_type)
    }
    make: Callable[..., object] = value_type

    def draw(random: Random) -> object:
        return make(**{attribute: of_field(random) for attribute, of_field in draws.items()})

    return draw


def _attribute(name: str, kind: Kind) -> "Attribute[Any]":
    """Return a field of a kind, which its validator reads."""
    value = attrs.field(validator=kind.validator, metadata=dict(kind.limits))
    return fields_dict(attrs.make_class("Drawn", {name: value}))[name]


def accepts_none(annotation: object) -> bool:
    """Return whether None is a value of a parameter."""
    return _without_none(annotation)[1]


def _without_none(annotation: object) -> tuple[list[object], bool]:
    """Return the annotations of the values that are not None, and whether None is a value."""
    if get_origin(annotation) not in (Union, UnionType):
        return [annotation], False
    others = [part for part in get_args(annotation) if part is not NoneType]
    return others, len(others) < len(get_args(annotation))


def _words(random: Random, _: Limits) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(1, 3)))


def _identifier(random: Random, _: Limits) -> str:
    return f"i-{random.getrandbits(40):x}"


def _content(random: Random, limits: Limits) -> str:
    """Return words, now and then no text, or the longest."""
    choice = random.randrange(20)
    if choice == 0:
        longest: int = limits["max_length"]
        return "x" * longest
    return "" if choice < 4 else _words(random, limits)  # noqa: PLR2004 - three of twenty


def _texts(random: Random, limits: Limits) -> tuple[str, ...]:
    texts: list[str] = []
    for _ in range(random.randint(0, 3)):
        texts.append(_words(random, limits))
    return tuple(texts)


def _digest(random: Random, _: Limits) -> str:
    return f"{random.getrandbits(256):064x}"


def _currency(random: Random, _: Limits) -> str:
    return random.choice(list(CURRENCIES))


def _instant(random: Random, _: Limits) -> object:
    microseconds = (LATEST - EARLIEST) // timedelta(microseconds=1)
    return EARLIEST + timedelta(microseconds=random.randrange(microseconds))


def _number(random: Random, limits: Limits) -> int:
    """Return a number within the limits: mostly a small one, now and then the last one."""
    minimum: int = limits["minimum"]
    maximum: int = limits["maximum"]
    least = max(minimum, 0)
    highest = random.choice((0, 10, 10, 100, 1_000, 100_000, LARGE))
    if random.randrange(20) == 0:
        return random.choice((minimum, maximum))
    return min(maximum, random.randint(least, least + highest))


def _decimal(random: Random, limits: Limits) -> object:
    """Return a decimal of few digits, now and then of all, of either sign and in its range."""
    digits = limits["digits"] if random.randrange(8) == 0 else min(limits["digits"], 4)
    units = random.randrange(10**digits)
    number = of_units(random.choice((units, -units)), places=limits["places"])
    if MINIMUM not in limits:
        return number
    return max(limits[MINIMUM], min(limits[MAXIMUM], number))


def _date(random: Random, _: Limits) -> date:
    return date.min + timedelta(days=random.randrange((date.max - date.min).days))


def _flag(random: Random, _: Limits) -> bool:
    return random.randrange(2) == 1


def _document(random: Random, limits: Limits) -> JsonObject:
    items: list[object] = [None, True, _words(random, limits)]
    values: dict[str, object] = {"n": random.randint(-9, 9), "list": items, "ö": dict[str, int]()}
    return JsonObject.of(values)


# How values are drawn, by the column of their kind.
DRAWS: Final[Mapping[str, DrawOfKind]] = {
    "amount_minor": _number,
    "calendar_date": _date,
    "content": _content,
    "currency": _currency,
    "digest": _digest,
    FIXED_DECIMAL: _decimal,
    "flag": _flag,
    "identifier": _identifier,
    "instant": _instant,
    "json_array": _texts,
    "json_details": _document,
    "natural_number": _number,
    "nonblank_text": _words,
    "ordinal": _number,
}
