"""JSON values as fields of entities and commands: normalized, bounded and deeply frozen."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn, cast

from attrs import Attribute, Converter

from indelible.kernel.json import canonical_json
from indelible.kernel.json_values import normalize_json
from indelible.kernel.values import wrong_type

JsonObject = Mapping[str, Any]
JsonObjects = tuple[JsonObject, ...]


class FrozenObject(dict[str, Any]):
    """A JSON object that cannot be changed. It equals a dict with the same values."""

    def __hash__(self) -> int:  # type: ignore[override] # a dict has none
        return hash(canonical_json(dict(self)))

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a JSON object of an entity cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type["FrozenObject"], tuple[dict[str, Any]]]:
        return FrozenObject, (dict(self),)

    def __deepcopy__(self, _: object) -> "FrozenObject":
        return self


def _frozen(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        return FrozenObject({name: _frozen(item) for name, item in items.items()})
    if isinstance(value, list):
        return tuple(_frozen(item) for item in cast("list[Any]", value))

    return value


def _freeze_object(value: object, field: "Attribute[Any]") -> JsonObject:
    if isinstance(value, FrozenObject):
        return value
    if not isinstance(value, Mapping):
        raise wrong_type(field.name, "JSON object", cast("object", value))

    frozen: JsonObject = _frozen(normalize_json(cast("object", value), field=field.name))
    return frozen


def _freeze_objects(value: object, field: "Attribute[Any]") -> JsonObjects:
    if not isinstance(value, list | tuple):
        raise wrong_type(field.name, "list of JSON objects", value)
    items = cast("list[object]", value)
    for item in items:
        if not isinstance(item, Mapping):
            raise wrong_type(field.name, "list of JSON objects", cast("object", item))
    if isinstance(items, tuple) and all(isinstance(item, FrozenObject) for item in items):
        return cast("JsonObjects", items)

    frozen: JsonObjects = _frozen(normalize_json(items, field=field.name))
    return frozen


# Both raise WRONG_TYPE, JSON_LIMIT_EXCEEDED, DUPLICATE_JSON_KEY or TEXT_UNSTORABLE.
freeze_object: Final = Converter(_freeze_object, takes_field=True)
freeze_objects: Final = Converter(_freeze_objects, takes_field=True)
NO_VALUES: Final = FrozenObject()
