"""Measure indelible and compare it with other libraries: `python -m tests.doses.bench`."""

import cProfile
import pstats
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack

from attrs import evolve
from tests.doses.bench import report
from tests.doses.bench.edits import on_postgresql, on_sqlite
from tests.doses.bench.line import through_a_line
from tests.doses.bench.parts import ON_REQUEST, PARTS, WHOLE_RUN
from tests.doses.bench.rounds import FULL, SMALL, Act, Dose, Table, seconds_of
from tests.doses.chaos.testbed import Testbed, testbed

PROFILED_FUNCTIONS = 30
MAX_ROUND_TRIP = 1_000  # milliseconds; more is a mistake of who meant microseconds


def lines_of(table: Table) -> Iterator[str]:
    """Yield a table as lines for a terminal."""
    yield f"\n{table.title}"
    for statement in table.statements:
        yield f"  statement: {' '.join(statement.split())}"
    for row, ratio in table.compared():
        figure = f"{report.number(row.median):>8} {row.unit} ({report.span(row)})"
        yield f"  {row.group:40} {row.name:26} {figure}, {ratio:.2f}"
    for goal in table.goals:
        outcome = "reached" if goal.is_reached else "MISSED"
        yield f"  {goal.value:.2f} {goal.promise}, {report.limit(goal)}: {outcome}"


def measure(bed: Testbed, options: Namespace, dose: Dose) -> int:
    """Measure the named parts and print each table; return 1 if a goal was missed."""
    load = report.load()
    tables: list[Table] = []
    for name in options.parts or WHOLE_RUN:
        for table in PARTS[name](bed, dose):
            print("\n".join(lines_of(table)), flush=True)
            tables.append(table)

    machine = tuple(report.machine(bed.server.url, options.round_trip))
    quietness = report.quietness(load)
    print("", *machine, quietness, sep="\n", flush=True)
    if options.write:
        report.write(tables, dose, machine, quietness)

    goals = [goal for table in tables for goal in table.goals]
    return int(not all(goal.is_reached for goal in goals))


def profile(bed: Testbed, dose: Dose) -> int:
    """Print the functions in which the edits of the store spend their time."""
    database = bed.postgresql()
    with on_postgresql(database.url, database.owner_url, dose.concepts) as bench:
        _profile(bench.store.act, dose.times)
    with on_sqlite(bed.sqlite(), dose.concepts) as bench:
        _profile(bench.store.act, dose.times)

    return 0


def _profile(act: Act, times: int) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(seconds_of, act, times)
    stats = pstats.Stats(profiler, stream=sys.stdout)
    stats.sort_stats("tottime").print_stats(PROFILED_FUNCTIONS)


def parse_options() -> Namespace:
    """Parse the command line, and refuse combinations that make no sense."""
    parser = ArgumentParser(prog="python -m tests.doses.bench", description=__doc__)
    parts = f"of {', '.join(PARTS)}; all but {', '.join(ON_REQUEST)}, unless some are named"
    parser.add_argument("parts", nargs="*", metavar="PART", help=parts)
    parser.add_argument("--rounds", type=int, help="measured rounds")
    parser.add_argument("--small", action="store_true", help="the smallest dose: does all run?")
    parser.add_argument(
        "--round-trip",
        type=float,
        default=0.0,
        metavar="MILLISECONDS",
        help="that each round trip to PostgreSQL takes longer, for all ways",
    )
    parser.add_argument("--hasty", action="store_true", help="without fsync")
    parser.add_argument("--profile", action="store_true", help="print where an edit spends time")
    parser.add_argument(
        "--write", action="store_true", help="replace their tables on the page, and the drawings"
    )

    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}")
    if options.write and (options.small or options.hasty or options.round_trip):
        parser.error("a run that is small, hasty or through a line is not written")
    if not 0 <= options.round_trip <= MAX_ROUND_TRIP:
        parser.error(f"a round trip takes 0 to {MAX_ROUND_TRIP} milliseconds longer")

    return options


def main() -> int:
    """Run the parts that the command line names."""
    options = parse_options()
    dose = SMALL if options.small else FULL
    with ExitStack() as stack:
        bed = stack.enter_context(testbed(durable=not (options.small or options.hasty)))
        if options.round_trip:
            bed = stack.enter_context(through_a_line(bed, options.round_trip))
        if options.profile:
            return profile(bed, dose)

        return measure(bed, options, evolve(dose, rounds=options.rounds or dose.rounds))


if __name__ == "__main__":
    sys.exit(main())
