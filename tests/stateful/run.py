"""Generate programs and play them."""

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from tests.stateful.play import Tallies, play
from tests.stateful.programs import programs
from tests.stateful.steps import Program
from tests.stateful.stores import Stage

PROGRAMS = programs()


def run_programs(
    stage: Stage,
    count: int,
    seed: int | None,
    tallies: Tallies,
    strategy: SearchStrategy[Program] = PROGRAMS,
) -> None:
    """Generate programs from the seed, play them and add their answers to the tallies.

    A seed of None generates the same programs in every run.

    Raises: the failure of the smallest failing program, with a note that shows this program.
    """

    @settings(
        max_examples=count,
        derandomize=seed is None,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
    @given(strategy)
    def every_store_behaves_as_memory(program: Program) -> None:
        play(program, stage, tallies)

    if seed is not None:
        every_store_behaves_as_memory = hypothesis.seed(seed)(every_store_behaves_as_memory)
    every_store_behaves_as_memory()
