"""Aggregates of a host with one planted fault each, and stores that break one rule each."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import auto
from random import Random
from typing import Any

from attrs import evolve

from indelible.declare import (
    Aggregate,
    ChangingAction,
    Context,
    Flag,
    Identifier,
    OneLine,
    Refused,
    States,
    Version,
    action,
    aggregate,
    chooses,
    creates,
    field,
)
from indelible.kernel import Actor, Conflict, Head, InvalidTransition
from indelible.kernel.actions import At
from indelible.memory.store import MemoryStore
from indelible.testing.own.walks import OwnStore
from indelible.testing.stores import CountedIds

Rule = Callable[[Any, str], object]  # the body of `close`


class Status(States):
    """The states of a parcel."""

    OPEN = auto()
    CLOSED = auto()


def parcels(rule: Rule) -> Context[Any]:
    """Return the context of an aggregate whose last action has this rule."""

    @aggregate(final=(Status.CLOSED,))
    class Parcel(Aggregate):
        """A parcel."""

        status: Status
        number: Identifier = field(unique=True)
        note: OneLine
        edition: Version = field(version_of="note")
        seal: Identifier | None = field(required_in=(Status.CLOSED,))

        @creates(Status.OPEN)
        def open(self, number: Identifier, note: OneLine) -> None: ...
        @action(Status.OPEN)
        def mark(self, note: OneLine) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED)
        def close(self, seal: Identifier) -> None:
            rule(self, seal)

    return Context(Parcel, filters=("status",), search=("note",))


def one_sided() -> Context[Any]:
    """Return a context with a choice that never takes one of its actions."""

    @aggregate(final=(Status.CLOSED,))
    class Letter(Aggregate):
        """A letter."""

        status: Status
        is_urgent: Flag

        @creates(Status.OPEN)
        def write(self, is_urgent: Flag) -> None: ...
        @action(Status.OPEN)
        def keep(self) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED)
        def send(self) -> None: ...
        @chooses(keep, send)
        def decide(self) -> "ChangingAction[Letter, []]":
            """Send the letter; the condition was forgotten."""
            return Letter.send

    return Context(Letter)


def fair(_: Any, __: str) -> None:  # noqa: ANN401 - of any aggregate
    """Refuse nothing."""


def never(_: Any, __: str) -> None:  # noqa: ANN401 - of any aggregate
    """Refuse everything."""
    raise Refused("closed on Sundays")


def defective(_: Any, seal: str) -> None:  # noqa: ANN401 - of any aggregate
    """Look something up that is not there."""
    {"i-0": 1}[seal]


def changing(self: Any, seal: str) -> None:  # noqa: ANN401 - of any aggregate
    """Change the aggregate before the action, which callers have."""
    object.__setattr__(self, "note", seal)


def counting() -> Rule:
    """Return a rule with a state that all commands share."""
    closed: list[str] = []

    def rule(_: Any, seal: str) -> None:  # noqa: ANN401 - of any aggregate
        closed.append(seal)
        if len(closed) > 3:
            raise Refused("three parcels are enough")

    return rule


class Facade:
    """A store that passes everything on; a class below breaks one rule."""

    def __init__(self, context: Context[Any]) -> None:
        self.context = context
        self.store = MemoryStore(contexts=(context,))

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        return self.store.run(handler, command, actor=actor, reason=reason, **options)

    def read(self, query: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - of any query
        """Answer a query."""
        return self.store.read(query, *args, **values)


class Forgetful(Facade):
    """A store that forgets idempotency keys."""

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **_: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        return self.store.run(handler, command, actor=actor, reason=reason)


class Careless(Facade):
    """A store that ignores the seq of a command."""

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        command.use()
        if isinstance(command.target, At):
            command = evolve(command, target=command.target.id)
        return self.store.run(handler, command, actor=actor, reason=reason, **options)


class Hasty(Facade):
    """A store that runs each creation twice, under another number."""

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        head = self.store.run(handler, command, actor=actor, reason=reason, **options)
        if command.target is None:
            arguments = {**command.arguments, "number": f"{head.id}-again"}
            again = evolve(command, arguments=arguments)
            self.store.run(handler, again, actor=actor, reason=reason)
        return head


class Restless(Facade):
    """A store that changes an aggregate after each command on it."""

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        head = self.store.run(handler, command, actor=actor, reason=reason, **options)
        if head.entity.status == Status.OPEN:
            mark = self.context.aggregate.mark(head, note="restless")
            self.store.run(self.context.execute, mark, actor=actor, reason=reason)
        return head


class Lenient(Facade):
    """A store that answers a refused command with the head as it is."""

    refusal: type[Conflict] = InvalidTransition

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        try:
            return self.store.run(handler, command, actor=actor, reason=reason, **options)
        except self.refusal as error:
            heads: tuple[Head[Any], ...] = self.store.read(self.context.list)
            for head in heads:
                if command.target is None or head.id in str(command.target):
                    return head
            raise error from None


class Generous(Lenient):
    """A store that accepts a taken number."""

    refusal = Conflict


class Modern(Facade):
    """A store without a past."""

    def read(self, query: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - of any query
        """Answer a query."""
        if getattr(query, "__name__", "") == "as_of":
            return self.store.read(self.context.get, args[0])
        return self.store.read(query, *args, **values)


class Newest(Facade):
    """A store that knows the last version alone."""

    def read(self, query: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - of any query
        """Answer a query."""
        if getattr(query, "__name__", "") == "version":
            return self.store.read(self.context.get, args[0])
        return self.store.read(query, *args, **values)


class Blind(Facade):
    """A store whose search finds nothing."""

    def read(self, query: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401 - of any query
        """Answer a query."""
        answer = self.store.read(query, *args, **values)
        return () if getattr(query, "__name__", "") == "search" else answer


class Lossy(Facade):
    """A store that returns heads without a value."""

    def run(self, handler: Any, command: Any, *, actor: Actor, reason: str, **options: Any) -> Any:  # noqa: ANN401 - of any handler
        """Run a handler."""
        head = self.store.run(handler, command, actor=actor, reason=reason, **options)
        object.__setattr__(head.entity, "seal", None)
        return head


def opened(facade: type[Facade], context: Context[Any]) -> Callable[[], Any]:
    """Return a function that opens a store."""

    @contextmanager
    def open_store() -> Generator[OwnStore]:
        yield facade(context)

    return open_store


@aggregate(final=(Status.OPEN, Status.CLOSED))
class Owner(Aggregate):
    """The owner of boxes."""

    status: Status
    name: OneLine

    @creates(Status.OPEN)
    def register(self, name: OneLine) -> None: ...
    @creates(Status.CLOSED)
    def archive(self, name: OneLine) -> None: ...


@aggregate(final=(Status.OPEN, Status.CLOSED))
class Box(Aggregate):
    """A box of an owner."""

    status: Status
    owner: Identifier = field(references=Owner)

    @creates(Status.OPEN)
    def pack(self, owner: Identifier) -> None: ...
    @creates(Status.CLOSED)
    def seal(self, owner: Identifier) -> None: ...


boxes, owners = Context(Box), Context(Owner)


@contextmanager
def store_with_owner() -> Generator[OwnStore]:
    """Open a memory store with one owner, whose id is the first one."""
    store = MemoryStore(contexts=(boxes, owners), ids=CountedIds())
    register = Owner.register(name="Ann")
    store.run(owners.execute, register, actor=Actor.user("ann"), reason="a test")
    yield store


def owner_id(_: Random) -> str:
    """Return the id of the owner."""
    return "id-00000001"
