"""`python -m tests.bench`: what indelible costs, beside what else could do the same."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import evolve
from tests.bench import edits, lifecycles, lives, reads, served, size
from tests.bench.rounds import FULL, SMALL, Dose, Table
from tests.chaos.testbed import Testbed, testbed

Part = Callable[[Testbed, Dose], Iterator[Table]]
PARTS: Final[Mapping[str, Part]] = {
    "edits": edits.tables,
    "lives": lives.tables,
    "reads": reads.tables,
    "served": served.tables,
    "size": size.tables,
    "lifecycles": lifecycles.tables,
}


def told(table: Table) -> Iterator[str]:
    """A table as lines for a terminal."""
    yield f"{table.title}"
    for row in table.rows:
        span = f"{min(row.taken):,.3f} to {max(row.taken):,.3f}"
        yield f"  {f'{row.group}: {row.name}':60} {row.median:12,.3f} {row.unit} ({span})"
    for goal in table.goals:
        yield f"  {goal}"


def main() -> int:
    """Measure the parts that are named; 1 where a goal was missed."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them, unless some are named")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--small", action="store_true", help="the smallest dose, which shows that all runs")
    wanted = parser.parse_args()
    dose = SMALL if wanted.small else FULL
    dose = evolve(dose, rounds=wanted.rounds or dose.rounds)
    with testbed(durable=not wanted.small) as bed:
        for name in wanted.parts or PARTS:
            for table in PARTS[name](bed, dose):
                sys.stdout.write("\n".join((*told(table), "")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
