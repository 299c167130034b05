"""Claims by state: each state has its case, and a wrong one is refused when the class is made."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from attrs import frozen

from indelible.kernel import Edge, Lifecycle, UsageError
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.cases import ByState, Case, IsNumber, all_empty, all_set
from indelible.kernel.claims import SetOnlyIf
from indelible.kernel.conditions import AnyCondition, Condition, presence_in
from indelible.kernel.kinds import Identifier, Instant, Natural, kinds
from indelible.testing.stores import refusal

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class OrderStatus(StrEnum):
    """The states of an order."""

    OPEN = "OPEN"
    HELD = "HELD"
    PAID = "PAID"


class OtherStatus(StrEnum):
    """The states of something else."""

    SHIPPED = "SHIPPED"


OPEN, HELD, PAID = OrderStatus
ORDER = Lifecycle(
    name="order",
    edges=(
        Edge("", "open", OPEN, 0),
        Edge(OPEN, "hold", HELD, 0),
        Edge(HELD, "pay", PAID, 0),
    ),
)


@frozen(kw_only=True, field_transformer=kinds)
class Order(Aggregate):
    """An order: paid ones have a receipt unless they are free."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = ORDER
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "payment_of_status",
            ByState(
                (
                    Case((OPEN,), all_empty(("paid_at", "receipt"))),
                    Case((HELD,), (*all_empty(("paid_at",)), IsNumber("price", 0).negated())),
                ),
                others=(
                    *all_set(("paid_at",)),
                    SetOnlyIf(("receipt",), IsNumber("price", 0), is_empty=True),
                ),
            ),
        ),
    )

    status: OrderStatus
    price: Natural = 5
    paid_at: Instant | None = None
    receipt: Identifier | None = None


def order(status: OrderStatus, **values: Any) -> Order:  # noqa: ANN401 - of any field
    """Return an order."""
    return Order(id="order-1", status=status, created_at=NOW, updated_at=NOW, **values)


@pytest.mark.parametrize(
    ("status", "values", "field", "expected"),
    [
        (OPEN, {"paid_at": NOW}, "paid_at", "empty"),
        (OPEN, {"receipt": "r"}, "receipt", "empty"),
        (HELD, {"price": 0}, "price", "another than 0"),
        (PAID, {"receipt": "r"}, "paid_at", "set"),
        (PAID, {"paid_at": NOW}, "receipt", "set"),
        (PAID, {"paid_at": NOW, "price": 0, "receipt": "r"}, "receipt", "empty"),
    ],
)
def test_the_case_of_a_state_is_checked(
    status: OrderStatus, values: dict[str, Any], field: str, expected: str
) -> None:
    refused = refusal(lambda: order(status, **values))

    assert isinstance(refused, FieldNotOfState)
    assert (refused.field, refused.expected) == (field, expected)


def test_what_fulfills_its_case_is_accepted() -> None:
    assert order(OPEN).paid_at is None
    assert order(HELD, receipt="r").receipt == "r"
    assert order(PAID, paid_at=NOW, receipt="r").paid_at == NOW
    assert order(PAID, paid_at=NOW, price=0).receipt is None


def test_the_presence_of_fields_follows_from_the_cases() -> None:
    assert presence_in(Order.conditions, OPEN) == {"paid_at": False, "receipt": False}
    assert presence_in(Order.conditions, HELD) == {"paid_at": False}
    assert presence_in(Order.conditions, PAID) == {"paid_at": True}


def test_a_case_of_an_unknown_state_or_field_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown state: SHIPPED") as refused:

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = ORDER
            conditions: ClassVar[tuple[AnyCondition, ...]] = (
                Condition(
                    "one",
                    ByState(
                        (Case((OtherStatus.SHIPPED,), all_set(("nobody",))),),
                        others=all_empty(("nobody",)),
                    ),
                ),
            )

            status: OrderStatus

    assert "unknown field: nobody" in str(refused.value)
