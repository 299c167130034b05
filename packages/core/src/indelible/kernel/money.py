"""Money in whole minor units, such as cents: no float and no rounding."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, ClassVar, Final, Self, cast

from attrs import Attribute, field, frozen

from indelible.kernel.currencies import CURRENCIES
from indelible.kernel.errors import Invalid
from indelible.kernel.values import NumberOutOfRange, bounded_int, value_text, wrong_type

MAX_AMOUNT_MINOR: Final = 10**12
AMOUNT_MINOR: Final = {"minimum": -MAX_AMOUNT_MINOR, "maximum": MAX_AMOUNT_MINOR}
# The metadata of a fee or a payment.
AMOUNT_MINOR_OR_ZERO: Final = {"minimum": 0, "maximum": MAX_AMOUNT_MINOR}
CURRENCY_CHARACTERS: Final = 3
MAX_PARTS: Final = 1_000_000
# The sum of many amounts, such as the balance of an account.
MAX_SUM_MINOR: Final = 10**15


@frozen
class CurrencyUnknown(Invalid):
    """A text is not the code of an active currency."""

    message: ClassVar[str] = (
        "Field {field} is not the code of an active currency of ISO 4217 with minor units, in"
        " upper case: got {value}."
    )
    field: str
    value: str


@frozen
class CurrencyMismatch(Invalid):
    """Amounts of two currencies cannot be added or compared."""

    message: ClassVar[str] = (
        "Amounts of different currencies cannot be combined: expected {expected}, got {actual}."
    )
    expected: str
    actual: str


@frozen
class AmountOverflow(Invalid):
    """The result of a computation is outside the range of amounts."""

    message: ClassVar[str] = (
        "The amount of a computation is out of range: expected at most {max_minor} minor units"
        " above or below 0, got {amount_minor}."
    )
    max_minor: int
    amount_minor: str


@frozen
class SplitImpossible(Invalid):
    """An amount cannot be divided in this way."""

    message: ClassVar[str] = (
        "An amount cannot be split by {parts}: expected a number of parts from 1 to 1,000,000, or"
        " so many whole weights of 0 or more, of which one is above 0."
    )
    parts: str


def is_amount_minor(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate an amount in whole minor units, within its metadata or, by default, ±10^12."""
    if attribute.metadata.keys() >= AMOUNT_MINOR.keys():
        bounded_int(_, attribute, value)
    else:
        _check_amount(attribute.name, value)


