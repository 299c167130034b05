"""History is judged by the declaration of its day, and nothing takes a retired edge any more."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase
from tests.examples.dated_parcels import first_parcels, second_parcels, third_parcels
from tests.examples.parcels import MAYA, Open, later_parcels, objects_of, parcels, run

from indelible.declare import Context
from indelible.kernel import Head, IndelibleError, InvalidTransition
from indelible_sql import SqlStore, export_histories, import_histories, open_store, verify

pytestmark = pytest.mark.slow


def taken_back(store: SqlStore, context: Context[Any]) -> Head[Any]:
    """Take a parcel through every action of the first release."""
    parcel = context.aggregate
    head = run(store, context, parcel.pack(label="P-1", shelf="a"))
    head = run(store, context, parcel.mark(head, shelf="b", note="Fragile"))
    head = run(store, context, parcel.send(head))
    return run(store, context, parcel.take_back(head, shelf="c"))


def upgraded(opened: Open, host: HostDatabase, context: Context[Any]) -> SqlStore:
    store = opened(context)
    store.upgrade(host.owner_url)
    return store


def exported_from(store: SqlStore) -> BytesIO:
    """Return the export of a store."""
    out = BytesIO()
    store.read(export_histories, out)
    return out


def test_old_history_stays_legal(opened: Open, host: HostDatabase) -> None:
    first = first_parcels()
    head = taken_back(upgraded(opened, host, first), first)
    for context in (second_parcels(), third_parcels()):
        store = upgraded(opened, host, context)
        assert verify(store) == ()
        actions = [change.action for change in store.read(context.history, head.id)]
        assert actions[:4] == ["pack", "mark", "send", "take_back"]
        head = run(store, context, context.aggregate.mark(head.id, note="Heavy"))
        assert (head.entity.note, head.entity.shelf) == ("Heavy", "c")


def test_a_retired_edge_is_refused(opened: Open, host: HostDatabase) -> None:
    first, second = first_parcels(), second_parcels()
    old = upgraded(opened, host, first)
    head = run(old, first, first.aggregate.pack(label="P-1", shelf="a"))
    head = run(old, first, first.aggregate.send(head))
    new = upgraded(opened, host, second)
    assert second.allowed_actions(new.read(second.get, head.id)) == ()
    with pytest.raises(InvalidTransition):
        run(new, second, second.aggregate.take_back(head.id, shelf="b"))

    # The release before, which knows nothing of it, is refused by the database.
    with pytest.raises(InvalidTransition) as error:
        run(old, first, first.aggregate.take_back(head.id, shelf="b"))
    assert error.value.allowed == ()
    assert new.read(second.get, head.id).seq == head.seq
    assert verify(new) == ()


def test_a_retired_birth_is_refused(opened: Open, host: HostDatabase) -> None:
    first, third = first_parcels(), third_parcels()
    old = upgraded(opened, host, first)
    new = upgraded(opened, host, third)
    for store, context in ((new, third), (old, first)):
        with pytest.raises(InvalidTransition):
            run(store, context, context.aggregate.pack(label="P-1", shelf="a"))
    assert run(new, third, third.aggregate.lay(label="P-1")).entity.shelf is None
    assert verify(new) == ()


def test_verify_finds_a_retired_edge_that_was_taken(opened: Open, host: HostDatabase) -> None:
    first, second = first_parcels(), second_parcels()
    old = upgraded(opened, host, first)
    head = run(old, first, first.aggregate.pack(label="P-1", shelf="a"))
    run(old, first, first.aggregate.send(head))
    new = upgraded(opened, host, second)
    engine = create_engine(host.owner_url)
    drop = "DROP TRIGGER history_retired_of_parcels"
    if engine.dialect.name == "postgresql":
        drop = "DROP FUNCTION indelible.history_retired_of_parcels CASCADE"
    with engine.begin() as connection:
        connection.execute(text(drop))
    engine.dispose()

    run(old, first, first.aggregate.take_back(head.id, shelf="b"))
    details = [finding.detail for finding in verify(new)]
    assert details == [
        "guard history_retired_of_parcels is missing or disabled",
        "its lifecycle had no such edge then",
    ]
    new.upgrade(host.owner_url)
    assert [finding.detail for finding in verify(new)] == ["its lifecycle had no such edge then"]


def test_verify_finds_what_an_action_did_not_set_in_its_day(
    opened: Open, host: HostDatabase
) -> None:
    first, second = first_parcels(), second_parcels()
    old = upgraded(opened, host, first)
    head = run(old, first, first.aggregate.pack(label="P-1", shelf="a"))
    new = upgraded(opened, host, second)
    with pytest.raises(IndelibleError, match="keeps_fields"):
        run(old, first, first.aggregate.mark(head.id, shelf="b", note="Fragile"))
    assert verify(new) == ()


def test_the_release_before_starts_beside_the_new_one(opened: Open, host: HostDatabase) -> None:
    later = later_parcels()
    old = upgraded(opened, host, parcels)
    packed = run(old, parcels, parcels.aggregate.pack(label="P-1"))
    new = upgraded(opened, host, later)
    sent = run(new, later, later.aggregate.send(packed.id))
    run(new, later, later.aggregate.lose(sent.id, cause="A flood"))
    before = objects_of(host)

    again = upgraded(opened, host, parcels)  # the new release was rolled back
    assert objects_of(host) == before
    other = run(again, parcels, parcels.aggregate.pack(label="P-2"))
    run(again, parcels, parcels.aggregate.send(other))

    new = upgraded(opened, host, later)
    assert objects_of(host) == before
    assert verify(new) == ()


def test_a_condition_that_is_dropped_does_not_stay(opened: Open, host: HostDatabase) -> None:
    upgraded(opened, host, second_parcels())
    third = third_parcels()
    store = upgraded(opened, host, third)
    laid = run(store, third, third.aggregate.lay(label="P-1"))
    assert laid.entity.shelf is None


def test_an_edge_can_be_allowed_again(opened: Open, host: HostDatabase) -> None:
    first = first_parcels()
    upgraded(opened, host, first)
    upgraded(opened, host, second_parcels())
    store = upgraded(opened, host, first)
    taken_back(store, first)
    assert verify(store) == ()


def test_an_old_history_is_imported_with_its_declarations(
    opened: Open, host: HostDatabase, tmp_path: Path
) -> None:
    first, second = first_parcels(), second_parcels()
    old = upgraded(opened, host, first)
    head = run(old, first, first.aggregate.pack(label="P-1", shelf="a"))
    head = run(old, first, first.aggregate.send(head))
    run(old, first, first.aggregate.take_back(head, shelf="c"))
    new = upgraded(opened, host, second)
    exported = exported_from(new)

    target = open_store(f"sqlite:///{tmp_path / 'target.db'}", contexts=(second,), policy=POLICY)
    target.upgrade()
    import_histories(target, exported, by=MAYA)
    assert verify(target) == ()
    assert exported_from(target).getvalue() == exported.getvalue()
    imported = import_histories(target, exported, by=MAYA)
    assert (imported.entities, imported.records) == (0, 0)
    target.dispose()


def test_a_damaged_declaration_is_found(opened: Open, host: HostDatabase) -> None:
    store = upgraded(opened, host, parcels)
    run(store, parcels, parcels.aggregate.pack(label="P-1"))
    engine = create_engine(host.owner_url)
    table = "declarations"
    if engine.dialect.name == "postgresql":
        table = "indelible.declarations"
    change = f"UPDATE {table} SET reason = 'forged'"
    with pytest.raises(Exception, match="declarations_no_update"), engine.begin() as connection:
        connection.execute(text(change))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER declarations_no_update"))
        connection.execute(text(change))
    engine.dispose()
    details = [finding.detail for finding in verify(store)]
    assert "its hash does not match its content" in details
