"""Adopt a large table while programs write it, and kill the adoption again and again.

Afterwards each row is one aggregate with one first change and the row's values, and the changes
behind it are the last writes to the row, in their order. Each program writes the rows of its own
remainder, so that it knows the order of the writes to each of them.
"""

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import pytest
from attrs import define, field, frozen
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.helpdesk import mapping, tickets
from tests.examples.old_tickets import OLD_TICKETS
from tests.forks import create_pipe, start_child

from indelible.kernel import Actor
from indelible_sql import SqlStore, adopt, open_store, verify
from indelible_sql.adoption.errors import AdoptionFinished

ROWS: Final = 20_000
KILLS: Final = 6
WRITERS: Final = 2
POLL_SECONDS: Final = 0.01
LATE_KILLS: Final = 2  # of the adoption that drains the journal, or cuts over
LATE_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 0.004  # between two writes
BUSY_SECONDS: Final = 120  # for which a writer of SQLite waits for the file
DELETED_SHARE: Final = 0.02
ROW: Final = text("SELECT state FROM old_tickets WHERE id = :id")
RENAME: Final = text("UPDATE old_tickets SET title = :value WHERE id = :id")
ASSIGN: Final = text("UPDATE old_tickets SET state = 'assigned', assignee = :value WHERE id = :id")
CLOSE: Final = text("UPDATE old_tickets SET state = 'closed', resolution = :value WHERE id = :id")
DELETE: Final = text("DELETE FROM old_tickets WHERE id = :id")
INSERT: Final = text(
    """
    INSERT INTO old_tickets (id, number, title, state, created)
    VALUES (:id, :number, :value, 'open', '2024-01-01 00:00:00')
    """
)
STATEMENTS: Final = {"rename": RENAME, "assign": ASSIGN, "close": CLOSE, "delete": DELETE}
IMPORTER: Final = Actor.system("adoption")
FILL: Final = """
    INSERT INTO old_tickets (id, number, title, state, assignee, resolution, created)
    SELECT n, 'T-' || n, 'Fire in room ' || n,
      CASE n % 4 WHEN 3 THEN 'closed' WHEN 2 THEN 'assigned' ELSE 'open' END,
      CASE WHEN n % 4 >= 2 THEN 'ann' END,
      CASE WHEN n % 4 = 3 THEN 'Put out.' END,
      '2024-01-01 00:00:00'
    FROM numbers
"""
NUMBERS_ON_SQLITE: Final = """
    WITH RECURSIVE numbers(n) AS (
      SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}
    )
"""
NUMBERS_ON_POSTGRESQL: Final = "WITH numbers AS (SELECT n FROM generate_series(0, {last}) AS n)"
DIFFERENT: Final = """
    SELECT count(*)
    FROM old_tickets AS o
    LEFT JOIN tickets AS t ON t.id = CAST(o.id AS text)
    WHERE t.id IS NULL
      OR t.number <> o.number OR t.title <> o.title OR t.status <> upper(o.state)
      OR coalesce(t.assignee, '') <> coalesce(o.assignee, '')
      OR coalesce(t.resolution, '') <> coalesce(o.resolution, '')
"""
WITHOUT_ROW: Final = """
    SELECT count(*)
    FROM tickets AS t
    WHERE NOT EXISTS (SELECT 1 FROM old_tickets AS o WHERE o.id = CAST(t.id AS bigint))
"""
FIRST_CHANGES: Final = """
    SELECT count(*)
    FROM {schema}history
    WHERE lifecycle = 'ticket' AND action LIKE 'adopt%'
"""
AGGREGATES: Final = "SELECT count(*) FROM tickets"
GONE: Final = "SELECT count(*) FROM tickets_adoption_writes WHERE adoption_kind = 'GONE'"
LEFT_OVER: Final = "SELECT count(*) FROM tickets_adoption_writes WHERE adoption_kind <> 'GONE'"
VALUES: Final[Mapping[str, str]] = {
    "rename": "title",
    "assign": "assignee",
    "close": "resolution",
}

Write = tuple[str, str]  # the action and its value


