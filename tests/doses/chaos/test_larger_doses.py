"""Larger doses of random programs that the gate plays with one seed: by the seed of the session."""

from collections.abc import Generator
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis.strategies import SearchStrategy
from tests.conftest import POLICY, Loop
from tests.own.generated import module_of, plans_of
from tests.own.generated.places import file_place, server_place
from tests.own.generated.trials import TrialReport, try_group
from tests.sql.lost_commits import KINDS, lose_commits, proxied_store
from tests.sql.shuffles import shuffle
from tests.stateful.play import Tallies
from tests.stateful.programs import money_programs, programs
from tests.stateful.run import run_programs
from tests.stateful.steps import Program
from tests.stateful.stores import Stage

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store

PROGRAMS: Final = 50
AGGREGATES: Final = 20
CAPTURES: Final = 500
CLIENTS: Final = 8
ORDERS: Final = 5
LOST_COMMITS: Final = 20  # of each kind


@pytest.fixture(params=["sqlite_url", "database"])
def store(request: pytest.FixtureRequest) -> Generator[SqlStore]:
    database = request.getfixturevalue(request.param)
    opened = open_store(getattr(database, "url", database), policy=POLICY)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("strategy", [programs(), money_programs()], ids=["all", "money"])
def test_every_store_answers_as_memory_does(
    strategy: SearchStrategy[Program],
    seed: int,
    loop: Loop,
    server: PostgresServer,
    template: PostgresServer,
    template_file: Path,
) -> None:
    stage = Stage(server, template.url.rpartition("/")[2], template_file, loop)
    tallies: Tallies = {}

    run_programs(stage, PROGRAMS, seed, tallies, strategy=strategy)

    answers = tallies["memory"].answers
    assert all(tally.answers == answers for tally in tallies.values())


def test_generated_aggregates_hold(
    seed: int, server: PostgresServer, template: PostgresServer, template_file: Path, tmp_path: Path
) -> None:
    report = TrialReport()
    module = module_of(plans_of(range(AGGREGATES), seed))
    name = template.url.rpartition("/")[2]
    places = (file_place(template_file, tmp_path), server_place(server, name))

    try_group(module, seed, places, report)

    assert report.problems == []


def test_captures_in_any_order_have_equal_artifacts(store: SqlStore, chance: Random) -> None:
    report = shuffle(store, CAPTURES, CLIENTS, ORDERS, chance)

    assert report.is_success, str(report)


@pytest.mark.parametrize("is_awaited", [False, True], ids=["called", "awaited"])
def test_a_lost_commit_is_resolved(
    database: PostgresServer, loop: Loop, *, is_awaited: bool
) -> None:
    with proxied_store(database, loop if is_awaited else None) as proxied:
        lost = lose_commits(proxied, LOST_COMMITS, pause_factor=1.0)

    assert set(lost.right.values()) == {LOST_COMMITS}
    assert len(lost.right) == len(KINDS)
    assert not lost.findings
