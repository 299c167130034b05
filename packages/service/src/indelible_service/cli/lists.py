"""The options of commands that list entities: the filters and orders that all lists have."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import EnumMeta
from typing import Any, Final, TypeVar, get_args

import click
from attrs import Attribute, fields

from indelible.kernel import Actor, ListFilter

T = TypeVar("T")
F = TypeVar("F", bound=ListFilter)
Function = Callable[..., Any]

PAGE_SIZE: Final = 500
INSTANT: Final = click.DateTime(
    ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%f%z")
)
HELP: Final = {
    "text": "List only what contains this text in name or definition.",
    "status": "List only what has this status.",
    "owner": "List only what belongs to this actor, such as user:maya.",
    "name_prefix": "List only what has a name that begins with this text.",
    "actor": "List only what this actor has changed last, such as user:maya.",
    "since": "List only what was last changed at this time or later; in UTC without an offset.",
    "until": "List only what was last changed before this time.",
    "order": "The order: by creation, by the last change with the latest first, or by name.",
}


def list_options(filter_type: type[F]) -> Callable[[Function], Function]:
    """Return a decorator that adds an option for each field of a filter."""

    def add_options(function: Function) -> Function:
        for attribute in reversed(fields(filter_type)):
            name = f"--{attribute.name.replace('_', '-')}"
            option = click.option(name, type=_type_of(attribute), help=HELP[attribute.name])
            function = option(function)
        return function

    return add_options


def filter_of(filter_type: type[F], options: Mapping[str, Any]) -> F:
    """Return the filter that the options of a command describe."""
    values: dict[str, Any] = {}
    for attribute in fields(filter_type):
        value = options[attribute.name]
        if value is None:
            continue
        values[attribute.name] = _parsed(attribute, value)

    return filter_type(**values)


def _parsed(attribute: "Attribute[Any]", value: Any) -> object:  # noqa: ANN401 - click's
    """Return the value of an option as the filter's attribute has it."""
    if isinstance(value, datetime):
        return in_utc(value)
    if attribute.name in ("actor", "owner"):
        return Actor.parse(value)

    enum = _enum_of(attribute)
    return value if enum is None else enum(value)


def read_all(
    read_page: Callable[[str, int], Sequence[T]],
    position_of: Callable[[T], str],
    limit: int | None = None,
) -> list[T]:
    """Return the items of all pages, or the first `limit` of them."""
    items: list[T] = []
    after = ""
    while limit is None or len(items) < limit:
        page = read_page(after, PAGE_SIZE)
        if not page:
            break
        items.extend(page)
        after = position_of(page[-1])

    return items[:limit]


def in_utc(instant: datetime) -> datetime:
    """Return the time in UTC; a time without an offset is in UTC already."""
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC)


def _type_of(attribute: "Attribute[Any]") -> "click.ParamType[Any]":
    enum = _enum_of(attribute)
    if enum is not None:
        return click.Choice([member.value for member in enum])
    if attribute.name in ("since", "until"):
        return INSTANT
    return click.STRING


def _enum_of(attribute: "Attribute[Any]") -> Any:  # noqa: ANN401 - the class of an enum
    """Return the enum whose values the field takes; None for other fields."""
    for kind in get_args(attribute.type):
        if isinstance(kind, EnumMeta):
            return kind
    return None
