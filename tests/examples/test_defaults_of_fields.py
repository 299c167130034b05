"""A field with a default is added to a table with rows: older changes have the default."""

from datetime import date
from decimal import Decimal
from enum import auto
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import pytest
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase
from tests.examples.parcels import MAYA, Open, run

from indelible.declare import (
    Aggregate,
    Context,
    Count,
    Date,
    Flag,
    Identifier,
    Label,
    States,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
)
from indelible_sql import SqlStore, export_histories, import_histories, open_store, rebuild, verify
from indelible_sql.schema.own_upgrade import OwnTableDiffers


class Status(States):
    """The states of a parcel."""

    PACKED = auto()
    SENT = auto()


Price = Annotated[Decimal, decimal_kind(digits=6, places=2)]


class Size(States):
    """The sizes of a parcel."""

    SMALL = auto()
    LARGE = auto()


def old_parcels() -> Context[Any]:
    """Return parcels with two actions that keep the state."""

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel."""

        status: Status
        label: Identifier = field(unique=True)
        note: Label

        @creates(Status.PACKED)
        def pack(self, label: Identifier, note: Label) -> None: ...
        @action(Status.PACKED)
        def remark(self, note: Label) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    return Context(Parcel)


def new_parcels() -> Context[Any]:
    """Return parcels with six more fields, each with a default."""

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel with a priority."""

        status: Status
        label: Identifier = field(unique=True)
        note: Label
        priority: Count = field(default=3)
        fragile: Flag = field(default=True)
        price: Price = field(default=Decimal("0.5"))
        due: Date = field(default=date(2026, 11, 28))
        size: Size = field(default=Size.SMALL)
        shelf: Label = field(default="it's 1.5 $ \\ %s")

        @creates(Status.PACKED)
        def pack(self, label: Identifier, note: Label) -> None: ...
        @action(Status.PACKED)
        def remark(self, note: Label) -> None: ...
        @action(Status.PACKED)
        def hurry(self, priority: Count) -> None: ...
        @action(Status.PACKED)
        def judge(self, fragile: Flag, size: Size, shelf: Label) -> None: ...
        @action(Status.PACKED)
        def value(self, price: Price, due: Date) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    return Context(Parcel, filters=("priority", "size"))


def check_copies(store: SqlStore, context: Context[Any], folder: Path) -> None:
    """Import an export into another database."""
    assert verify(store) == ()
    exported = BytesIO()
    store.read(export_histories, exported)
    copy = open_store(f"sqlite:///{folder}/copy.db", contexts=(context,), policy=POLICY)
    copy.upgrade()
    import_histories(copy, exported, by=MAYA)
    assert verify(copy) == ()
    assert copy.read(context.list) == store.read(context.list)
    copy.dispose()


@pytest.mark.slow
def test_older_rows_and_changes_have_the_defaults(
    opened: Open, host: HostDatabase, tmp_path: Path
) -> None:
    before, after = old_parcels(), new_parcels()
    old = opened(before)
    old.upgrade(host.owner_url)
    first = run(old, before, before.aggregate.pack(label="P-1", note="a"))
    second = run(old, before, before.aggregate.pack(label="P-2", note="a"))
    run(old, before, before.aggregate.send(second))

    new = opened(after)
    new.upgrade(host.owner_url)
    assert verify(new) == ()
    found = new.read(after.get, first.id).entity
    assert (found.priority, found.fragile, found.size) == (3, True, Size.SMALL)
    assert (str(found.price), str(found.due)) == ("0.50", "2026-11-28")
    assert found.shelf == "it's 1.5 $ \\ %s"
    assert new.read(after.as_of, first.id, first.entity.updated_at).entity == found

    # The release before goes on: its changes lack the new fields.
    run(old, before, before.aggregate.pack(label="P-3", note="a"))
    run(old, before, before.aggregate.remark(first.id, note="b"))
    assert verify(new) == ()
    assert len(new.read(after.list, priority=3, size=Size.SMALL)) == 3

    changed = run(new, after, after.aggregate.remark(first.id, note="c"))
    assert changed.entity.priority == 3
    run(new, after, after.aggregate.judge(first.id, fragile=False, size=Size.LARGE, shelf="x"))
    run(new, after, after.aggregate.hurry(first.id, priority=1))
    sent = run(new, after, after.aggregate.send(first.id))
    assert (sent.entity.priority, sent.entity.fragile, sent.entity.shelf) == (1, False, "x")
    assert verify(new) == ()

    rebuild(new, host.owner_url)
    check_copies(new, after, tmp_path)


@pytest.mark.slow
def test_the_release_before_cannot_change_a_new_field(opened: Open, host: HostDatabase) -> None:
    before, after = old_parcels(), new_parcels()
    old = opened(before)
    old.upgrade(host.owner_url)
    head = run(old, before, before.aggregate.pack(label="P-1", note="a"))
    new = opened(after)
    new.upgrade(host.owner_url)
    run(new, after, after.aggregate.hurry(head.id, priority=1))
    with pytest.raises(Exception, match="keeps_fields"):
        run(old, before, before.aggregate.remark(head.id, note="b"))
    assert verify(new) == ()


def test_a_new_field_that_may_be_none_has_no_other_default(
    opened: Open, host: HostDatabase
) -> None:
    before = old_parcels()
    opened(before).upgrade(host.owner_url)

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel with a required weight."""

        status: Status
        label: Identifier = field(unique=True)
        note: Label
        grams: Count

        @creates(Status.PACKED)
        def pack(self, label: Identifier, note: Label, grams: Count) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    with pytest.raises(OwnTableDiffers, match="must accept None or have a default"):
        opened(Context(Parcel)).upgrade(host.owner_url)
