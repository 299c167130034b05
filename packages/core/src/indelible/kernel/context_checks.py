"""Checks of the arguments of a context's handlers and queries, before a store is asked."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, cast, get_args, get_origin

from attrs import Attribute, fields_dict

from indelible.kernel.actions import Command
from indelible.kernel.declarations import value_types
from indelible.kernel.errors import UsageError
from indelible.kernel.questions import Comparator, Comparison, absent, equal
from indelible.kernel.values import (
    COUNT,
    UNSTORABLE,
    NumberOutOfRange,
    TextUnstorable,
    instant_out_of_range,
    value_text,
    wrong_type,
)

CONSONANT_AND_Y: Final = re.compile("[^aeiou]y$")
HISSING: Final = ("s", "x", "z", "ch", "sh")
NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")
# What a page of a list asks for beside its filters: here, over HTTP, and in the console.
PAGE_PARAMETERS: Final = frozenset(
    ("added_filters", "after", "cursor", "limit", "more_boxes", "order")
)
MAX_HEADS: Final = 1_000  # of a list and of a search
MAX_ALTERNATIVES: Final = 20  # values of one filter
MAX_NUMBER: Final = COUNT["maximum"]


def check_page(after: str, limit: int) -> None:
    """Refuse a position that no store can have, and a limit out of range."""
    check_text("after", after)
    check_number("limit", limit, minimum=1, maximum=MAX_HEADS)


def check_text(name: str, text: object) -> None:
    """Raise WrongType or TextUnstorable for what is no text that a database can store."""
    if not isinstance(text, str):
        raise wrong_type(name, "text", text)
    if UNSTORABLE.search(text):
        raise TextUnstorable(name)


def is_storable(text: object) -> bool:
    """Return whether a value is a text that a database can store."""
    return isinstance(text, str) and not UNSTORABLE.search(text)


def check_instant(at: object) -> None:
    """Raise WrongType or InstantOutOfRange for what is no time with a time zone."""
    if not isinstance(at, datetime):
        raise wrong_type("at", "time", at)
    if at.tzinfo is None:
        raise instant_out_of_range("at", at)


def check_command(command: object) -> None:
    """Raise UsageError for what is no command."""
    if not isinstance(command, Command):
        problem = f"{value_text(command)} is no command: call an action of the class"
        raise UsageError(problem)


def check_integer(name: str, number: object) -> None:
    """Raise WrongType for what is no integer."""
    if type(number) is not int:
        raise wrong_type(name, "int", number)


def check_number(name: str, number: int, *, minimum: int, maximum: int) -> None:
    """Raise WrongType or NumberOutOfRange for what is no number from a minimum to a maximum."""
    check_integer(name, number)
    if not minimum <= number <= maximum:
        raise NumberOutOfRange(name, minimum, maximum, str(number))


def filter_of(attribute: "Attribute[Any]", value: object) -> Comparison:
    """Return the comparison of a filter with a value, or with any of the values of a tuple.

    None finds what has no value.

    Raises:
        Invalid: The field cannot have the value.
        NumberOutOfRange: The tuple has no value, or more than MAX_ALTERNATIVES.
        UsageError: The tuple has None, which no comparison of values finds.
    """
    alternatives = _alternatives(attribute, value)
    if alternatives is None:
        return comparison_of(attribute, value)

    name = f"values of {attribute.name}"
    check_number(name, len(alternatives), minimum=1, maximum=MAX_ALTERNATIVES)
    if None in alternatives:
        raise UsageError(f"the {name} have None: what has no value is a list of its own")
    values = tuple(_checked(attribute, one) for one in alternatives)
    return Comparison(attribute.name, Comparator.ONE_OF, values)


def comparison_of(attribute: "Attribute[Any]", value: object) -> Comparison:
    """Return the comparison with a value, or raise the error of one that its field refuses."""
    if value is None:
        return absent(attribute.name)
    return equal(attribute.name, _checked(attribute, value))


def _checked(attribute: "Attribute[Any]", value: object) -> object:
    """Return a value as a field has it, or raise the error of the field."""
    converter: Any = getattr(attribute, "converter", None)
    if converter is not None:
        value = converter(value)
    if attribute.validator is not None:
        attribute.validator(None, attribute, value)
    return value


def _alternatives(attribute: "Attribute[Any]", value: object) -> tuple[object, ...] | None:
    """Return the values of a tuple of alternatives, None for anything else."""
    types = (attribute.type, *get_args(attribute.type))
    has_tuples = any(get_origin(one) is tuple for one in types)
    if not isinstance(value, tuple) or has_tuples:
        return None
    return cast("tuple[object, ...]", value)


def default_name(context: Any) -> str:  # noqa: ANN401 - a context, whose module imports this one
    """Return the name of a context that names none, by the usual endings of English plurals."""
    noun: str = context.aggregate.lifecycle.name
    if CONSONANT_AND_Y.search(noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(HISSING) else f"{noun}s"


def name_faults(
    aggregate: type[Any], name: str, filters: Sequence[str], search_fields: Sequence[str]
) -> Iterator[str]:
    """Yield what is wrong with the names of a context."""
    if not NAME.fullmatch(name):
        yield f"the name {name!r} is not up to 40 lower-case letters, digits and _"
    attributes = fields_dict(aggregate)
    for filtered in filters:
        if filtered not in attributes:
            yield f"filter {filtered} is no field"
        elif filtered in PAGE_PARAMETERS:
            yield f"filter {filtered} has the name of a parameter that every list has"
    for searched in search_fields:
        if searched not in attributes:
            yield f"search field {searched} is no field"
        elif str not in value_types(attributes[searched]):
            yield f"search field {searched} is no text"
    for names in (filters, search_fields):
        if len(set(names)) < len(names):
            yield f"a name stands twice in {', '.join(names)}"
