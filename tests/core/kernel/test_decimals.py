"""Fixed-point decimals are exact, canonical, and refused where they would have to be rounded."""

from decimal import Decimal, localcontext
from typing import Annotated

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from indelible.kernel import UsageError
from indelible.kernel.decimals import (
    MAX_DIGITS,
    FixedDecimal,
    InvalidDecimal,
    decimal_of_text,
    is_decimal,
    of_units,
)
from indelible.kernel.idempotency import structure_json
from indelible.kernel.json import canonical_json, to_json_value
from indelible.kernel.kinds import Date, Kind, decimal_kind, kinds
from indelible.kernel.values import WrongType


@frozen(field_transformer=kinds)
class Line:
    """A line of an invoice."""

    price: Annotated[Decimal, decimal_kind(digits=5, places=2)]
    share: Annotated[Decimal, decimal_kind(digits=3, places=3)] | None = None
    day: Date | None = None


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0", "0.00"),
        ("-0.000", "0.00"),
        ("12.5", "12.50"),
        ("1E+2", "100.00"),
        ("-999.99", "-999.99"),
        ("12.5000000", "12.50"),
    ],
)
def test_a_decimal_has_one_text(text: str, canonical: str) -> None:
    line = Line(Decimal(text))
    assert str(line.price) == canonical
    assert line == Line(Decimal(canonical))
    assert to_json_value(line) == {"price": canonical, "share": None, "day": None}
    assert canonical_json([line.price]) == f'["{canonical}"]'
    assert structure_json(to_json_value(line), Line) == line
    assert evolve(line, share=Decimal("0.5")).price == line.price


@pytest.mark.parametrize(
    "text",
    ["0.001", "1000", "-1000", "NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999"],
)
def test_a_decimal_is_refused_rather_than_rounded(text: str) -> None:
    with pytest.raises(InvalidDecimal) as refused:
        Line(Decimal(text))
    assert refused.value.code == "INVALID_DECIMAL"
    assert (refused.value.field, refused.value.digits, refused.value.places) == ("price", 5, 2)


def test_the_context_of_a_host_rounds_nothing() -> None:
    with localcontext(prec=2):
        assert str(Line(Decimal("123.45")).price) == "123.45"


@pytest.mark.parametrize("value", [12, 12.5, "12.50", True, None])
def test_another_type_is_no_decimal(value: object) -> None:
    with pytest.raises(WrongType):
        Line(value)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # a wrong value


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-999, max_value=999),
)
def test_units_and_texts_lead_back_to_the_decimal(number: Decimal) -> None:
    price = Line(number).price
    assert isinstance(price, FixedDecimal)
    assert price == number
    assert of_units(price.units(), places=2) == price
    assert decimal_of_text(price.canonical_text(), places=2) == price


@pytest.mark.parametrize("text", ["12.5", "1E+1", "012.50", "-0.00", "NaN", "x", 12, None])
def test_another_text_of_a_decimal_is_not_canonical(text: object) -> None:
    with pytest.raises(ValueError, match="decimal"):
        decimal_of_text(text, places=2)


@pytest.mark.parametrize(("digits", "places"), [(0, 0), (MAX_DIGITS + 1, 0), (2, 3), (2, -1)])
def test_a_kind_has_bounded_digits(digits: int, places: int) -> None:
    with pytest.raises(UsageError, match="a decimal has 1 to 18 digits"):
        decimal_kind(digits=digits, places=places)


def test_decimals_without_digits_are_no_kind() -> None:
    unbounded = Kind(is_decimal)
    assert unbounded.missing_limits(Decimal) == ("digits", "places")
