"""Test routes that require an Idempotency-Key, amounts of money in bodies, and rejections."""

from typing import ClassVar, Final

import pytest
from attrs import field, frozen
from tests.web.harness import Web, memory, problem, saved

from indelible.app import WriteTx
from indelible.kernel import Conflict, UsageError
from indelible.kernel.money import Money
from indelible.kernel.rejections import Rejection, list_rejections
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, is_identifier
from indelible.testing.stores import AnyStore
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import ADMIN
from indelible_web.http.routing import Routes

pytestmark = pytest.mark.slow

SCOPE: Final = "orders:write"
ORDER: Final = {"price": {"amount_minor": 2_501, "currency": "USD"}, "reason": "a test"}

routes = Routes("orders", "Orders, a host's own context.")
admin_routes = Routes("orders_admin", "Orders, for an operator.")


@frozen
class AlreadyShipped(Conflict):
    message: ClassVar[str] = "Order {order_id} is already on its way."
    order_id: str


@frozen(kw_only=True)
class PlaceOrder:
    command_name: ClassVar[str] = "place_order"

    price: Money


@frozen(kw_only=True)
class CancelOrder:
    command_name: ClassVar[str] = "cancel_order"

    order_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class Order:
    id: str
    price: Money


def place_order(tx: WriteTx, command: PlaceOrder) -> Order:
    return Order(id=tx.ids.new(), price=command.price)


def cancel_order(_: WriteTx, command: CancelOrder) -> Order:
    raise AlreadyShipped(command.order_id)


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


@admin_routes.add(
    "POST /orders/<order_id>/cancel",
    ADMIN,
    request_type=CancelOrder,
    response_type=Order,
    requires_idempotency_key=True,
)
def post_cancellation(context: OperationContext, command: CancelOrder) -> Order:
    """Cancel an order."""
    return context.run_recorded(cancel_order, command)


CONTEXT = WebContext(
    name="orders",
    routes=(routes,),
    admin_routes=(admin_routes,),
    commands=("place_order", "cancel_order"),
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


def test_a_required_key_is_needed_once_per_order(web: Web, key: str) -> None:
    assert problem(web.post("/v1/orders", json=ORDER, key=key)) == (
        400,
        "IDEMPOTENCY_KEY_REQUIRED",
    )

    answer = web.post("/v1/orders", json=ORDER, key=key, once=" ")

    assert problem(answer) == (400, "INVALID_IDEMPOTENCY_KEY")

    orders = [web.post("/v1/orders", json=ORDER, key=key, once="order-1") for _ in range(2)]

    first, again = (saved(order, 200) for order in orders)
    assert first == again
    assert first["price"] == ORDER["price"]

    path = "/admin/orders/order-1/cancel"
    admin = web.new_key(ADMIN)
    body = {"reason": "a test"}

    assert problem(web.post(path, json=body, key=admin)) == (428, "IF_MATCH_MISSING")
    assert problem(web.post(path, json=body, key=admin, seq=1)) == (
        400,
        "IDEMPOTENCY_KEY_REQUIRED",
    )


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


def test_refused_commands_of_operators_alone_are_stored_as_records(
    web: Web, store: AnyStore
) -> None:
    answer = web.post(
        f"/v1/concepts/{web.create()['concept']['id']}/status",
        json={"status": "PUBLISHED", "reason": "too early"},
        seq=1,
    )

    assert answer.status_code == 409
    assert listed(store) == ()

    answer = web.post(
        "/admin/orders/order-1/cancel",
        json={"reason": "a mistake"},
        key=web.new_key(ADMIN),
        seq=3,
        once="cancel-1",
        headers={"X-Request-Id": "request-9"},
    )

    assert problem(answer) == (409, "ALREADY_SHIPPED")
    (rejection,) = listed(store)
    assert (rejection.command, rejection.code) == ("cancel_order", "ALREADY_SHIPPED")
    assert rejection.message == "Order order-1 is already on its way."
    assert (rejection.reason, rejection.request_id) == ("a mistake", "request-9")


def listed(store: AnyStore) -> tuple[Rejection, ...]:
    return store.read(list_rejections)
