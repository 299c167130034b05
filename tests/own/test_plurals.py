"""A context that names no table has the plural of its aggregate."""

from enum import auto

import pytest
from attrs import evolve

from indelible.declare import Aggregate, Context, Identifier, States, aggregate, creates


class Status(States):
    """The only state."""

    KEPT = auto()


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("ticket", "tickets"),
        ("study", "studies"),
        ("day", "days"),
        ("box", "boxes"),
        ("branch", "branches"),
        ("bus", "buses"),
        ("purchase_order", "purchase_orders"),
    ],
)
def test_the_table_is_named_in_the_plural(noun: str, plural: str) -> None:
    @aggregate(final=(Status.KEPT,))
    class Thing(Aggregate):
        """A thing."""

        status: Status
        number: Identifier

        @creates(Status.KEPT)
        def keep(self, number: Identifier) -> None: ...

    Thing.lifecycle = evolve(Thing.lifecycle, name=noun)

    assert Context(Thing).name == plural
    assert Context(Thing, name="things").name == "things"
