"""Adopt a large table while programs write it, and kill the adoption again and again.

Afterwards each row is one aggregate with one first change and the row's values, and the changes
behind it are the last writes to the row, in their order.
"""

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from attrs import Factory, define, frozen
from sqlalchemy import Connection, Engine, create_engine, text
from tests.conftest import POLICY
from tests.doses.chaos.old_table_writers import Write, Written, write_until_refused
from tests.examples.helpdesk import mapping, tickets
from tests.examples.old_tickets import OLD_TICKETS
from tests.forks import create_pipe, start_child

from indelible.kernel import Actor
from indelible_sql import SqlStore, adopt, open_store, verify
from indelible_sql.adoption.errors import AdoptionFinished

WRITERS: Final = 2
POLL_SECONDS: Final = 0.01
LATE_KILLS: Final = 2  # of the adoption that drains the journal, or cuts over
LATE_SECONDS: Final = 2.0
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


@define
class AdoptionReport:
    """The figures of an adoption, and its problems."""

    rows: int
    kills: int = 0
    seconds: float = 0.0
    writes: int = 0
    longest_seconds: float = 0.0
    changes: int = 0
    gone: int = 0
    problems: list[str] = Factory(list[str])

    def __str__(self) -> str:
        return (
            f"{self.rows} rows in {self.seconds:.0f} s with {self.kills} kills and"
            f" {self.writes} writes of {WRITERS} writers, {self.changes} of them changes,"
            f" {self.gone} rows deleted after their adoption; longest pause of a writer"
            f" {self.longest_seconds * 1_000:.0f} ms; problems: {self.problems or 'none'}"
        )


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


def adopt_under_kills(site: Site, kills: int, random: Random) -> AdoptionReport:
    """Adopt a table under writers, kill the adoption, and check what has become of each row."""
    site.fill()
    report = AdoptionReport(site.rows)
    engine = create_engine(site.owner_url)
    with _writers(site, random) as ends:
        began = time.monotonic()
        for position in _positions(site.rows, kills, random):
            report.kills += _kill(site, engine, position, random)
        last = start_child(adopt_once, site)
        last.join()
        report.seconds = time.monotonic() - began
        if last.exitcode:
            report.problems.append(f"the last adoption ended with {last.exitcode}")
            for end in ends:
                end.send("stop")
        written = [end.recv() for end in ends]

    for one in written:
        report.writes += one.count
        report.longest_seconds = max(report.longest_seconds, one.longest_seconds)
        if "is adopted" not in one.error:
            report.problems.append(f"a writer ended with {one.error or 'no refusal'}")
    with engine.connect() as connection:
        report.problems.extend(_differences(connection, site, report))
    engine.dispose()
    report.problems.extend(_lost_writes(site, written, report))
    return report


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


def _positions(rows: int, kills: int, random: Random) -> Iterator[int]:
    """Yield the keys behind which an adoption is killed; the last ones are behind all of them."""
    early = max(kills - LATE_KILLS, 0)
    yield from sorted(random.randrange(rows) for _ in range(early))
    for _ in range(min(kills, LATE_KILLS)):
        yield rows


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


def _differences(connection: Connection, site: Site, report: AdoptionReport) -> Iterator[str]:
    """Yield what is wrong with rows, aggregates and first changes."""

    def count(statement: str) -> int:
        schema = "" if site.is_sqlite else "indelible."
        return int(connection.execute(text(statement.format(schema=schema))).scalar_one())

    report.gone = count(GONE)
    if count(DIFFERENT):
        yield f"{count(DIFFERENT)} rows differ from their aggregates"
    if count(WITHOUT_ROW) != report.gone:
        yield f"{count(WITHOUT_ROW)} aggregates have no row, {report.gone} are listed as deleted"
    if count(FIRST_CHANGES) != count(AGGREGATES):
        yield f"{count(FIRST_CHANGES)} first changes of {count(AGGREGATES)} aggregates"
    if count(LEFT_OVER):
        yield f"{count(LEFT_OVER)} writes are left in the journal"


def _lost_writes(site: Site, written: list[Written], report: AdoptionReport) -> Iterator[str]:
    """Yield the rows whose last writes are not the changes of their aggregates."""
    store = site.open()
    for one in written:
        for row_id, writes in one.writes.items():
            wanted = [write for write in writes if write[0] in VALUES]
            changes = _changes(store, row_id)
            report.changes += len(changes)
            if changes != wanted[len(wanted) - len(changes) :]:
                yield f"row {row_id} was written {wanted}, its changes are {changes}"
    for finding in verify(store):
        yield str(finding)
    store.dispose()


VALUES: Final[Mapping[str, str]] = {
    "rename": "title",
    "assign": "assignee",
    "close": "resolution",
}


def _changes(store: SqlStore, row_id: int) -> list[Write]:
    """Return the changes behind the first one of a row's aggregate, as writes."""
    changes = store.read(lambda tx: tx.history.of("ticket", str(row_id), after=1))
    return [(change.action, change.data[VALUES[change.action]]) for change in changes]
