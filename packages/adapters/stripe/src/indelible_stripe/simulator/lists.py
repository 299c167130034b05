"""Lists of objects: filters, order and pages."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.balance import mature
from indelible_stripe.simulator.state import Kind, State

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 100
PAGING: Final = frozenset({"limit", "starting_after", "ending_before", "expand"})
# Parameters that are the fields of the same name.
FIELDS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.ACCOUNT: frozenset(),
    Kind.BALANCE_TRANSACTION: frozenset({"currency", "source", "type"}),
    Kind.CHARGE: frozenset({"payment_intent", "transfer_group"}),
    Kind.DISPUTE: frozenset({"charge", "payment_intent"}),
    Kind.EVENT: frozenset({"type"}),
    Kind.INTENT: frozenset({"customer"}),
    Kind.REFUND: frozenset({"charge", "payment_intent"}),
    Kind.REVERSAL: frozenset(),
    Kind.SESSION: frozenset({"payment_intent", "status"}),
    Kind.TRANSFER: frozenset({"destination", "transfer_group"}),
}
COMPARISONS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def list_objects(
    kind: Kind, url: str, state: State, ids: tuple[str, ...], params: JsonObject
) -> JsonObject:
    """Return a page of the objects of a kind, newest first."""
    mature(state)
    _check_filters(kind, params)
    matching = [value for value in state.newest_first(kind) if _matches(kind, value, ids, params)]
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise ApiError(f"Invalid limit: must be from 1 to {MAX_LIMIT}", param="limit")

    matching = _after_cursor(state, kind, matching, params)
    page = matching[:limit]
    if "ending_before" in params:
        page = matching[-limit:]
    for identifier in ids:
        url = url.replace("{id}", identifier)
    return {"object": "list", "data": page, "has_more": len(matching) > limit, "url": url}


def _check_filters(kind: Kind, params: JsonObject) -> None:
    known = PAGING | FIELDS[kind] | {"created"}
    if kind is Kind.EVENT:
        known |= {"types"}
    unknown = params.keys() - known
    if unknown:
        name = min(unknown)
        raise ApiError(f"The simulator does not filter {kind.value} by {name}", param=name)


def _matches(kind: Kind, value: JsonObject, ids: Iterable[str], params: JsonObject) -> bool:
    if any(value["transfer"] != identifier for identifier in ids):
        return False
    if any(value[name] != params[name] for name in FIELDS[kind] & params.keys()):
        return False
    if "types" in params and value["type"] not in params["types"]:
        return False
    created: Any = params.get("created", {})
    if isinstance(created, int):
        return bool(value["created"] == created)
    return all(COMPARISONS[name](value["created"], bound) for name, bound in created.items())


def _after_cursor(
    state: State, kind: Kind, matching: list[JsonObject], params: JsonObject
) -> list[JsonObject]:
    """Return the objects on the side of the cursor that the client wants."""
    for name in ("starting_after", "ending_before"):
        if name not in params:
            continue
        state.get(kind, params[name], name)
        positions = [value["id"] for value in matching]
        if params[name] not in positions:
            raise ApiError(f"{params[name]} is not in this list", param=name)
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
