"""An adoption that stops at any statement goes on where it was, whatever writers did meanwhile."""

from collections.abc import Generator
from typing import Any, Final

import pytest
from attrs import define
from sqlalchemy import Connection, Engine, inspect, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase
from tests.examples.helpdesk import mapping, tickets
from tests.examples.old_tickets import create_old_tickets, old_row

from indelible.kernel import Actor
from indelible_sql import SqlStore, adopt, open_store, verify
from indelible_sql.adoption import adopting, copying, draining, statements
from indelible_sql.adoption.errors import AdoptionFinished
from indelible_sql.engine.failpoints import Failpoint

MAYA: Final = Actor.user("maya")
MIN_STOPS: Final = 60
INSERTION: Final = (
    "INSERT INTO old_tickets (id, number, title, state, created)"
    " VALUES (8, 'T-8', 'New', 'open', '2024-01-01 00:00:00')"
)
# Each is written by another program after a stop that left something new in the database.
WRITES: Final = (
    "UPDATE old_tickets SET title = 'Smoke' WHERE id = 1",
    "UPDATE old_tickets SET state = 'assigned', assignee = 'bob' WHERE id = 3",
    "DELETE FROM old_tickets WHERE id = 2",
    INSERTION,
    "UPDATE old_tickets SET state = 'closed', resolution = 'Aired.' WHERE id = 3",
    "UPDATE old_tickets SET title = 'Newer' WHERE id = 8",
)


class Stopped(BaseException):
    """The program ended here; nothing catches it."""


@define
class Clockwork:
    """Stops the program at a statement, counted from the beginning of a call."""

    last: int = 0
    number: int = 0

    def __call__(self, _: object = None) -> None:
        """Count a statement, and stop before the last one."""
        self.number += 1
        if self.number == self.last:
            raise Stopped


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    clockwork = Clockwork()
    run = statements.run

    def run_or_stop(connection: Connection, *arguments: Any) -> Any:  # noqa: ANN401 - as `run`
        clockwork()
        return run(connection, *arguments)

    for module in (statements, adopting, copying, draining):
        monkeypatch.setattr(module, "run", run_or_stop)
    return clockwork


@pytest.fixture
def store(host: HostDatabase, clockwork: Clockwork) -> Generator[SqlStore]:
    def at_failpoint(failpoint: Failpoint) -> None:
        clockwork(failpoint)

    opened = open_store(host.url, contexts=(tickets,), policy=POLICY, at_failpoint=at_failpoint)
    opened.upgrade(host.owner_url)
    yield opened
    opened.dispose()


def durable_state(engine: Engine) -> tuple[object, ...]:
    """Return what the stopped program has left."""
    schema = "" if engine.dialect.name == "sqlite" else "indelible."
    changes = f"SELECT count(*) FROM {schema}history WHERE lifecycle = 'ticket'"
    with engine.connect() as connection:
        count = connection.execute(text(changes)).scalar()
        if not inspect(connection).has_table("tickets_adoption"):
            return (count,)
        progress = connection.execute(text("SELECT * FROM tickets_adoption")).all()
        return count, *map(tuple, progress)


def is_stopped(store: SqlStore, host: HostDatabase) -> bool:
    """Adopt the table; return whether the program was stopped before it had the result."""
    try:
        adopt(
            store,
            tickets,
            "old_tickets",
            mapping=mapping,
            actor=MAYA,
            reason="the older table",
            batch=2,
            owner_url=host.owner_url,
        )
    except Stopped:
        return True
    except AdoptionFinished:  # the stopped call had committed the cut-over
        return False
    return False


def test_an_adoption_that_stops_at_any_statement_goes_on(
    host: HostDatabase, store: SqlStore, clockwork: Clockwork
) -> None:
    engine = create_old_tickets(host, *(old_row(number) for number in range(1, 8)))
    writes = list(WRITES)
    before = durable_state(engine)
    stops = 0
    clockwork.last = 1
    while is_stopped(store, host):
        stops += 1
        clockwork.number = 0
        clockwork.last += 1
        state = durable_state(engine)
        if state == before:
            continue
        clockwork.last = 1
        before = state
        if len(state) > 1 and writes:
            with engine.begin() as connection:
                connection.execute(text(writes.pop(0)))

    clockwork.last = 0
    assert stops > MIN_STOPS
    assert writes == []
    with engine.connect() as connection:
        keys = connection.execute(text("SELECT id FROM old_tickets ORDER BY id")).scalars().all()
    engine.dispose()
    for key in keys:
        actions = [change.action for change in store.read(tickets.history, str(key))]
        assert actions[0].startswith("adopt_")
        assert not any(action.startswith("adopt_") for action in actions[1:])
    assert store.read(tickets.get, "8").entity.title == "Newer"
    assert store.read(tickets.get, "3").entity.resolution == "Aired."
    assert store.read(tickets.get, "1").entity.title == "Smoke"
    assert verify(store) == ()
