"""Shipments in every store: the rows that actions append, page by page, and their guards."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of
from tests.examples.shipments import (
    MAX_PARCELS,
    Condition,
    Parcel,
    Scan,
    Shipment,
    shipments,
)

from indelible.declare import At
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.memory.store import MemoryStore
from indelible_sql import (
    Fault,
    SqlStore,
    open_store,
    verify,
)

__all__ = ["host"]  # the fixture

MAYA = Actor.user("maya")
AnyStore = MemoryStore | SqlStore


def opened(url: str, owner_url: str) -> SqlStore:
    store = open_store(url, contexts=(shipments,), policy=POLICY)
    store.upgrade(owner_url)
    return store


store = stores_of(shipments)


def run(store: AnyStore, command: Command[Shipment]) -> Head[Shipment]:
    return store.run(shipments.execute, command, actor=MAYA, reason="a test")


def sent(store: AnyStore, number: str = "S-1", *labels: str) -> Head[Shipment]:
    return run(store, Shipment.send(number=number, labels=labels))


def places(store: AnyStore, target: Head[Shipment] | At | str, limit: int = 50) -> list[str]:
    rows = store.read(shipments.rows, Scan, target, limit=limit)
    return [row.record.place for row in rows]


def scanned(store: AnyStore, *names: str) -> Head[Shipment]:
    head = sent(store, "S-1", "red", "blue")
    for name in names:
        head = run(store, Shipment.scan(head, place=name, condition=Condition.GOOD))
    return head


@pytest.mark.slow
def test_a_row_has_the_parameters_the_time_and_the_actor(store: AnyStore) -> None:
    head = scanned(store, "Rome")
    (row,) = store.read(shipments.rows, Scan, head.id)
    assert (row.entity_id, row.seq, row.position) == (head.id, 2, (2, 1))
    scan = row.record
    assert (scan.number, scan.place, scan.condition, scan.note) == (1, "Rome", "good", None)
    assert (scan.scanned_at, scan.scanned_by) == (head.entity.updated_at, "user:maya")


@pytest.mark.slow
def test_a_body_returns_many_rows_and_their_number_is_limited(store: AnyStore) -> None:
    head = sent(store, "S-1", "red", "blue")
    rows = store.read(shipments.rows, Parcel, head)
    assert [(row.seq, row.record.number, row.record.label) for row in rows] == [
        (1, 1, "red"),
        (1, 2, "blue"),
    ]
    assert store.read(shipments.rows, Parcel, sent(store, "S-2")) == ()
    with pytest.raises(IndelibleError, match=f"at most {MAX_PARCELS} rows") as refused:
        sent(store, "S-3", *["x"] * (MAX_PARCELS + 1))
    assert refused.value.code == "TOO_MANY_ROWS"
    assert len(store.read(shipments.list)) == 2


@pytest.mark.slow
def test_rows_are_read_page_by_page_and_as_of_a_seq(store: AnyStore) -> None:
    head = scanned(store, "Rome", "Bern", "Oslo")
    assert places(store, head.id) == ["Rome", "Bern", "Oslo"]
    assert places(store, head.id, limit=2) == ["Rome", "Bern"]
    behind = store.read(shipments.rows, Scan, head.id, after=(3, 1))
    assert [row.record.place for row in behind] == ["Oslo"]
    assert store.read(shipments.rows, Scan, head.id, after=(4, 1)) == ()
    assert places(store, At(head.id, 3)) == ["Rome", "Bern"]
    first = store.read(shipments.history, head.id)[1]
    past = store.read(shipments.as_of, head.id, first.at)
    assert places(store, past) == ["Rome"]


def test_what_no_action_appends_and_an_unknown_id_are_refused(store: AnyStore) -> None:
    head = scanned(store)
    with pytest.raises(UsageError, match="shipments appends no Customs"):
        store.read(shipments.rows, Customs, head.id)
    with pytest.raises(IndelibleError, match="SHIPMENT_NOT_FOUND"):
        store.read(shipments.rows, Scan, "unknown")
    for limit in (0, 1_001):
        with pytest.raises(IndelibleError, match="NUMBER_OUT_OF_RANGE"):
            store.read(shipments.rows, Scan, head.id, limit=limit)
    with pytest.raises(IndelibleError, match="NUMBER_OUT_OF_RANGE"):
        store.read(shipments.rows, Scan, head.id, after=(-1, 0))


@pytest.mark.slow
def test_a_refused_command_leaves_no_row(store: AnyStore) -> None:
    head = scanned(store, "Rome")
    stale = Shipment.scan(At(head.id, 1), place="Bern", condition=Condition.GOOD)
    with pytest.raises(IndelibleError, match="STALE"):
        run(store, stale)
    with pytest.raises(IndelibleError, match="place"):
        run(store, Shipment.scan(head, place="x" * 1_001, condition=Condition.GOOD))
    assert places(store, head.id) == ["Rome"]


def test_many_commands_append_as_one_after_the_other(store: AnyStore) -> None:
    births = [Shipment.send(number=f"S-{n}", labels=("a", "b")[: n % 3]) for n in range(9)]
    heads = store.run(shipments.execute_many, births, actor=MAYA, reason="a test")
    scans = [
        Shipment.scan(head, place=f"P{n}", condition=Condition.GOOD) for n, head in enumerate(heads)
    ]
    store.run(shipments.execute_many, scans, actor=MAYA, reason="a test")
    for number, head in enumerate(heads):
        assert places(store, head.id) == [f"P{number}"]
        parcels = store.read(shipments.rows, Parcel, head.id)
        assert [row.record.label for row in parcels] == ["a", "b"][: number % 3]


class Customs(Scan):
    """A record of no shipment."""


# On databases alone.


@pytest.fixture
def stocked(host: HostDatabase) -> Generator[SqlStore]:
    """Return a store with a delivered shipment."""
    store = opened(host.url, host.owner_url)
    head = scanned(store, "Rome", "Bern")
    run(store, Shipment.deliver(head, place="Oslo", condition=Condition.GOOD, receiver="ann"))
    sent(store, "S-2", "grey")
    yield store
    store.dispose()


def run_all(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(text(statement))


@pytest.mark.slow
def test_verify_finds_a_changed_value_in_each_column(host: HostDatabase, stocked: SqlStore) -> None:
    others = {
        "place": "'Paris'",
        "condition": "'damaged'",
        "note": "'a note'",
        "scanned_at": "'2026-01-01T00:00:00.000000+00:00'",
        "scanned_by": "'user:other'",
        "number": "2",
        "seq": "1",
    }
    engine = without_guards(host)
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(text(ROWS)).mappings()]
    for column, value in others.items():
        change = f"UPDATE shipment_scans SET {column} = {value} WHERE seq = 3"
        assert Fault.RECORD in faults_after(stocked, engine, change), column
        replace_rows(engine, rows)
    assert Fault.RECORD in faults_after(stocked, engine, "DELETE FROM shipment_scans")
    replace_rows(engine, rows)
    assert faults_after(stocked, engine, "SELECT 1") <= {Fault.SCHEMA}
    engine.dispose()


ROWS = "SELECT * FROM shipment_scans"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'shipment_scans'"


def without_guards(host: HostDatabase) -> Engine:
    """Return an engine of the owner, without guards of the scans."""
    engine = create_engine(host.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            run_all(connection, ("ALTER TABLE shipment_scans DISABLE TRIGGER USER",))
            return engine
        triggers = connection.scalars(text(TRIGGERS)).all()
        run_all(connection, tuple(f"DROP TRIGGER {name}" for name in triggers))
    return engine


def faults_after(store: SqlStore, engine: Engine, statement: str) -> set[Fault]:
    """Return the faults that `verify` finds after a statement past the guards."""
    with engine.begin() as connection:
        run_all(connection, (statement,))
    return {finding.fault for finding in verify(store)}


def replace_rows(engine: Engine, rows: list[dict[str, Any]]) -> None:
    """Store these rows and no others."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM shipment_scans"))
        for row in rows:
            values = ", ".join(f":{name}" for name in row)
            names = ", ".join(row)
            statement = f"INSERT INTO shipment_scans ({names}) VALUES ({values})"
            connection.execute(text(statement), row)