def is_currency(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate the code of an active currency."""
    check_currency(attribute.name, value)


def check_currency(name: str, value: object) -> None:
    """Raise WrongType or CurrencyUnknown unless the value is the code of an active currency."""
    if not isinstance(value, str):
        raise wrong_type(name, "text", value)
    if value not in CURRENCIES:
        raise CurrencyUnknown(name, value_text(value))


@frozen
class Money:
    """An amount in whole minor units of one currency: `Money(2501, "USD")` is 25.01 dollars."""

    amount_minor: int = field(validator=is_amount_minor, metadata=AMOUNT_MINOR)
    currency: str = field(validator=is_currency, metadata={"max_length": CURRENCY_CHARACTERS})

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return no amount of a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> Self:
        """Return the sum of the amounts, 0 for none.

        Raises:
            CurrencyMismatch: An amount has another currency.
            AmountOverflow: The sum, not a part of it, is out of range.
        """
        total_minor = 0
        for amount in amounts:
            _check_same(currency, amount)
            total_minor += amount.amount_minor

        return cls(_within_range(total_minor), currency)

    @property
    def exponent(self) -> int:
        """Return the number of decimal digits of the currency's minor unit."""
        return CURRENCIES[self.currency]

    def text(self) -> str:
        """Return the amount in major units with its currency, such as `25.01 USD`."""
        return amount_text(self.amount_minor, self.currency)

    def split(self, parts: int | Sequence[int]) -> tuple["Money", ...]:
        """Divide the amount into equal parts or by weights, in the order of the weights.

        The sum of the parts is the amount. Each part first gets its share, rounded toward zero. The
        remaining minor units, fewer than there are parts, are given out one by one: to the largest
        remainder first, and among equal remainders to the earlier part.

        Raises:
            SplitImpossible: There are no parts or too many, or the weights are not whole numbers
                of 0 or more with a sum above 0.
        """
        weights = _weights_of(parts)
        total_weight = sum(weights)
        amount = abs(self.amount_minor)
        shares: list[int] = []
        remainders: list[tuple[int, int]] = []
        for number, weight in enumerate(weights):
            share, remainder = divmod(amount * weight, total_weight)
            shares.append(share)
            remainders.append((remainder, number))

        # The sort is stable, so that earlier parts come first among equal remainders.
        remainders.sort(key=itemgetter(0), reverse=True)
        for _, number in remainders[: amount - sum(shares)]:
            shares[number] += 1

        sign = -1 if self.amount_minor < 0 else 1
        return tuple(Money(sign * share, self.currency) for share in shares)

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; raise CurrencyMismatch or AmountOverflow."""
        _check_same(self.currency, other)
        return Money(_within_range(self.amount_minor + other.amount_minor), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference; raise CurrencyMismatch or AmountOverflow."""
        _check_same(self.currency, other)
        return Money(_within_range(self.amount_minor - other.amount_minor), self.currency)

    def __neg__(self) -> "Money":
        """Return the amount with the other sign."""
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Return True if the amount is less; raise CurrencyMismatch."""
        _check_same(self.currency, other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: "Money") -> bool:
        """Return True if the amount is not greater; raise CurrencyMismatch."""
        _check_same(self.currency, other)
        return self.amount_minor <= other.amount_minor

    def __gt__(self, other: "Money") -> bool:
        """Return True if the amount is greater; raise CurrencyMismatch."""
        return other < self

    def __ge__(self, other: "Money") -> bool:
        """Return True if the amount is not less; raise CurrencyMismatch."""
        return other <= self

    def __str__(self) -> str:
        """Return the same text as `text`."""
        return self.text()


def amount_text(amount_minor: int, currency: str) -> str:
    """Return an amount in major units with its currency, such as `25.01 USD`.

    Sums of a ledger may be greater than an amount of Money, and have no limit here.
    """
    sign = "-" if amount_minor < 0 else ""
    exponent = CURRENCIES[currency]
    digits = str(abs(amount_minor)).zfill(exponent + 1)
    if exponent == 0:
        return f"{sign}{digits} {currency}"

    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]} {currency}"


def _check_amount(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(name, "whole number", value)
    if abs(value) > MAX_AMOUNT_MINOR:
        raise NumberOutOfRange(name, -MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR, value_text(value))


def _check_same(currency: str, other: object) -> None:
    if not isinstance(other, Money):
        raise wrong_type("amount", "Money", other)
    if other.currency != currency:
        raise CurrencyMismatch(currency, other.currency)


def _within_range(amount_minor: int) -> int:
    if abs(amount_minor) > MAX_AMOUNT_MINOR:
        raise AmountOverflow(MAX_AMOUNT_MINOR, value_text(amount_minor))
    return amount_minor


def _weights_of(parts: object) -> tuple[int, ...]:
    """Return the weight of each part."""
    if isinstance(parts, int) and not isinstance(parts, bool):
        if not 1 <= parts <= MAX_PARTS:
            raise SplitImpossible(value_text(parts))
        return (1,) * parts
    if not isinstance(parts, Sequence) or isinstance(parts, str | bytes):
        raise SplitImpossible(value_text(parts))

    weights = tuple(cast("Sequence[object]", parts))
    if not 1 <= len(weights) <= MAX_PARTS:
        raise SplitImpossible(f"{len(weights)} weights")
    checked: list[int] = []
    for weight in weights:
        if not isinstance(weight, int) or isinstance(weight, bool) or weight < 0:
            raise SplitImpossible(f"the weight {value_text(weight)}")
        checked.append(weight)
    if sum(checked) == 0:
        raise SplitImpossible("weights whose sum is 0")

    return tuple(checked)
