"""Play many programs on every store: `python -m tests.stateful --programs 500 --seed 1`.

With `--processes` the programs are divided among child processes, each with its own seed and its
own PostgreSQL. To repeat the programs of one child, run it alone with the seed that it printed.
"""

import signal
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from tests.conftest import FAST_SETTINGS, Loop
from tests.doses.chaos.testbed import testbed
from tests.stateful.play import Tallies
from tests.stateful.programs import money_programs, programs
from tests.stateful.run import MAX_PROCESSES, run_processes, run_programs, write_tallies
from tests.stateful.stores import Stage


def main() -> int:
    """Play the programs and print the tally of each store; return 1 if a program failed."""
    parser = create_parser()
    options = parser.parse_args()
    if not 1 <= options.processes <= min(options.programs, MAX_PROCESSES):
        parser.error("there must be at least one program for each process")

    started_at = time.monotonic()
    tallies: Tallies = {}
    failed_seeds: list[int] = []
    try:
        if options.processes == 1:
            play_here(options, tallies)
        else:
            failed_seeds = run_processes(
                options.programs,
                options.seed,
                options.processes,
                tallies,
                of_money=options.money,
            )
    finally:
        if options.tallies is None:
            print_tallies(tallies)
            print_line(f"seed {options.seed}, {time.monotonic() - started_at:.0f} s")
        else:
            write_tallies(tallies, options.tallies)

    if failed_seeds:
        print_line(f"FAIL: seeds {failed_seeds}; their falsifying programs are printed above")
    return int(bool(failed_seeds))


def create_parser() -> ArgumentParser:
    """Return the parser of the options."""
    parser = ArgumentParser(
        prog="python -m tests.stateful",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--money", action="store_true", help="play programs that only move money")
    parser.add_argument(
        "--tallies", type=Path, help="write the tallies to this JSON file and print none"
    )
    return parser


def play_here(options: Namespace, tallies: Tallies) -> None:
    """Play the programs in this process.

    Raises: the failure of the smallest failing program, with a note that shows this program.
    """
    # Hypothesis takes SystemExit for a failure, but lets KeyboardInterrupt end the run.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started_at = time.monotonic()

    def report(line: str) -> None:
        seconds = time.monotonic() - started_at
        print_line(f"seed {options.seed}, {seconds:.0f} s: {line}")

    report(f"starting {options.programs} programs")
    loop = Loop()
    try:
        with testbed(settings=FAST_SETTINGS) as bed:
            stage = Stage(bed.server, bed.template, bed.file, loop)
            strategy = money_programs() if options.money else programs()
            run_programs(stage, options.programs, options.seed, tallies, report, strategy)
    finally:
        loop.stop()


def print_tallies(tallies: Tallies) -> None:
    """Print a line for each store, and the sums; every store gets the same programs."""
    for name, tally in tallies.items():
        average = tally.answers.total() / tally.programs
        print_line(f"{name}: {tally}; {average:.1f} commands a program")

    programs = max((tally.programs for tally in tallies.values()), default=0)
    commands = sum(tally.answers.total() for tally in tallies.values())
    print_line(f"{programs} programs on {len(tallies)} stores, {commands} commands in all")


def print_line(line: str) -> None:
    """Print a line at once: another program may read it from a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
