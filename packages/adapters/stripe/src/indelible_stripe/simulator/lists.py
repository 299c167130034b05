"""Lists of objects: filters, order and pages."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from attrs import frozen

from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.balance import mature
from indelible_stripe.simulator.parts import check_exclusive, unimplemented_value
from indelible_stripe.simulator.state import Kind, State

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 100
WILDCARD: Final = "*"
# Parameters of a list that are no filter by the field of that name.
NO_FILTERS: Final = frozenset(
    {"created", "ending_before", "expand", "limit", "starting_after", "types"}
)
COMPARISONS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "equal": lambda value, bound: value == bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


@frozen
class _Filters:
    """The conditions for the objects of a list."""

    fields: Mapping[str, object]
    event_types: tuple[str, ...]  # none means all
    event_pattern: re.Pattern[str] | None
    created: Mapping[str, int]
    transfer_ids: tuple[str, ...]  # of the path

    def match(self, value: JsonObject) -> bool:
        """Return whether an object belongs to the list."""
        if any(value["transfer"] != transfer_id for transfer_id in self.transfer_ids):
            return False
        if any(value[name] != expected for name, expected in self.fields.items()):
            return False
        if self.event_types and value["type"] not in self.event_types:
            return False
        if self.event_pattern is not None and not self.event_pattern.fullmatch(value["type"]):
            return False
        return all(
            COMPARISONS[name](value["created"], bound) for name, bound in self.created.items()
        )


def list_objects(
    kind: Kind, url: str, state: State, ids: tuple[str, ...], params: JsonObject
) -> JsonObject:
    """Return a page of the objects of a kind, newest first."""
    mature(state)
    for transfer_id in ids:
        state.get(Kind.TRANSFER, transfer_id)
    filters = _read_filters(kind, ids, params)
    matching = [value for value in state.newest_first(kind) if filters.match(value)]
    return page_of(matching, url.format(id="".join(ids)), params)


def page_of(values: list[JsonObject], url: str, params: JsonObject) -> JsonObject:
    """Return the page of a list that a request wants."""
    check_exclusive(params, "starting_after", "ending_before")
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise ApiError(f"Invalid limit: must be from 1 to {MAX_LIMIT}", param="limit")

    values = _after_cursor(values, params)
    page = values[:limit]
    if "ending_before" in params:
        page = values[-limit:]
    return {"object": "list", "data": page, "has_more": len(values) > limit, "url": url}


def _read_filters(kind: Kind, ids: tuple[str, ...], params: JsonObject) -> _Filters:
    """Return the filters of a list."""
    check_exclusive(params, "type", "types")
    names = params.keys() - NO_FILTERS
    pattern: re.Pattern[str] | None = None
    if kind is Kind.EVENT and WILDCARD in params.get("type", ""):
        pattern = re.compile(re.escape(params["type"]).replace(r"\*", ".*"))
        names -= {"type"}

    event_types = tuple(params.get("types", ()))
    for number, name in enumerate(event_types):
        if WILDCARD in name:
            raise unimplemented_value(f"types[{number}]", "the name of an event")
    created: Any = params.get("created", {})
    return _Filters(
        fields={name: params[name] for name in names},
        event_types=event_types,
        event_pattern=pattern,
        created={"equal": created} if isinstance(created, int) else dict(created),
        transfer_ids=ids,
    )


def _after_cursor(matching: list[JsonObject], params: JsonObject) -> list[JsonObject]:
    """Return the objects on the side of the cursor that the client wants."""
    for name in ("starting_after", "ending_before"):
        if name not in params:
            continue
        positions = [value["id"] for value in matching]
        if params[name] not in positions:
            message = f"No such object in this list: '{params[name]}'"
            raise ApiError(message, code="resource_missing", param=name)
        position = positions.index(params[name])
        if name == "starting_after":
            return matching[position + 1 :]
        return matching[:position]

    return matching


def lister(kind: Kind, url: str) -> Callable[[State, tuple[str, ...], JsonObject], JsonObject]:
    """Return the handler of a list."""
    return partial(list_objects, kind, url)


def getter(kind: Kind) -> Callable[[State, tuple[str, ...], JsonObject], JsonObject]:
    """Return the handler that retrieves an object by the id of its path."""
    return partial(_retrieve, kind)


def _retrieve(kind: Kind, state: State, ids: tuple[str, ...], params: JsonObject) -> JsonObject:
    mature(state)
    return state.get(kind, ids[0])
