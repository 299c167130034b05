"""Fixed-point decimals: exact numbers with a declared number of digits, never rounded."""

from collections.abc import Callable
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import partial
from typing import Any, ClassVar, Final

from attrs import Attribute, frozen

from indelible.kernel.errors import Invalid, UsageError
from indelible.kernel.values import MAX_VALUE_CHARACTERS, wrong_type

# SQLite has no decimals: it stores the whole number of the smallest unit, of at most 63 bits.
MAX_DIGITS: Final = 18
MINIMUM: Final = "minimum"  # the keys of a range in the limits of a kind
MAXIMUM: Final = "maximum"
# A number is never rounded: where digits would be lost, the context raises an error.
_EXACT: Final = Context(prec=2 * MAX_DIGITS, traps=[Inexact, InvalidOperation])


@frozen
class InvalidDecimal(Invalid):
    """A decimal has too many digits or decimal places, or is NaN or infinite."""

    message: ClassVar[str] = (
        "Field {field} is not a number with at most {digits} digits, {places} of them decimal"
        " places: {value}."
    )
    field: str
    digits: int
    places: int
    value: str


@frozen
class DecimalOutOfRange(Invalid):
    """A decimal is outside the range of its field."""

    message: ClassVar[str] = (
        "Field {field} is outside its range: expected a decimal from {minimum} to {maximum}, got"
        " {value}."
    )
    field: str
    minimum: str
    maximum: str
    value: str


class FixedDecimal(Decimal):
    """A finite decimal with as many decimal places as its field has; its text is canonical."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the number in plain notation with all its decimal places."""
        return format(self, "f")

    def canonical_text(self) -> str:
        """Return the text that JSON and digests have of the number."""
        return format(self, "f")

    def units(self) -> int:
        """Return the number in its smallest unit: 1250 for 12.50."""
        _, _, exponent = self.as_tuple()
        return int(self.scaleb(-int(exponent), _EXACT))


def of_units(units: int, *, places: int) -> FixedDecimal:
    """Return the decimal of a number in its smallest unit: 12.50 for 1250."""
    return FixedDecimal(Decimal(units).scaleb(-places, _EXACT))


def with_places(value: Any, *, places: int) -> Any:  # noqa: ANN401 - a converter of any value
    """Return a decimal with exactly these decimal places; a converter of fields.

    What is no decimal, or would have to be rounded, stays as it is: the validator refuses it.
    """
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    try:
        exact = value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    except (Inexact, InvalidOperation):
        return value
    if exact.is_zero():
        exact = exact.copy_abs()  # -0 is 0
    return FixedDecimal(exact)


def is_decimal(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a decimal by the digits, the decimal places and the range of its field."""
    if not isinstance(value, Decimal):
        raise wrong_type(attribute.name, "decimal", value)

    digits: int = attribute.metadata["digits"]
    places: int = attribute.metadata["places"]
    if not _fits(value, digits, places):
        text = str(value)[:MAX_VALUE_CHARACTERS]
        raise InvalidDecimal(attribute.name, digits, places, text)
    if MINIMUM not in attribute.metadata:
        return

    minimum: Decimal = attribute.metadata[MINIMUM]
    maximum: Decimal = attribute.metadata[MAXIMUM]
    if not minimum <= value <= maximum:
        raise DecimalOutOfRange(attribute.name, str(minimum), str(maximum), str(value))


def decimal_of_text(text: object, *, places: int) -> FixedDecimal:
    """Return the decimal of a canonical text, or raise ValueError for any other text."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not the text of a decimal")  # noqa: TRY004 - of an export
    try:
        exact = with_places(Decimal(text), places=places)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not the text of a decimal") from error
    if not isinstance(exact, FixedDecimal) or exact.canonical_text() != text:
        raise ValueError(f"{text!r} is not the canonical text of a decimal")
    return exact


def converter_of(places: int) -> Callable[[Any], Any]:
    """Return the converter of fields with these decimal places."""
    return partial(with_places, places=places)


def decimal_range(
    digits: int, places: int, minimum: object, maximum: object
) -> dict[str, FixedDecimal]:
    """Return the limits of a kind with a minimum, a maximum or both; none without either.

    Raises:
        UsageError: A limit is no number that the kind can have, or no number is in the range.
    """
    if minimum is None and maximum is None:
        return {}

    most = of_units(10**digits - 1, places=places)
    limits = {MINIMUM: of_units(1 - 10**digits, places=places), MAXIMUM: most}
    for name, limit in ((MINIMUM, minimum), (MAXIMUM, maximum)):
        if limit is None:
            continue
        if isinstance(limit, bool) or not isinstance(limit, Decimal | int):
            raise UsageError(f"the {name} of a decimal is a Decimal, got {limit!r}")
        if not _fits(Decimal(limit), digits, places):
            raise UsageError(
                f"the {name} {limit} is no decimal with at most {digits} digits, {places} of them"
                " decimal places"
            )
        limits[name] = with_places(Decimal(limit), places=places)
    if limits[MINIMUM] > limits[MAXIMUM]:
        raise UsageError(f"no decimal is from {limits[MINIMUM]} to {limits[MAXIMUM]}")
    return limits


def _fits(value: Decimal, digits: int, places: int) -> bool:
    """Return whether a decimal is exact with these decimal places, and has not too many digits."""
    exact = with_places(value, places=places)
    return isinstance(exact, FixedDecimal) and abs(exact.units()) < 10**digits


def check_digits(digits: int, places: int) -> None:
    """Raise UsageError unless a kind can have these digits and decimal places."""
    is_valid = 1 <= digits <= MAX_DIGITS and 0 <= places <= digits
    if not is_valid:
        raise UsageError(
            f"a decimal has 1 to {MAX_DIGITS} digits and 0 to as many places, got {digits} digits"
            f" and {places} places"
        )
