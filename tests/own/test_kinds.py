"""Dates, decimals and single lines of a host: exact in every store, and raw values are refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import auto
from typing import Annotated, Any, ClassVar, TypeAlias

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of
from tests.web.harness import Web, saved

from indelible.declare import (
    Aggregate,
    Context,
    Date,
    OneLine,
    States,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.kernel.claims import Compared
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.memory.store import MemoryStore
from indelible_sql import enable_foreign_keys, open_store, rebuild, verify
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

__all__ = ["host"]  # the fixture

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA = Actor.user("maya")
DAY = date(1969, 7, 20)
Price = Annotated[Decimal, decimal_kind(digits=12, places=2)]


class Status(States):
    """The states of an invoice."""

    DRAFT = auto()
    SENT = auto()


@aggregate(final=(Status.SENT,))
class Invoice(Aggregate):
    """An invoice."""

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("has_amount", Compared("total", ">", 0)),
        Condition("is_within_total", Compared("paid", "<=", "total")),
    )

    status: Status
    title: OneLine
    total: Price
    paid: Price = field(default=Decimal("0.5"))
    due_on: Date
    sent_on: Date | None = field(required_in=(Status.SENT,))

    @creates(Status.DRAFT)
    def draft(self, title: OneLine, total: Price, due_on: Date) -> None: ...
    @action(Status.DRAFT)
    def pay(self, paid: Price) -> None: ...
    @action(Status.DRAFT, to=Status.SENT)
    def send(self, sent_on: Date) -> None: ...


invoices = Context(Invoice, filters=("total", "due_on"))


store = stores_of(invoices, postgresql=pytest.mark.slow)


def run(store: AnyStore, command: Command[Invoice]) -> Head[Invoice]:
    head: Head[Invoice] = store.run(invoices.execute, command, actor=MAYA, reason="a test")
    return head


def drafted(store: AnyStore, total: str = "12.5", title: str = "Pens") -> Head[Invoice]:
    return run(store, Invoice.draft(title=title, total=Decimal(total), due_on=DAY))


@pytest.mark.slow
def test_a_decimal_and_a_date_are_exact_in_every_store(store: AnyStore) -> None:
    head = drafted(store, "9999999999.99")
    head = run(store, Invoice.pay(head, paid=Decimal("0.1")))
    stored = store.read(invoices.get, head.id)
    assert stored == head
    assert (str(stored.entity.total), str(stored.entity.paid)) == ("9999999999.99", "0.10")
    assert (stored.entity.due_on, type(stored.entity.due_on)) == (DAY, date)

    first, second = store.read(invoices.history, head.id)
    assert (first.data["total"], first.data["paid"]) == ("9999999999.99", "0.50")
    assert (second.data["paid"], second.data["due_on"]) == ("0.10", "1969-07-20")
    assert store.read(invoices.as_of, head.id, datetime(2999, 1, 1, tzinfo=UTC)) == head
    for total in ("9999999999.990", "9999999999.99"):
        assert store.read(invoices.list, total=Decimal(total), due_on=DAY) == (head,)
    assert store.read(invoices.list, total=Decimal("9999999999.98")) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("total", "code"),
    [
        ("12.505", "INVALID_DECIMAL"),
        ("10000000000", "INVALID_DECIMAL"),
        ("NaN", "INVALID_DECIMAL"),
        ("-0.01", "FIELD_NOT_OF_STATE"),
        ("0.49", "FIELD_NOT_OF_STATE"),
    ],
)
def test_a_decimal_that_the_field_cannot_have_is_refused(
    store: AnyStore, total: str, code: str
) -> None:
    with pytest.raises(IndelibleError) as refused:
        drafted(store, total)
    assert refused.value.code == code
    assert store.read(invoices.list) == ()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x85", "\v"])
def test_a_line_break_is_refused(store: AnyStore, end: str) -> None:
    with pytest.raises(IndelibleError) as refused:
        drafted(store, title=f"Pens{end}")
    assert refused.value.code == "TEXT_HAS_LINE_BREAKS"
    assert drafted(store, title="Pens\tand paper").entity.title == "Pens\tand paper"


@pytest.mark.slow
def test_a_time_is_no_date(store: AnyStore) -> None:
    now: Any = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(IndelibleError) as refused:
        run(store, Invoice.draft(title="Pens", total=Decimal(1), due_on=now))
    assert refused.value.code == "WRONG_TYPE"


STEP = "seq = seq + 1, updated_at = '2999-01-01T00:00:00.000000+00:00'"
INSERT = (
    "INSERT INTO invoices (id, status, seq, hash, created_at, updated_at, title, total, paid,"
    " due_on) SELECT 'copy', status, seq, hash, created_at, updated_at, title, {total}, paid,"
    " {due_on} FROM invoices"
)


def attacks(database: HostDatabase) -> dict[str, str]:
    """Return raw statements by what refuses each."""
    is_sqlite = database.url.startswith("sqlite")
    not_a_number = "1e30" if is_sqlite else "'NaN'"
    infinite_day = "'0000-01-01'" if is_sqlite else "'infinity'"
    no_day = "'2026-02-30'"
    return {
        "a number that is none": INSERT.format(total=not_a_number, due_on="due_on"),
        "too many digits": INSERT.format(total="10000000000000", due_on="due_on"),
        "a day outside the years": INSERT.format(total="total", due_on=infinite_day),
        "a day that is none": INSERT.format(total="total", due_on=no_day),
        "another total": f"UPDATE invoices SET total = 13, {STEP}",
        "a negative total": f"UPDATE invoices SET total = -1, {STEP}",
        "another day": f"UPDATE invoices SET due_on = '2026-01-01', {STEP}",
    }


@pytest.mark.slow
def test_raw_values_of_the_kinds_are_refused(host: HostDatabase) -> None:
    store = open_store(host.url, contexts=(invoices,), policy=POLICY)
    store.upgrade(host.owner_url)
    head = drafted(store)
    engine = create_engine(host.owner_url)
    enable_foreign_keys(engine)
    for name, attack in attacks(host).items():
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(attack))
        assert store.read(invoices.list) == (head,), name
    rebuild(store, host.owner_url)
    assert store.read(invoices.list) == (head,)
    assert verify(store) == ()
    store.dispose()
    engine.dispose()


class Earlier(States):
    """The states of an invoice, before it has a day and a discount."""

    DRAFT = auto()


@pytest.mark.slow
def test_a_decimal_and_a_date_are_added_to_a_table(host: HostDatabase) -> None:
    @aggregate(final=(Earlier.DRAFT,))
    class Bill(Aggregate):
        """A bill."""

        status: Earlier
        title: OneLine

        @creates(Earlier.DRAFT)
        def draft(self, title: OneLine) -> None: ...

    old: Context[Any] = Context(Bill)
    store = open_store(host.url, contexts=(old,), policy=POLICY)
    store.upgrade(host.owner_url)
    store.run(old.execute, Bill.draft(title="Pens"), actor=MAYA, reason="a test")
    store.dispose()

    @aggregate(final=(Earlier.DRAFT,))
    class LaterBill(Aggregate):
        """A bill."""

        lifecycle = Bill.lifecycle.__class__(name="bill")
        status: Earlier
        title: OneLine
        discount: Price | None = field()
        due_on: Date | None = field()

        @creates(Earlier.DRAFT)
        def draft(
            self, title: OneLine, discount: Price | None = None, due_on: Date | None = None
        ) -> None: ...

    new: Context[Any] = Context(LaterBill, filters=("due_on",))
    store = open_store(host.url, contexts=(new,), policy=POLICY)
    store.upgrade(host.owner_url)
    store.upgrade(host.owner_url)
    later = LaterBill.draft(title="Ink", discount=Decimal("0.1"), due_on=DAY)
    head = store.run(new.execute, later, actor=MAYA, reason="a test")
    assert store.read(new.get, head.id) == head
    assert len(store.read(new.list)) == 2
    assert verify(store) == ()
    store.dispose()


def test_a_decimal_is_compared_with_another_of_as_many_places() -> None:
    with pytest.raises(UsageError) as refused:

        @aggregate(final=(Earlier.DRAFT,))
        class Bad(Aggregate):  # pyright: ignore[reportUnusedClass] # it is refused
            """A bill."""

            conditions: ClassVar[tuple[AnyCondition, ...]] = (
                Condition("is_large", Compared("total", ">", 5)),
                Condition("is_rough", Compared("total", ">", "rough")),
            )
            status: Earlier
            total: Price
            rough: Annotated[Decimal, decimal_kind(digits=3, places=1)]

            @creates(Earlier.DRAFT)
            def draft(
                self, total: Price, rough: Annotated[Decimal, decimal_kind(digits=3, places=1)]
            ) -> None: ...

    assert str(refused.value).count("compare a decimal with 0, or with a decimal of as many") == 2


def test_a_decimal_without_a_kind_is_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError) as refused:

        @aggregate(final=(Earlier.DRAFT,))
        class Scale(Aggregate):  # pyright: ignore[reportUnusedClass] # it is refused
            status: Status
            weight: Decimal

            @creates(Earlier.DRAFT)
            def weigh(self, weight: Decimal) -> None: ...

    hint = "field weight has no kind and no validator: `decimal_kind` makes the kind of a Decimal"
    assert hint in str(refused.value)


@pytest.mark.slow
def test_a_decimal_is_a_text_over_http() -> None:
    store: AnyStore = MemoryStore(contexts=(invoices,), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(invoices)))
    key = web.new_key("invoices:read", "invoices:write")
    body = {"reason": "a test", "title": "Pens", "total": "12.5", "due_on": "1969-07-20"}
    made = saved(web.post("/v1/invoices", json=body, key=key), 201)
    assert (made["total"], made["paid"], made["due_on"]) == ("12.50", "0.50", "1969-07-20")
    path = "/v1/invoices?total=12.50&due_on=1969-07-20"
    assert saved(web.get(path, key=key), 200)["items"] == [made]

    for name, value, code in (
        ("total", 12.5, "INVALID_FIELDS"),
        ("total", "1e2", "INVALID_FIELDS"),
        ("total", "NaN", "INVALID_FIELDS"),
        ("total", "12.505", "INVALID_DECIMAL"),
        ("total", "10000000000", "INVALID_DECIMAL"),
        ("due_on", "1969-7-20", "INVALID_FIELDS"),
        ("due_on", "2026-02-30", "INVALID_FIELDS"),
        ("due_on", "2026-01-01T00:00:00Z", "INVALID_FIELDS"),
        ("title", "a\nb", "TEXT_HAS_LINE_BREAKS"),
    ):
        answer = web.post("/v1/invoices", json={**body, name: value}, key=key)
        problem: Any = answer.json
        assert (answer.status_code, problem["code"]) == (422, code), (name, value)

    document: Any = web.get("/openapi.json").json
    schema = document["components"]["schemas"]["DraftInvoiceBody"]["properties"]
    assert schema["total"]["type"] == "string"
    assert schema["total"]["pattern"] == r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?$"
    assert schema["due_on"]["format"] == "date"
