"""Test which contexts can be on together."""

import pytest
from attrs import frozen

from indelible.kernel.context_needs import ContextsUnusable, check_needs, select_contexts


@frozen
class Named:
    name: str
    needs: tuple[str, ...] = ()


BOOKS = Named("books")
LOANS = Named("loans", needs=("books", "people"))
PEOPLE = Named("people")
ALL = (BOOKS, LOANS, PEOPLE)


def test_contexts_are_selected_in_the_order_of_their_declaration() -> None:
    assert select_contexts(("people", "books"), ALL) == (BOOKS, PEOPLE)
    assert select_contexts((), ALL) == ()
    assert select_contexts(("loans", "people", "books"), ALL) == ALL


def test_every_fault_is_named_once() -> None:
    with pytest.raises(ContextsUnusable) as refused:
        select_contexts(("loan", "loans", "loans", "books"), ALL)
    assert refused.value.problems == (
        "loan is no built-in context, expected books, loans, people",
        "context loans is named 2 times",
        "context loans needs people, which is off",
    )


def test_needs_are_checked_without_a_selection() -> None:
    check_needs(ALL)
    with pytest.raises(ContextsUnusable, match="loans needs books, which is off"):
        check_needs((LOANS, PEOPLE))
