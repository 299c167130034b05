"""Parcels of three releases: an edge is retired, an action changes its signature, a rule goes."""

from typing import Any

from tests.examples.parcels import LaterStatus, Status

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    OneLine,
    action,
    aggregate,
    creates,
    field,
)


def first_parcels() -> Context[Any]:
    """Return the first release: a parcel that is sent can be taken back, and marked twice."""

    @aggregate(final=())
    class Parcel(Aggregate):
        """A parcel that can be taken back."""

        status: Status
        label: Identifier = field(unique=True)
        shelf: Identifier | None = field(required_in=(Status.PACKED,))
        note: OneLine | None = field(default=None)

        @creates(Status.PACKED)
        def pack(self, label: Identifier, shelf: Identifier) -> None: ...
        @action(Status.PACKED)
        def mark(self, shelf: Identifier, note: OneLine) -> None: ...
        @action(Status.PACKED)
        def move(self, shelf: Identifier) -> None: ...
        @action(Status.PACKED, to=Status.SENT, empties=("shelf",))
        def send(self) -> None: ...
        @action(Status.SENT, to=Status.PACKED)
        def take_back(self, shelf: Identifier) -> None: ...

    return Context(Parcel)


def second_parcels() -> Context[Any]:
    """Return the second release: nothing is taken back, and `mark` leaves the shelf alone."""

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel that stays where it was sent."""

        status: Status
        label: Identifier = field(unique=True)
        shelf: Identifier | None = field(required_in=(Status.PACKED,))
        note: OneLine | None = field(default=None)

        @creates(Status.PACKED)
        def pack(self, label: Identifier, shelf: Identifier) -> None: ...
        @action(Status.PACKED)
        def mark(self, note: OneLine) -> None: ...
        @action(Status.PACKED)
        def move(self, shelf: Identifier) -> None: ...
        @action(Status.PACKED, to=Status.SENT, empties=("shelf",))
        def send(self) -> None: ...
        @action(to=Status.PACKED, retired_from=(Status.SENT,))
        def take_back(self, shelf: Identifier) -> None: ...

    return Context(Parcel)


def third_parcels() -> Context[Any]:
    """Return the third release: the rule of the shelf is gone, and `pack` is retired."""

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel that lies anywhere."""

        status: Status
        label: Identifier = field(unique=True)
        shelf: Identifier | None = field(default=None)
        note: OneLine | None = field(default=None)

        @creates(Status.PACKED, retired=True)
        def pack(self, label: Identifier, shelf: Identifier) -> None: ...
        @creates(Status.PACKED)
        def lay(self, label: Identifier) -> None: ...
        @action(Status.PACKED)
        def mark(self, note: OneLine) -> None: ...
        @action(Status.PACKED)
        def move(self, shelf: Identifier) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...
        @action(to=Status.PACKED, retired_from=(Status.SENT,))
        def take_back(self, shelf: Identifier) -> None: ...

    return Context(Parcel)


def grown_parcels() -> Context[Any]:
    """Return the first release with a state, a field and an edge more, and one edge retired."""

    @aggregate(final=(LaterStatus.LOST,))
    class Parcel(Aggregate):
        """A parcel that can be lost."""

        status: LaterStatus
        label: Identifier = field(unique=True)
        shelf: Identifier | None = field(required_in=(LaterStatus.PACKED,))
        note: OneLine | None = field(default=None)
        cause: OneLine | None = field(required_in=(LaterStatus.LOST,))

        @creates(LaterStatus.PACKED)
        def pack(self, label: Identifier, shelf: Identifier) -> None: ...
        @action(LaterStatus.PACKED)
        def mark(self, shelf: Identifier, note: OneLine) -> None: ...
        @action(LaterStatus.PACKED)
        def move(self, shelf: Identifier) -> None: ...
        @action(LaterStatus.PACKED, to=LaterStatus.SENT, empties=("shelf",))
        def send(self) -> None: ...
        @action(to=LaterStatus.PACKED, retired_from=(LaterStatus.SENT,))
        def take_back(self, shelf: Identifier) -> None: ...
        @action(LaterStatus.SENT, to=LaterStatus.LOST)
        def lose(self, cause: OneLine) -> None: ...

    return Context(Parcel)
