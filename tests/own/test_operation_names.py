"""A host's operation has one name everywhere: in refusals, in metrics, and in lists."""

from enum import auto
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.examples.orders import Order, orders
from tests.examples.tickets import Ticket, tickets
from tests.web.harness import Web, saved
from tests.web.test_system import counted

from indelible.declare import Aggregate, Context, Identifier, States, action, aggregate, creates
from indelible.kernel import Actor, IndelibleError, InvalidTransition, UsageError
from indelible.kernel.context_checks import PAGE_PARAMETERS
from indelible.memory.store import MemoryStore
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

MAYA = Actor.user("maya")


class Status(States):
    """The states of a loan."""

    OUT = auto()
    BACK = auto()


@aggregate(final=(Status.BACK,))
class Loan(Aggregate):
    """A loan of a book."""

    status: Status
    cursor: Identifier

    @creates(Status.OUT)
    def hand_out(self, cursor: Identifier) -> None: ...
    @action(Status.OUT, to=Status.BACK)
    def give_back(self) -> None: ...


loans = Context(Loan)


def test_a_refused_choice_is_named_and_its_actions_are_not() -> None:
    store = MemoryStore(contexts=(orders,))
    draft = Order.draft(number="O-1", pieces=1, piece_cents=5)
    order: Any = store.run(orders.execute, draft, actor=MAYA, reason="a test")
    with pytest.raises(InvalidTransition) as refused:
        store.run(orders.execute, Order.approve(order), actor=MAYA, reason="a test")
    assert (refused.value.action, refused.value.allowed) == ("approve", ("resize", "place"))

    placed: Any = store.run(orders.execute, Order.place(order), actor=MAYA, reason="a test")
    with pytest.raises(InvalidTransition) as refused:
        store.run(orders.execute, Order.place(placed), actor=MAYA, reason="a test")
    assert (refused.value.action, refused.value.allowed) == ("place", ())


def test_a_command_that_the_store_refuses_was_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", reported.append)
    store = MemoryStore(contexts=(tickets,))
    with pytest.raises(IndelibleError):
        store.run(tickets.execute, Ticket.open(number="T", title="x"), actor=MAYA, reason=" ")
    commands = [Ticket.open(number="T", title="x")]
    with pytest.raises(IndelibleError):
        store.run(tickets.execute_many, commands, actor=MAYA, reason="")
    commands.clear()
    assert reported == []


@pytest.mark.slow
def test_metrics_count_an_action_of_several_words() -> None:
    store: Any = MemoryStore(contexts=(loans, orders), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(loans), own_context(orders)))
    key = web.new_key("loans:read", "loans:write")
    body = {"cursor": "c", "reason": "a test"}
    loan = saved(web.post("/v1/loans", json=body, key=key), 201)
    back = {"reason": "a test"}
    saved(web.post(f"/v1/loans/{loan['id']}/give-back", json=back, key=key, seq=1), 200)

    metrics = counted(web)
    for name in ("hand_out", "give_back"):
        labels = f'action="{name}",code="OK",lifecycle="loan"'
        assert metrics[f"indelible_commands_total{{{labels}}}"] == 1
        assert metrics[f'indelible_transitions_total{{action="{name}",lifecycle="loan"}}'] == 1
    assert metrics['indelible_commands_total{action="place",code="OK",lifecycle="order"}'] == 0


def test_a_filter_with_the_name_of_a_parameter_of_pages_is_refused() -> None:
    with pytest.raises(UsageError, match="filter cursor has the name of a parameter that every"):
        Context(Loan, filters=("cursor",))
    assert {"after", "cursor", "limit", "order"} <= PAGE_PARAMETERS
