"""`adopt` makes each row of an older table one aggregate, and the table refuses writes then."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples import helpdesk
from tests.examples.conftest import HostDatabase
from tests.examples.helpdesk import Status, Ticket, mapping, tickets
from tests.examples.old_tickets import OLD_TICKETS, create_old_tickets, old_row

from indelible.declare import Context
from indelible.kernel import Actor, IndelibleError
from indelible_service.embedded import PostgresServer
from indelible_sql import Adopted, SqlStore, adopt, observe, open_store, verify
from indelible_sql.adoption import adopting

pytestmark = pytest.mark.slow

Open = Callable[[Context[Any]], SqlStore]
MAYA = Actor.user("maya")


@pytest.fixture
def store(opened: Open, host: HostDatabase) -> SqlStore:
    upgraded = opened(tickets)
    upgraded.upgrade(host.owner_url)
    return upgraded


def adopting_rows(store: SqlStore, host: HostDatabase, **others: Any) -> Adopted:  # noqa: ANN401 - of `adopt`
    options: dict[str, Any] = {"mapping": mapping, "batch": 3, **others}
    return adopt(
        store,
        tickets,
        "old_tickets",
        actor=MAYA,
        reason="the older table",
        owner_url=host.owner_url,
        **options,
    )


def refusal(act: Callable[[], object]) -> IndelibleError:
    with pytest.raises(IndelibleError) as refused:
        act()
    return refused.value


def write(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def actions_of(store: SqlStore, ticket_id: str) -> list[str]:
    return [change.action for change in store.read(tickets.history, ticket_id)]


def test_each_row_becomes_one_aggregate(store: SqlStore, host: HostDatabase) -> None:
    engine = create_old_tickets(host, *(old_row(number) for number in range(1, 9)))
    adopted = adopting_rows(store, host)
    assert (adopted.births, adopted.changes, adopted.is_finished) == (8, 0, True)
    assert (adopted.problems, adopted.superseded, adopted.deleted) == ((), (), ())

    closed = store.read(tickets.get, "5")
    assert (closed.entity.status, closed.entity.number, closed.seq) == (Status.CLOSED, "T-5", 1)
    assert closed.entity.opened_at.isoformat() == "2024-01-01T00:05:00+00:00"
    (change,) = store.read(tickets.history, "5")
    assert (change.action, change.actor, change.reason) == ("adopt_closed", MAYA, "the older table")
    assert len(store.read(tickets.list)) == 8
    assert verify(store) == ()

    moved = store.run(
        tickets.execute, Ticket.assign("3", assignee="bob"), actor=MAYA, reason="on duty"
    )
    assert moved.entity.status is Status.ASSIGNED
    insert = (
        "INSERT INTO old_tickets (id, number, title, state, created)"
        " VALUES (90, 'T-90', 'x', 'open', '2024-01-01 00:00:00')"
    )
    for statement in (
        "UPDATE old_tickets SET id = 90 WHERE id = 3",
        "DELETE FROM old_tickets",
        insert,
    ):
        with pytest.raises(DBAPIError, match="old_tickets is adopted: change tickets"):
            write(engine, statement)
    engine.dispose()
    assert refusal(partial(adopting_rows, store, host)).code == "ADOPTION_FINISHED"
    assert observe(store, tickets, OLD_TICKETS, mapping=mapping).adopted_rows == 8


def test_rows_that_break_a_rule_stop_the_adoption_before_it_begins(
    store: SqlStore, host: HostDatabase
) -> None:
    engine = create_old_tickets(host, old_row(3), old_row(4, assignee=None))
    error = refusal(partial(adopting_rows, store, host))
    assert error.code == "ROWS_REFUSED"
    assert "FIELD_NOT_OF_STATE assignee: 1" in str(error)
    assert store.read(tickets.list) == ()
    write(engine, "UPDATE old_tickets SET assignee = 'ann' WHERE id = 4")
    assert adopting_rows(store, host).births == 2
    engine.dispose()


def test_writes_before_the_cut_over_become_changes(store: SqlStore, host: HostDatabase) -> None:
    engine = create_old_tickets(host, *(old_row(number) for number in range(1, 9)))
    first = adopting_rows(store, host, cut_over=False)
    assert (first.births, first.is_finished) == (8, False)
    write(
        engine,
        "UPDATE old_tickets SET title = 'Smoke' WHERE id = 3",
        "UPDATE old_tickets SET state = 'assigned', assignee = 'bob' WHERE id = 3",
        "UPDATE old_tickets SET state = 'closed', resolution = 'Aired.' WHERE id = 3",
        "INSERT INTO old_tickets (id, number, title, state, created)"
        " VALUES (90, 'T-90', 'New', 'open', '2024-01-01 00:00:00')",
        "UPDATE old_tickets SET title = 'Newer' WHERE id = 90",
        "DELETE FROM old_tickets WHERE id = 4",
        "INSERT INTO old_tickets (id, number, title, state, created)"
        " VALUES (91, 'T-91', 'Gone', 'open', '2024-01-01 00:00:00')",
        "UPDATE old_tickets SET id = 92 WHERE id = 91",
        "DELETE FROM old_tickets WHERE id = 92",
    )

    adopted = adopting_rows(store, host)
    assert adopted.is_finished
    assert actions_of(store, "3") == ["adopt_open", "rename", "assign", "close"]
    assert actions_of(store, "90") == ["adopt_open", "rename"]
    assert store.read(tickets.get, "90").entity.title == "Newer"
    (deleted,) = adopted.deleted
    keys = [example.key for example in deleted.examples]
    assert keys == ["4", "91"]
    assert verify(store) == ()
    engine.dispose()


def test_a_write_that_no_action_explains_stops_the_cut_over(
    store: SqlStore, host: HostDatabase
) -> None:
    engine = create_old_tickets(host, old_row(3), old_row(6))
    adopting_rows(store, host, cut_over=False)
    write(
        engine,
        "UPDATE old_tickets SET state = 'closed', assignee = 'ann', resolution = 'x' WHERE id = 3",
        "UPDATE old_tickets SET number = 'T-6b' WHERE id = 6",
        "UPDATE old_tickets SET title = 'Smoke' WHERE id = 6",
        "INSERT INTO old_tickets (id, number, title, state, created)"
        " VALUES (9, 'T-3', 'Twice', 'open', '2024-01-01 00:00:00')",
    )
    error = refusal(partial(adopting_rows, store, host))
    assert error.code == "ROWS_REFUSED"
    report = adopting_rows(store, host, cut_over=False)
    counts = {problem.code: problem.count for problem in report.problems}
    assert counts == {"WRITE_NOT_DECLARED": 3, "TICKET_NUMBER_TAKEN": 1}
    assert store.read(tickets.get, "3").entity.status is Status.OPEN
    write(engine, "UPDATE old_tickets SET title = 'Fire' WHERE id = 9")  # the journal goes on

    write(
        engine,
        "UPDATE old_tickets SET state = 'open', assignee = NULL, resolution = NULL WHERE id = 3",
        "UPDATE old_tickets SET number = 'T-6' WHERE id = 6",
        "UPDATE old_tickets SET number = 'T-9' WHERE id = 9",
    )
    adopted = adopting_rows(store, host)
    assert adopted.is_finished
    assert sum(refusal.count for refusal in adopted.superseded) == 5
    assert actions_of(store, "6") == ["adopt_open", "rename"]
    assert actions_of(store, "9") == ["adopt_open"]
    assert verify(store) == ()
    engine.dispose()


def test_a_context_adopts_one_table(store: SqlStore, host: HostDatabase) -> None:
    engine = create_old_tickets(host, old_row(3))
    adopting_rows(store, host, cut_over=False)
    other = OLD_TICKETS.to_metadata(MetaData(), name="older_tickets")
    with engine.begin() as connection:
        other.create(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("GRANT SELECT ON older_tickets TO indelible_app"))
    engine.dispose()
    begin = partial(
        adopt,
        store,
        tickets,
        other,
        mapping=mapping,
        actor=MAYA,
        reason="another one",
        owner_url=host.owner_url,
    )
    assert refusal(begin).code == "ADOPTION_OF_OTHER"
    for size in (0, 10_001):
        assert (
            refusal(partial(adopting_rows, store, host, batch=size)).code == "NUMBER_OUT_OF_RANGE"
        )


def test_a_table_that_is_never_free_is_named(
    database: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = HostDatabase(database.url, database.owner_url)
    store = open_store(host.url, contexts=(tickets,), policy=POLICY)
    store.upgrade(host.owner_url)
    engine = create_old_tickets(host, old_row(3))
    monkeypatch.setattr(adopting, "LOCK_ATTEMPTS", 2)
    monkeypatch.setattr(adopting, "LOCK_MILLISECONDS", 50)
    begin = partial(adopting_rows, store, host)
    with engine.begin() as writer:
        writer.execute(text("UPDATE old_tickets SET title = 'x'"))
        assert refusal(begin).code == "SOURCE_BUSY"
    assert adopting_rows(store, host, cut_over=False).births == 1
    with engine.begin() as writer:
        writer.execute(text("UPDATE old_tickets SET title = 'y'"))
        assert refusal(begin).code == "SOURCE_BUSY"
    assert begin().changes == 1
    engine.dispose()
    store.dispose()


def test_once_the_adoption_is_retired_nothing_begins_like_that_again(
    opened: Open, store: SqlStore, host: HostDatabase, tmp_path: Path
) -> None:
    engine = create_old_tickets(host, *(old_row(number) for number in range(1, 4)))
    adopting_rows(store, host)
    release = tmp_path / "helpdesk_of_the_next_release.py"
    source = Path(helpdesk.__file__).read_text(encoding="utf-8")
    release.write_text(source.replace("adopts=", "adopted="), encoding="utf-8")
    later: Context[Any] = run_path(str(release))["tickets"]
    history = "history" if host.url == host.owner_url else "indelible.history"
    next_store = opened(later)
    next_store.upgrade(host.owner_url)

    assert verify(next_store) == ()
    assert actions_of(next_store, "1") == ["adopt_assigned"]
    head = "status, seq, hash, title, assignee, resolution, opened_at"
    change = (
        "lifecycle, seq, action, from_state, to_state, adds_version, version, actor, reason, data,"
        " prev_hash, hash"
    )
    now = f"'{datetime.now(UTC).isoformat(timespec='microseconds')}'"
    forged = (
        f"INSERT INTO tickets (id, number, created_at, updated_at, {head})"
        f" SELECT 'forged', 'T-9', {now}, {now}, {head} FROM tickets WHERE id = '1'"
    )
    its_change = (
        f"INSERT INTO {history} (entity_id, at, {change})"
        f" SELECT 'forged', {now}, {change} FROM {history} WHERE entity_id = '1'"
    )
    with pytest.raises(DBAPIError, match="history_retired_of_tickets"):
        write(engine, forged, its_change)
    with pytest.raises(IndelibleError, match="ADOPTS_NOTHING"):
        observe(next_store, later, "old_tickets", mapping=mapping)
