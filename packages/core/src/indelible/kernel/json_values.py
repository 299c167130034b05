"""JSON values that a caller stores, in the form in which every store returns them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple, Self, cast

from attrs import define

from indelible.kernel.errors import UsageError
from indelible.kernel.json import encode_canonical, sha256_hex, to_json_value
from indelible.kernel.json_limits import (
    VALUE_LIMITS,
    DuplicateJsonKey,
    JsonLimits,
    check_whole_number,
)
from indelible.kernel.json_numbers import exact_number
from indelible.kernel.values import UNSTORABLE, TextUnstorable

UNCHANGED_TYPES: Final = frozenset((bool, type(None)))  # of which a store returns the same value


class JsonSize(NamedTuple):
    """The size of a JSON value, as its limits count it."""

    depth: int
    bytes: int
    values: int

    @classmethod
    def of_empty_list(cls) -> Self:
        """Return the size of an empty list."""
        return cls(depth=1, bytes=len("[]"), values=1)

    def with_item(self, item: "JsonSize") -> "JsonSize":
        """Return the size of a list with one more item."""
        comma = 1 if self.values > 1 else 0
        return JsonSize(
            depth=max(self.depth, item.depth + 1),
            bytes=self.bytes + comma + item.bytes,
            values=self.values + item.values,
        )

    def check(self, limits: JsonLimits, field: str) -> None:
        """Raise JsonLimitExceeded for a value of this size that exceeds one of the limits."""
        limits.check_depth(self.depth, field)
        limits.check_count(self.values, field)
        limits.check_size(self.bytes, field)


def normalize_json(
    value: object,
    limits: JsonLimits = VALUE_LIMITS,
    field: str = "value",
) -> Any:  # noqa: ANN401 - whatever JSON knows
    """Return the value as a store returns it: lists for tuples, Decimals for fractions.

    A float becomes the shortest decimal number that is read back as the same float.

    Raises:
        UsageError: The value contains a type without a canonical text, or NaN or infinity.
        JsonLimitExceeded: The value exceeds one of the limits, or a number has too many digits.
        DuplicateJsonKey: Two keys of an object have the same text.
        TextUnstorable: A text contains NUL or an unpaired surrogate.
    """
    if value is None:
        return None

    normal, _, _ = measure_json(value, limits, field)
    return normal


def measure_json(value: object, limits: JsonLimits, field: str) -> tuple[Any, JsonSize, str]:
    """Return a value as a store returns it, its size, and the SHA-256 of its canonical text.

    Raises: the errors of `normalize_json`.
    """
    normalizer = _Normalizer(limits, field)
    normal = normalizer.normalize(value, 0)
    text = encode_canonical(normal)
    limits.check_bytes(text, field)

    size = JsonSize(normalizer.depth, len(text.encode()), normalizer.count)
    return normal, size, sha256_hex(text)


@define
class _Normalizer:
    """Normalizes one value, counts the values in it, and remembers its deepest level."""

    _limits: JsonLimits
    _field: str
    count: int = 0
    depth: int = 0

    def normalize(self, value: object, depth: int) -> Any:  # noqa: ANN401 - whatever JSON knows
        """Return the normal form of a value that is inside `depth` lists and objects."""
        self.count += 1
        self._limits.check_count(self.count, self._field)

        # Asking whether a text is a Mapping takes ten times as long as asking for its type.
        kind = type(value)
        if kind is str:
            return _storable(cast("str", value), self._field)
        if kind in UNCHANGED_TYPES:
            return value
        if kind is not int and isinstance(value, dict | Mapping):
            self._enter(depth + 1)
            return self._object(cast("Mapping[object, object]", value), depth + 1)
        if isinstance(value, list | tuple):
            self._enter(depth + 1)
            items = cast("list[object]", value)
            return [self.normalize(item, depth + 1) for item in items]

        return self._scalar(value, depth)

    def _enter(self, depth: int) -> None:
        """Note a level of lists and objects; raise JsonLimitExceeded if it is too deep."""
        if depth > self.depth:
            self._limits.check_depth(depth, self._field)
            self.depth = depth

    def _object(self, values: Mapping[object, object], depth: int) -> dict[str, Any]:
        normal: dict[str, Any] = {}
        for name, value in values.items():
            key = _key_text(name, self._field)
            if key in normal:
                raise DuplicateJsonKey(self._field, key)
            normal[key] = self.normalize(value, depth)

        return normal

    def _scalar(self, value: object, depth: int) -> Any:  # noqa: ANN401 - whatever JSON knows
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _storable(
                str.__str__(value), self._field
            )  # without its own type, such as an enumeration
        if isinstance(value, int):
            check_whole_number(value, self._field)
            return int(value)
        if isinstance(value, float):
            return exact_number(Decimal(repr(float(value))), self._field)
        if isinstance(value, Decimal):
            return exact_number(value, self._field)

        converted = _converted(value, self._field)
        if type(converted) is type(value):
            raise _not_json(self._field, f"a value of type {type(value).__name__}")
        self.count -= 1
        return self.normalize(converted, depth)


def _key_text(key: object, field: str) -> str:
    """Return the text that JSON has for a key."""
    json_key = key if type(key) is str else _converted(key, field)
    if isinstance(json_key, str):
        return _storable(json_key, field)
    if json_key is None or isinstance(json_key, int):
        return encode_canonical(json_key)
    raise _not_json(field, f"a key of type {type(key).__name__}")


def _converted(value: object, field: str) -> object:
    """Return a value as JSON knows it.

    Raises:
        UsageError: The value has no canonical text; the error names the field.
    """
    try:
        return to_json_value(value)
    except UsageError as error:
        raise UsageError(f"field {field} is not JSON: {error.problem}") from error


def _not_json(field: str, subject: str) -> UsageError:
    return UsageError(f"field {field} is not JSON: {subject} has no canonical text")


def _storable(text: str, field: str) -> str:
    if UNSTORABLE.search(text):
        raise TextUnstorable(field)
    return text
