"""A range of decimals holds in memory, in both databases, in documents and in drawn values."""

from decimal import Decimal
from enum import auto
from random import Random
from typing import Annotated, Any

import pytest
from openapi_schema_validator import OAS31Validator
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of
from tests.web.harness import Web, saved

from indelible.declare import (
    Aggregate,
    AppendedRecord,
    Context,
    OneLine,
    States,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
    record,
)
from indelible.kernel import Actor, UsageError
from indelible.kernel.decimals import DecimalOutOfRange
from indelible.memory.store import MemoryStore
from indelible.testing.own.values import draw_for
from indelible_sql import open_store, verify
from indelible_sql.schema.own_upgrade import OwnTableDiffers
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

__all__ = ["host"]  # the fixture

MAYA = Actor.user("maya")
Share = Annotated[
    Decimal, decimal_kind(digits=5, places=2, minimum=Decimal("0.01"), maximum=Decimal("99.5"))
]
Degrees = Annotated[Decimal, decimal_kind(digits=4, places=1, minimum=-5)]


class Status(States):
    """The states of a loan."""

    OPEN = auto()


@record()
class Reading(AppendedRecord):
    """A temperature."""

    degrees: Degrees


@aggregate(final=(Status.OPEN,))
class Offer(Aggregate):
    """An offer with a share."""

    status: Status
    title: OneLine
    share: Share
    discount: Share | None = field()

    @creates(Status.OPEN)
    def offer(self, title: OneLine, share: Share) -> None: ...
    @action(Status.OPEN)
    def reduce(self, discount: Share) -> None: ...
    @action(Status.OPEN, appends=Reading)
    def read(self, degrees: Degrees) -> None: ...


offers = Context(Offer, filters=("share",))


store = stores_of(offers, postgresql=pytest.mark.slow)


def run(store: Any, command: Any) -> Any:  # noqa: ANN401 - of any store
    return store.run(offers.execute, command, actor=MAYA, reason="a test")


@pytest.mark.slow
def test_both_ends_of_a_range_are_allowed_and_what_is_beyond_is_refused(
    store: Any,  # noqa: ANN401 - any store
) -> None:
    head = run(store, Offer.offer(title="a", share=Decimal("0.01")))
    head = run(store, Offer.reduce(head, discount=Decimal("99.5")))
    head = run(store, Offer.read(head, degrees=Decimal(-5)))
    head = run(store, Offer.read(head, degrees=Decimal("999.9")))

    for share in ("0", "-1", "99.51", "999.99"):
        with pytest.raises(DecimalOutOfRange) as refused:
            run(store, Offer.offer(title="b", share=Decimal(share)))
        assert refused.value.code == "DECIMAL_OUT_OF_RANGE"
        assert Decimal(refused.value.value) == Decimal(share)
        assert (refused.value.minimum, refused.value.maximum) == ("0.01", "99.50")
    with pytest.raises(DecimalOutOfRange):
        run(store, Offer.reduce(head, discount=Decimal(0)))
    with pytest.raises(DecimalOutOfRange):
        run(store, Offer.read(head, degrees=Decimal("-5.1")))
    assert store.read(offers.get, head.id) == head
    assert len(store.read(offers.list)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "is_refused"),
    [
        ("UPDATE offers SET share = 0", True),
        ("UPDATE offers SET share = {over}", True),
        ("UPDATE offers SET discount = {over}", True),
        ("UPDATE offers SET discount = {most}", False),
        ("INSERT INTO offer_readings ({columns}) SELECT {values} FROM offer_readings", True),
    ],
)
def test_the_database_refuses_what_is_beyond_the_range(
    host: HostDatabase, statement: str, *, is_refused: bool
) -> None:
    store = open_store(host.url, contexts=(offers,), policy=POLICY)
    store.upgrade(host.owner_url)
    head = run(store, Offer.offer(title="a", share=Decimal(1)))
    run(store, Offer.read(head, degrees=Decimal(1)))
    store.dispose()
    is_sqlite = host.url.startswith("sqlite")
    over, most, below = ("9951", "9950", "-51") if is_sqlite else ("99.51", "99.50", "-5.1")
    engine = create_engine(host.owner_url or host.url)
    with engine.begin() as connection:
        _drop_other_guards(connection, is_sqlite=is_sqlite)
        columns = [one["name"] for one in inspect(connection).get_columns("offer_readings")]
        values = ", ".join(columns).replace("degrees", below)
        names = {"columns": ", ".join(columns), "values": values}
        sql = text(statement.format(over=over, most=most, **names))
        if is_refused:
            with pytest.raises(DBAPIError, match="in_range"):
                connection.execute(sql)
        else:
            connection.execute(sql)
        connection.rollback()
    engine.dispose()


