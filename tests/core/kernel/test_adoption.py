"""The edges of rows that are adopted, and the faults of a declaration that adopts wrongly."""

from enum import StrEnum, auto

import pytest

from indelible.declare import (
    Aggregate,
    Identifier,
    OneLine,
    States,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Edge, InvalidTransition, UsageError
from indelible.kernel.lifecycle import Lifecycle


class Status(States):
    """The states of a loan; nothing but an adopted row is LOST."""

    LENT = auto()
    LOST = auto()
    lost = auto()


class Other(StrEnum):
    """The states of something else."""

    SOLD = "SOLD"


def declare(*adopts: StrEnum, adopted: tuple[StrEnum, ...] = ()) -> Lifecycle[StrEnum]:
    @aggregate(final=(Status.LOST, Status.lost), adopts=adopts, adopted=adopted)
    class Loan(Aggregate):
        """A book that is lent."""

        status: Status
        book: Identifier
        note: OneLine | None = field(allowed_in=(Status.LENT,))

        @creates(Status.LENT)
        def lend(self, book: Identifier) -> None: ...
        @action(Status.LENT)
        def remark(self, note: OneLine) -> None: ...
        @action(Status.LENT, to=Status.lost, empties=("note",))
        def lose(self) -> None: ...
        @action(Status.LENT, to=Status.lost, empties=("note",))
        def adopt_lent(self) -> None: ...

    return Loan.lifecycle


def test_a_state_may_be_reached_by_adoption_alone() -> None:
    lifecycle = declare(Status.LOST)
    assert lifecycle.edge("", "adopt_lost") == Edge("", "adopt_lost", Status.LOST, 0)
    assert lifecycle.initial_fields("adopt_lost") == {}
    assert lifecycle.initial_fields("lend") == {"note": None}


def test_an_adoption_that_is_over_is_retired() -> None:
    lifecycle = declare(adopted=(Status.LOST,))
    assert lifecycle.retired == (Edge("", "adopt_lost", Status.LOST, 0),)
    with pytest.raises(InvalidTransition):
        lifecycle.edge("", "adopt_lost")
    with pytest.raises(UsageError, match="two of the adopted states are called adopt_lost"):
        declare(Status.LOST, adopted=(Status.LOST,))


def test_wrongly_adopted_states_are_named_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        declare(Status.LENT, Status.LOST, Status.lost, Other.SOLD)
    problem = refused.value.problem
    assert "action adopt_lent has the name of an adoption" in problem
    assert "two of the adopted states are called adopt_lost" in problem
    assert "adopted state <Other.SOLD: 'SOLD'> is no Status" in problem
    with pytest.raises(UsageError, match="no action leads to state LOST"):
        declare()
