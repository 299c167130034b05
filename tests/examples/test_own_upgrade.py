"""The table of a host's aggregate follows its declaration by additions, or not at all."""

from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase
from tests.examples.parcels import Open, Parcel, Status, later_parcels, objects_of, parcels, run

from indelible.declare import (
    Aggregate,
    Context,
    Count,
    Identifier,
    action,
    aggregate,
    creates,
    field,
)
from indelible_sql import open_store, verify
from indelible_sql.schema.own_upgrade import OwnTableDiffers


@pytest.mark.slow
def test_a_context_of_another_name_does_not_leave_its_rows_behind(
    opened: Open, host: HostDatabase
) -> None:
    store = opened(parcels)
    store.upgrade(host.owner_url)
    packed = run(store, parcels, Parcel.pack(label="P-1"))
    before = objects_of(host)

    with pytest.raises(OwnTableDiffers, match=r'is in table parcels: .* `name="parcels"`'):
        opened(Context(Parcel, name="packages")).upgrade(host.owner_url)
    assert objects_of(host) == before
    assert store.read(parcels.get, packed.id) == packed


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
        @action(Status.PACKED, to=Status.SENT, empties=("shelf",))
        def send(self) -> None: ...

    return Context(Parcel)


@pytest.mark.slow
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


def _upgrade(url: str, owner_url: str) -> None:
    store = open_store(url, contexts=(parcels,), policy=POLICY)
    store.upgrade(owner_url)
    store.dispose()


@pytest.mark.dose
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


@pytest.mark.slow
def test_a_value_that_two_rows_share_cannot_become_unique(opened: Open, host: HostDatabase) -> None:
    loose = crates(unique=False)
    store = opened(loose)
    store.upgrade(host.owner_url)
    for _ in range(2):
        run(store, loose, loose.aggregate.pack(label="C-1"))
    run(store, loose, loose.aggregate.pack(label="C-2"))

    strict = opened(crates(unique=True))
    with pytest.raises(OwnTableDiffers, match="1 values of label are in more rows than one"):
        strict.upgrade(host.owner_url)
    assert len(store.read(loose.list)) == 3
    assert verify(store) == ()


def crates(*, unique: bool) -> Context[Any]:
    """Return crates whose labels are unique, or not."""

    @aggregate(final=(Status.PACKED, Status.SENT))
    class Crate(Aggregate):
        """A crate."""

        status: Status
        label: Identifier = field(unique=unique)

        @creates(Status.PACKED)
        def pack(self, label: Identifier) -> None: ...
        @creates(Status.SENT)
        def find(self, label: Identifier) -> None: ...

    return Context(Crate)