@frozen
class Site:
    """A database with an older table, and the addresses of its roles."""

    url: str
    owner_url: str
    rows: int

    @property
    def is_sqlite(self) -> bool:
        """Return whether it is SQLite."""
        return self.url.startswith("sqlite")

    def open(self) -> SqlStore:
        """Open the store with the context."""
        return open_store(self.url, contexts=(tickets,), policy=POLICY)

    def fill(self) -> None:
        """Create the older table with its rows."""
        store = self.open()
        store.upgrade(self.owner_url)
        store.dispose()
        engine = create_engine(self.owner_url)
        with engine.begin() as connection:
            OLD_TICKETS.create(connection)
            numbers = NUMBERS_ON_SQLITE if self.is_sqlite else NUMBERS_ON_POSTGRESQL
            fill = FILL.replace("'2024-01-01 00:00:00'", "CAST('2024-01-01 00:00:00' AS timestamp)")
            insert, _, rest = (FILL if self.is_sqlite else fill).partition("SELECT")
            last = numbers.format(last=self.rows - 1)
            connection.execute(text(f"{insert} {last} SELECT {rest}"))
            if not self.is_sqlite:
                connection.execute(text("GRANT SELECT ON old_tickets TO indelible_app"))
        engine.dispose()


# The programs that write


@define
class Written:
    """The writes of one program by the ids of their rows, and the error that ended it."""

    writes: dict[int, list[Write]] = field(factory=dict[int, list[Write]])
    count: int = 0
    error: str = ""


@define
class Writer:
    """A program that writes rows, one in each transaction."""

    engine: Engine
    random: Random
    number: int
    of: int
    rows: int
    written: Written = field(factory=Written)

    def write(self) -> None:
        """Write a row."""
        row_id = self.random.randrange(self.rows) // self.of * self.of + self.number
        value = f"{self.number}-{self.written.count}"
        with self.engine.begin() as connection:
            action = self._write(connection, row_id, value)
        self.written.count += 1
        if action:
            self.written.writes.setdefault(row_id, []).append((action, value))

    def _write(self, connection: Connection, row_id: int, value: str) -> str:
        """Write a row by an action of its state, or insert it; return the action."""
        row = connection.execute(ROW, {"id": row_id}).first()
        if row is None:
            if row_id in self.written.writes:
                return ""  # it was deleted: its number stays with the aggregate
            values = {"id": row_id, "number": f"T-{row_id}", "value": value}
            connection.execute(INSERT, values)
            return "insert"

        choices = {"open": ("rename", "assign"), "assigned": ("rename", "close"), "closed": ()}
        action = "" if not choices[row.state] else self.random.choice(choices[row.state])
        if self.random.random() < DELETED_SHARE:
            action = "delete"
        if action:
            connection.execute(STATEMENTS[action], {"id": row_id, "value": value})
        return action


