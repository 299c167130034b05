"""Larger doses of random programs that the gate plays with one seed: by the seed of the session."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis.strategies import SearchStrategy
from tests.conftest import Loop
from tests.own.generated import module_of, plans_of
from tests.own.generated.places import file_place, server_place
from tests.own.generated.trials import TrialReport, try_group
from tests.stateful.play import Tallies, run_programs
from tests.stateful.programs import money_programs, programs
from tests.stateful.steps import Program
from tests.stateful.stores import Stage

from indelible_service.embedded import PostgresServer

PROGRAMS: Final = 50
AGGREGATES: Final = 20


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

    run_programs(stage, PROGRAMS, seed, tallies, strategy)

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
