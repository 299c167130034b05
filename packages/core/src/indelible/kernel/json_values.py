"""JSON values that a caller stores, in the form in which every store returns them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from attrs import define

from indelible.kernel.errors import UsageError
from indelible.kernel.json import encode_canonical, to_json_value
from indelible.kernel.json_limits import (
    VALUE_LIMITS,
    DuplicateJsonKey,
    JsonLimits,
    check_whole_number,
)
from indelible.kernel.json_numbers import exact_number
from indelible.kernel.values import UNSTORABLE, TextUnstorable


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

    normal = _Normalizer(limits, field).normalize(value, 0)
    limits.check_bytes(encode_canonical(normal), field)
    return normal


@define
class _Normalizer:
    """Normalizes one value, and counts the values in it."""

    _limits: JsonLimits
    _field: str
    _count: int = 0

    def normalize(self, value: object, depth: int) -> Any:  # noqa: ANN401 - whatever JSON knows
        """Return the normal form of a value that is inside `depth` lists and objects."""
        self._count += 1
        self._limits.check_count(self._count, self._field)

        if isinstance(value, Mapping):
            self._limits.check_depth(depth + 1, self._field)
            return self._object(cast("Mapping[object, object]", value), depth + 1)
        if isinstance(value, list | tuple):
            self._limits.check_depth(depth + 1, self._field)
            items = cast("list[object]", value)
            return [self.normalize(item, depth + 1) for item in items]

        return self._scalar(value, depth)

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
        self._count -= 1
        return self.normalize(converted, depth)


def _key_text(key: object, field: str) -> str:
    """Return the text that JSON has for a key."""
    json_key = _converted(key, field)
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
