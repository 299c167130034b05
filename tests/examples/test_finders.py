"""Finders that a host declares, in every store: typed, served by an index, added by an upgrade."""

from collections.abc import Generator
from decimal import Decimal
from enum import auto
from types import SimpleNamespace
from typing import Annotated, Any, TypeAlias, assert_type

import pytest
from attrs import frozen
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, stores_of
from tests.examples.consents import Consent, consents, grants
from tests.examples.parcels import MAYA, Open

from indelible.declare import (
    Aggregate,
    Context,
    Count,
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
    finds,
)
from indelible.kernel import Head, IndelibleError, UsageError
from indelible.kernel.context_checks import MAX_HEADS
from indelible.kernel.finders import QuestionRecorder
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.kinds import Kind
from indelible.kernel.repository import Repository
from indelible.kernel.values import instance_of
from indelible.memory.store import MemoryStore
from indelible.testing.own import conformance
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.engine.prepared import prepare
from indelible_sql.kernel.own_contexts import own_context
from indelible_sql.kernel.questions import statement_of
from indelible_sql.testing import sql_conformance

AnyStore: TypeAlias = Any  # of memory, or of a database
Price = Annotated[Decimal, decimal_kind(digits=6, places=2)]


class Status(States):
    """The states of a parcel."""

    PACKED = auto()
    SENT = auto()


@aggregate(final=(Status.SENT,))
class Parcel(Aggregate):
    """A parcel, which its finders find by each sort of index."""

    status: Status
    label: Identifier = field(unique=True)
    shelf: Identifier | None = field()
    weight: Count
    price: Price = field(default=Decimal(0))

    @creates(Status.PACKED)
    def pack(self, label: Identifier, weight: Count) -> None: ...
    @action(Status.PACKED)
    def lay(self, shelf: Identifier | None, price: Price) -> None: ...
    @action(Status.PACKED, to=Status.SENT)
    def send(self) -> None: ...
    @finds
    def by_label(self, label: Identifier) -> None: ...
    @finds
    def on_shelf(self, shelf: Identifier | None, status: Status) -> None: ...
    @finds
    def of_weight(self, weight: Count) -> None: ...
    @finds
    def of_price(self, price: Price) -> None:
        """Find what costs exactly this."""

    @finds
    def in_status(self, status: Status) -> None: ...


parcels = Context(Parcel, filters=("status",))
TestInMemory = conformance(parcels)
TestOnSqlite = sql_conformance(parcels)


store = stores_of(parcels)


@pytest.fixture
def sql(host: HostDatabase) -> Generator[SqlStore]:
    opened = open_store(host.url, contexts=(parcels,), policy=POLICY)
    opened.upgrade(host.owner_url)
    yield opened
    opened.dispose()


def run(store: AnyStore, command: Any) -> Head[Parcel]:  # noqa: ANN401 - a command of parcels
    head: Head[Parcel] = store.run(parcels.execute, command, actor=MAYA, reason="a test")
    return head


def packed(store: AnyStore, label: str, weight: int = 1) -> Head[Parcel]:
    return run(store, Parcel.pack(label=label, weight=weight))


def unread(store: AnyStore, query: Any, *args: object, **kwargs: object) -> str:  # noqa: ANN401 - any query
    with pytest.raises(IndelibleError) as error:
        store.read(query, *args, **kwargs)
    return str(error.value)


def test_a_unique_value_finds_one(store: AnyStore) -> None:
    head = packed(store, "P-1")
    packed(store, "P-2")

    assert store.read(parcels.find_one, Parcel.by_label("P-1")) == head
    assert store.read(parcels.find, Parcel.by_label(label="P-1")) == (head,)
    assert store.read(parcels.find, Parcel.by_label("P-3")) == ()
    answer = unread(store, parcels.find_one, Parcel.by_label("P-3"))
    assert answer == "PARCEL_NOT_FOUND: Parcel P-3 not found."


