"""Numbered versions are added to a lifecycle with rows: what was before is version 1."""

from enum import auto
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import create_engine, text
from tests.examples.conftest import HostDatabase
from tests.examples.parcels import MAYA, Open, run

from indelible.declare import (
    KEEP,
    Aggregate,
    Context,
    Identifier,
    Label,
    States,
    Version,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import IndelibleError
from indelible.kernel.aggregates import change_for
from indelible.kernel.execution import changed
from indelible.kernel.replays import AggregateReplay
from indelible_sql import SqlStore, rebuild, verify

pytestmark = pytest.mark.slow


class Status(States):
    """The states of a form."""

    OPEN = auto()
    CLOSED = auto()


def old_forms() -> Context[Any]:
    """Return forms without versions."""

    @aggregate(final=(Status.CLOSED,))
    class Form(Aggregate):
        """A form."""

        status: Status
        number: Identifier
        text: Label
        note: Label | None = field()

        @creates(Status.OPEN)
        def open(self, number: Identifier, text: Label) -> None: ...
        @action(Status.OPEN)
        def edit(self, text: Label) -> None: ...
        @action(Status.OPEN)
        def remark(self, note: Label) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED)
        def close(self) -> None: ...

    return Context(Form)


def new_forms() -> Context[Any]:
    """Return forms whose text has versions."""

    @aggregate(final=(Status.CLOSED,))
    class Form(Aggregate):
        """A form with versions."""

        status: Status
        number: Identifier
        text: Label
        note: Label | None = field()
        edition: Version = field(version_of="text")

        @creates(Status.OPEN)
        def open(self, number: Identifier, text: Label) -> None: ...
        @action(Status.OPEN)
        def edit(self, text: Label) -> None: ...
        @action(Status.OPEN)
        def remark(self, note: Label) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED)
        def close(self) -> None: ...

    return Context(Form)


def wider_forms() -> Context[Any]:
    """Return forms whose versions count a field that they did not have."""

    @aggregate(final=(Status.CLOSED,))
    class Form(Aggregate):
        """A form with versions of two fields."""

        status: Status
        number: Identifier
        text: Label
        note: Label | None = field()
        title: Label = field(default="untitled")
        edition: Version = field(version_of=("text", "title"))

        @creates(Status.OPEN)
        def open(self, number: Identifier, text: Label) -> None: ...
        @action(Status.OPEN)
        def edit(self, text: Label = KEEP, title: Label = KEEP) -> None: ...
        @action(Status.OPEN)
        def remark(self, note: Label) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED)
        def close(self) -> None: ...

    return Context(Form)


def upgraded(opened: Open, host: HostDatabase, context: Context[Any]) -> SqlStore:
    store = opened(context)
    store.upgrade(host.owner_url)
    return store


def test_stored_rows_are_version_1(opened: Open, host: HostDatabase) -> None:
    old, new = old_forms(), new_forms()
    store = upgraded(opened, host, old)
    head = run(store, old, old.aggregate.open(number="F-1", text="first"))
    head = run(store, old, old.aggregate.edit(head, text="second"))
    untouched = run(store, old, old.aggregate.open(number="F-2", text="first"))

    store = upgraded(opened, host, new)
    assert store.read(new.get, head.id).entity.edition == 1
    assert verify(store) == ()
    run(store, new, new.aggregate.remark(head.id, note="seen"))
    last = run(store, new, new.aggregate.edit(head.id, text="third"))
    assert last.entity.edition == 2

    # Version 1 is the text as the field has found it, and not that of the first change.
    versions = [(one.number, one.change.seq) for one in store.read(new.versions, head.id)]
    assert versions == [(1, 2), (2, 4)]
    assert store.read(new.version, head.id, 1).entity.text == "second"
    assert store.read(new.version, head.id, 2) == last
    assert [one.number for one in store.read(new.versions, untouched.id)] == [1]
    assert store.read(new.version, untouched.id, 1).entity.text == "first"
    assert verify(store) == ()
    assert {one.changed for one in rebuild(store, host.owner_url)} == {()}


def test_the_release_before_cannot_change_content(opened: Open, host: HostDatabase) -> None:
    old, new = old_forms(), new_forms()
    before = upgraded(opened, host, old)
    head = run(before, old, old.aggregate.open(number="F-1", text="first"))
    after = upgraded(opened, host, new)

    with pytest.raises(IndelibleError):
        run(before, old, old.aggregate.edit(head, text="second"))
    head = run(before, old, old.aggregate.remark(head, note="seen"))
    other = run(before, old, old.aggregate.open(number="F-2", text="first"))
    assert run(after, new, new.aggregate.edit(head.id, text="second")).entity.edition == 2
    assert run(after, new, new.aggregate.edit(other.id, text="second")).entity.edition == 2
    with pytest.raises(IndelibleError):
        run(before, old, old.aggregate.remark(head.id, note="seen again"))
    assert verify(after) == ()


def test_another_field_can_be_counted_later(opened: Open, host: HostDatabase) -> None:
    new, wider = new_forms(), wider_forms()
    store = upgraded(opened, host, new)
    head = run(store, new, new.aggregate.open(number="F-1", text="first"))
    run(store, new, new.aggregate.edit(head, text="second"))

    store = upgraded(opened, host, wider)
    assert verify(store) == ()
    run(store, wider, wider.aggregate.remark(head.id, note="seen"))
    last = run(store, wider, wider.aggregate.edit(head.id, title="Named"))
    assert last.entity.edition == 3
    assert verify(store) == ()


def test_verify_finds_a_wrong_number_in_history(opened: Open, host: HostDatabase) -> None:
    new = new_forms()
    store = upgraded(opened, host, new)
    head = run(store, new, new.aggregate.open(number="F-1", text="first"))
    drop_guard(host)
    with store.transaction(actor=MAYA, reason="forged") as tx:
        forge(tx, new, head)

    details = [finding.detail for finding in verify(store)]
    assert "edition: expected 2, got 1" in details


def drop_guard(host: HostDatabase) -> None:
    engine = create_engine(host.owner_url)
    drop = "DROP TRIGGER forms_counts_edition"
    if engine.dialect.name == "postgresql":
        drop = "DROP FUNCTION indelible.forms_counts_edition CASCADE"
    with engine.begin() as connection:
        connection.execute(text(drop))
    engine.dispose()


def forge(tx: Any, context: Context[Any], head: Any) -> None:  # noqa: ANN401 - of any context
    """Save another text under the number of the version before."""
    command = context.aggregate.edit(head, text="second")
    entity = changed(command, head.entity, now=tx.clock.now(), actor=MAYA)
    change = change_for(tx, head, entity, "edit")
    data = {**change.data, "edition": 1}
    forged = evolve(change, data=data)
    context.of(tx).save(evolve(forged, hash=forged.digest()), evolve(entity, edition=1))


def test_a_replay_refuses_no_change_from_before_the_field(opened: Open, host: HostDatabase) -> None:
    old, new = old_forms(), new_forms()
    store = upgraded(opened, host, old)
    head = run(store, old, old.aggregate.open(number="F-1", text="first"))
    for index in range(3):
        head = run(store, old, old.aggregate.edit(head, text=f"text {index}"))
    store = upgraded(opened, host, new)
    run(store, new, new.aggregate.remark(head.id, note="seen"))
    run(store, new, new.aggregate.edit(head.id, text="last"))

    replay = AggregateReplay(new.aggregate)
    refusals: list[str] = []
    for change in store.read(new.history, head.id):
        refusals.extend(replay.refusals(change))
    assert refusals == []
