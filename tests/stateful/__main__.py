"""Play many programs on every store: `python -m tests.stateful --programs 500 --seed 1`."""

import sys
import time
from argparse import ArgumentParser

from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.chaos.testbed import testbed
from tests.conftest import Loop
from tests.stateful.play import Tallies, play
from tests.stateful.programs import programs
from tests.stateful.steps import Program
from tests.stateful.stores import Templates


def run(templates: Templates, number: int, chosen: int) -> Tallies:
    """Play the programs that the seed generates."""
    tallies: Tallies = {}

    @seed(chosen)
    @settings(
        max_examples=number,
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
    return tallies


def main() -> None:
    """Play the programs, and print the tally of each store."""
    parser = ArgumentParser(prog="python -m tests.stateful", description=__doc__)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    loop, begun = Loop(), time.monotonic()
    try:
        with testbed() as bed:
            tallies = run(
                Templates(bed.server, bed.template, bed.file, loop), wanted.programs, wanted.seed
            )
    finally:
        loop.stop()
    for name, tally in tallies.items():
        average = tally.answers.total() / tally.programs
        sys.stdout.write(f"{name}: {tally}; {average:.1f} commands a program\n")
    sys.stdout.write(f"seed {wanted.seed}, {time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    main()
