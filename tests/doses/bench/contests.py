"""Measure the pure part of contests: settlements by size, scoring, and replay of events.

What a settlement costs in a database is measured with the stores.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.architecture.sources import ROOT
from tests.doses.bench.contest_settlements import inputs_of
from tests.doses.bench.rounds import MILLISECONDS, Dose, Goal, Measured, Table, seconds_of
from tests.doses.chaos.testbed import Testbed

from indelible.contests.entities.logs import EventDraft
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.fold import replay
from indelible.contests.rules.scoring import score_live_players
from indelible.contests.rules.standings import standings
from indelible.kernel.json import digest
from indelible.kernel.json_objects import JsonObject

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
FEW_SIZES: Final = (20, 200)
MAX_ROUNDS: Final = 3  # a million entries take most of a minute to generate
EVENTS: Final = 10_000
FEW_EVENTS: Final = 100
ENTRIES: Final = 1_000
KIB_PER_MIB: Final = 1024
MAX_GROWTH: Final = 20  # of the time from 10,000 to 100,000 entries
FETCHED_AT: Final = datetime(2026, 4, 9, tzinfo=UTC)
SETTLEMENTS: Final = (
    "Each settlement runs in a process of its own with 156 players and rosters of six. The time is"
    " that of the pure computation: scores, ranks, payouts and both digests."
)
MEMORY: Final = (
    "The peak memory of the same processes. The inputs alone need nearly all of it: ids, digests"
    " and rosters as Python objects."
)
EVENT_COSTS: Final = (
    "Milliseconds per event or per call for a leaderboard of 156 players. The fold keeps the body"
    " as the event has stored it, so that a replay costs nearly nothing beside reading the events"
    " from the database. Standings are those of 1,000 entries."
)
FOLD: Final = "fold of one event in a replay"


def tables(_: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure settlements in child processes, then scoring and replay in this one."""
    rounds = min(dose.rounds, MAX_ROUNDS)
    sizes = SIZES if dose.heavy else FEW_SIZES
    seconds: list[Measured] = []
    memory: list[Measured] = []
    for size in sizes:
        figures = [_settle_in_child(size) for _ in range(rounds)]
        own_seconds = tuple(figure["seconds"] for figure in figures)
        peaks = tuple(figure["after"] / KIB_PER_MIB for figure in figures)
        name = _name_of(size)
        seconds.append(Measured(name=name, unit="s", values=own_seconds))
        memory.append(Measured(name=name, unit="MiB", values=peaks))

    baseline = _name_of(sizes[1])
    goals: tuple[Goal, ...] = ()
    if dose.heavy:
        promise = f"100,000 entries take at most {MAX_GROWTH} times the time of 10,000"
        goals = (Goal(promise=promise, value=seconds[2].over(seconds[1]), at_most=MAX_GROWTH),)
    yield Table(
        name="contest-settlements",
        title="Computing a settlement",
        description=SETTLEMENTS,
        rows=tuple(seconds),
        baseline=baseline,
        goals=goals,
    )
    yield Table(
        name="contest-settlement-memory",
        title="The memory of a settlement",
        description=MEMORY,
        rows=tuple(memory),
        baseline=baseline,
    )
    yield _event_table(EVENTS if dose.heavy else FEW_EVENTS, rounds)


def _name_of(size: int) -> str:
    return f"{size:,} entries"


def _settle_in_child(entries: int) -> dict[str, float]:
    """Settle in a new process, whose peak memory is its own."""
    done = subprocess.run(
        (sys.executable, "-m", "tests.doses.bench.contest_settlements", str(entries)),
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _event_table(count: int, rounds: int) -> Table:
    """Measure a replay, the scoring of a leaderboard, and standings."""
    inputs = inputs_of(ENTRIES)
    events = _events(inputs.leaderboard.body(), count)

    def score() -> None:
        score_live_players(inputs.configuration, inputs.leaderboard)

    def rank() -> None:
        standings(inputs.configuration, inputs.leaderboard, inputs.field, inputs.entries)

    folds: list[float] = []
    scores: list[float] = []
    ranks: list[float] = []
    for _ in range(rounds):
        folds.append(seconds_of(lambda: replay(events)) / count * MILLISECONDS)
        scores.append(seconds_of(score) * MILLISECONDS)
        ranks.append(seconds_of(rank) * MILLISECONDS)

    return Table(
        name="contest-events",
        title="Replay and scoring",
        description=EVENT_COSTS,
        rows=(
            Measured(name=FOLD, unit="ms", values=tuple(folds)),
            Measured(name="scoring of a leaderboard", unit="ms", values=tuple(scores)),
            Measured(name="standings after an event", unit="ms", values=tuple(ranks)),
        ),
        baseline=FOLD,
    )


def _events(body: dict[str, Any], count: int) -> list[EventDraft]:
    """Return snapshots of two leaderboards in turns, so that each one is applied."""
    bodies = [JsonObject.of(body), JsonObject.of(body | {"schema_version": 2})]
    hashes = [digest(each) for each in bodies]
    events: list[EventDraft] = []
    for number in range(1, count + 1):
        events.append(
            EventDraft(
                number=number,
                kind=EventKind.SNAPSHOT,
                validity=Validity.VALID,
                payload_digest=hashes[number % 2],
                fetch_number=number,
                fetched_at=FETCHED_AT + timedelta(minutes=number),
                body=bodies[number % 2],
                body_hash=hashes[number % 2],
            )
        )

    return events
