"""Measure indelible and compare it with other libraries: `python -m tests.doses.bench`."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from attrs import evolve
from tests.doses.bench import report
from tests.doses.bench.parts import ON_REQUEST, PARTS, WHOLE_RUN
from tests.doses.bench.rounds import FULL, SMALL, Dose, Table
from tests.testbed import Testbed, testbed


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

    machine = tuple(report.machine(bed.server.url))
    quietness = report.quietness(load)
    print("", *machine, quietness, sep="\n", flush=True)
    if options.write:
        report.write(tables, dose, machine, quietness)

    goals = [goal for table in tables for goal in table.goals]
    return int(not all(goal.is_reached for goal in goals))


def parse_options() -> Namespace:
    """Parse the command line, and refuse combinations that make no sense."""
    parser = ArgumentParser(prog="python -m tests.doses.bench", description=__doc__)
    parts = f"of {', '.join(PARTS)}; all but {', '.join(ON_REQUEST)}, unless some are named"
    parser.add_argument("parts", nargs="*", metavar="PART", help=parts)
    parser.add_argument("--rounds", type=int, help="measured rounds")
    parser.add_argument("--small", action="store_true", help="the smallest dose: does all run?")
    parser.add_argument("--hasty", action="store_true", help="without fsync")
    parser.add_argument(
        "--write", action="store_true", help="replace their tables on the page, and the drawings"
    )

    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}")
    if options.write and (options.small or options.hasty):
        parser.error("a run that is small or hasty is not written")

    return options


def main() -> int:
    """Run the parts that the command line names."""
    options = parse_options()
    dose = SMALL if options.small else FULL
    with testbed(durable=not (options.small or options.hasty)) as bed:
        return measure(bed, options, evolve(dose, rounds=options.rounds or dose.rounds))


if __name__ == "__main__":
    sys.exit(main())
