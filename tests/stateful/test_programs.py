"""Every store accepts, refuses and stores the same as the store in memory."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from tests.conftest import Loop
from tests.stateful.play import ACCEPTED, Tallies, run_programs
from tests.stateful.programs import MIN_STEPS, money_programs, programs
from tests.stateful.stores import Stage

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

PROGRAMS = 5
MONEY_PROGRAMS = 2
STORES = 5
MIN_CODES = 3  # Hypothesis takes constants from all modules, so these decide which codes occur


@pytest.fixture(scope="module")
def stage(
    server: PostgresServer, template: PostgresServer, template_file: Path
) -> Generator[Stage]:
    loop = Loop()
    yield Stage(server, template.url.rpartition("/")[2], template_file, loop)
    loop.stop()


def test_every_store_answers_and_refuses_as_memory_does(
    stage: Stage, add_summary_line: Callable[[str], None]
) -> None:
    tallies: Tallies = {}

    run_programs(stage, PROGRAMS, None, tallies, programs())

    for name, tally in tallies.items():
        add_summary_line(f"programs on {name}: {dict(tally.answers)}")
    answers = tallies["memory"].answers
    refusals = answers.keys() - {ACCEPTED}
    assert len(tallies) == STORES
    assert all(tally.answers == answers for tally in tallies.values())
    assert answers.total() >= PROGRAMS * MIN_STEPS * 0.8
    assert answers[ACCEPTED] >= answers.total() / 2
    assert len(refusals) >= MIN_CODES


def test_every_store_moves_money_as_memory_does(
    stage: Stage, add_summary_line: Callable[[str], None]
) -> None:
    tallies: Tallies = {}

    run_programs(stage, MONEY_PROGRAMS, None, tallies, money_programs())

    for name, tally in tallies.items():
        add_summary_line(f"programs of money on {name}: {dict(tally.answers)}")
    answers = tallies["memory"].answers
    assert len(tallies) == STORES
    assert all(tally.answers == answers for tally in tallies.values())
    assert answers.total() / 3 <= answers[ACCEPTED] < answers.total()
