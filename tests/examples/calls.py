"""Calls for help: a lifecycle in 20 lines, beside other libraries."""

from enum import auto

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    OneLine,
    States,
    action,
    aggregate,
    creates,
    field,
)


class Status(States):
    """The states of a call."""

    OPEN = auto()
    CLOSED = auto()


@aggregate(final=(Status.CLOSED,))
class Call(Aggregate):
    """A call for help."""

    status: Status
    number: Identifier = field(unique=True)
    title: OneLine

    @creates(Status.OPEN)
    def open(self, number: Identifier, title: OneLine) -> None: ...
    @action(Status.OPEN)
    def rename(self, title: OneLine) -> None: ...
    @action(Status.OPEN, to=Status.CLOSED)
    def close(self) -> None: ...


calls = Context(Call)
