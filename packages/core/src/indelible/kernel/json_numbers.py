"""Numbers in JSON: a fraction is an exact Decimal, with one form and one text."""

import json
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any, Final, cast

from indelible.kernel.errors import UsageError
from indelible.kernel.json_limits import (
    DOCUMENT_LIMITS,
    MAX_JSON_DIGITS,
    depth_of,
    too_many_digits,
)

# A number is never rounded: where digits would be lost, the context raises an error.
_EXACT: Final = Context(prec=MAX_JSON_DIGITS, traps=[Inexact, InvalidOperation])


class HasFraction(Exception):
    """A value contains a Decimal, which Python's encoder cannot write."""


def exact_number(number: Decimal, field: str = "value") -> int | Decimal:
    """Return an int for a whole number, and a fraction without trailing zeros.

    Raises:
        JsonLimitExceeded: The number has too many digits in plain notation.
        UsageError: The number is NaN or infinite.
    """
    if not number.is_finite():
        raise UsageError(f"field {field} is not JSON: {number} has no canonical text")

    try:
        stripped = _EXACT.normalize(number)
    except ArithmeticError:
        raise too_many_digits(field) from None

    _, digits, exponent = stripped.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - the number is finite
    places = max(-exponent, 0)
    if max(len(digits) + exponent, 1) + places > MAX_JSON_DIGITS:
        raise too_many_digits(field)
    if places:
        return stripped
    return int(stripped)


def number_text(number: Decimal) -> str:
    """Return the text of a number: plain notation without trailing zeros.

    Raises: the errors of exact_number.
    """
    exact = exact_number(number)
    if isinstance(exact, int):
        return str(exact)
    return format(exact, "f")


class ExactEncoder(json.JSONEncoder):
    """A JSON encoder that writes Decimals as numbers, and every mapping as an object."""

    def default(self, o: object) -> object:
        """Raise HasFraction for a Decimal, and TypeError for a type that JSON does not know."""
        if isinstance(o, Decimal):
            raise HasFraction
        if isinstance(o, Mapping):
            return dict(cast("Any", o))
        return super().default(o)

    def encode(self, o: Any) -> str:  # noqa: ANN401 - any JSON value
        """Return the JSON text of a value."""
        try:
            return super().encode(o)
        except HasFraction:
            return self._encode_parts(o)

    def _encode_parts(self, value: Any) -> str:  # noqa: ANN401 - any JSON value
        if isinstance(value, Decimal):
            return number_text(value)
        if isinstance(value, Mapping):
            return self._encode_object(cast("Any", value))
        if isinstance(value, list | tuple):
            items = [self._encode_parts(item) for item in cast("Iterable[Any]", value)]
            return f"[{self.item_separator.join(items)}]"
        return super().encode(value)

    def _encode_object(self, values: Mapping[Any, Any]) -> str:
        items: list[str] = []
        for key in sorted(values) if self.sort_keys else values:
            key_text = key if isinstance(key, str) else self._key_text(key)
            value_text = self._encode_parts(values[key])
            items.append(f"{super().encode(key_text)}{self.key_separator}{value_text}")

        return f"{{{self.item_separator.join(items)}}}"

    def _key_text(self, key: object) -> str:
        """Return the text of a key that is no text; the same types are keys without fractions."""
        if key is None or isinstance(key, int | float):
            return super().encode(key)
        raise TypeError(f"a key of a JSON object is not a {type(key).__name__}")


def parse_json(text: str, levels_around: int = 0) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a stored JSON text, with fractions as Decimals.

    `levels_around` are the levels of the text that are around a stored document.

    Raises:
        JsonLimitExceeded: The value is too deep, or a number has too many digits.
        ValueError: The text is not JSON.
    """
    # A text has at least one bracket for each level.
    if text.count("[") + text.count("{") > DOCUMENT_LIMITS.max_depth:
        DOCUMENT_LIMITS.check_depth(depth_of(text) - levels_around, "value")

    return _decoder.decode(text)


def parse_trusted_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a stored JSON text without checking limits, in half the time.

    Raises:
        ValueError: The text is not JSON.
    """
    return _trusting_decoder.decode(text)


def _parse_whole_number(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_JSON_DIGITS:
        raise too_many_digits("value")
    return int(text)


def _parse_fraction(text: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # the exponent has too many digits
        raise too_many_digits("value") from None
    return exact_number(number)


def _refuse_constant(text: str) -> object:
    """Refuse NaN and the infinities, which Python reads and JSON does not know."""
    raise ValueError(f"{text} is not JSON")


_decoder: Final = json.JSONDecoder(
    parse_float=_parse_fraction,
    parse_int=_parse_whole_number,
    parse_constant=_refuse_constant,
)
_trusting_decoder: Final = json.JSONDecoder(
    parse_float=_parse_fraction, parse_constant=_refuse_constant
)
