"""JSON objects as fields of entities and commands: normalized, bounded and deeply frozen."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn, Self, cast, final

from attrs.exceptions import FrozenInstanceError

from indelible.kernel.errors import IndelibleError
from indelible.kernel.json import JSON_SCALARS, digest
from indelible.kernel.json_limits import DOCUMENT_LIMITS, VALUE_LIMITS, JsonLimits
from indelible.kernel.json_values import JsonSize, measure_json
from indelible.kernel.values import ListTooLong, wrong_type

MAX_JSON_OBJECTS: Final = 10_000
MAX_REPR_CHARACTERS: Final = 200

# The metadata of fields, from which schemas of requests take their limits.
JSON_OBJECT: Final[Mapping[str, Any]] = {"json_limits": VALUE_LIMITS}
JSON_OBJECTS: Final[Mapping[str, Any]] = {**JSON_OBJECT, "max_items": MAX_JSON_OBJECTS}


@final
class JsonObject(Mapping[str, Any]):
    """A JSON object that nobody can change: nested lists are tuples, nested objects are frozen.

    Two objects are equal if they have the same canonical JSON: true differs from 1, and 1.0 does
    not. Fractions are Decimals. `of` makes one from any mapping.
    """

    __slots__ = ("_digest", "_size", "_values")

    _values: Mapping[str, Any]
    _size: JsonSize | None
    _digest: str

    def __init__(self, normal: Mapping[str, Any], size: JsonSize | None = None) -> None:
        """Freeze an object in normal form; use `of` for any other."""
        values = {name: _frozen(value) for name, value in normal.items()}
        object.__setattr__(self, "_values", MappingProxyType(values))
        object.__setattr__(self, "_size", size)
        object.__setattr__(self, "_digest", "")

    @classmethod
    def of(cls, value: object, limits: JsonLimits = VALUE_LIMITS, field: str = "value") -> Self:
        """Return the frozen form of a mapping within the limits.

        Raises:
            WrongType: The value is no mapping.
            Others: the errors of `normalize_json`.
        """
        if isinstance(value, cls):
            value.size.check(limits, field)
            return value
        if not isinstance(value, Mapping):
            raise wrong_type(field, "JSON object", value)

        normal, size, sha256 = measure_json(cast("Mapping[object, object]", value), limits, field)
        result = cls(normal, size)
        object.__setattr__(result, "_digest", sha256)
        return result

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, in hex."""
        if not self._digest:
            object.__setattr__(self, "_digest", digest(self))
        return self._digest

    @property
    def size(self) -> JsonSize:
        """Return the size of the canonical JSON."""
        if self._size is None:
            _, size, _ = measure_json(self, DOCUMENT_LIMITS, "value")
            object.__setattr__(self, "_size", size)
            return size
        return self._size

    def json_value(self) -> dict[str, Any]:
        """Return a copy of dicts and lists, which the caller may change."""
        return {name: _thawed(value) for name, value in self._values.items()}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, JsonObject):
            return self.digest == other.digest
        if not isinstance(other, Mapping):
            return NotImplemented

        try:
            frozen_other = JsonObject.of(cast("object", other), DOCUMENT_LIMITS)
        except IndelibleError:
            return False
        return self.digest == frozen_other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        text = repr(dict(self._values))
        if len(text) > MAX_REPR_CHARACTERS:
            text = f"{text[:MAX_REPR_CHARACTERS]}..."
        return f"JsonObject({text})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Any], JsonSize | None]]:
        return type(self), (self.json_value(), self._size)


JsonObjects = tuple[JsonObject, ...]
EMPTY_OBJECT: Final = JsonObject.of({})


def freeze_object(
    value: object, limits: JsonLimits = VALUE_LIMITS, field: str = "value"
) -> JsonObject:
    """Return the frozen form of a mapping; a converter of fields.

    Raises: the errors of `JsonObject.of`.
    """
    return JsonObject.of(value, limits, field)


def freeze_objects(
    value: object,
    limits: JsonLimits = VALUE_LIMITS,
    field: str = "value",
    max_items: int = MAX_JSON_OBJECTS,
) -> JsonObjects:
    """Return the frozen forms of a list of mappings; a converter of fields.

    The limits hold for the list as one JSON value.

    Raises:
        WrongType: The value is no list or tuple of mappings.
        ListTooLong: The list has more items.
        Others: the errors of `normalize_json`.
    """
    if not isinstance(value, list | tuple):
        raise wrong_type(field, "list of JSON objects", value)
    items = cast("list[object]", value)
    if len(items) > max_items:
        raise ListTooLong(field, max_items)

    objects: list[JsonObject] = []
    size = JsonSize.of_empty_list()
    for item in items:
        frozen_item = JsonObject.of(item, limits, field)
        size = size.with_item(frozen_item.size)
        size.check(limits, field)
        objects.append(frozen_item)

    return tuple(objects)


def freeze_value(
    value: object,
    limits: JsonLimits = VALUE_LIMITS,
    field: str = "value",
) -> Any:  # noqa: ANN401 - any JSON value
    """Return the frozen form of any JSON value: tuples for lists; a converter of fields.

    Raises: the errors of `normalize_json`.
    """
    if isinstance(value, Mapping):
        return JsonObject.of(cast("object", value), limits, field)
    if value is None:
        return None

    normal, _, _ = measure_json(value, limits, field)
    return _frozen(normal)


def _frozen(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value in normal form without anything that can change."""
    if type(value) in JSON_SCALARS or isinstance(value, JsonObject):
        return value
    if isinstance(value, dict):
        return JsonObject(cast("dict[str, Any]", value))
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in cast("list[Any]", value))

    return value


def _thawed(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a frozen value as dicts and lists."""
    if isinstance(value, JsonObject):
        return value.json_value()
    if isinstance(value, tuple):
        return [_thawed(item) for item in cast("Iterable[Any]", value)]

    return value
