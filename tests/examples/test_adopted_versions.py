"""Rows of an older table are adopted in version 1, and its later writes are counted."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.examples.conftest import HostDatabase
from tests.examples.helpdesk import Status, mapping
from tests.examples.old_tickets import create_old_tickets, old_row
from tests.examples.parcels import MAYA, Open

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    Instant,
    OneLine,
    Text,
    Version,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import IndelibleError
from indelible_sql import Adopted, SqlStore, adopt, verify


@aggregate(final=(Status.CLOSED,), adopts=(Status.OPEN, Status.ASSIGNED, Status.CLOSED))
class Ticket(Aggregate):
    """A request for support, whose title has versions."""

    status: Status
    number: Identifier = field(unique=True)
    title: OneLine
    title_version: Version = field(version_of="title")
    assignee: Identifier | None = field(required_in=(Status.ASSIGNED, Status.CLOSED))
    resolution: Text | None = field(required_in=(Status.CLOSED,))
    opened_at: Instant

    @creates(Status.OPEN, time_field="opened_at")
    def open(self, number: Identifier, title: OneLine) -> None: ...
    @action(Status.OPEN, Status.ASSIGNED)
    def rename(self, title: OneLine) -> None: ...
    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self, assignee: Identifier) -> None: ...
    @action(Status.ASSIGNED, to=Status.CLOSED)
    def close(self, resolution: Text) -> None: ...


tickets = Context(Ticket)


def adopting_rows(store: SqlStore, host: HostDatabase, **others: Any) -> Adopted:  # noqa: ANN401 - of `adopt`
    options: dict[str, Any] = {"mapping": mapping, "owner_url": host.owner_url, **others}
    return adopt(store, tickets, "old_tickets", actor=MAYA, reason="the older table", **options)


@pytest.mark.slow
def test_later_writes_of_an_older_table_are_counted(opened: Open, host: HostDatabase) -> None:
    store = opened(tickets)
    store.upgrade(host.owner_url)
    engine = create_old_tickets(host, old_row(3), old_row(4))
    assert adopting_rows(store, host, cut_over=False).births == 2
    assert store.read(tickets.get, "3").entity.title_version == 1

    for statement in (
        "UPDATE old_tickets SET title = 'Smoke' WHERE id = 3",
        "UPDATE old_tickets SET state = 'assigned', assignee = 'bob' WHERE id = 3",
    ):
        with engine.begin() as connection:
            connection.execute(text(statement))
        adopting_rows(store, host, cut_over=False)
    assert adopting_rows(store, host).is_finished
    engine.dispose()

    head = store.read(tickets.get, "3")
    assert (head.entity.title, head.entity.title_version, head.seq) == ("Smoke", 2, 3)
    versions = [(one.number, one.change.seq) for one in store.read(tickets.versions, "3")]
    assert versions == [(1, 1), (2, 2)]
    assert store.read(tickets.get, "4").entity.title_version == 1
    assert verify(store) == ()


def test_no_column_gives_the_number(opened: Open, host: HostDatabase) -> None:
    store = opened(tickets)
    store.upgrade(host.owner_url)
    create_old_tickets(host, old_row(3)).dispose()

    with pytest.raises(IndelibleError) as error:
        adopting_rows(store, host, mapping={**mapping, "title_version": "id"})
    assert error.value.code == "MAPPED_FIELD_UNKNOWN"
