"""Test amounts of money in bodies of a host, and that a query requires no Idempotency-Key."""

from typing import ClassVar, Final

import pytest
from attrs import frozen
from tests.web.harness import Web, memory, problem

from indelible.app import WriteTx
from indelible.kernel import UsageError
from indelible.kernel.money import Money
from indelible.testing.stores import AnyStore
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.routing import Routes

pytestmark = pytest.mark.slow

SCOPE: Final = "orders:write"
ORDER: Final = {"price": {"amount_minor": 2_501, "currency": "USD"}, "reason": "a test"}

routes = Routes("orders", "Orders, a host's own context.")


@frozen(kw_only=True)
class PlaceOrder:
    command_name: ClassVar[str] = "place_order"

    price: Money


@frozen(kw_only=True)
class Order:
    id: str
    price: Money


def place_order(tx: WriteTx, command: PlaceOrder) -> Order:
    return Order(id=tx.ids.new(), price=command.price)


@routes.add(
    "POST /orders",
    SCOPE,
    request_type=PlaceOrder,
    response_type=Order,
    requires_idempotency_key=True,
)
def post_order(context: OperationContext, command: PlaceOrder) -> Order:
    """Place an order."""
    return context.run(place_order, command)


CONTEXT = WebContext(
    name="orders",
    routes=(routes,),
    commands=("place_order",),
    examples={"currency": "USD"},
)


@pytest.fixture
def store() -> AnyStore:
    return memory()


@pytest.fixture
def web(store: AnyStore) -> Web:
    return Web(store, contexts=(*CONTEXTS, CONTEXT))


@pytest.fixture
def key(web: Web) -> str:
    return web.new_key(SCOPE)


def test_a_query_cannot_require_a_key() -> None:
    declare = Routes("wrong", "A wrong declaration.").add(
        "GET /orders",
        SCOPE,
        request_type=EmptyQuery,
        response_type=Order,
        requires_idempotency_key=True,
    )

    with pytest.raises(UsageError):
        declare(lambda _, __: Order(id="1", price=Money(0, "USD")))


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({"amount_minor": 25.01, "currency": "USD"}, "INVALID_FIELDS"),
        ({"amount_minor": "2501", "currency": "USD"}, "INVALID_FIELDS"),
        ({"amount_minor": True, "currency": "USD"}, "INVALID_FIELDS"),
        ({"amount_minor": None, "currency": "USD"}, "INVALID_FIELDS"),
        ({"amount_minor": 1}, "INVALID_FIELDS"),
        ({"amount_minor": 1, "currency": "USD", "text": "0.01 USD"}, "INVALID_FIELDS"),
        ("25.01 USD", "INVALID_FIELDS"),
        (2_501, "INVALID_FIELDS"),
        ({"amount_minor": 10**12 + 1, "currency": "USD"}, "NUMBER_OUT_OF_RANGE"),
        ({"amount_minor": 1, "currency": "usd"}, "CURRENCY_UNKNOWN"),
        ({"amount_minor": 1, "currency": "DOLLAR"}, "TEXT_TOO_LONG"),
    ],
)
def test_a_malformed_amount_in_a_body_is_refused(
    web: Web, key: str, price: object, code: str
) -> None:
    body = {**ORDER, "price": price}

    assert problem(web.post("/v1/orders", json=body, key=key, once="order-1")) == (422, code)
