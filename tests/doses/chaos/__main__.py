"""Run doses of chaos: `python -m tests.doses.chaos [DOSE ...] --minutes M --seed N`.

Runs all doses, or the named ones, in rounds until the time is over. A round is seeded with N, the
next one with N + 1. The seed decides what is broken and in which order, but not the moment at which
a program is killed.
"""

import logging
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import nullcontext
from typing import Final

from tests.doses.chaos.aggregate_doses import aggregates
from tests.doses.chaos.broker_kills import BROKERS
from tests.doses.chaos.deploy_doses import deploys
from tests.doses.chaos.doses import DOSES as OTHER_DOSES
from tests.doses.chaos.doses import show
from tests.doses.chaos.host_table_doses import adoptions, evolutions
from tests.doses.chaos.money_doses import money
from tests.doses.chaos.testbed import pooled, testbed

DOSES: Final = {
    **OTHER_DOSES,
    "adoptions": adoptions,
    "aggregates": aggregates,
    "evolutions": evolutions,
    "money": money,
    "deploys": deploys,
}
OPTIONS: Final = (
    ("--kills", 30, "killed writers, workers, or instances and parts, on each database"),
    ("--seconds", 60, "of each stop of a server"),
    ("--n", 60, "lost COMMITs of each kind, in a round"),
    ("--rounds", 5, "rounds of each fault, in a round"),
    ("--edits", 50, "edits of each process in a race, and under a jumping clock"),
    ("--programs", 20, "programs on every store, in a round"),
    ("--captures", 10_000, "captures in each of five orders, on each database"),
    ("--units", 2_000, "units that are processed while workers are killed"),
    ("--deaths", 15, "killed workers and servers while tasks are processed"),
    ("--claims", 100_000, "claims on PostgreSQL; a fiftieth of it on SQLite"),
    ("--tasks", 5_000, "tasks that send mail, on each database"),
    ("--cancellations", 200, "of tasks that send mail are canceled"),
    ("--steps", 300, "steps of a storm over the chain of each contract, on each database"),
    ("--lost-pushes", 60, "jobs whose push loses its answer, over both hosts and databases"),
    ("--races", 20, "jobs before whose push others push, over both hosts and databases"),
    ("--charges", 10_000, "charges of the dose money, on each database; 0 leaves them out"),
    ("--payouts", 10_000, "payouts of the dose money, on each database; 0 leaves them out"),
    ("--contests", 20, "contests of the dose money whose payments meet every fault"),
    ("--changes", 1_000_000, "changes of 64 writers that the feed must show, on PostgreSQL"),
    ("--replacements", 200, "workers that the other release replaces, on PostgreSQL"),
    ("--rows", 1_000_000, "rows of an older table that is adopted, on each database"),
    ("--parcels", 250_000, "parcels whose lifecycle changes; each has four changes before"),
    ("--count", 200, "generated aggregates, on each database"),
    ("--workers", 8, "processes that claim at the same time"),
)


def main() -> int:
    """Run the doses and return the exit code: 1 where a dose had problems."""
    parser = create_parser()
    options = parser.parse_args()
    unknown = sorted(set(options.dose) - DOSES.keys())
    if unknown:
        parser.error(f"unknown dose {', '.join(unknown)}")

    logging.getLogger("indelible").setLevel(logging.CRITICAL)  # faults are expected here
    deadline = time.monotonic() + options.minutes * 60
    is_success = True
    while True:
        show(f"seed {options.seed}")
        for name in options.dose or DOSES:
            started_at = time.monotonic()
            with testbed() as bed, pooled(bed) if options.pooler else nullcontext(bed) as used:
                is_success = DOSES[name](used, options) and is_success
            show(f"{name} took {time.monotonic() - started_at:.0f} s")

        options.seed += 1
        if time.monotonic() >= deadline:
            return int(not is_success)


def create_parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m tests.doses.chaos",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    names = ", ".join(DOSES)
    parser.add_argument("dose", nargs="*", metavar="dose", help=f"one of {names}; default: all")
    parser.add_argument("--minutes", type=float, default=0, help="when no further round starts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--broker", choices=BROKERS, default="redis", help="what wakes the workers of `workers`"
    )
    parser.add_argument(
        "--pooler",
        action="store_true",
        help="PgBouncer stands before the PostgreSQL of the doses; `workers` kills it",
    )
    for option, default, description in OPTIONS:
        parser.add_argument(option, type=int, default=default, help=description)

    return parser


if __name__ == "__main__":
    sys.exit(main())
