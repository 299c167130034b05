"""Kinds of fields: one annotation gives a field its validator and its limits.

`destination: Identifier | None = None` is the whole field of an attrs class that is made with
`field_transformer=kinds`. An enumeration and an attrs class are kinds themselves. A field with a
validator or a converter of its own needs no kind.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin

from attrs import Attribute, field, frozen, has
from attrs.converters import optional as optional_converter
from attrs.validators import optional

from indelible.kernel.action_faults import action_faults
from indelible.kernel.append_faults import record_faults
from indelible.kernel.claims import WithinKind
from indelible.kernel.conditions import Condition, WithConditions
from indelible.kernel.decimals import MINIMUM, check_digits, converter_of, decimal_range, is_decimal
from indelible.kernel.declarations import line_of, refuse_faults
from indelible.kernel.field_rules import add_field_rules, with_default, without_rules
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject, freeze_object
from indelible.kernel.money import AMOUNT_MINOR_OR_ZERO, CURRENCY_CHARACTERS, is_currency
from indelible.kernel.values import (
    COUNT,
    DIGEST_TEXT,
    IDENTIFIER,
    LINE,
    TEXT,
    TEXTS,
    bounded_int,
    instance_of,
    is_date,
    is_digest,
    is_identifier,
    is_instant,
    is_one_line,
    is_text,
    non_blank_line,
    non_blank_text,
    text_tuple,
)

DESCRIPTION: Final = "description"  # the key of a field's sentence in its metadata
# The limits without which a kind of these values is refused.
LIMITS_BY_TYPE: Final[Mapping[type, tuple[str, ...]]] = {
    str: ("max_length",),
    int: ("minimum", "maximum"),
    tuple: ("max_items",),
    Decimal: ("digits", "places"),
}
FIXED_DECIMAL: Final = "fixed_decimal"  # the column of decimals, with the digits of their kind


@frozen(eq=False)
class Kind:
    """A kind of values: the function that validates them, and the limits that it reads.

    `is_bounded` says that the validator itself bounds the values, such as that of a digest.
    `column` names the type of the column, of those in `indelible_sql.schema.entity_columns`; a
    field of a kind without one gives its type in the table. `description` is the sentence about
    the field in documents; the metadata `description` of a field replaces it.
    """

    validator: Callable[[Any, "Attribute[Any]", Any], None]
    limits: Mapping[str, Any] = {}
    converter: Callable[[Any], Any] | None = None
    is_bounded: bool = False
    column: str = field(default="", kw_only=True)
    description: str = field(default="", kw_only=True)

    def missing_limits(self, value_type: type) -> tuple[str, ...]:
        """Return the limits that values of this type need and the kind has not."""
        if self.is_bounded:
            return ()

        needed = LIMITS_BY_TYPE.get(get_origin(value_type) or value_type, ())
        return tuple(name for name in needed if name not in self.limits)


Identifier = Annotated[str, Kind(is_identifier, IDENTIFIER, column="identifier")]
# One line of text, perhaps empty; a `Label` is not blank.
OneLine = Annotated[str, Kind(is_one_line, LINE, column="content")]
# A text as short as one line that another program wrote, perhaps with line breaks.
ShortText = Annotated[str, Kind(is_text, LINE, column="content")]
Label = Annotated[str, Kind(non_blank_line, LINE, column="nonblank_text")]
Text = Annotated[str, Kind(is_text, TEXT, column="content")]
Texts = Annotated[tuple[str, ...], Kind(text_tuple, TEXTS, column="json_array")]
NonBlankText = Annotated[str, Kind(non_blank_text, TEXT, column="nonblank_text")]
Digest = Annotated[str, Kind(is_digest, DIGEST_TEXT, is_bounded=True, column="digest")]
Currency = Annotated[
    str,
    Kind(is_currency, {"max_length": CURRENCY_CHARACTERS}, is_bounded=True, column="currency"),
]
Instant = Annotated[datetime, Kind(is_instant, column="instant")]
# A calendar date, without a time and a time zone.
Date = Annotated[date, Kind(is_date, column="calendar_date")]
Count = Annotated[int, Kind(bounded_int, COUNT, column="ordinal")]
# The number of a version of an aggregate's content (`field(version_of=...)`).
Version = Annotated[int, Kind(bounded_int, COUNT, column="ordinal")]
Natural = Annotated[int, Kind(bounded_int, {**COUNT, "minimum": 0}, column="natural_number")]
# Whole minor units of a currency, such as cents.
Amount = Annotated[int, Kind(bounded_int, AMOUNT_MINOR_OR_ZERO, column="amount_minor")]
Flag = Annotated[bool, Kind(instance_of(bool), column="flag")]


def decimal_kind(
    *,
    digits: int,
    places: int,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
) -> Kind:
    """Return the kind of decimals with at most so many digits, `places` of them decimal places.

        Price = Annotated[Decimal, decimal_kind(digits=12, places=2)]

    A number with more digits or places is refused, and none is rounded. Each is stored with all
    its places: `Decimal("12.5")` as `12.50`. `minimum` and `maximum` are allowed themselves.

    Raises:
        UsageError: There are more than MAX_DIGITS digits, or more places than digits, or no number
            is in the range.
    """
    check_digits(digits, places)
    limits: dict[str, Any] = {"digits": digits, "places": places}
    limits.update(decimal_range(digits, places, minimum, maximum))
    return Kind(is_decimal, limits, converter_of(places), column=FIXED_DECIMAL)


def kind_of(annotation: object) -> tuple[Kind, Any] | None:
    """Return the kind of an annotation and the type of its values, None if it names no kind."""
    if get_origin(annotation) is Annotated:
        value_type, *marks = get_args(annotation)
        for mark in marks:
            if isinstance(mark, Kind):
                return mark, value_type
    if isinstance(annotation, type):
        value_type = cast("type[object]", annotation)
        if issubclass(value_type, StrEnum):
            return Kind(instance_of(value_type), column="identifier"), value_type
        if has(value_type):
            return Kind(instance_of(value_type), column="json_object"), value_type
    if annotation is JsonObject:
        is_object = instance_of(JsonObject)
        return Kind(is_object, JSON_OBJECT, freeze_object, column="json_details"), annotation
    return None


def column_kind(entity: type, name: str) -> Kind | None:
    """Return the kind that a field of a class is declared with, None if it has none or several."""
    for declaring in entity.__mro__:
        annotation = get_annotations(declaring).get(name)
        if annotation is not None:
            annotations, _ = _without_none(annotation)
            known = kind_of(annotations[0]) if len(annotations) == 1 else None
            return None if known is None else known[0]
    return None


def kinds(entity: type, attributes: list["Attribute[Any]"]) -> list["Attribute[Any]"]:
    """Give each own field without a validator or converter those of its kind; others stay.

    It is a `field_transformer` of attrs.

    Raises:
        UsageError: A field has no kind or its kind has no bounds, or a condition or an action is
            wrong; all faults of the class are named at once.
    """
    result: list[Attribute[Any]] = []
    faults: list[str] = []
    for attribute in attributes:
        own: Any = attribute  # attrs' stubs know neither its converter nor `inherited`
        has_own = own.validator is not None or own.converter is not None
        if has_own or own.inherited:
            result.append(attribute)
            continue
        complete, problem = _with_kind(attribute)
        if problem:
            faults.append(f"{line_of(entity, attribute.name)}: {problem}")
        result.append(complete)

    faults.extend(add_field_rules(entity, result))
    _add_ranges(entity, result)
    faults.extend(record_faults(entity, result))
    refuse_faults(entity, result, (*faults, *action_faults(entity, result)))
    return [without_rules(attribute) for attribute in result]


def _add_ranges(entity: type, attributes: Iterable["Attribute[Any]"]) -> None:
    """Add the ranges of decimals to the conditions of an aggregate or a record."""
    if not issubclass(entity, WithConditions):
        return
    for attribute in attributes:
        own: Any = attribute  # attrs' stubs do not know `inherited`
        if own.inherited or "digits" not in attribute.metadata:
            continue
        if MINIMUM in attribute.metadata:
            name = attribute.name
            at = line_of(entity, name)
            condition = Condition(f"{name}_in_range", WithinKind((name,)), declared_at=at)
            entity.conditions = (*entity.conditions, condition)


def unvalidated_kinds(entity: type, attributes: list["Attribute[Any]"]) -> list["Attribute[Any]"]:
    """Give each own field the type of its kind's values, and neither validator nor limits.

    It is a `field_transformer` of attrs for records that only the library makes, of values that
    are validated already: the kinds are those of their columns.

    Raises:
        UsageError: A field has no kind or its kind has no bounds; all faults are named at once.
    """
    result: list[Attribute[Any]] = []
    faults: list[str] = []
    for attribute in attributes:
        own: Any = attribute  # attrs' stubs do not know `inherited`
        if own.inherited:
            result.append(attribute)
            continue
        complete, problem = _with_kind(attribute)
        if problem:
            faults.append(f"{line_of(entity, attribute.name)}: {problem}")
        result.append(attribute.evolve(type=complete.type))

    refuse_faults(entity, result, faults)
    return result


def _with_kind(attribute: "Attribute[Any]") -> tuple["Attribute[Any]", str]:
    """Return the field with its kind's validator, limits and type, and the problem of the kind."""
    annotations, is_optional = _without_none(attribute.type)
    if len(annotations) > 1:
        return attribute, f"field {attribute.name} has several kinds"

    annotation = annotations[0]
    kind_and_type = kind_of(annotation)
    if kind_and_type is None:
        problem = f"field {attribute.name} has no kind and no validator"
        if annotation is Decimal:
            problem += ": `decimal_kind` makes the kind of a Decimal"
        return attribute, problem

    kind, value_type = kind_and_type
    missing = kind.missing_limits(value_type)
    problem = ""
    if missing:
        problem = f"the kind of field {attribute.name} has no bounds: {', '.join(missing)}"
    validator: Any = kind.validator
    converter = kind.converter
    if is_optional:
        validator = optional(validator)
        converter = None if converter is None else optional_converter(converter)
        value_type = value_type | None
    metadata: dict[str, Any] = {**kind.limits, **attribute.metadata}
    if kind.description:
        metadata.setdefault(DESCRIPTION, kind.description)
    changed = attribute.evolve(
        type=value_type, validator=validator, converter=converter, metadata=metadata
    )
    return with_default(changed), problem


def _without_none(annotation: Any) -> tuple[list[Any], bool]:  # noqa: ANN401 - any annotation
    """Return the annotations of the values that are not None, and whether None is a value."""
    if get_origin(annotation) in (Union, UnionType):
        others = [part for part in get_args(annotation) if part is not NoneType]
        return others, len(others) < len(get_args(annotation))
    return [annotation], False
