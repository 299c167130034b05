"""Measure the replay of a log from the database, with events that are copied by SQL."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, Final

from attrs import evolve
from sqlalchemy import Connection, insert, update
from tests.doses.bench.contest_settlements import SEED, leaderboard_of
from tests.doses.bench.large_spaces import unguarded
from tests.doses.bench.rounds import MILLISECONDS, Dose, Measured, Table, seconds_of
from tests.doses.chaos.testbed import Testbed

from indelible.contests.entities.records import ContestEvent
from indelible.contests.tasks.replays import replay_log
from indelible.kernel.json import digest
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.values import field_values
from indelible.testing.contests.payloads import FIRST_ROUND
from indelible.testing.contests.scenarios import live_contest
from indelible.testing.stores import TickingClock
from indelible_sql import SqlStore, open_store
from indelible_sql.contests.tables.logs import EVENTS, LOGS

COUNT: Final = 1_000  # a replay of 10,000 takes ten times as long
FEW: Final = 50
MAX_ROUNDS: Final = 3
CHUNK: Final = 500
BASELINE: Final = "SQLite"
DESCRIPTION: Final = (
    "Milliseconds per event of a replay of 1,000 snapshots of a leaderboard with 156 players: the"
    " events are read from the database in pages, their hashes and those of their bodies are"
    " computed again, and the folded state is compared with the stored one. The events are copied"
    " by SQL with guards lifted."
)


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure replays on both databases."""
    count = COUNT if dose.heavy else FEW
    rows: list[Measured] = []
    server = bed.postgresql()
    sqlite_url = bed.sqlite()
    urls = {"PostgreSQL": (server.url, server.admin_url), BASELINE: (sqlite_url, sqlite_url)}
    for database, (url, admin_url) in urls.items():
        contest_id = contest_with_events(url, admin_url, count)
        store = open_store(url)
        values: list[float] = []
        for _ in range(min(dose.rounds, MAX_ROUNDS)):
            seconds = seconds_of(partial(_replay, store, contest_id, count))
            values.append(seconds / count * MILLISECONDS)
        store.dispose()
        rows.append(Measured(name=database, unit="ms", values=tuple(values)))

    yield Table(
        name="contest-store-replay",
        title="Replaying a log from the database",
        description=DESCRIPTION,
        rows=tuple(rows),
        baseline=BASELINE,
    )


def _replay(store: SqlStore, contest_id: str, count: int) -> None:
    """Replay a log, and check that it proves the stored state."""
    replayed = replay_log(store, contest_id)
    assert replayed.is_equal, replayed.first_problem
    assert replayed.event_number == count


def contest_with_events(url: str, admin_url: str, count: int) -> str:
    """Return the id of a new contest whose log has so many events."""
    store = open_store(url, clock=TickingClock())
    scenario = live_contest(store)
    scenario.observe(FIRST_ROUND, 1)
    last = scenario.events[-1]
    log = scenario.log
    store.dispose()

    with unguarded(admin_url, EVENTS, LOGS) as connection:
        last = _copy_events(connection, last, count)
        head: dict[str, Any] = {
            "event_number": last.number,
            "event_hash": last.event_hash,
            "head_hash": last.body_hash,
            "leaderboard_number": last.number,
            "leaderboard_at": last.fetched_at,
            "leaderboard_hash": last.body_hash,
            "observed_at": last.fetched_at,
        }
        connection.execute(update(LOGS).where(LOGS.c.id == log.id).values(head))
    return log.id


def _copy_events(connection: Connection, last: ContestEvent, count: int) -> ContestEvent:
    """Add snapshots of two leaderboards in turns after an event; return the last one."""
    random = Random(SEED)  # noqa: S311 - no secret
    body = leaderboard_of(random).body() | {"provider_event_id": "T1"}
    bodies = [JsonObject.of(body), JsonObject.of(body | {"schema_version": 2})]
    hashes = [digest(each) for each in bodies]
    rows: list[dict[str, Any]] = []
    for number in range(last.number + 1, count + 1):
        unhashed = evolve(
            last,
            number=number,
            fetched_at=last.fetched_at + timedelta(seconds=1),
            stored_at=last.stored_at + timedelta(seconds=1),
            body=bodies[number % 2],
            body_hash=hashes[number % 2],
            prev_hash=last.event_hash,
        )
        last = evolve(unhashed, event_hash=unhashed.chain_hash())
        rows.append(field_values(last))
        if len(rows) == CHUNK or number == count:
            connection.execute(insert(EVENTS), rows)
            rows.clear()

    return last
