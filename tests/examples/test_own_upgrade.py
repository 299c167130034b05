"""The table of a host's aggregate follows its declaration by additions, or not at all."""

from collections.abc import Callable, Generator
from enum import auto
from itertools import count
from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase

from indelible.declare import (
    Aggregate,
    Context,
    Count,
    Identifier,
    OneLine,
    States,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, Head
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.schema.own_upgrade import OwnTable, OwnTableDiffers

MAYA = Actor.user("maya")
MIN_STATEMENTS = 10  # of an upgrade


class Status(States):
    """The states of a parcel."""

    PACKED = auto()
    SENT = auto()


class LaterStatus(States):
    """The states of a parcel in the next release."""

    PACKED = auto()
    SENT = auto()
    LOST = auto()


@aggregate(final=(Status.SENT,))
class Parcel(Aggregate):
    """A parcel, as it was first declared."""

    status: Status
    label: Identifier = field(unique=True)

    @creates(Status.PACKED)
    def pack(self, label: Identifier) -> None: ...
    @action(Status.PACKED, to=Status.SENT)
    def send(self) -> None: ...


parcels = Context(Parcel, filters=("status",))


def later_parcels() -> Context[Any]:
    """Return the context of the next release: a field, a state, an edge, a filter and a rule."""

    @aggregate(final=(LaterStatus.LOST,))
    class Parcel(Aggregate):
        """A parcel that can be lost."""

        status: LaterStatus
        label: Identifier = field(unique=True)
        cause: OneLine | None = field(required_in=(LaterStatus.LOST,))

        @creates(LaterStatus.PACKED)
        def pack(self, label: Identifier) -> None: ...
        @action(LaterStatus.PACKED, to=LaterStatus.SENT)
        def send(self) -> None: ...
        @action(LaterStatus.SENT, to=LaterStatus.LOST)
        def lose(self, cause: OneLine) -> None: ...

    return Context(Parcel, filters=("status", "cause"), search=("cause",))


@pytest.fixture
def opened(host: HostDatabase) -> Generator[Callable[[Context[Any]], SqlStore]]:
    """Return a function that opens the database with a context."""
    stores: list[SqlStore] = []

    def open_with(context: Context[Any]) -> SqlStore:
        store = open_store(host.url, contexts=(context,), policy=POLICY)
        stores.append(store)
        return store

    yield open_with
    for store in stores:
        store.dispose()


Open = Callable[[Context[Any]], SqlStore]


def run(store: SqlStore, context: Context[Any], command: Any) -> Head[Any]:  # noqa: ANN401 - of any parcel
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a test")
    return head


def objects_of(host: HostDatabase) -> list[tuple[object, ...]]:
    """Return what the database says about the table, its indexes and its guards."""
    engine = create_engine(host.owner_url)
    statement = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
    if engine.dialect.name == "postgresql":
        statement = (
            "SELECT 'trigger', tgname, pg_get_triggerdef(oid), oid FROM pg_trigger"
            " WHERE NOT tgisinternal UNION ALL"
            " SELECT 'column', attname, atttypid::regtype::text, attnum FROM pg_attribute"
            " WHERE attrelid = to_regclass('public.parcels') UNION ALL"
            " SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), indexrelid"
            " FROM pg_index WHERE indrelid = to_regclass('public.parcels') ORDER BY 1, 2"
        )
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return rows


def test_a_repeated_upgrade_changes_nothing(opened: Open, host: HostDatabase) -> None:
    store = opened(parcels)
    store.upgrade(host.owner_url)
    before = objects_of(host)
    store.upgrade(host.owner_url)
    assert objects_of(host) == before


def test_a_table_gets_a_field_a_state_an_edge_and_a_filter(
    opened: Open, host: HostDatabase
) -> None:
    old = opened(parcels)
    old.upgrade(host.owner_url)
    packed = run(old, parcels, Parcel.pack(label="P-1"))
    sent = run(old, parcels, Parcel.send(packed))

    later = later_parcels()
    new = opened(later)
    new.upgrade(host.owner_url)
    assert verify(new) == ()
    lost = run(new, later, later.aggregate.lose(sent.id, cause="A flood"))
    assert (lost.seq, lost.entity.cause) == (3, "A flood")
    assert new.read(later.search, "flood") == (lost,)
    assert new.read(later.as_of, sent.id, sent.entity.updated_at).entity.cause is None
    assert verify(new) == ()

    # The release before goes on, beside the new one.
    other = run(old, parcels, Parcel.pack(label="P-2"))
    assert new.read(later.get, other.id).entity.cause is None
    assert verify(new) == ()
    upgraded = objects_of(host)
    new.upgrade(host.owner_url)
    assert objects_of(host) == upgraded


def test_the_new_rule_holds_in_raw_sql(opened: Open, host: HostDatabase) -> None:
    old = opened(parcels)
    old.upgrade(host.owner_url)
    run(old, parcels, Parcel.pack(label="P-1"))
    later = later_parcels()
    opened(later).upgrade(host.owner_url)
    engine = create_engine(host.owner_url)
    step = "seq = seq + 1, updated_at = '2999-01-01T00:00:00.000000+00:00'"
    with pytest.raises(Exception, match="parcels_"), engine.begin() as connection:
        connection.execute(text(f"UPDATE parcels SET cause = 'x', {step}"))
    engine.dispose()


def refused(opened: Open, host: HostDatabase, context: Context[Any]) -> str:
    """Return the differences for which an upgrade is refused, which has changed nothing."""
    before = objects_of(host)
    with pytest.raises(OwnTableDiffers) as error:
        opened(context).upgrade(host.owner_url)
    assert objects_of(host) == before
    return error.value.differences


def test_what_additions_cannot_bring_about_is_refused(opened: Open, host: HostDatabase) -> None:
    later = later_parcels()
    opened(later).upgrade(host.owner_url)
    differences = refused(opened, host, parcels)
    assert "column cause is no field any more" in differences
    assert "action lose from SENT to LOST is not declared" in differences


def test_a_new_field_must_accept_none(opened: Open, host: HostDatabase) -> None:
    opened(parcels).upgrade(host.owner_url)

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel with a weight."""

        status: Status
        label: Identifier = field(unique=True)
        grams: Count

        @creates(Status.PACKED)
        def pack(self, label: Identifier, grams: Count) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    assert "new field grams must accept None" in refused(opened, host, Context(Parcel))


def test_a_field_of_another_kind_is_refused(opened: Open, host: HostDatabase) -> None:
    opened(parcels).upgrade(host.owner_url)

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel with a number."""

        status: Status
        label: Count

        @creates(Status.PACKED)
        def pack(self, label: Count) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    assert "column label is" in refused(opened, host, Context(Parcel))


def shelved_parcels() -> Context[Any]:
    """Return a context with a rule that old rows cannot fulfill."""

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel that must have a shelf while it is packed."""

        status: Status
        label: Identifier = field(unique=True)
        shelf: Identifier | None = field(required_in=(Status.PACKED,))

        @creates(Status.PACKED)
        def pack(self, label: Identifier, shelf: Identifier) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    return Context(Parcel)


def test_rows_that_a_new_rule_refuses_are_counted(opened: Open, host: HostDatabase) -> None:
    store = opened(parcels)
    store.upgrade(host.owner_url)
    run(store, parcels, Parcel.pack(label="P-1"))
    assert refused(opened, host, shelved_parcels()) == (
        "1 rows do not fulfill condition parcels_shelf_of_status"
    )


def test_a_table_of_another_program_is_refused(opened: Open, host: HostDatabase) -> None:
    engine = create_engine(host.owner_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parcels (id text PRIMARY KEY, weight integer)"))
    engine.dispose()
    differences = refused(opened, host, parcels)
    assert "column weight is no field any more" in differences


class Stopped(Exception):
    """The program ended here."""


@pytest.mark.parametrize("is_new", [True, False])
def test_an_upgrade_that_stops_at_any_statement_changes_nothing(
    is_new: bool,  # noqa: FBT001 - a parameter of the test
    opened: Open,
    host: HostDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = parcels if is_new else later_parcels()
    if not is_new:
        first = opened(parcels)
        first.upgrade(host.owner_url)
        run(first, parcels, Parcel.pack(label="P-1"))
    store = opened(context)
    before = objects_of(host)
    execute = OwnTable.run
    number = 0

    def stopping_at(last: int) -> Callable[[OwnTable, str], None]:
        def run_or_stop(table: OwnTable, statement: str) -> None:
            nonlocal number
            number += 1
            if number == last:
                raise Stopped
            execute(table, statement)

        return run_or_stop

    for last in count(1):
        number = 0
        monkeypatch.setattr(OwnTable, "run", stopping_at(last))
        try:
            store.upgrade(host.owner_url)
        except Stopped:
            assert objects_of(host) == before
        else:
            assert last > MIN_STATEMENTS
            break
    assert verify(store) == ()


def _upgrade(url: str, owner_url: str) -> None:
    store = open_store(url, contexts=(parcels,), policy=POLICY)
    store.upgrade(owner_url)
    store.dispose()


def test_two_upgrades_at_once_make_one_table(opened: Open, host: HostDatabase) -> None:
    context = get_context("spawn")
    children = [context.Process(target=_upgrade, args=(host.url, host.owner_url)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    store = opened(parcels)
    run(store, parcels, Parcel.pack(label="P-1"))
    assert verify(store) == ()
