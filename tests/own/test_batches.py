"""Many commands at once do the same as one after the other, in few statements, in every store."""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import auto
from random import Random
from typing import Annotated, Any, TypeAlias

import pytest
from attrs import field as attrs_field
from attrs import frozen
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host
from tests.logs import messages_of

from indelible.declare import (
    KEEP,
    Aggregate,
    At,
    Context,
    Date,
    Flag,
    Identifier,
    OneLine,
    States,
    Texts,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
)
from indelible.kernel import Actor, IndelibleError
from indelible.kernel.actions import Command
from indelible.kernel.json_objects import JsonObject
from indelible.memory.store import MemoryStore
from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify

pytestmark = pytest.mark.slow

__all__ = ["host"]  # the fixture

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA = Actor.user("maya")
BATCHES = 60
Price = Annotated[Decimal, decimal_kind(digits=6, places=2)]


class Status(States):
    """The states of a seat."""

    FREE = auto()
    SOLD = auto()


@aggregate(final=())
class Seat(Aggregate):
    """A seat, which one holder has."""

    status: Status
    number: Identifier = field(unique=True)
    holder: Identifier | None = field(unique=True)
    beside: Identifier | None = field(references="Seat")
    price: Price
    is_wide: Flag
    day: Date | None = field()
    tags: Texts = field(default=())
    details: JsonObject
    note: OneLine = field(default="")

    @creates(Status.FREE)
    def build(
        self,
        number: Identifier,
        price: Price,
        is_wide: Flag,
        details: JsonObject,
        beside: Identifier | None = None,
    ) -> None: ...
    @action(Status.FREE, to=Status.SOLD)
    def sell(self, holder: Identifier) -> None: ...
    @action(Status.SOLD, to=Status.FREE)
    def release(self, holder: Identifier | None = None) -> None: ...
    @action(Status.FREE, Status.SOLD)
    def edit(
        self,
        price: Price = KEEP,
        is_wide: Flag = KEEP,
        day: Date | None = KEEP,
        tags: Texts = KEEP,
        note: OneLine = KEEP,
        beside: Identifier | None = KEEP,
        holder: Identifier | None = KEEP,
    ) -> None: ...


seats = Context(Seat)


def options(ids: CountedIds) -> dict[str, Any]:
    return {"policy": POLICY, "clock": TickingClock(), "ids": ids}


class SteppedIds(CountedIds):
    """Ids that begin anew with each batch, so that a refused one uses up none."""

    def begin(self, batch: int) -> None:
        """Begin a batch."""
        self._count = batch * 1_000


@frozen
class Plan:
    """One command of a batch, as every store gets it: an action, a target and the arguments."""

    action: str
    target: At | None
    arguments: dict[str, object] = attrs_field(factory=dict[str, object])

    def command(self) -> Command[Seat]:
        """Return a new command."""
        make: Any = getattr(Seat, self.action)
        target = () if self.target is None else (self.target,)
        command: Command[Seat] = make(*target, **self.arguments)
        return command


def drawn_birth(random: Random, ids: Sequence[str], number: int) -> Plan:
    """Return a command that creates; now and then its number is taken, or its reference unknown."""
    if random.random() < 1 / 40:
        number = 30 * random.randrange(3)
    beside = random.choice((*ids, None, "x")) if random.random() < 1 / 15 else None
    values: dict[str, object] = {
        "number": f"N-{number}",
        "price": Decimal(random.randrange(10_000)) / 100,
        "is_wide": random.random() < 1 / 2,
        "details": JsonObject.of({"n": random.randrange(9), "list": [Decimal("0.5"), None, "ä"]}),
        "beside": beside,
    }
    return Plan("build", None, values)


def drawn_change(random: Random, at: At, state: str, ids: Sequence[str]) -> Plan:
    """Return a command on a seat; its state may not allow it."""
    names = ["edit", "sell" if state == Status.FREE else "release"]
    if random.random() < 1 / 60:
        names = ["sell", "release"]
    name = random.choice(names)
    if name == "sell":
        return Plan(name, at, {"holder": f"h-{random.randrange(200)}"})
    if name == "release":
        return Plan(name, at)
    every: dict[str, object] = {
        "price": Decimal(random.randrange(10_000)) / 100,
        "is_wide": random.random() < 1 / 2,
        "day": random.choice((None, date(2026, 1, random.randint(1, 31)))),
        "tags": tuple(random.choices("abc", k=random.randrange(3))),
        "note": random.choice(("", "a note")),
    }
    if random.random() < 1 / 10:
        every["beside"] = random.choice((*ids, None))
    if random.random() < 1 / 50:
        every["beside"] = "x"
    if random.random() < 1 / 10:
        every["holder"] = random.choice((None, f"h-{random.randrange(200)}"))
    chosen = random.sample(sorted(every), random.randint(0, len(every)))
    return Plan("edit", at, {one: every[one] for one in chosen})


def each_by_itself(tx: Any, commands: Sequence[Command[Seat]]) -> Any:  # noqa: ANN401 - of a store
    return tuple(seats.execute(tx, command) for command in commands)


