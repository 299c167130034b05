"""Contests with many entries or events, copied by SQL from some that handlers have written.

The handlers enter a user in milliseconds; a million entries would take hours. The copies are made
with guards lifted, and have no history: only reads and the settlement see them.
"""

from itertools import combinations, islice
from typing import Final

from sqlalchemy import Connection, Table
from tests.sql.large_spaces import unguarded

from indelible.testing.contests.payloads import PLAYERS, SCHEDULED
from indelible.testing.contests.scenarios import ContestScenario, new_contest
from indelible.testing.stores import TickingClock
from indelible_sql import open_store
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS
from indelible_sql.schema.guard import qualified_name
from indelible_sql.schema.tables import writable_columns

TEMPLATES: Final = 20  # entries with rosters of their own
ROSTER_SIZE: Final = 3
NUMBERS: Final = {
    "sqlite": (
        "WITH RECURSIVE numbers(n) AS"
        " (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
    ),
    "postgresql": "WITH numbers AS (SELECT generate_series({first}, {last}) AS n)",
}
PADDED: Final = {
    "sqlite": "printf('%0{width}d', numbers.n)",
    "postgresql": "lpad(CAST(numbers.n AS text), {width}, '0')",
}


def due_contest_of(url: str, admin_url: str, entries: int) -> str:
    """Return the id of a new contest with so many paid entries that is due for settlement."""
    store = open_store(url, clock=TickingClock())
    scenario = new_contest(store, max_entries=None, max_entries_per_user=None)
    for number, players in enumerate(islice(combinations(PLAYERS, ROSTER_SIZE), TEMPLATES)):
        scenario.paid_entry(f"user-{number}", players)
    _play(scenario)
    store.dispose()
    with unguarded(admin_url, ENTRIES, ROSTERS) as connection:
        copy_entries(connection, scenario.contest_id, entries)
    return scenario.contest_id


def _play(scenario: ContestScenario) -> None:
    """Bring a contest to the end of its hold."""
    scenario.advance(scenario.contest.lock_time)
    assert scenario.lock().applied
    scenario.advance(scenario.contest.start_time)
    scenario.observe(SCHEDULED, 0)
    assert scenario.start().applied
    scenario.finish_tournament()


def copy_entries(connection: Connection, contest_id: str, entries: int) -> None:
    """Copy the paid entries of a contest with their rosters, until it has so many."""
    padded = PADDED[connection.dialect.name]
    entry_id = f"'00000000-copy-copy-copy-' || {padded.format(width=12)}"
    own_entry = {
        "id": entry_id,
        "user_id": f"'00000000-user-user-user-' || {padded.format(width=12)}",
        "entry_number": "1",
        "place_number": "numbers.n",
        "payment_ref": f"'pi_' || {padded.format(width=24)}",
    }
    _copy(connection, ROSTERS, contest_id, entries, {"entry_id": entry_id})
    _copy(connection, ENTRIES, contest_id, entries, own_entry)


def _copy(
    connection: Connection, table: Table, contest_id: str, last: int, own: dict[str, str]
) -> None:
    """Copy the rows of the first entries of a contest in turns, with values of their own."""
    dialect = connection.dialect.name
    names = [column.name for column in writable_columns(table)]
    values = [own.get(name, f"source.{name}") for name in names]
    entries = qualified_name(ENTRIES, dialect)
    source = entries
    condition = "source.id = template.id"
    if table is ROSTERS:
        source = qualified_name(ROSTERS, dialect)
        condition = "source.entry_id = template.id AND source.number = template.roster_number"

    numbers = NUMBERS[dialect].format(first=TEMPLATES + 1, last=last)
    templates = (
        "templates AS (SELECT id, roster_number,"
        " row_number() OVER (ORDER BY place_number) - 1 AS position"
        f" FROM {entries} WHERE contest_id = '{contest_id}' AND place_number <= {TEMPLATES})"
    )
    select = (
        f"SELECT {', '.join(values)} FROM numbers"
        f" JOIN templates AS template ON template.position = numbers.n % {TEMPLATES}"
        f" JOIN {source} AS source ON {condition}"
    )
    target = qualified_name(table, dialect)
    if dialect == "sqlite":
        target = table.name
    insert = f"INSERT INTO {target} ({', '.join(names)})"
    statement = f"{numbers}, {templates} {insert} {select}"
    connection.exec_driver_sql(statement.replace("%", "%%") if dialect != "sqlite" else statement)