def test_values_find_a_page_in_order_of_id(store: AnyStore) -> None:
    heads = [packed(store, f"P-{index}", weight=index % 2 + 1) for index in range(7)]
    light = sorted((head for head in heads if head.entity.weight == 1), key=lambda one: one.id)

    assert list(store.read(parcels.find, Parcel.of_weight(1))) == light
    first = store.read(parcels.find, Parcel.of_weight(1), limit=3)
    rest = store.read(parcels.find, Parcel.of_weight(1), after=first[-1].id, limit=3)
    assert [*first, *rest] == light
    assert len(first) == 3


def test_bad_input_is_refused(store: AnyStore) -> None:
    for limit in (0, -1, MAX_HEADS + 1):
        answer = unread(store, parcels.find, Parcel.of_weight(1), limit=limit)
        assert answer.startswith("NUMBER_OUT_OF_RANGE")
    for lookup in (Parcel.of_weight(0), Parcel.of_price(Decimal("1.234"))):
        assert unread(store, parcels.find, lookup).startswith(("NUMBER_OUT", "INVALID_DECIMAL"))
    assert unread(store, parcels.find, Parcel.by_label("a\0")).startswith("TEXT_UNSTORABLE")
    wrong: Any = Parcel.of_weight("1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - a planted misuse
    assert unread(store, parcels.find, wrong).startswith("WRONG_TYPE")
    assert "compares no unique field" in unread(store, parcels.find_one, Parcel.of_weight(1))


def test_a_lookup_of_another_aggregate_is_refused(store: AnyStore) -> None:
    lookup: Any = Consent.by_number("C-1")
    assert "Consent.by_number is no finder of Parcel" in unread(store, parcels.find, lookup)
    assert "is no lookup: call a finder" in unread(store, parcels.find, Parcel.by_label)
    assert "is no lookup: call a finder" in unread(store, parcels.find_one, "P-1")


def test_arguments_fit_the_signature() -> None:
    for arguments in ({}, {"label": "a", "weight": 1}, {"lable": "a"}):
        call: Any = Parcel.by_label
        with pytest.raises(TypeError, match=r"Parcel\.by_label\(.*; it takes \(label\)"):
            call(**arguments)


def test_checkers_know_the_types() -> None:
    store = MemoryStore(contexts=(parcels, consents, grants), policy=POLICY)
    packed(store, "P-1")

    one = store.read(parcels.find_one, Parcel.by_label("P-1"))
    several = store.read(parcels.find, Parcel.on_shelf(None, Status.PACKED), limit=3)
    assert_type(one, Head[Parcel])
    assert_type(several, tuple[Head[Parcel], ...])
    assert several == (one,)


def test_a_finder_sees_what_its_own_transaction_has_written(
    sql: SqlStore, host: HostDatabase
) -> None:
    engine = host.engine()
    with engine.begin() as connection:
        with sql.transaction(actor=MAYA, reason="a test", connection=connection) as tx:
            head = parcels.execute(tx, Parcel.pack(label="P-1", weight=1))
            assert parcels.find_one(tx, Parcel.by_label("P-1")) == head
        connection.rollback()
    engine.dispose()
    assert sql.read(parcels.find, Parcel.by_label("P-1")) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lookup", "index"),
    [
        (Parcel.by_label("P-1"), "parcels_one_label"),
        (Parcel.on_shelf("a", Status.PACKED), "parcels_by_shelf_and_status"),
        (Parcel.on_shelf(None, Status.PACKED), "parcels_by_shelf_and_status"),
        (Parcel.of_weight(1), "parcels_by_weight"),
        (Parcel.of_price(Decimal(1)), "parcels_by_price"),
        (Parcel.in_status(Status.SENT), "parcels_by_status"),
    ],
)
def test_each_finder_reads_an_index(
    sql: SqlStore,
    host: HostDatabase,
    lookup: Any,  # noqa: ANN401 - of any finder
    index: str,
) -> None:
    fill(sql)
    owner = create_engine(host.owner_url)
    if owner.dialect.name == "postgresql":
        with owner.begin() as connection:
            connection.execute(text("ANALYZE parcels"))
    owner.dispose()
    recorder = QuestionRecorder()
    any_store: Any = recorder
    tx: Any = SimpleNamespace(parcels=Repository(any_store))
    parcels.find(tx, lookup, limit=10)
    (asked,) = recorder.questions
    statement, values = statement_of(own_context(parcels).mappings[0].table, asked.question)

    with sql.engines.reader.connect() as connection:
        explain = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            explain = "EXPLAIN"
        prepared = prepare(statement, connection.dialect, sql.schema)
        plan = f"{explain} {prepared.text}"
        bound: Any = prepared.bind(values)
        if connection.dialect.name == "sqlite":
            bound = tuple(bound)
        lines = connection.exec_driver_sql(plan, bound).fetchall()
        connection.rollback()
    assert index in str(lines)
    assert "SCAN parcels" not in str(lines)