def answer(
    store: AnyStore, handler: Callable[..., Any], plans: Sequence[Plan]
) -> "tuple[str, str] | list[dict[str, object]]":
    """Return the heads that a batch leaves, without times, or the code of its refusal."""
    commands = [plan.command() for plan in plans]
    try:
        heads = store.run(handler, commands, actor=MAYA, reason="a batch")
    except IndelibleError as error:
        for command in commands:
            command.use()
        return error.code, str(error)
    return [comparable(head) for head in heads]


def comparable(head: Any) -> dict[str, object]:  # noqa: ANN401 - a head
    names = [name for name in Seat.__annotations__ if name != "status"]
    values = {name: getattr(head.entity, name) for name in names}
    return {"id": head.id, "seq": head.seq, "state": head.revision.state, **values}


def history(store: AnyStore) -> list[tuple[str, int, str]]:
    """Return the changes of seats in their order."""
    changes: list[tuple[str, int, str]] = []
    cursor = ""
    while True:
        page = store.feed(after=cursor, limit=1_000)
        if not page.changes:
            return changes
        for change in page.changes:
            if change.lifecycle == "seat":
                changes.append((change.entity_id, change.seq, change.action))
        cursor = page.cursor


def drawn_batch(random: Random, store: AnyStore, number: int) -> list[Plan]:
    """Return births, or changes of different seats; `number` is that of the first new seat."""
    heads = store.read(seats.list, limit=1_000)
    known = [head.id for head in heads]
    if not heads or random.random() < 1 / 3:
        size = random.choice((1, 2, 5, 30))
        return [drawn_birth(random, known, number + offset) for offset in range(size)]

    plans: list[Plan] = []
    for head in random.sample(heads, min(len(heads), random.choice((1, 3, 20, 60)))):
        at = At(head.id, head.seq)
        plans.append(drawn_change(random, at, head.revision.state, known))
    return plans


def test_a_batch_is_the_same_as_its_commands_one_by_one(host: HostDatabase) -> None:
    ids = [SteppedIds() for _ in range(3)]
    memory = MemoryStore(contexts=(seats,), **options(ids[0]))
    single = MemoryStore(contexts=(seats,), **options(ids[1]))
    sql = open_store(host.url, contexts=(seats,), **options(ids[2]))
    sql.upgrade(host.owner_url)
    random = Random(37)  # noqa: S311 - a test draws the same from the same seed
    refused: set[str] = set()
    for batch in range(BATCHES):
        plans = drawn_batch(random, memory, batch * 30)
        for one in ids:
            one.begin(batch)
        expected = answer(memory, seats.execute_many, plans)
        assert answer(sql, seats.execute_many, plans) == expected, batch
        by_itself = answer(single, each_by_itself, plans)
        assert isinstance(by_itself, tuple) == isinstance(expected, tuple)
        if isinstance(expected, tuple):
            refused.add(expected[0])
        else:
            assert by_itself == expected

    assert {"SEAT_NUMBER_TAKEN", "SEAT_NOT_FOUND", "SEAT_HOLDER_TAKEN"} <= refused
    stored = [comparable(head) for head in sql.read(seats.list, limit=1_000)]
    assert stored == [comparable(head) for head in memory.read(seats.list, limit=1_000)]
    assert stored == [comparable(head) for head in single.read(seats.list, limit=1_000)]
    assert history(sql) == history(memory) == history(single)
    assert verify(sql) == ()
    sql.dispose()


def test_a_thousand_commands_are_few_statements(
    database: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(database.url, contexts=(seats,), policy=POLICY)
    store.upgrade(database.owner_url)
    logger = logging.getLogger("indelible.sql.statements")

    def sent(plans: Sequence[Plan]) -> tuple[list[str], Any]:
        caplog.clear()
        commands = [plan.command() for plan in plans]
        heads = store.run(seats.execute_many, commands, actor=MAYA, reason="a batch")
        return messages_of(logger.name, caplog), heads

    statements: dict[int, list[list[str]]] = {}
    with caplog.at_level(logging.DEBUG, logger.name):
        for size in (10, 1_000):
            random = Random(size)  # noqa: S311 - a test draws the same from the same seed
            births = [drawn_birth(random, (), size * 10 + n) for n in range(size)]
            births = [
                Plan("build", None, {**one.arguments, "number": f"{size}-{n}", "beside": None})
                for n, one in enumerate(births)
            ]
            made, heads = sent(births)
            edits = [Plan("edit", At(head.id, 1), {"note": "x"}) for head in heads]
            edited, heads = sent(edits)
            sold = [
                Plan("sell", At(head.id, 2), {"holder": f"{size}-{n}"})
                for n, head in enumerate(heads)
            ]
            taken, _ = sent(sold)
            statements[size] = [made, edited, taken]

    assert statements[1_000] == statements[10]
    assert max(map(len, statements[10])) <= 5
    assert verify(store) == ()
    store.dispose()
