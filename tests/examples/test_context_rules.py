"""Rules of a context: they refuse each command of their action, and wrong ones are refused."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.examples.consents import Grant, consents, grants, require_offered
from tests.examples.orders import Order
from tests.examples.tickets import Ticket, tickets

from indelible.declare import Context, Refused
from indelible.kernel import Actor, Transaction, UsageError
from indelible.memory.store import MemoryStore

MAYA = Actor.user("maya")


def store_of(context: Context[Ticket]) -> MemoryStore:
    return MemoryStore(contexts=(context,))


def ruled(rule: Callable[[Any, Ticket], Any], action: Any = Ticket.assign) -> Context[Ticket]:  # noqa: ANN401 - any action
    return Context(Ticket, rules={action: rule})


def test_a_rule_sees_the_aggregate_as_the_action_leaves_it_and_the_actor() -> None:
    seen: list[tuple[str, str | None, str]] = []

    def note(tx: Transaction, ticket: Ticket) -> None:
        seen.append((ticket.status, ticket.assignee, str(tx.actor)))

    context = ruled(note)
    store = store_of(context)
    head = store.run(context.execute, Ticket.open(number="1", title="a"), actor=MAYA, reason="r")
    assert seen == []
    store.run(context.execute, Ticket.assign(head, assignee="ann"), actor=MAYA, reason="r")
    assert seen == [("ASSIGNED", "ann", "user:maya")]


def test_a_refused_batch_leaves_nothing() -> None:
    def refuse_bob(_: Transaction, ticket: Ticket) -> None:
        if ticket.title == "bob":
            raise Refused("bob has enough")

    context = ruled(refuse_bob, Ticket.open)
    store = store_of(context)
    commands = [Ticket.open(number=name, title=name) for name in ("ann", "bob")]
    with pytest.raises(Refused):
        store.run(context.execute_many, commands, actor=MAYA, reason="r")
    assert store.read(context.list) == ()


def test_a_rule_that_answers_is_refused() -> None:
    def is_allowed(_: Transaction, __: Ticket) -> bool:
        return False

    context = ruled(is_allowed, Ticket.open)
    command = Ticket.open(number="1", title="a")
    store = store_of(context)
    with pytest.raises(UsageError, match=r"is_allowed of Ticket\.open returned False"):
        store.run(context.execute, command, actor=MAYA, reason="r")
    assert store.read(context.list) == ()


async def later(_: Transaction, __: object) -> None:
    """Refuse nothing, as no one awaits it."""


@pytest.mark.parametrize(
    ("aggregate", "rules", "fault"),
    [
        (Grant, {Ticket.open: require_offered}, "rule of Ticket.open, which is no action of Grant"),
        (Order, {Order.place: later}, "rule of Order.place, which is a choice: name the actions"),
        (Grant, {Grant.give: later}, "rule of Grant.give: later would only begin"),
        (Grant, {Grant.give: "later"}, "rule of Grant.give: 'later' is no function"),
        (Grant, {"give": require_offered}, "rule of give, which is no action of Grant"),
    ],
)
def test_a_wrong_rule_is_a_fault_of_the_declaration(aggregate: Any, rules: Any, fault: str) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(UsageError, match=fault):
        Context(aggregate, rules=rules)


def test_a_context_without_rules_has_none() -> None:
    assert dict(tickets.rules) == {}
    assert dict(consents.rules) == {}
    assert list(grants.rules) == [Grant.give]