def fill(store: SqlStore) -> None:
    """Store parcels of which few have the same values."""
    births = [Parcel.pack(label=f"P-{index}", weight=index + 1) for index in range(400)]
    heads = store.run(parcels.execute_many, births, actor=MAYA, reason="many")
    laid = [
        Parcel.lay(head, shelf=f"s-{index}", price=Decimal(index))
        for index, head in enumerate(heads[10:])
    ]
    store.run(parcels.execute_many, laid, actor=MAYA, reason="many")
    sent = [Parcel.send(head) for head in heads[:5]]
    store.run(parcels.execute_many, sent, actor=MAYA, reason="many")


def test_no_index_is_made_twice() -> None:
    names = {str(index.name) for index in own_context(parcels).mappings[0].table.indexes}
    assert names == {
        "parcels_one_label",
        "parcels_by_created_at",
        "parcels_by_status",
        "parcels_by_shelf_and_status",
        "parcels_by_weight",
        "parcels_by_price",
    }


def without_finders() -> Context[Any]:
    """Return parcels as a release without finders declares them."""

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel."""

        status: Status
        label: Identifier = field(unique=True)
        shelf: Identifier | None = field()
        weight: Count
        price: Price = field(default=Decimal(0))

        @creates(Status.PACKED)
        def pack(self, label: Identifier, weight: Count) -> None: ...
        @action(Status.PACKED)
        def lay(self, shelf: Identifier | None, price: Price) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    return Context(Parcel, filters=("status",))


@pytest.mark.slow
def test_an_upgrade_adds_the_index(opened: Open, host: HostDatabase) -> None:
    old = without_finders()
    before = opened(old)
    before.upgrade(host.owner_url)
    command = old.aggregate.pack(label="P-1", weight=4)
    before.run(old.execute, command, actor=MAYA, reason="a test")

    after = opened(parcels)
    after.upgrade(host.owner_url)
    after.upgrade(host.owner_url)
    assert "parcels_by_weight" in indexes_of(host)
    assert len(after.read(parcels.find, Parcel.of_weight(4))) == 1
    assert verify(after) == ()
    command = old.aggregate.pack(label="P-2", weight=4)
    before.run(old.execute, command, actor=MAYA, reason="the release before goes on")
    assert len(after.read(parcels.find, Parcel.of_weight(4))) == 2


def indexes_of(host: HostDatabase) -> set[str]:
    engine = create_engine(host.owner_url)
    query = "SELECT name FROM sqlite_master WHERE type = 'index'"
    if engine.dialect.name == "postgresql":
        query = "SELECT indexname FROM pg_indexes"
    with engine.connect() as connection:
        names = set(connection.execute(text(query)).scalars())
    engine.dispose()
    return names


def test_a_field_with_the_name_of_an_index_is_refused() -> None:
    @aggregate(final=(Status.PACKED, Status.SENT))
    class Box(Aggregate):
        status: Status
        a: Count
        b: Count
        a_and_b: Count

        @creates(Status.PACKED)
        def pack(self, a: Count, b: Count, a_and_b: Count) -> None: ...
        @creates(Status.SENT)
        def send(self, a: Count, b: Count, a_and_b: Count) -> None: ...
        @finds
        def both(self, a: Count, b: Count) -> None: ...

    with pytest.raises(UsageError, match=r"the indexes of Box\.both and of field a_and_b"):
        own_context(Context(Box, filters=("a_and_b",)))


def test_wrong_finders_are_refused_all_at_once() -> None:
    with pytest.raises(UsageError) as error:

        @aggregate(final=(Status.PACKED, Status.SENT))
        class Wrong(Aggregate):
            status: Status
            label: Identifier
            other: Identifier
            more: Identifier
            last: Identifier
            note: OneLine
            tags: Texts
            at: Instant | None = field()

            @creates(Status.PACKED)
            def pack(
                self,
                label: Identifier,
                other: Identifier,
                more: Identifier,
                last: Identifier,
                note: OneLine,
                tags: Texts,
                at: Instant | None = None,
            ) -> None: ...
            @creates(Status.SENT)
            def send(
                self,
                label: Identifier,
                other: Identifier,
                more: Identifier,
                last: Identifier,
                note: OneLine,
                tags: Texts,
            ) -> None: ...
            @finds
            def nothing(self) -> None: ...
            @finds
            def unknown(self, lable: Identifier) -> None: ...
            @finds
            def typed(self, label: int) -> None: ...
            @finds
            def given(self, label: Identifier = "a") -> None: ...
            @finds
            def several(self, *label: Identifier) -> None: ...
            @finds
            def itself(self, id: Identifier) -> None: ...
            @finds
            def noted(self, note: OneLine) -> None: ...
            @finds
            def tagged(self, tags: Texts) -> None: ...
            @finds
            def wide(
                self, label: Identifier, other: Identifier, more: Identifier, last: Identifier
            ) -> None: ...
            @finds
            def working(self, label: Identifier) -> None:
                print(label)  # noqa: T201 - a body that nothing would run

            @finds
            def transition(  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] - planted
                self, label: Identifier
            ) -> None: ...

    lines = str(error.value).splitlines()
    expected = {
        "nothing": "compares no field",
        "unknown": "parameter lable is no field",
        "typed": "parameter label has another type than the field",
        "given": "parameter label has a default: a finder compares each of its fields",
        "several": "parameter label has no name for the caller",
        "itself": "parameter id needs no finder: call get",
        "noted": "its index has texts of at most 1000 characters together",
        "tagged": "field tags has no index: its values are lists",
        "wide": "its index has texts of at most",
        "working": "has a body, which nothing would run",
        "transition": "has the name of a method of aggregates",
    }
    for name, fault in expected.items():
        of_finder = [line for line in lines if f": finder {name}" in line]
        assert any(fault in line and f"{__file__}:" in line for line in of_finder), name
    assert len(lines) == len(expected) + 1


@frozen
class Size:
    """A value that is stored as an object."""

    width: int
    height: int


Weight = Annotated[float, Kind(instance_of(float))]  # a kind of a host's own


def test_a_field_without_an_index_is_refused_with_its_type() -> None:
    with pytest.raises(UsageError) as error:

        @aggregate(final=(Status.PACKED,))
        class Wrong(Aggregate):
            status: Status
            size: Size
            details: JsonObject | None = field()
            weight: Weight | None = field()

            @creates(Status.PACKED)
            def pack(
                self, size: Size, details: JsonObject | None, weight: Weight | None
            ) -> None: ...
            @finds
            def sized(self, size: Size) -> None: ...
            @finds
            def detailed(self, details: JsonObject | None) -> None: ...
            @finds
            def weighing(self, weight: Weight | None) -> None: ...

    text = str(error.value)
    assert "field size has no index: its values are objects\n" in text
    assert "field details has no index: its values are objects\n" in text
    assert "field weight has no index: its values are of type float; an index has texts" in text
