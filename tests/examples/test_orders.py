"""A purchase order in every store: computed fields, a choice between actions, and the actor."""

from typing import Any, cast

import pytest
from tests.conftest import POLICY
from tests.examples.conftest import stores_of
from tests.examples.orders import Order, Status, orders

from indelible.declare import (
    Aggregate,
    ChangingAction,
    Identifier,
    States,
    action,
    aggregate,
    chooses,
    creates,
    current_actor,
)
from indelible.kernel import Actor, Head, Idempotency, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.memory.store import MemoryStore
from indelible_sql import SqlStore

MAYA, NOOR = Actor.user("maya"), Actor.user("noor")
AnyOrderStore = MemoryStore | SqlStore


store = stores_of(orders)


def run(
    store: AnyOrderStore,
    command: Command[Order],
    actor: Actor = MAYA,
    idempotency: Idempotency[Head[Order]] | None = None,
) -> Head[Order]:
    return store.run(orders.execute, command, actor=actor, reason="a test", idempotency=idempotency)


def drafted(store: AnyOrderStore, pieces: int, number: str = "O-1") -> Head[Order]:
    return run(store, Order.draft(number=number, pieces=pieces, piece_cents=10_000))


def refused(store: AnyOrderStore, command: Command[Order], actor: Actor = MAYA) -> str:
    with pytest.raises(IndelibleError) as error:
        run(store, command, actor)
    return str(error.value)


def actions_of(store: AnyOrderStore, order: Head[Order]) -> list[str]:
    return [change.action for change in store.read(orders.history, order.id)]


def test_a_small_order_is_approved_when_it_is_placed(store: AnyOrderStore) -> None:
    order = drafted(store, 5)
    assert (order.entity.buyer, order.entity.total_cents) == ("user:maya", 50_000)
    assert orders.allowed_actions(order) == ("resize", "place")

    order = run(store, Order.place(order))
    assert (order.entity.status, order.entity.approver) == (Status.APPROVED, None)
    assert actions_of(store, order) == ["draft", "accept"]


def test_a_large_order_needs_somebody_else(store: AnyOrderStore) -> None:
    order = drafted(store, 1)
    order = run(store, Order.resize(order, pieces=6), NOOR)
    assert order.entity.sized_by == "user:noor"
    order = run(store, Order.place(order.id))
    assert (order.entity.status, order.entity.total_cents) == (Status.PLACED, 60_000)
    assert actions_of(store, order) == ["draft", "resize", "submit"]

    own = refused(store, Order.approve(order))
    assert own.startswith("FIELD_NOT_OF_STATE: Field approver of order ")
    assert "must be another than buyer, which is user:maya, in state APPROVED" in own
    approved = run(store, Order.approve(order), NOOR)
    assert (approved.entity.status, approved.entity.approver) == (Status.APPROVED, "user:noor")


def test_no_order_goes_around_its_limit(store: AnyOrderStore) -> None:
    order = drafted(store, 6)
    with pytest.raises(UsageError, match="is taken by the choice place alone"):
        Order.accept(order)
    assert "INVALID_TRANSITION" in refused(store, Order.approve(order), NOOR)


def test_a_wrong_call_names_the_choice_and_no_action_of_it() -> None:
    place: Any = Order.place
    with pytest.raises(
        TypeError, match=r"Order\.place\(\) needs the order .*: Order\.place\(order\)"
    ):
        place()
    with pytest.raises(TypeError, match=r"Order\.place\(\.\.\.\): .*'note'; it takes \(order\)"):
        place("O-1", note="soon")


def test_a_choice_can_be_made_for_many_and_repeated(store: AnyOrderStore) -> None:
    small, large = drafted(store, 1, "O-1"), drafted(store, 9, "O-2")
    commands = [Order.place(small), Order.place(large)]
    heads = store.run(orders.execute_many, commands, actor=MAYA, reason="monday")
    assert [head.entity.status for head in heads] == [Status.APPROVED, Status.PLACED]

    third = drafted(store, 1, "O-3")
    first = run(store, Order.place(third), idempotency=orders.once("k"))
    assert run(store, Order.place(third), idempotency=orders.once("k")) == first


def test_nobody_is_the_actor_where_no_command_runs() -> None:
    with pytest.raises(UsageError, match="no command is running"):
        current_actor()


class Light(States):
    """The states of a lamp."""

    OFF = "OFF"
    ON = "ON"


def test_the_faults_of_a_choice_are_named_with_their_line() -> None:
    with pytest.raises(UsageError) as error:

        @aggregate(final=(Light.ON,))
        class Lamp(Aggregate):
            """A lamp with wrong choices."""

            status: Light
            name: Identifier

            @creates(Light.OFF)
            def make(self, name: Identifier) -> None: ...
            @action(Light.OFF, to=Light.ON)
            def switch(self) -> None: ...
            @action(Light.OFF)
            def rename(self, name: Identifier) -> None: ...
            @chooses(switch)
            def alone(self) -> "ChangingAction[Lamp, []]":
                return Lamp.switch

            @chooses(switch, cast("Any", rename))
            def mixed(self) -> "ChangingAction[Lamp, []]":
                return Lamp.switch

    text = str(error.value)
    assert "choice alone names fewer than two actions" in text
    assert "choice mixed has other parameters than action rename" in text
    assert "test_orders.py:" in text


def test_a_choice_of_something_else_is_refused() -> None:
    @aggregate(final=(Light.ON,))
    class Lamp(Aggregate):
        """A lamp that chooses nothing."""

        status: Light

        @creates(Light.OFF)
        def make(self) -> None: ...
        @action(Light.OFF, to=Light.ON)
        def switch(self) -> None: ...
        @action(Light.OFF)
        def rest(self) -> None: ...
        @chooses(switch, rest)
        def press(self) -> Any:  # noqa: ANN401 - what is wrong
            return "switch"

    from indelible.declare import Context  # noqa: PLC0415 - of this test alone

    lamps = Context(Lamp)
    store = MemoryStore(contexts=(lamps,), policy=POLICY)
    lamp = store.run(lamps.execute, Lamp.make(), actor=MAYA, reason="a test")
    with pytest.raises(UsageError, match="must return one of switch, rest, got 'switch'"):
        store.run(lamps.execute, Lamp.press(lamp), actor=MAYA, reason="a test")
