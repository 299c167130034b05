"""Appended rows in batches, in imports of older histories, of retired actions, and with asyncio."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host
from tests.examples.shipments import Condition, Parcel, Scan, Shipment, shipments
from tests.own.test_appends import (
    MAYA,
    Open,
    comment_with,
    issue_of,
    issue_without_rows,
    opened,
)

from indelible.declare import (
    Aggregate,
    AppendedRecord,
    At,
    Context,
    OneLine,
    action,
    aggregate,
    creates,
)
from indelible.kernel import Head, IndelibleError
from indelible.kernel.actions import Command
from indelible.kernel.appends import StoredRecord
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    Fault,
    SqlStore,
    export_histories,
    import_histories,
    open_async_store,
    rebuild,
    verify,
)

pytestmark = pytest.mark.slow

__all__ = ["host"]  # the fixture

STATEMENTS = "indelible.sql.statements"


def act(store: SqlStore, context: Context[Any], command: Command[Any]) -> Head[Any]:
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a test")
    return head


def body_of(row: StoredRecord[Any]) -> str:
    """Return the text of a comment."""
    body: str = row.record.body
    return body


def exported(store: SqlStore) -> BytesIO:
    out = BytesIO()
    store.read(export_histories, out)
    out.seek(0)
    return out


@pytest.fixture
def other(tmp_path: Path) -> Callable[[Context[Any]], SqlStore]:
    """Return a function that opens a new database with a context."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    return partial(opened, HostDatabase(url, url))


# Batches.


