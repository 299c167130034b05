"""Expansion: the ids in an answer become the objects that they name.

Stripe's description says which fields can be expanded, and to which objects.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from attrs import frozen

from indelible_stripe.simulator.answers import ApiError, JsonObject
from indelible_stripe.simulator.coercion import Schema, Schemas
from indelible_stripe.simulator.parts import Unimplemented
from indelible_stripe.simulator.sessions import line_items_of
from indelible_stripe.simulator.state import Kind, State

MAX_LEVELS: Final = 4
CHOICES: Final = ("anyOf", "oneOf", "allOf")
KINDS: Final = frozenset(kind.value for kind in Kind)
# A charge of the connected account, which the simulator does not store.
WITHOUT_OBJECT: Final = frozenset({"destination_payment"})
# Lists that an object contains only when a request expands them.
LISTS: Final[Mapping[tuple[str, str], Callable[[State, str], JsonObject]]] = {
    ("checkout.session", "line_items"): line_items_of,
}


@frozen
class _Field:
    """A field of a description: its schemas, and the objects that it can name."""

    schemas: tuple[Schema, ...]
    names: tuple[str, ...]
    is_list: bool


def check_expansions(response: Schema, paths: list[str], schemas: Schemas) -> None:
    """Check that an answer can be expanded by these paths, `data.payment_intent`.

    Raises:
        ApiError: Stripe's description, or the simulator, does not expand one of them.
    """
    for number, path in enumerate(paths):
        _check(response, path, f"expand[{number}]", schemas)


def _check(response: Schema, path: str, param: str, schemas: Schemas) -> None:
    levels = path.split(".")
    if len(levels) > MAX_LEVELS:
        message = f"You cannot expand more than {MAX_LEVELS} levels of a property: {path}"
        raise ApiError(message, param=param)

    current = tuple(_flat(response, schemas))
    is_expanded = False
    for level in levels:
        field = _field(current, level, schemas)
        if field is None:
            raise ApiError(f"This property cannot be expanded ({path}).", param=param)
        is_expanded = field.is_list or bool(field.names)
        known = KINDS & set(field.names)
        if field.names and (not known or level in WITHOUT_OBJECT):
            raise Unimplemented(f"The simulator does not expand {path}.", param=param)
        current = field.schemas
        for name in sorted(known):
            current += tuple(_flat({"$ref": f"#/components/schemas/{name}"}, schemas))
    if not is_expanded:
        raise ApiError(f"This property cannot be expanded ({path}).", param=param)


def _field(parents: tuple[Schema, ...], name: str, schemas: Schemas) -> _Field | None:
    """Return the field of this name of objects, or None if they have none."""
    fields: list[Schema] = []
    is_list = False
    for parent in parents:
        properties: Mapping[str, Any] = parent.get("properties", {})
        if name not in properties:
            continue
        fields += _flat(properties[name], schemas)
        objects: list[str] = properties.get("object", {}).get("enum", [])
        is_list = is_list or any((own, name) in LISTS for own in objects)
    if not fields:
        return None
    names = [own for schema in fields for own in schema.get("expands", ())]
    return _Field(schemas=tuple(fields), names=tuple(names), is_list=is_list)


def _flat(schema: Schema, schemas: Schemas) -> Iterator[Schema]:
    """Yield the schemas behind references, choices and arrays."""
    schema = schemas.resolved(schema)
    yield schema
    for choices in CHOICES:
        for choice in schema.get(choices, ()):
            yield from _flat(choice, schemas)
    if schema.get("type") == "array":
        yield from _flat(schema["items"], schemas)


def expand(value: object, path: str, state: State) -> None:
    """Replace the ids on a path by copies of their objects."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            expand(item, path, state)
    if not isinstance(value, dict):
        return

    parent = cast("JsonObject", value)
    name, _, rest = path.partition(".")
    content = LISTS.get((str(parent.get("object")), name))
    if content is not None and name not in parent:
        parent[name] = content(state, parent["id"])
    if isinstance(parent.get(name), str):
        parent[name] = state.copy_of(parent[name])
    if rest:
        expand(parent.get(name), rest, state)