def write_until_refused(url: str, seed: int, number: int, of: int, rows: int, end: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Write until the table refuses it, or until the pipe says so; then send what was written."""
    options = {"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {}
    engine = create_engine(url, connect_args=options)
    writer = Writer(engine, Random(seed * of + number), number, of, rows)  # noqa: S311 - no secret
    try:
        while not end.poll():
            writer.write()
            time.sleep(PAUSE_SECONDS)
    except DBAPIError as error:
        writer.written.error = str(error.orig)
    engine.dispose()
    end.send(writer.written)


# The adoption that is killed


def adopt_once(site: Site) -> None:
    """Adopt the table; the work of a process that may be killed."""
    store = site.open()
    try:
        adopt(
            store,
            tickets,
            "old_tickets",
            mapping=mapping,
            actor=IMPORTER,
            reason="the older table",
            owner_url=site.owner_url,
        )
    except AdoptionFinished:
        pass  # the last one was killed behind its commit
    finally:
        store.dispose()


@contextmanager
def _writers(site: Site, random: Random) -> Generator[list[Any]]:
    """Yield the ends of the pipes to programs that write the older table."""
    seed = random.randrange(1_000_000)
    ends: list[Any] = []
    children: list[Any] = []
    for number in range(WRITERS):
        ours, theirs = create_pipe()
        arguments = (site.owner_url, seed, number, WRITERS, site.rows + site.rows // 50, theirs)
        children.append(start_child(write_until_refused, *arguments))
        ends.append(ours)
    try:
        yield ends
    finally:
        for child in children:
            child.kill()
            child.join()


def _positions(random: Random) -> list[int]:
    """Return the keys behind which an adoption is killed; the last ones are behind all of them."""
    early = sorted(random.randrange(ROWS) for _ in range(KILLS - LATE_KILLS))
    return [*early, *[ROWS] * LATE_KILLS]


def _kill(site: Site, engine: Engine, position: int, random: Random) -> int:
    """Run an adoption until it is behind a key, and kill it; return whether it still ran."""
    child = start_child(adopt_once, site)
    late = time.monotonic() + LATE_SECONDS * random.random()
    while child.is_alive():
        phase, key = _progress(engine)
        is_late = phase == "COPIED" and time.monotonic() > late
        if phase and (key >= position or is_late):
            break
        time.sleep(POLL_SECONDS)
    was_alive = child.is_alive()
    child.kill()
    child.join()
    return int(was_alive)


def _progress(engine: Engine) -> tuple[str, int]:
    """Return the phase and the last key of the adoption."""
    try:
        with engine.connect() as connection:
            row = connection.execute(text("SELECT * FROM tickets_adoption")).one()
    except Exception:  # noqa: BLE001 - it has not begun, or the file is busy
        return "", -1
    return str(row.adoption_phase), -1 if row.id is None else int(row.id)


# The end


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_a_killed_adoption_loses_no_write(
    fixture: str, request: pytest.FixtureRequest, chance: Random
) -> None:
    database = request.getfixturevalue(fixture)
    url = getattr(database, "url", database)
    site = Site(url, getattr(database, "owner_url", url), ROWS)
    site.fill()
    engine = create_engine(site.owner_url)
    with _writers(site, chance) as ends:
        kills = sum(_kill(site, engine, position, chance) for position in _positions(chance))
        last = start_child(adopt_once, site)
        last.join()
        if last.exitcode:
            for end in ends:
                end.send("stop")
        written: list[Written] = [end.recv() for end in ends]

    assert last.exitcode == 0
    assert kills > 0
    assert all("is adopted" in one.error for one in written)
    with engine.connect() as connection:
        assert list(_differences(connection, site)) == []
    engine.dispose()
    assert list(_lost_writes(site, written)) == []


def _differences(connection: Connection, site: Site) -> Iterator[str]:
    """Yield what is wrong with rows, aggregates and first changes."""
    schema = "" if site.is_sqlite else "indelible."

    def count(statement: str) -> int:
        return int(connection.execute(text(statement.format(schema=schema))).scalar_one())

    if count(DIFFERENT):
        yield f"{count(DIFFERENT)} rows differ from their aggregates"
    if count(WITHOUT_ROW) != count(GONE):
        yield f"{count(WITHOUT_ROW)} aggregates have no row, {count(GONE)} are listed as deleted"
    if count(FIRST_CHANGES) != count(AGGREGATES):
        yield f"{count(FIRST_CHANGES)} first changes of {count(AGGREGATES)} aggregates"
    if count(LEFT_OVER):
        yield f"{count(LEFT_OVER)} writes are left in the journal"


def _lost_writes(site: Site, written: list[Written]) -> Iterator[str]:
    """Yield the rows whose last writes are not the changes of their aggregates."""
    store = site.open()
    for one in written:
        for row_id, writes in one.writes.items():
            wanted = [write for write in writes if write[0] in VALUES]
            changes = _changes(store, row_id)
            if changes != wanted[len(wanted) - len(changes) :]:
                yield f"row {row_id} was written {wanted}, its changes are {changes}"
    yield from map(str, verify(store))
    store.dispose()


def _changes(store: SqlStore, row_id: int) -> list[Write]:
    """Return the changes behind the first one of a row's aggregate, as writes."""
    changes = store.read(lambda tx: tx.history.of("ticket", str(row_id), after=1))
    return [(change.action, change.data[VALUES[change.action]]) for change in changes]
