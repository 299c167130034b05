"""The same program has the same effect in every store."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.conftest import Loop
from tests.stateful.play import ACCEPTED, Tallies, play
from tests.stateful.programs import SHORTEST, programs
from tests.stateful.steps import Program
from tests.stateful.stores import Templates

from indelible_service.embedded import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

PROGRAMS = 5
SOME_CODES = 3


@pytest.fixture(scope="module")
def templates(
    server: PostgresServer, template: PostgresServer, template_file: Path
) -> Generator[Templates]:
    loop = Loop()
    yield Templates(server, template.url.rpartition("/")[2], template_file, loop)
    loop.stop()


def test_every_store_answers_and_refuses_as_memory_does(
    templates: Templates, tell: Callable[[str], None]
) -> None:
    tallies: Tallies = {}

    @settings(
        max_examples=PROGRAMS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
    @given(programs())
    def same(program: Program) -> None:
        play(program, templates, tallies)

    same()
    for name, tally in tallies.items():
        tell(f"programs on {name}: {tally}")
    answers = {name: tally.answers for name, tally in tallies.items()}
    (common,) = {tuple(sorted(each.items())) for each in answers.values()}
    asked = dict(common)

    assert len(answers) == 5
    assert sum(asked.values()) >= PROGRAMS * SHORTEST * 0.8
    assert asked[ACCEPTED] >= sum(asked.values()) / 2
    assert (
        len(asked.keys() - {ACCEPTED}) >= SOME_CODES
    )  # which, follows from constants that hypothesis finds in all modules
