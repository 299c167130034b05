"""A handler with further arguments is bound by a lambda, and stays typed.

mypy reports a `type: ignore` that hides nothing, and pyright does in this file.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=error

from functools import partial
from typing import assert_type

import pytest
from tests.examples.tickets import Status, Ticket, tickets

from indelible.app import WriteTx
from indelible.memory.store import MemoryStore
from indelible.testing.stores import MAYA


def close_all(tx: WriteTx, assignee: str, *, resolution: str) -> int:
    """Close what somebody works on, all or none."""
    heads = tickets.list(tx, status=Status.ASSIGNED, assignee=assignee)
    tickets.execute_many(tx, [Ticket.close(head, resolution=resolution) for head in heads])
    return len(heads)


def assigned(*numbers: str) -> MemoryStore:
    store = MemoryStore(contexts=(tickets,))
    for number in numbers:
        opening = Ticket.open(number=number, title="Fire")
        head = store.run(tickets.execute, opening, actor=MAYA, reason="a call")
        assigning = Ticket.assign(head, assignee="ann")
        store.run(tickets.execute, assigning, actor=MAYA, reason="on duty")
    return store


def test_a_handler_with_further_arguments_runs_in_one_transaction() -> None:
    store = assigned("T-1", "T-2")

    closed = store.run(
        lambda tx, name: close_all(tx, name, resolution="Replaced."),
        "ann",
        actor=MAYA,
        reason="new printers",
    )

    assert_type(closed, int)
    assert closed == 2
    assert len(store.read(tickets.list, status=Status.CLOSED)) == 2


def test_a_wrong_argument_is_refused_and_changes_nothing() -> None:
    store = assigned("T-1", "T-2")
    with pytest.raises(ValueError, match="Field resolution has the wrong type"):
        store.run(
            lambda tx, name: close_all(tx, name, resolution=1),  # type: ignore[arg-type]  # a number
            "ann",
            actor=MAYA,
            reason="new printers",
        )

    assert store.read(tickets.list, status=Status.CLOSED) == ()


def test_the_command_has_the_type_that_the_function_needs() -> None:
    with pytest.raises(ValueError, match="assignee"):
        assigned().run(
            lambda tx, name: close_all(tx, name, resolution="Replaced."),  # type: ignore[arg-type]  # no name
            5,
            actor=MAYA,
            reason="new printers",
        )


def test_what_partial_binds_is_typed() -> None:
    store = assigned("T-1")
    with pytest.raises(ValueError, match="Field resolution has the wrong type"):
        store.run(partial(close_all, resolution=1), "ann", actor=MAYA, reason="x")  # type: ignore[arg-type]  # a number

    handler = partial(close_all, resolution="Replaced.")
    assert_type(store.run(handler, "ann", actor=MAYA, reason="new printers"), int)
