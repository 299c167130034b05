"""`python -m tests.chaos races|lost-commit|kills`, or `--minutes M --seed N` for all of them until the time is over."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from random import Random

from tests.chaos.kills import kill_writers
from tests.chaos.testbed import Testbed, testbed
from tests.conftest import Loop
from tests.sql.editors import PROCESSES, editors, race
from tests.sql.lost_commits import KINDS, behind, lose
from tests.stateful.__main__ import run
from tests.stateful.stores import Templates


def races(bed: Testbed, wanted: Namespace) -> bool:
    """Eight processes, one concept, on both databases."""
    is_well = True
    with editors() as pool:
        for name, url in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)):
            begun = time.monotonic()
            raced = race(pool, url, wanted.edits)
            last, spent = PROCESSES * wanted.edits + 1, time.monotonic() - begun
            is_right = raced.numbers == list(range(1, last + 1)) and raced.seq == last and not raced.findings
            show(f"{name}: versions 1..{raced.numbers[-1]}, Stale {raced.stale} times, {spent:.0f} s", is_right)
            is_well = is_well and is_right and raced.stale >= 1
    return is_well


def lost_commits(bed: Testbed, wanted: Namespace) -> bool:
    """COMMITs that are lost on the way, for threads and for an event loop."""
    is_well, times, loop = True, -(-wanted.n // len(KINDS)), Loop()
    try:
        for name, found in (("called", None), ("awaited", loop)):
            with behind(bed.postgresql(), found) as place:
                lost = lose(place, times)
            is_right = set(lost.right.values()) == {times} and not lost.findings
            show(f"{name}: right {dict(lost.right)} of {times} each, handlers ran {dict(lost.handled)} times", is_right)
            is_well = is_well and is_right
    finally:
        loop.stop()
    return is_well


def kills(bed: Testbed, wanted: Namespace) -> bool:
    """Writers that are killed."""
    is_well = True
    for name, url in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)):
        journal = bed.file.with_name(f"journal of {name}")
        killed = kill_writers(url, wanted.kills, Random(wanted.seed), journal)  # noqa: S311
        show(f"{name}: {killed}", not killed.wrong)
        is_well = is_well and not killed.wrong
    return is_well


def programs(bed: Testbed, wanted: Namespace) -> bool:
    """Programs of commands on every store."""
    loop = Loop()
    try:
        tallies = run(Templates(bed.server, bed.template, bed.file, loop), wanted.programs, wanted.seed)
    finally:
        loop.stop()
    for name, tally in tallies.items():
        show(f"{name}: {tally}", is_right=True)
    return True


def show(line: str, is_right: bool) -> None:  # noqa: FBT001
    """Print a line."""
    sys.stdout.write(f"{'ok  ' if is_right else 'FAIL'} {line}\n")
    sys.stdout.flush()


SUITES: dict[str, Callable[[Testbed, Namespace], bool]] = {
    "races": races,
    "lost-commit": lost_commits,
    "kills": kills,
    "programs": programs,
}


def main() -> int:
    """Run one suite, or all of them until the time is over; 1 where anything was wrong."""
    parser = ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("suite", nargs="?", choices=SUITES)
    parser.add_argument("--edits", type=int, default=200, help="of each process of a race")
    parser.add_argument("--n", type=int, default=500, help="lost COMMITs of each colour")
    parser.add_argument("--kills", type=int, default=20, help="on each database")
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    chosen = [SUITES[wanted.suite]] if wanted.suite else list(SUITES.values())
    end, is_well = time.monotonic() + wanted.minutes * 60, True
    while True:
        show(f"seed {wanted.seed}", is_right=True)
        for suite in chosen:
            with testbed() as bed:
                is_well = suite(bed, wanted) and is_well
        wanted.seed += 1
        if time.monotonic() >= end:
            return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
