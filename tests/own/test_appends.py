"""Records that actions append: each kind of field, references, later fields, and planted faults."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import auto
from typing import Annotated, Any, TypeAlias

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of

from indelible.declare import (
    KEEP,
    Aggregate,
    AppendedRecord,
    Context,
    Count,
    Date,
    Fields,
    Flag,
    Identifier,
    Instant,
    OneLine,
    States,
    Texts,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
    record,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.kernel.appends import DECLARED_RECORDS
from indelible.kernel.json_objects import JsonObject
from indelible.memory.store import MemoryStore
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.schema.own_upgrade import OwnTableDiffers

__all__ = ["host"]  # the fixture

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA = Actor.user("maya")
Price = Annotated[Decimal, decimal_kind(digits=6, places=2)]


class Open(States):
    """The only state."""

    OPEN = auto()


@aggregate(final=(Open.OPEN,))
class Product(Aggregate):
    """A product."""

    status: Open
    name: OneLine

    @creates(Open.OPEN)
    def offer(self, name: OneLine) -> None: ...


@record
class Line(AppendedRecord):
    """A line of an order, with a field of each kind."""

    product: Identifier = field(references=Product)
    pieces: Count
    price: Price
    is_gift: Flag
    day: Date | None
    at: Instant
    tags: Texts
    details: JsonObject
    note: OneLine = field(default="none")


@aggregate(final=(Open.OPEN,))
class Order(Aggregate):
    """An order with lines."""

    status: Open
    total: Price

    @creates(Open.OPEN, computes=("total",), appends=Line, max_rows=3)
    def place(self, products: Texts, price: Price) -> Fields:
        """Order one piece of each product."""
        lines = [line_values(product, price) for product in products]
        return {"total": price * len(lines), "line": lines}

    @action(Open.OPEN, appends=Line)
    def add(
        self,
        product: Identifier,
        pieces: Count,
        price: Price,
        is_gift: Flag,
        at: Instant,
        tags: Texts,
        details: JsonObject,
        day: Date | None = None,
    ) -> None: ...


def line_values(product: str, price: Decimal) -> dict[str, Any]:
    """Return the values of a line with one piece."""
    return {
        "product": product,
        "pieces": 1,
        "price": price,
        "is_gift": True,
        "day": date(2026, 2, 28),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "tags": ("a", "ö"),
        "details": JsonObject.of({"ö": [1, None]}),
    }


products = Context(Product)
orders = Context(Order)
OWN = (orders, products)  # in another order than that of the references


store = stores_of(*OWN, postgresql=pytest.mark.slow)


def run(store: AnyStore, command: Command[Any]) -> Head[Any]:
    context: Any = products if command.action.entity is Product else orders
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a test")
    return head


@pytest.mark.slow
def test_a_row_has_a_value_of_each_kind(store: AnyStore) -> None:
    pen = run(store, Product.offer(name="Pen"))
    order = run(store, Order.place(products=(pen.id, pen.id), price=Decimal("1.5")))
    values = line_values(pen.id, Decimal("9999.99"))
    values["day"] = None
    order = run(store, Order.add(order, **values))
    first, second, third = (row.record for row in store.read(orders.rows, Line, order))
    assert order.entity.total == Decimal("3.00")
    for name, value in line_values(pen.id, Decimal("1.50")).items():
        assert getattr(first, name) == getattr(second, name) == value, name
    assert (third.price, third.day, third.note) == (Decimal("9999.99"), None, "none")


@pytest.mark.slow
def test_a_row_with_an_unknown_reference_is_refused(store: AnyStore) -> None:
    pen = run(store, Product.offer(name="Pen"))
    with pytest.raises(IndelibleError) as refused:
        run(store, Order.place(products=(pen.id, "lost", "other"), price=Decimal(1)))
    assert (refused.value.code, "lost" in str(refused.value)) == ("PRODUCT_NOT_FOUND", True)
    order = run(store, Order.place(products=(), price=Decimal(1)))
    with pytest.raises(IndelibleError, match="PRODUCT_NOT_FOUND"):
        run(store, Order.add(order, **line_values("lost", Decimal(1))))
    assert store.read(orders.rows, Line, order.id) == ()


@pytest.mark.slow
def test_a_batch_with_an_unknown_reference_saves_nothing(store: AnyStore) -> None:
    pen = run(store, Product.offer(name="Pen"))
    targets = [pen.id, pen.id, pen.id, "lost", pen.id]
    commands = [Order.place(products=(one,), price=Decimal(1)) for one in targets]
    with pytest.raises(IndelibleError, match="PRODUCT_NOT_FOUND"):
        store.run(orders.execute_many, commands, actor=MAYA, reason="a test")
    assert store.read(orders.list) == ()


# The lifecycle grows.


def issue_of(appends: type[AppendedRecord]) -> Context[Any]:
    """Return an issue whose comments are rows of a record."""

    @aggregate(final=(Open.OPEN,))
    class Issue(Aggregate):
        """An issue."""

        status: Open
        title: OneLine

        @creates(Open.OPEN)
        def report(self, title: OneLine) -> None: ...
        @action(Open.OPEN, appends=appends)
        def comment(self, body: OneLine, title: OneLine = KEEP) -> None: ...

    return Context(Issue)


def issue_without_rows() -> Context[Any]:
    """Return an issue as an earlier release has declared it: its comments append nothing."""

    @aggregate(final=(Open.OPEN,))
    class Issue(Aggregate):
        """An issue."""

        status: Open
        title: OneLine

        @creates(Open.OPEN)
        def report(self, title: OneLine) -> None: ...
        @action(Open.OPEN)
        def comment(self, title: OneLine = KEEP) -> None: ...

    return Context(Issue)


def comment_with(**defaults: str) -> type[AppendedRecord]:
    """Return the record of comments, with these further fields and their defaults."""
    names = {"__annotations__": {"body": OneLine, **dict.fromkeys(defaults, OneLine)}}
    fields = {name: field(default=value) for name, value in defaults.items()}
    module = {"__module__": "tests.own.generated_comments", "record_name": "comment"}
    made: type[AppendedRecord] = record(type("Comment", (AppendedRecord,), names | fields | module))
    return made


def opened(host: HostDatabase, context: Context[Any]) -> SqlStore:
    sql_store = open_store(host.url, contexts=(context,), policy=POLICY)
    sql_store.upgrade(host.owner_url)
    return sql_store


@pytest.mark.slow
def test_a_record_and_a_field_are_added_and_old_changes_verify(host: HostDatabase) -> None:
    context = issue_without_rows()
    store = opened(host, context)
    entity: Any = context.aggregate
    report = entity.report(title="Fire")
    head = store.run(context.execute, report, actor=MAYA, reason="a test")
    head = store.run(context.execute, entity.comment(head), actor=MAYA, reason="a test")
    store.dispose()

    for number, defaults in enumerate(({}, {"tone": "calm"})):
        comment = comment_with(**defaults)
        context = issue_of(comment)
        store = opened(host, context)
        entity = context.aggregate
        command = entity.comment(head.id, body=f"Text {number}")
        store.run(context.execute, command, actor=MAYA, reason="a test")
        rows = store.read(context.rows, comment, head.id)
        assert len(rows) == number + 1
        assert verify(store) == ()
        store.dispose()

    engine = create_engine(host.owner_url)
    with engine.begin() as connection:
        assert connection.scalars(text("SELECT tone FROM issue_comments")).all() == ["calm"] * 2
    engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("later", "problem"),
    [
        (None, "record comment is appended by no action"),
        ({"tone": "loud"}, "default of tone of record comment is calm, declared is loud"),
        ({}, "issue_comments: column tone is no field any more"),
    ],
)
def test_what_would_lose_a_row_or_a_digest_is_refused(
    host: HostDatabase, later: dict[str, str] | None, problem: str
) -> None:
    opened(host, issue_of(comment_with(tone="calm"))).dispose()
    context = issue_without_rows() if later is None else issue_of(comment_with(**later))
    store = open_store(host.url, contexts=(context,), policy=POLICY)
    with pytest.raises(OwnTableDiffers, match=problem):
        store.upgrade(host.owner_url)
    store.dispose()


# Planted faults.


def test_every_fault_of_a_record_is_named_with_its_line() -> None:
    with pytest.raises(UsageError) as refused:

        @record(time_field="body", actor_field="missing")
        class Bad(AppendedRecord):
            """A record with faults."""

            seq: Count
            number: Count
            body: OneLine = field(unique=True)
            select: OneLine
            other: Identifier = field(references="Other")

    for problem in (
        "field seq has the name of a column that every row has",
        "field number has the name of a column that every row has",
        "field select has the name of a word of SQL",
        "field body is of a record, which has no state and never changes",
        "field other refers to 'Other': expected a class",
        "field body is the time_field, and no Instant",
        "actor_field missing is no field",
    ):
        assert problem in str(refused.value), problem
    assert f"{__file__}:" in str(refused.value)


def test_a_record_without_fields_is_refused() -> None:
    with pytest.raises(UsageError, match="record Empty has no fields"):

        @record
        class Empty(AppendedRecord):
            """Nothing."""


def test_every_fault_of_an_appending_action_is_named() -> None:
    not_a_record: Any = Product
    with pytest.raises(UsageError) as refused:

        @aggregate(final=(Open.OPEN,))
        class Bad(Aggregate):
            """An order with faults."""

            status: Open
            pieces: Count
            line: OneLine

            @creates(Open.OPEN, appends=not_a_record)
            def begin(self, pieces: Count, line: OneLine) -> None: ...
            @action(Open.OPEN, appends=Line)
            def add(self, product: OneLine, pieces: Count, colour: OneLine) -> None: ...
            @action(Open.OPEN, appends=Line, max_rows=10_001)
            def load(self, products: Texts) -> Fields:
                return {"line": products}

            @action(Open.OPEN, max_rows=2)
            def drop(self) -> None: ...

    for problem in (
        "action begin appends <class",
        "action add has parameter pieces, which is a field of Line and of the aggregate",
        "action add appends Line, and the aggregate has a field line",
        "action add does not set field price of Line",
        "action add: parameter product has another type than the field",
        "action add: parameter colour is no field that an action can set",
        "action load has max_rows=10001: expected 1 to 10000",
        "action drop appends None, which is no class made with @record",
    ):
        assert problem in str(refused.value), problem


def test_a_record_that_no_action_appends_stops_the_store() -> None:
    @record
    class Unused(AppendedRecord):
        """Nobody appends it."""

        body: OneLine

    try:
        with pytest.raises(UsageError, match="no action appends record Unused"):
            MemoryStore(contexts=OWN, policy=POLICY)
    finally:
        del DECLARED_RECORDS[Unused.__module__, Unused.__qualname__]


@pytest.mark.parametrize("returned", [[{"body": "x", "colour": "red"}], [{}], ["x"], "x", None])
def test_a_body_that_returns_other_rows_is_a_fault(returned: object) -> None:
    @record
    class Note(AppendedRecord):
        """A note."""

        body: OneLine

    @aggregate(final=(Open.OPEN,))
    class Pad(Aggregate):
        """A pad."""

        status: Open
        name: OneLine

        @creates(Open.OPEN, appends=Note, max_rows=2)
        def begin(self, name: OneLine) -> Fields:  # noqa: ARG002 - a plain field
            return {"note": returned}

    pads = Context(Pad)
    store = MemoryStore(contexts=(pads,), policy=POLICY)
    with pytest.raises(UsageError):
        store.run(pads.execute, Pad.begin(name="x"), actor=MAYA, reason="a test")
    assert store.read(pads.list) == ()
