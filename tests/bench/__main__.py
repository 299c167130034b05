"""`python -m tests.bench`: what indelible costs, beside what else could do the same."""

import cProfile
import pstats
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from attrs import evolve
from tests.bench import report
from tests.bench.edits import on_postgresql, on_sqlite
from tests.bench.parts import PARTS
from tests.bench.rounds import FULL, SMALL, Act, Dose, Table, seconds_of
from tests.chaos.testbed import Testbed, testbed

TOP = 30


def told(table: Table) -> Iterator[str]:
    """A table as lines for a terminal."""
    yield f"\n{table.title}"
    yield from (f"  statement: {' '.join(each.split())}" for each in table.statements)
    for row, ratio in table.compared():
        span = f"{report.number(min(row.taken))} to {report.number(max(row.taken))}"
        yield f"  {row.group:40} {row.name:26} {report.number(row.median):>8} {row.unit} ({span}), {ratio:.2f}"
    for goal in table.goals:
        end = "reached" if goal.is_reached else "MISSED"
        yield f"  {goal.found:.2f} {goal.promise}, {report.promised(goal)}: {end}"


def measure(bed: Testbed, wanted: Namespace, dose: Dose) -> int:
    """Measure the parts that are named, and tell each table as it comes; 1 where a goal was missed."""
    before, tables = report.load(), list[Table]()
    for name in wanted.parts or PARTS:
        for table in PARTS[name](bed, dose):
            show(*told(table))
            tables.append(table)
    lines = (*report.machine(bed.server.url), report.quietness(before))
    show("", *lines)
    if wanted.write:
        report.write(tables, dose, lines)
    return int(not all(goal.is_reached for table in tables for goal in table.goals))


def profile(bed: Testbed, dose: Dose) -> int:
    """Where the time of the store's edits goes."""
    database = bed.postgresql()
    with on_postgresql(database.url, database.owner_url, dose.concepts) as bench:
        _profile(bench.store.act, dose.times)
    with on_sqlite(bed.sqlite(), dose.concepts) as bench:
        _profile(bench.store.act, dose.times)
    return 0


def _profile(act: Act, times: int) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(seconds_of, act, times)
    pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(TOP)


def show(*lines: str) -> None:
    """Print lines as they are known."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def main() -> int:
    """Do what was asked."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"of {', '.join(PARTS)}; all, unless some are named",
    )
    parser.add_argument("--rounds", type=int, help="of all ways in turn")
    parser.add_argument(
        "--small", action="store_true", help="the smallest dose, which shows that all runs"
    )
    parser.add_argument(
        "--hasty", action="store_true", help="without fsync, to see the programs' own share"
    )
    parser.add_argument(
        "--profile", action="store_true", help="only where the time of an edit goes"
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/reference/benchmarks.md and its drawings"
    )
    wanted = parser.parse_args()
    if set(wanted.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(set(wanted.parts) - set(PARTS)))}")
    if wanted.write and (wanted.parts or wanted.small or wanted.hasty):
        parser.error("only a whole run is written")
    dose = SMALL if wanted.small else FULL
    with testbed(durable=not (wanted.small or wanted.hasty)) as bed:
        if wanted.profile:
            return profile(bed, dose)
        return measure(bed, wanted, evolve(dose, rounds=wanted.rounds or dose.rounds))


if __name__ == "__main__":
    sys.exit(main())