def sent_by(
    store: SqlStore, caplog: pytest.LogCaptureFixture, commands: Sequence[Command[Shipment]]
) -> tuple[list[str], Sequence[Head[Shipment]]]:
    """Return the statements that a batch has sent, and its heads."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, STATEMENTS):
        heads = store.run(shipments.execute_many, commands, actor=MAYA, reason="a batch")
    return [record.getMessage() for record in caplog.records], heads


def batch_counts(
    store: SqlStore, caplog: pytest.LogCaptureFixture, size: int
) -> tuple[list[int], list[int]]:
    """Return how many statements three batches send, and how many of them insert rows."""
    births = [Shipment.send(number=f"{size}-{n}", labels=("a", "b", "c")) for n in range(size)]
    made, heads = sent_by(store, caplog, births)
    scans = [Shipment.scan(head, place="Rome", condition=Condition.GOOD) for head in heads]
    scanned, heads = sent_by(store, caplog, scans)
    deliveries = [
        Shipment.deliver(head, place="Oslo", condition=Condition.GOOD, receiver="ann")
        for head in heads
    ]
    delivered, _ = sent_by(store, caplog, deliveries)
    inserts: list[int] = []
    for statements, table in ((made, "parcels"), (scanned, "scans"), (delivered, "scans")):
        inserts.append(sum(f"INTO shipment_{table}" in one for one in statements))
    return [len(made), len(scanned), len(delivered)], inserts


def test_a_batch_appends_all_rows_in_one_statement(
    database: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = opened(HostDatabase(database.url, database.owner_url), shipments)
    ten, thousand = batch_counts(store, caplog, 10), batch_counts(store, caplog, 1_000)
    assert thousand == ten
    assert max(thousand[0]) <= 5
    assert thousand[1] == [1, 1, 1]
    assert verify(store) == ()
    store.dispose()


def test_sqlite_appends_the_rows_of_a_change_in_one_statement(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = opened(HostDatabase(sqlite_url, sqlite_url), shipments)
    _, inserts = batch_counts(store, caplog, 20)
    assert inserts == [20, 20, 20]  # each shipment has three parcels
    assert verify(store) == ()
    store.dispose()


# Histories from before an action appended.


def commented(store: SqlStore, context: Context[Any]) -> Head[Any]:
    """Return an issue with a comment that appends nothing."""
    entity: Any = context.aggregate
    head = act(store, context, entity.report(title="Fire"))
    return act(store, context, entity.comment(head))


def test_an_export_from_before_an_action_appended_is_imported(
    host: HostDatabase, other: Callable[[Context[Any]], SqlStore]
) -> None:
    older = issue_without_rows()
    source = opened(host, older)
    head = commented(source, older)
    export = exported(source)
    source.dispose()

    comment = comment_with()
    context = issue_of(comment)
    target = other(context)
    imported = import_histories(target, export, by=MAYA)
    assert imported.entities == 1
    assert verify(target) == ()
    assert target.read(context.rows, comment, head.id) == ()
    entity: Any = context.aggregate
    act(target, context, entity.comment(head.id, body="Now a row"))
    (row,) = target.read(context.rows, comment, head.id)
    assert (row.seq, body_of(row)) == (3, "Now a row")
    assert [one.changed for one in rebuild(target) if one.changed] == []
    assert verify(target) == ()
    target.dispose()


def test_verify_judges_a_change_without_rows_by_the_stored_declarations_alone(
    sqlite_url: str, other: Callable[[Context[Any]], SqlStore], tmp_path: Path
) -> None:
    older = issue_without_rows()
    source = opened(HostDatabase(sqlite_url, sqlite_url), older)
    head = commented(source, older)
    export = exported(source)
    source.dispose()
    target = other(issue_of(comment_with()))
    import_histories(target, export, by=MAYA)

    with closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER declarations_no_delete")
        raw.execute("DELETE FROM declarations WHERE document NOT LIKE '%records%'")
    found = [one for one in verify(target) if one.fault is not Fault.SCHEMA]
    assert [(one.entity_id, one.seq) for one in found] == [(head.id, 2)]
    assert "comment" in found[0].detail
    target.dispose()


def test_a_history_in_which_an_action_began_to_append_is_imported_as_the_same_bytes(
    host: HostDatabase, other: Callable[[Context[Any]], SqlStore]
) -> None:
    older = issue_without_rows()
    source = opened(host, older)
    head = commented(source, older)
    source.dispose()
    comment = comment_with()
    context = issue_of(comment)
    entity: Any = context.aggregate
    source = opened(host, context)
    act(source, context, entity.comment(head.id, body="A row"))
    export = exported(source)
    source.dispose()

    target = other(context)
    import_histories(target, export, by=MAYA)
    assert verify(target) == ()
    assert [row.seq for row in target.read(context.rows, comment, head.id)] == [3]
    assert exported(target).getvalue() == export.getvalue()
    target.dispose()


def test_a_change_without_rows_from_after_the_action_appends_is_refused(
    host: HostDatabase, other: Callable[[Context[Any]], SqlStore]
) -> None:
    comment = comment_with()
    context = issue_of(comment)
    target = other(context)  # its declaration is older than the change
    older = issue_without_rows()
    source = opened(host, older)
    commented(source, older)
    export = exported(source)
    source.dispose()

    with pytest.raises(IndelibleError) as refused:
        import_histories(target, export, by=MAYA)
    assert refused.value.code == "BAD_LINE"
    assert target.read(context.list) == ()
    assert verify(target) == ()
    target.dispose()


# Retired actions.


def issue_with_retired(appends: type[AppendedRecord]) -> Context[Any]:
    """Return an issue whose comments are retired; a note appends to another record."""

    @aggregate(final=(Open.OPEN,))
    class Issue(Aggregate):
        """An issue."""

        status: Open
        title: OneLine

        @creates(Open.OPEN)
        def report(self, title: OneLine) -> None: ...
        @action(retired_from=(Open.OPEN,), appends=appends)
        def comment(self, body: OneLine, title: OneLine) -> None: ...
        @action(Open.OPEN)
        def rename(self, title: OneLine) -> None: ...

    return Context(Issue)


def test_the_rows_of_a_retired_action_stay_and_get_no_more(
    host: HostDatabase, other: Callable[[Context[Any]], SqlStore]
) -> None:
    comment = comment_with()
    before = issue_of(comment)
    old = opened(host, before)
    entity: Any = before.aggregate
    head = act(old, before, entity.report(title="Fire"))
    head = act(old, before, entity.comment(head, body="A row"))

    context = issue_with_retired(comment)
    store = opened(host, context)
    retired: Any = context.aggregate
    assert [body_of(row) for row in store.read(context.rows, comment, head.id)] == ["A row"]
    assert store.read(context.get, head.id).seq == 2
    for tried, tries, one in ((store, context, retired), (old, before, entity)):
        commands = [one.comment(head.id, body="Too late", title="Fire") for _ in range(2)]
        with pytest.raises(IndelibleError, match="INVALID_TRANSITION"):
            act(tried, tries, commands[0])
        with pytest.raises(IndelibleError, match="INVALID_TRANSITION"):
            tried.run(tries.execute_many, commands[1:], actor=MAYA, reason="a batch")
    head = act(store, context, retired.rename(head.id, title="Smoke"))
    assert verify(store) == ()

    engine = host.engine()
    for values in (f"'{head.id}', 2, 2, 'x'", f"'{head.id}', 3, 1, 'x'"):
        statement = f"INSERT INTO issue_comments (entity_id, seq, number, body) VALUES ({values})"
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()

    target = other(context)
    export = exported(store)
    import_histories(target, export, by=MAYA)
    assert exported(target).getvalue() == export.getvalue()
    assert [row.seq for row in target.read(context.rows, comment, head.id)] == [2]
    assert verify(target) == ()
    for one in (store, old, target):
        one.dispose()


# Asyncio.


def test_rows_are_appended_and_read_on_an_event_loop(host: HostDatabase) -> None:
    async def run() -> None:
        store = open_async_store(host.url, contexts=(shipments,), policy=POLICY)
        await store.upgrade(host.owner_url)
        births = [Shipment.send(number=f"S-{n}", labels=("red", "blue")) for n in range(3)]
        heads = await store.run(shipments.execute_many, births, actor=MAYA, reason="a batch")
        scans = [Shipment.scan(head, place="Rome", condition=Condition.GOOD) for head in heads]
        heads = await store.run(shipments.execute_many, scans, actor=MAYA, reason="a batch")
        scan = Shipment.scan(heads[0], place="Bern", condition=Condition.DAMAGED, note="wet")
        head = await store.run(shipments.execute, scan, actor=MAYA, reason="a test")

        rows = await store.read(shipments.rows, Scan, head)
        assert [(row.position, row.record.place) for row in rows] == [
            ((2, 1), "Rome"),
            ((3, 1), "Bern"),
        ]
        assert (rows[1].record.note, rows[1].record.scanned_by) == ("wet", "user:maya")
        (first,) = await store.read(shipments.rows, Scan, At(head.id, 2))
        assert first.record.place == "Rome"
        parcels = await store.read(partial(shipments.rows, after=(1, 1)), Parcel, head.id)
        assert [row.record.label for row in parcels] == ["blue"]

        stale = Shipment.scan(At(head.id, 1), place="Oslo", condition=Condition.GOOD)
        with pytest.raises(IndelibleError, match="STALE"):
            await store.run(shipments.execute, stale, actor=MAYA, reason="a test")
        many = Shipment.send(number="S-9", labels=("x",) * 51)
        with pytest.raises(IndelibleError, match="TOO_MANY_ROWS"):
            await store.run(shipments.execute, many, actor=MAYA, reason="a test")
        assert len(await store.read(shipments.rows, Scan, head.id)) == 2
        assert len(await store.read(shipments.list)) == 3
        await store.dispose()

    asyncio.run(run())
    store = opened(host, shipments)
    assert verify(store) == ()
    store.dispose()
