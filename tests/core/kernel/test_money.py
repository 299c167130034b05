"""Test amounts of money: their limits, their arithmetic, and splits that lose nothing."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from indelible.kernel import Invalid, canonical_json
from indelible.kernel.currencies import CURRENCIES
from indelible.kernel.money import (
    AMOUNT_MINOR_OR_ZERO,
    MAX_AMOUNT_MINOR,
    AmountOverflow,
    CurrencyMismatch,
    CurrencyUnknown,
    Money,
    SplitImpossible,
    amount_text,
    is_amount_minor,
    is_currency,
)
from indelible.kernel.values import NumberOutOfRange, WrongType

LARGEST = Money(MAX_AMOUNT_MINOR, "USD")
AMOUNTS = st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR)
WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=50).filter(any)


@frozen(kw_only=True)
class Fee:
    """A pair of fields, as an entity has it."""

    fee_minor: int = field(validator=is_amount_minor, metadata=AMOUNT_MINOR_OR_ZERO)
    change_minor: int = field(default=0, validator=is_amount_minor)
    currency: str = field(validator=is_currency)


def dollars(amount_minor: int) -> Money:
    return Money(amount_minor, "USD")


@pytest.mark.parametrize(
    "amount", [25.01, 25.0, float("nan"), "2501", True, None, Decimal(2501), b"1"]
)
def test_an_amount_that_is_no_whole_number_is_refused(amount: object) -> None:
    with pytest.raises(WrongType) as refused:
        Money(cast("Any", amount), "USD")

    assert refused.value.field == "amount_minor"


@pytest.mark.parametrize("amount", [MAX_AMOUNT_MINOR + 1, -MAX_AMOUNT_MINOR - 1, 10**400])
def test_an_amount_out_of_range_is_refused(amount: int) -> None:
    with pytest.raises(NumberOutOfRange):
        Money(amount, "USD")


@pytest.mark.parametrize("code", ["usd", "US", "USDX", "ZZZ", "XXX", "XAU", "DEM", "", "U$D"])
def test_a_code_of_no_active_currency_is_refused(code: str) -> None:
    with pytest.raises(CurrencyUnknown):
        Money(1, code)


@pytest.mark.parametrize("code", [840, None, b"USD"])
def test_a_currency_that_is_no_text_is_refused(code: object) -> None:
    with pytest.raises(WrongType):
        Money(1, cast("Any", code))


def test_every_currency_has_a_code_of_three_letters_and_a_known_exponent() -> None:
    for code, exponent in CURRENCIES.items():
        assert code.isascii()
        assert code.isupper()
        assert len(code) == 3
        assert exponent in {0, 2, 3, 4}

    assert {CURRENCIES[code] for code in ("USD", "EUR", "GBP")} == {2}
    assert (CURRENCIES["JPY"], CURRENCIES["KWD"], CURRENCIES["CLF"]) == (0, 3, 4)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(2_501, "USD"), "25.01 USD"),
        (Money(-2_501, "USD"), "-25.01 USD"),
        (Money(5, "EUR"), "0.05 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(0, "USD"), "0.00 USD"),
        (Money(500, "JPY"), "500 JPY"),
        (Money(-7, "JPY"), "-7 JPY"),
        (Money(1_234, "KWD"), "1.234 KWD"),
        (Money(1, "CLF"), "0.0001 CLF"),
        (LARGEST, "10000000000.00 USD"),
    ],
)
def test_the_text_has_the_digits_of_the_currency(money: Money, text: str) -> None:
    assert money.text() == text
    assert str(money) == text


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (10**15, "IDR", "10000000000000.00 IDR"),
        (-(10**15) - 1, "KWD", "-1000000000000.001 KWD"),
        (10**15, "JPY", "1000000000000000 JPY"),
    ],
)
def test_the_text_of_a_sum_has_no_limit(amount_minor: int, currency: str, text: str) -> None:
    assert amount_text(amount_minor, currency) == text


def test_canonical_json_has_the_whole_number_and_the_code() -> None:
    assert json.loads(canonical_json(Money(2_501, "USD"))) == {
        "amount_minor": 2_501,
        "currency": "USD",
    }


@given(AMOUNTS, AMOUNTS)
def test_sums_and_differences_are_exact_or_refused(first: int, second: int) -> None:
    total = first + second
    if abs(total) > MAX_AMOUNT_MINOR:
        with pytest.raises(AmountOverflow):
            _ = dollars(first) + dollars(second)
        return

    added = dollars(first) + dollars(second)
    assert added == dollars(total)
    assert added - dollars(second) == dollars(first)
    assert -added == dollars(-total)


def test_a_difference_out_of_range_is_refused() -> None:
    with pytest.raises(AmountOverflow):
        _ = -LARGEST - dollars(1)


@given(st.lists(AMOUNTS, max_size=5))
def test_a_total_is_refused_only_if_the_sum_is_out_of_range(amounts: list[int]) -> None:
    money = [dollars(amount) for amount in amounts]
    if abs(sum(amounts)) > MAX_AMOUNT_MINOR:
        with pytest.raises(AmountOverflow):
            Money.total(money, "USD")
        return

    assert Money.total(money, "USD") == dollars(sum(amounts))


@given(AMOUNTS, AMOUNTS)
def test_amounts_of_one_currency_are_compared(first: int, second: int) -> None:
    one = dollars(first)
    other = dollars(second)

    assert (one < other, one <= other) == (first < second, first <= second)
    assert (one > other, one >= other) == (first > second, first >= second)
    assert (one == other) == (first == second)


def total_of(one: Money, other: Money) -> Money:
    """Return the total of two amounts in dollars."""
    return Money.total((one, other), "USD")


@pytest.mark.parametrize(
    "combine",
    [
        Money.__add__,
        Money.__sub__,
        Money.__lt__,
        Money.__le__,
        Money.__gt__,
        Money.__ge__,
        total_of,
    ],
)
def test_amounts_of_two_currencies_are_not_combined(
    combine: Callable[[Money, Money], object],
) -> None:
    with pytest.raises(CurrencyMismatch) as refused:
        combine(dollars(1), Money(1, "EUR"))

    assert refused.value.code == "CURRENCY_MISMATCH"


@pytest.mark.parametrize("other", [1, 1.5, "1.00 USD", None])
def test_an_amount_is_not_combined_with_a_number(other: object) -> None:
    with pytest.raises(WrongType):
        _ = dollars(1) + cast("Any", other)
    with pytest.raises(WrongType):
        assert dollars(1) < cast("Any", other)


@given(AMOUNTS, WEIGHTS)
def test_a_split_by_weights_loses_no_minor_unit(amount: int, weights: list[int]) -> None:
    parts = dollars(amount).split(weights)

    assert len(parts) == len(weights)
    assert Money.total(parts, "USD") == dollars(amount)
    for part, weight in zip(parts, weights, strict=True):
        # Each part differs from its exact share by less than one minor unit.
        assert abs(part.amount_minor * sum(weights) - amount * weight) < sum(weights)


@given(AMOUNTS, st.integers(1, 200))
def test_equal_parts_differ_by_at_most_one_minor_unit(amount: int, number: int) -> None:
    parts = [abs(part.amount_minor) for part in dollars(amount).split(number)]

    assert sum(parts) == abs(amount)
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


@given(AMOUNTS, WEIGHTS)
def test_a_split_mirrors_the_sign(amount: int, weights: list[int]) -> None:
    mirrored = tuple(-part for part in dollars(-amount).split(weights))

    assert dollars(amount).split(weights) == mirrored


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ((1, 1, 1), (34, 33, 33)),
        ((70, 20, 10), (70, 20, 10)),
        ((1, 2, 3), (17, 33, 50)),
        ((1, 1, 1, 1, 1, 1), (17, 17, 17, 17, 16, 16)),
        ((0, 7), (0, 100)),
        ((3, 1, 3), (43, 14, 43)),
    ],
)
def test_the_rest_goes_to_the_largest_remainders_first(
    weights: tuple[int, ...], shares: tuple[int, ...]
) -> None:
    parts = dollars(100).split(weights)

    assert tuple(part.amount_minor for part in parts) == shares


@pytest.mark.parametrize(
    "parts", [0, -1, 1_000_001, True, 1.5, "3", None, (), (0, 0), (1, -1), (1, 0.5), (True,)]
)
def test_an_impossible_split_is_refused(parts: object) -> None:
    with pytest.raises(SplitImpossible):
        dollars(100).split(cast("Any", parts))


def test_a_pair_of_fields_is_validated_like_money() -> None:
    assert Fee(fee_minor=MAX_AMOUNT_MINOR, currency="USD", change_minor=-1).change_minor == -1

    wrong: list[dict[str, Any]] = [
        {"fee_minor": -1, "currency": "USD"},
        {"fee_minor": 1.0, "currency": "USD"},
        {"fee_minor": True, "currency": "USD"},
        {"fee_minor": 1, "change_minor": -MAX_AMOUNT_MINOR - 1, "currency": "USD"},
        {"fee_minor": 1, "change_minor": "1", "currency": "USD"},
        {"fee_minor": 1, "currency": "usd"},
    ]
    for values in wrong:
        with pytest.raises(Invalid):
            Fee(**values)