def _drop_other_guards(connection: Any, *, is_sqlite: bool) -> None:  # noqa: ANN401 - SQLAlchemy's
    """Leave only the ranges, so that nothing else refuses a raw update."""
    if not is_sqlite:
        for table in ("offers", "offer_readings"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'offer%'"
    for name in connection.exec_driver_sql(names).scalars().all():
        if "in_range" not in name:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


@pytest.mark.slow
def test_a_range_can_be_wider_later_and_narrower_where_the_rows_fit(host: HostDatabase) -> None:
    for most, refused in ((10, False), (100, False), (20, False), (15, True)):
        kind = Annotated[Decimal, decimal_kind(digits=5, places=2, minimum=0, maximum=most)]

        @aggregate(final=(Status.OPEN,))
        class Tariff(Aggregate):
            """A tariff."""

            status: Status
            rate: kind  # pyright: ignore[reportInvalidTypeForm] # of this round

            @creates(Status.OPEN)
            def begin(self, rate: kind) -> None: ...  # pyright: ignore[reportInvalidTypeForm, reportUnknownParameterType] # the same

        tariff: Any = Tariff
        context: Context[Any] = Context(tariff)
        opened = open_store(host.url, contexts=(context,), policy=POLICY)
        if refused:
            with pytest.raises(OwnTableDiffers, match="do not fulfill condition"):
                opened.upgrade(host.owner_url)
            opened.dispose()
            continue
        opened.upgrade(host.owner_url)
        value = Decimal(min(most, 20))
        opened.run(context.execute, tariff.begin(rate=value), actor=MAYA, reason="a test")
        assert verify(opened) == ()
        opened.dispose()


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ({"minimum": 2, "maximum": 1}, "no decimal is from 2.00 to 1.00"),
        ({"minimum": Decimal("0.001")}, "minimum 0.001 is no decimal"),
        ({"maximum": 1000}, "maximum 1000 is no decimal"),
        ({"maximum": Decimal("NaN")}, "maximum NaN is no decimal"),
        ({"maximum": 0.5}, "maximum of a decimal is a Decimal, got 0.5"),
        ({"minimum": True}, "minimum of a decimal is a Decimal, got True"),
    ],
)
def test_an_impossible_range_is_refused_when_it_is_declared(
    limits: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        decimal_kind(digits=5, places=2, **limits)


@pytest.mark.slow
def test_a_document_has_the_range_and_the_api_refuses_what_is_beyond() -> None:
    store = MemoryStore(contexts=(offers,), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(offers)))
    key = web.new_key("offers:read", "offers:write")
    body = {"title": "a", "reason": "a test"}
    schemas = web.document["components"]["schemas"]
    (share,) = [
        schema["properties"]["share"]
        for name, schema in schemas.items()
        if name.endswith("Body") and "share" in schema.get("properties", {})
    ]
    assert (share["x-minimum"], share["x-maximum"]) == ("0.01", "99.50")
    assert "minimum" not in share
    validator = OAS31Validator(share)
    assert validator.is_valid("99.50")
    assert not validator.is_valid("-1")

    saved(web.post("/v1/offers", json={**body, "share": "99.5"}, key=key), 201)
    refused = web.post("/v1/offers", json={**body, "share": "99.51"}, key=key)
    assert refused.status_code == 422
    assert refused.get_json()["fields"] == {
        "field": "share",
        "minimum": "0.01",
        "maximum": "99.50",
        "value": "99.51",
    }


def test_drawn_values_are_in_the_range_and_reach_its_ends() -> None:
    draw = draw_for(Share, "share")
    random = Random(20261128)  # noqa: S311 - a test
    values = {draw(random) for _ in range(500)}
    assert min(values) == Decimal("0.01")  # type: ignore[type-var]  # of any type
    assert max(values) == Decimal("99.50")  # type: ignore[type-var]  # of any type
    assert len(values) > 20
